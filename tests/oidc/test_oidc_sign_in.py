"""The whole flow with a real provider process: what is let in, what is refused, and that every refusal is logged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from graphcore.audit import Status
from tests.oidc.conftest import Site
from tests.oidc.process import RemoteProvider
from tests.oidc.provider import CLIENT, SECRET

BODY = {"purpose": "investigation", "reason": "Car washes", "operation": "Larkspur"}
CALLBACK = "/v1/session/callback"


def begin(site: Site, **body: Any) -> tuple[str, str]:
    """The address that the browser goes to, and its cookie."""
    answer = site.server.request("POST", "/v1/session/provider", json={**BODY, **body}, purpose=False)
    assert answer.status_code == 200, answer.text
    return answer.json()["location"], answer.headers["set-cookie"].partition(";")[0]


def back(site: Site, location: str) -> str:
    """What the provider sends the browser back with."""
    answer = site.provider.consent(location)
    assert answer.status_code == 302, answer.text
    return urlsplit(answer.headers["location"]).query


def finish(site: Site, query: str, cookie: str, **headers: str) -> httpx.Response:
    return site.server.request(
        "GET", f"{CALLBACK}?{query}", purpose=False, headers={"Cookie": cookie, **headers}
    )


def sign_in(site: Site, **body: Any) -> dict[str, str]:
    """The session cookie of somebody who went the whole way."""
    location, cookie = begin(site, **body)
    answer = finish(site, back(site, location), cookie)
    assert answer.status_code == 303, last(site)
    return {"Cookie": _session(answer)}


def _session(answer: httpx.Response) -> str:
    cookies = [value for value in answer.headers.get_list("set-cookie") if value.startswith("ocb_session=")]
    return cookies[0].partition(";")[0]


def last(site: Site) -> tuple[str, str, str, str]:
    event = site.server.services.audit.rows(0, 10_000)[-1].event
    return event.subject, event.action, event.status, event.reason


def refused(site: Site, answer: httpx.Response, why: str) -> None:
    """401, nothing set, and an audit row that says why while the answer does not."""
    assert answer.status_code == 401
    assert "ocb_session=ocb_" not in str(answer.headers)
    assert why not in answer.text.replace("sign-in", "")
    assert last(site) == ("unknown account", "sign-in", Status.REFUSED, f"provider: {why}")


def test_claims_become_the_account(site: Site) -> None:
    cookie = sign_in(site, return_to="/v1/stats")
    session = site.server.get("/v1/session", None, headers=cookie, purpose=False).json()
    assert {
        name: session[name] for name in ("name", "organisation", "clearance", "compartments", "roles")
    } == {
        "name": "j.hargreaves",
        "organisation": "Northshire",
        "clearance": "OFFICIAL-SENSITIVE",
        "compartments": ["KESTREL"],
        "roles": ["reader"],
    }
    assert (session["purpose"], session["reason"]) == ("investigation", "Car washes")
    read = site.server.get("/v1/search?q=quentin", None, headers=cookie, purpose=False)
    assert read.json()["total"] == 1, "the compartment of the claims opens the hidden person"
    account = next(one for one in site.server.services.auth.accounts() if one.name == "j.hargreaves")
    assert (account.federated, account.profile.team) == (True, "ROCU")
    assert account.context(None).team == "ROCU"


def test_code_challenge_state_and_nonce_go_out_and_secrets_stay(site: Site) -> None:
    location, cookie = begin(site)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    assert location.startswith(f"{site.provider.issuer}/authorize?")
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == len(asked["state"]) == len(asked["nonce"]) == 43
    assert asked["redirect_uri"] == f"http://localhost{CALLBACK}"
    assert SECRET not in location
    raw = b"".join(p.read_bytes() for p in site.server.services.settings.workspace.glob("access.sqlite3*"))
    assert asked["state"].encode() not in raw
    assert cookie.partition("=")[2].encode() not in raw


@pytest.mark.catalogue("S07")
def test_answer_without_its_state_its_browser_or_twice_is_refused(site: Site) -> None:
    location, cookie = begin(site)
    query = back(site, location)
    state = f"state={parse_qs(query)['state'][0]}"
    refused(site, finish(site, query.replace(state, "state=other"), cookie), "state")
    refused(site, finish(site, query.replace(state, ""), cookie), "state")
    refused(site, finish(site, query, "ocb_login=another-browser"), "state")
    refused(site, finish(site, query, cookie), "state")
    location, cookie = begin(site)
    query = back(site, location)
    assert finish(site, query, cookie).status_code == 303
    refused(site, finish(site, query, cookie), "state")


@pytest.mark.catalogue("S07")
def test_answer_comes_too_late(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    location, cookie = begin(site)
    query = back(site, location)
    real = site.server.services.auth.provider._clock
    monkeypatch.setattr(site.server.services.auth.provider, "_clock", lambda: real() + timedelta(minutes=11))
    refused(site, finish(site, query, cookie), "state")


@pytest.mark.catalogue("S07")
@pytest.mark.parametrize(("claim", "value"), [("nonce", "another"), ("nonce", None), ("nonce", "")])
def test_nonce_of_another_sign_in_is_refused(site: Site, claim: str, value: Any) -> None:
    site.provider.set(overrides={claim: value})
    location, cookie = begin(site)
    refused(site, finish(site, back(site, location), cookie), "nonce")


@pytest.mark.catalogue("S07", "S08")
def test_code_without_its_verifier_or_twice_is_worth_nothing(site: Site) -> None:
    location, cookie = begin(site)
    query = back(site, location)
    code = parse_qs(query)["code"][0]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": f"http://localhost{CALLBACK}",
        "code_verifier": "v" * 43,
    }
    assert site.provider.token(form, (CLIENT, SECRET)).status_code == 400, "stolen code"
    assert finish(site, query, cookie).status_code == 303
    other, other_cookie = begin(site)
    again = back(site, other).replace("code=", "code=x")
    stolen = again.replace(parse_qs(again)["code"][0], code)
    refused(site, finish(site, stolen, other_cookie), "code")


@pytest.mark.catalogue("S03")
@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        ({"exp": 1}, "expired_token"),
        ({"exp": None}, "invalid_claim"),
        ({"nbf": 1 << 40}, "invalid_claim"),
        ({"iat": 1 << 40}, "invalid_claim"),
    ],
)
def test_time_of_the_token(site: Site, overrides: dict[str, Any], why: str) -> None:
    site.provider.set(overrides=overrides)
    location, cookie = begin(site)
    refused(site, finish(site, back(site, location), cookie), why)


@pytest.mark.catalogue("S04")
@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        ({"iss": "https://evil.example"}, "invalid_claim"),
        ({"aud": "another-client"}, "invalid_claim"),
        ({"aud": None}, "missing_claim"),
        ({"aud": [CLIENT, "another"]}, "azp"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "azp"),
        ({"sub": ""}, "sub"),
    ],
)
def test_issuer_and_audience(site: Site, overrides: dict[str, Any], why: str) -> None:
    site.provider.set(overrides=overrides)
    location, cookie = begin(site)
    refused(site, finish(site, back(site, location), cookie), why)


@pytest.mark.catalogue("S04")
def test_answer_in_the_name_of_another_issuer_is_refused(site: Site) -> None:
    for change in (lambda query: query.replace("iss=", "iss=x"), lambda query: query.partition("&iss=")[0]):
        location, cookie = begin(site)
        query = back(site, location)
        assert "iss=" in query
        refused(site, finish(site, change(query), cookie), "iss")


@pytest.mark.catalogue("S09")
@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "/%2f/evil", "javascript:alert(1)", "evil",
        "/a\r\nSet-Cookie: a=b", "/a?next=//evil.example", "/\t/evil.example", "",
    ],
)  # fmt: skip
def test_only_paths_of_this_server_are_returned_to(site: Site, return_to: str) -> None:
    answer = site.server.request("POST", "/v1/session/provider", json={**BODY, "return_to": return_to})
    assert answer.status_code == 422
    assert "evil" not in answer.text
    location, cookie = begin(site, return_to="/v1/style")
    answer = finish(site, back(site, location) + "&return_to=https://evil.example", cookie)
    assert answer.headers["location"] == "/v1/style"


@pytest.mark.catalogue("S10")
def test_provider_that_does_not_answer_lets_nobody_in(open_site: Callable[..., Site]) -> None:
    with_dead_end = open_site(issuer="http://127.0.0.1:9/realm", timeout_s=0.5)
    for call in (
        lambda: with_dead_end.server.request("POST", "/v1/session/provider", json=BODY),
        lambda: with_dead_end.server.get(
            "/v1/stats", None, headers={"Authorization": f"Bearer {with_dead_end.provider.mint()}"}
        ),
    ):
        answer = call()
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    body = {**BODY, "name": "reader", "password": "correct horse battery"}
    assert with_dead_end.server.request("POST", "/v1/session", json=body).status_code == 401
    assert with_dead_end.server.get("/v1/stats", None).status_code == 401


@pytest.mark.catalogue("S10")
def test_provider_that_falls_silent_in_the_middle(open_site: Callable[..., Site]) -> None:
    site = open_site(timeout_s=0.3)
    location, cookie = begin(site)
    query = back(site, location)
    site.provider.set(silent_s=1.0)
    answer = finish(site, query, cookie)
    assert answer.status_code == 503
    assert "ocb_session=ocb_" not in str(answer.headers)
    assert last(site)[1:3] == ("sign-in", Status.REFUSED)


@pytest.mark.catalogue("S10", "I26")
@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": None},
        {"token_endpoint": "https://evil.example/token"},
        {"token_endpoint": "http://169.254.169.254/token"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)
def test_description_that_leads_elsewhere_is_not_followed(
    open_site: Callable[..., Site], provider: RemoteProvider, description: dict[str, Any]
) -> None:
    provider.set(description=description)
    site = open_site()
    answer = site.server.request("POST", "/v1/session/provider", json=BODY)
    if answer.status_code == 200:
        cookie = answer.headers["set-cookie"].partition(";")[0]
        answer = finish(site, back(site, answer.json()["location"]), cookie)
    assert answer.status_code == 503
    assert "evil" not in answer.text


@pytest.mark.catalogue("S11")
def test_sign_in_ends_the_session_that_the_browser_had(site: Site) -> None:
    old = sign_in(site)
    location, login = begin(site)
    answer = finish(site, back(site, location), f"{login}; {old['Cookie']}")
    assert answer.status_code == 303
    assert _session(answer) != old["Cookie"]
    assert site.server.get("/v1/session", None, headers=old).status_code == 401


def test_browser_is_told_in_html(site: Site) -> None:
    answer = finish(site, "state=none&code=x", "ocb_login=x", Accept="text/html,*/*")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_local_accounts_are_shut_unless_the_settings_open_them(
    site: Site, open_site: Callable[..., Site]
) -> None:
    body = {**BODY, "name": "reader", "password": "correct horse battery"}
    assert site.server.request("POST", "/v1/session", json=body).status_code == 401
    assert site.server.get("/v1/stats").status_code == 401, "tokens of local accounts too"
    assert site.server.get("/v1/session/ways", None).json() == {
        "passwords": False,
        "provider": "your organisation",
    }
    both = open_site(local_accounts=True)
    assert both.server.request("POST", "/v1/session", json=body).status_code == 201
    assert both.server.get("/v1/stats").status_code == 200
