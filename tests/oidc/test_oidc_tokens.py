"""Access tokens of scripts: forged, old, foreign and misdirected ones, and keys that change."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from graphcore.audit import Status
from tests.api.client import PURPOSE
from tests.oidc.conftest import Site
from tests.oidc.provider import AUDIENCE, CLIENT, USER
from tests.oidc.test_oidc_sign_in import back, begin, finish, last

TYPE = {"typ": "at+jwt"}
MINE = {**{name: USER[name] for name in USER if name != "sid"}, "aud": AUDIENCE}


def ask(site: Site, token: str, path: str = "/v1/stats", **rest: Any) -> httpx.Response:
    return site.server.request("GET", path, headers={"Authorization": f"Bearer {token}"}, **rest)


def refused(site: Site, token: str, why: str) -> None:
    answer = ask(site, token)
    assert answer.status_code == 401
    assert token not in answer.text
    assert last(site) == ("unknown account", "token", Status.REFUSED, f"provider: {why}")


def b64(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims(site: Site) -> dict[str, Any]:
    now = int(time.time())
    return {"iss": site.provider.issuer, "iat": now, "exp": now + 300, **MINE}


def test_access_token_reads_as_its_claims_say(site: Site) -> None:
    answer = ask(site, site.provider.mint(TYPE, **MINE), "/v1/search?q=quentin")
    assert (answer.status_code, answer.json()["total"]) == (200, 1)
    lower = ask(site, site.provider.mint(TYPE, **{**MINE, "compartments": []}), "/v1/search?q=quentin")
    assert lower.json()["total"] == 0, "this token says less, whatever the account may"
    row = site.server.services.audit.rows(0, 10_000)[-2].event
    assert (row.subject, row.purpose) == ("j.hargreaves", "investigation")
    assert ask(site, site.provider.mint(TYPE, **MINE), purpose=False).status_code == 403
    assert ask(site, site.provider.mint(TYPE, **MINE), "/v1/accounts").status_code == 403


def test_account_of_a_provider_has_no_tokens_of_ours(site: Site) -> None:
    bearer = {"Authorization": f"Bearer {site.provider.mint(TYPE, **MINE)}", **PURPOSE}
    assert site.server.request("POST", "/v1/tokens", json={"label": "x"}, headers=bearer).status_code == 422
    assert site.server.request("DELETE", "/v1/session", headers=bearer).status_code == 409
    assert site.server.get("/v1/session", None, headers=bearer).json()["csrf"] == ""


@pytest.mark.catalogue("S01")
@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, 7, ["RS256"]])
def test_algorithm_none(site: Site, algorithm: Any) -> None:
    header = {"alg": algorithm, "kid": site.provider.keys()[0]["kid"], **TYPE}
    for signature in ("", b64(b"x" * 256)):
        refused(site, f"{b64(header)}.{b64(claims(site))}.{signature}", "alg")


@pytest.mark.catalogue("S02")
def test_public_key_as_a_secret(site: Site) -> None:
    told = site.provider.keys()[0]
    pem = RSAKey.import_key(told).as_pem(private=False)
    body = f"{b64({'alg': 'HS256', 'kid': told['kid'], **TYPE})}.{b64(claims(site))}"
    for secret in (pem, pem.strip(), json.dumps(told).encode(), told["n"].encode()):
        signature = hmac.digest(secret, body.encode(), hashlib.sha256)
        refused(site, f"{body}.{b64(signature)}", "alg")


@pytest.mark.catalogue("S03")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"exp": int(time.time()) - 3600}, "expired_token"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "invalid_claim"),
        ({"exp": True}, "invalid_claim"),
        ({"nbf": int(time.time()) + 3600}, "invalid_claim"),
        ({"iat": int(time.time()) + 3600}, "invalid_claim"),
        ({"iat": None}, "iat"),
    ],
)
def test_time(site: Site, change: dict[str, Any], why: str) -> None:
    refused(site, site.provider.mint(TYPE, **{**MINE, **change}), why)


def test_clocks_may_differ_a_little(site: Site) -> None:
    now = int(time.time())
    for change in ({"exp": now - 10}, {"nbf": now + 10}, {"iat": now + 10}):
        assert ask(site, site.provider.mint(TYPE, **{**MINE, **change})).status_code == 200


@pytest.mark.catalogue("S04")
@pytest.mark.parametrize(
    ("header", "change", "why"),
    [
        (TYPE, {"iss": "https://evil.example"}, "invalid_claim"),
        (TYPE, {"iss": None}, "missing_claim"),
        (TYPE, {"aud": CLIENT}, "invalid_claim"),
        (TYPE, {"aud": "urn:another:api"}, "invalid_claim"),
        (TYPE, {"aud": None}, "missing_claim"),
        (TYPE, {"sub": None}, "sub"),
        ({"typ": "JWT"}, {}, "typ"),
        ({}, {}, "typ"),
    ],
)
def test_issuer_audience_and_kind(site: Site, header: Any, change: dict[str, Any], why: str) -> None:
    refused(site, site.provider.mint(header, **{**MINE, **change}), why)


@pytest.mark.catalogue("S05", "I26")
@pytest.mark.parametrize("field", ["jku", "x5u", "jwk", "x5c", "kid"])
def test_key_of_the_senders_own_is_never_used(site: Site, field: str) -> None:
    own = RSAKey.generate_key(2048, {"kid": "own", "use": "sig"})
    known = site.provider.keys()[0]["kid"]
    asked = site.provider.asked("/evil")
    address = f"{site.provider.issuer}/evil"
    value = {"jwk": own.as_dict(private=False), "x5c": ["MIIB"], "kid": "own"}.get(field, address)
    header = {"alg": "RS256", "kid": known, **TYPE, field: value}
    token = jwt.encode(header, claims(site), own, default_type=None)
    refused(site, token, {"kid": "kid", "jwk": "exceeded_size"}.get(field, "bad_signature"))
    assert site.provider.asked("/evil") == asked


@pytest.mark.catalogue("S05")
def test_unknown_key_is_asked_for_once(site: Site) -> None:
    assert ask(site, site.provider.mint(TYPE, **MINE)).status_code == 200
    asked = site.provider.asked("/keys")
    for number in range(5):
        refused(site, site.provider.mint({**TYPE, "kid": f"unknown-{number}"}, **MINE), "kid")
    refused(site, site.provider.mint({**TYPE, "kid": None}, **MINE), "alg")
    assert site.provider.asked("/keys") == asked + 1


@pytest.mark.catalogue("S06")
def test_old_key_opens_nothing_after_a_rotation(site: Site) -> None:
    old = site.provider.mint(TYPE, **MINE)
    assert ask(site, old).status_code == 200
    site.provider.rotate()
    assert ask(site, site.provider.mint(TYPE, **MINE)).status_code == 200, "the new key is asked for"
    refused(site, old, "kid")


@pytest.mark.catalogue("S06")
def test_keys_are_asked_for_again_after_their_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    old = site.provider.mint(TYPE, **MINE)
    assert ask(site, old).status_code == 200
    site.provider.rotate()
    assert ask(site, old).status_code == 200, "for five minutes a key is taken without asking"
    kept = site.server.services.auth.provider._provider
    monkeypatch.setattr(kept, "_clock", lambda: time.monotonic() + 301)
    refused(site, old, "kid")


@pytest.mark.catalogue("S14")
def test_token_in_the_address_is_refused(site: Site) -> None:
    token = site.provider.mint(TYPE, **MINE)
    for name in ("access_token", "token", "id_token", "Bearer"):
        assert site.server.get(f"/v1/stats?{name}={token}", None).status_code == 401
        answer = site.server.get(
            f"/v1/stats?{name}={token}", None, headers={"Authorization": f"Bearer {token}"}
        )
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (401, "token-in-address")
        assert last(site) == ("unknown account", "token", Status.REFUSED, "in the address")
        assert token not in answer.text


def test_header_that_must_be_understood(site: Site) -> None:
    header = {"alg": "RS256", "kid": site.provider.keys()[0]["kid"], **TYPE, "crit": ["exp"]}
    refused(site, f"{b64(header)}.{b64(claims(site))}.{b64(b'x' * 256)}", "alg")


@pytest.mark.parametrize(
    "token",
    ["a.b.c", "..", "é.b.c", f"{b64([1])}.e30.x", f"{b64({'alg': 'RS256'})}.e30.x", "x" * 20_000 + ".."],
)
def test_nonsense(site: Site, token: str) -> None:
    answer = site.server.request(
        "GET",
        "/v1/stats",
        headers={"Authorization": f"Bearer {token}".encode()},  # type: ignore[dict-item]
    )
    assert answer.status_code == 401


def test_weak_sign_in_is_refused_where_the_settings_ask_for_more(open_site: Callable[..., Site]) -> None:
    site = open_site(acr_values=["mfa"])
    refused(site, site.provider.mint(TYPE, **MINE), "acr")
    refused(site, site.provider.mint(TYPE, **{**MINE, "acr": "password"}), "acr")
    assert ask(site, site.provider.mint(TYPE, **{**MINE, "acr": "mfa"})).status_code == 200
    location, cookie = begin(site)
    assert "acr_values=mfa" in location
    assert finish(site, back(site, location), cookie).status_code == 401
    site.provider.set(overrides={"acr": "mfa"})
    location, cookie = begin(site)
    assert finish(site, back(site, location), cookie).status_code == 303


def test_no_audience_no_access_tokens(open_site: Callable[..., Site]) -> None:
    site = open_site(audience=None)
    refused(site, site.provider.mint(TYPE, **MINE), "access tokens are not taken")


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ({"kty": "oct", "k": b64(b"x" * 32)}, "kid"),
        ({"kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB"}, "kid"),
        ({"kty": "RSA", "n": b64(b"\xff" * 128), "e": "AQAB"}, "kid"),
        ({"kty": "RSA"}, "kid"),
        ({"kty": 7}, "kid"),
        ("nonsense", "kid"),
    ],
)
def test_keys_that_are_no_public_signing_keys_are_passed_over(
    site: Site, monkeypatch: pytest.MonkeyPatch, key: Any, why: str
) -> None:
    kept = site.server.services.auth.provider._provider
    bad = {**key, "kid": "bad"} if isinstance(key, dict) else key
    real = kept._wire.get
    monkeypatch.setattr(
        kept, "_wire", _Wire(lambda url: {"keys": [bad]} if url.endswith("/keys") else real(url))
    )
    refused(site, site.provider.mint({**TYPE, "kid": "bad"}, **MINE), why)


class _Wire:
    def __init__(self, get: Any) -> None:
        self.get = get
