"""Signing out: here, and on the provider's word."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from graphcore.audit import Status
from tests.api import world
from tests.api.client import start
from tests.oidc.conftest import Site
from tests.oidc.process import RemoteProvider
from tests.oidc.provider import AUDIENCE, USER
from tests.oidc.test_oidc_sign_in import last, sign_in
from tests.oidc.test_oidc_tokens import MINE, TYPE, ask

EVENTS = {"http://schemas.openid.net/event/backchannel-logout": {}}


def tell(site: Site, **claims: Any) -> httpx.Response:
    token = site.provider.mint(
        {"typ": "logout+jwt"}, **{"jti": str(time.time_ns()), "events": EVENTS, **claims}
    )
    return site.server.request("POST", "/v1/session/backchannel", data={"logout_token": token}, purpose=False)


def alive(site: Site, cookie: dict[str, str]) -> bool:
    return site.server.get("/v1/session", None, headers=cookie).status_code == 200


def test_sign_out_here_ends_the_session(site: Site) -> None:
    cookie = sign_in(site)
    csrf = site.server.get("/v1/session", None, headers=cookie).json()["csrf"]
    headers = {**cookie, "X-CSRF-Token": csrf}
    assert site.server.request("DELETE", "/v1/session", headers=headers).status_code == 204
    assert not alive(site, cookie)


def test_one_session_of_the_provider(site: Site, provider: RemoteProvider) -> None:
    first = sign_in(site)
    provider.set(user={**USER, "sid": "session-2"})
    second = sign_in(site)
    assert tell(site, sid="session-1").status_code == 200
    assert last(site)[:2] == ("j.hargreaves", "sign-out")
    assert (alive(site, first), alive(site, second)) == (False, True)


def test_everything_of_a_person_and_older_access_tokens(site: Site) -> None:
    cookie, token = sign_in(site), site.provider.mint(TYPE, **MINE)
    assert ask(site, token).status_code == 200
    assert tell(site).status_code == 200
    assert not alive(site, cookie)
    assert ask(site, token).status_code == 401
    later = site.provider.mint(TYPE, **{**MINE, "iat": int(time.time()) + 2})
    assert ask(site, later).status_code == 200


def test_somebody_else_stays(site: Site) -> None:
    cookie = sign_in(site)
    assert tell(site, sub="another").status_code == 200
    assert alive(site, cookie)


@pytest.mark.parametrize(
    "claims",
    [
        {"events": {}},
        {"events": None},
        {"events": "logout"},
        {"nonce": "x"},
        {"sub": None},
        {"jti": None},
        {"iat": 1},
        {"iat": int(time.time()) + 3600},
        {"aud": AUDIENCE},
        {"iss": "https://evil.example"},
    ],
)
def test_logout_token_that_does_not_hold(site: Site, claims: dict[str, Any]) -> None:
    cookie = sign_in(site)
    answer = tell(site, **claims)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert last(site)[1:3] == ("sign-out", Status.REFUSED)
    assert alive(site, cookie)


@pytest.mark.parametrize("kind", ["JWT", "at+jwt", None])
def test_another_kind_of_token_is_no_logout_token(site: Site, kind: str | None) -> None:
    token = site.provider.mint({"typ": kind}, jti=f"kind-{kind}", events=EVENTS)
    answer = site.server.request("POST", "/v1/session/backchannel", data={"logout_token": token})
    assert answer.status_code == 400


def test_logout_token_counts_once(site: Site) -> None:
    assert tell(site, jti="once").status_code == 200
    cookie = sign_in(site)
    assert tell(site, jti="once").status_code == 400
    assert alive(site, cookie)


def test_without_a_provider_there_are_no_such_addresses(tmp_path: Any) -> None:
    world.build(tmp_path)
    server = start(tmp_path)
    try:
        body = {"purpose": "investigation", "reason": "x"}
        assert server.request("POST", "/v1/session/provider", json=body).status_code == 404
        assert server.get("/v1/session/callback?state=x&code=y", None).status_code == 404
        assert server.get("/v1/session/ways", None).json() == {"passwords": True, "provider": None}
        logout = {"logout_token": "a.b.c"}
        assert server.request("POST", "/v1/session/backchannel", data=logout).status_code == 404
    finally:
        server.close()
