"""From claims to an account: what is missing, unknown or somebody else's denies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graphcore.audit import Status
from tests.oidc.conftest import Site
from tests.oidc.process import RemoteProvider
from tests.oidc.provider import USER
from tests.oidc.test_oidc_sign_in import back, begin, finish, last, refused, sign_in


@pytest.mark.parametrize("missing", ["preferred_username", "force", "clearance", "realm_access"])
def test_missing_attribute_denies(site: Site, provider: RemoteProvider, missing: str) -> None:
    provider.set(user={name: value for name, value in USER.items() if name != missing})
    location, cookie = begin(site)
    answer = finish(site, back(site, location), cookie)
    assert answer.status_code == 401
    field = {"preferred_username": "name", "force": "organisation", "realm_access": "roles"}.get(
        missing, missing
    )
    assert last(site)[3] == f"provider: {field}"


@pytest.mark.parametrize(
    "change",
    [
        {"realm_access": {"roles": ["stranger"]}},
        {"realm_access": {"roles": ["graph-readers", "graph-auditors"]}},
        {"realm_access": {"roles": [7]}},
        {"realm_access": "graph-readers"},
        {"clearance": "SECRET"},
        {"clearance": ["OS"]},
        {"preferred_username": "x" * 300},
        {"preferred_username": "a\nb"},
        {"compartments": [["KESTREL"]]},
        {"compartments": {"KESTREL": True}},
    ],
)
def test_attribute_that_says_what_nobody_knows_denies(
    site: Site, provider: RemoteProvider, change: Any
) -> None:
    provider.set(user={**USER, **change})
    location, cookie = begin(site)
    assert finish(site, back(site, location), cookie).status_code == 401
    assert last(site)[2] == Status.REFUSED


def test_absent_sets_open_nothing(site: Site, provider: RemoteProvider) -> None:
    given = {name: USER[name] for name in USER if name not in {"compartments", "police"}}
    provider.set(user={**given, "force": "Portside"})
    cookie = sign_in(site)
    found = site.server.get("/v1/search?q=tolliver", None, headers=cookie, purpose=False).json()
    assert found["total"] == 0, "no law enforcement, no 3x5x2 P"


def test_name_of_somebody_else_is_not_taken_over(site: Site, provider: RemoteProvider) -> None:
    provider.set(user={**USER, "sub": "another", "preferred_username": "admin"})
    location, cookie = begin(site)
    refused(site, finish(site, back(site, location), cookie), "name")


def test_name_that_changes_at_the_provider_keeps_the_old_one_here(
    site: Site, provider: RemoteProvider
) -> None:
    sign_in(site)
    provider.set(user={**USER, "preferred_username": "j.smith"})
    cookie = sign_in(site)
    assert site.server.get("/v1/session", None, headers=cookie).json()["name"] == "j.hargreaves"


def test_closed_account_stays_closed(open_site: Callable[..., Site]) -> None:
    site = open_site()
    sign_in(site)
    site.server.services.auth.close_account("j.hargreaves", by="test")
    location, cookie = begin(site)
    refused(site, finish(site, back(site, location), cookie), "closed")


@pytest.mark.catalogue("S11")
def test_other_roles_end_the_sessions_of_the_old_ones(site: Site, provider: RemoteProvider) -> None:
    old = sign_in(site)
    provider.set(user={**USER, "compartments": []})
    new = sign_in(site)
    assert site.server.get("/v1/session", None, headers=old).status_code == 401
    assert site.server.get("/v1/session", None, headers=new).json()["compartments"] == []
