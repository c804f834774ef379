"""Whose session it is: rotation, cookies, proxies, and files of earlier versions."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from api.auth import AuthService
from graphcore.audit import AuditLog
from graphcore.audit.log import utc_now
from tests.api import world
from tests.api.client import PASSWORD, WEAK, Server, start
from tests.api.test_api_session import BODY


@pytest.mark.catalogue("S11", "A35")
def test_other_roles_end_sessions_and_count_for_tokens_from_the_next_request(server: Server) -> None:
    body = {"name": "moving", "password": PASSWORD, "organisation": "N", "roles": ["reader"]}
    assert server.request("POST", "/v1/accounts", "admin", json=body).status_code == 201
    signed = server.request("POST", "/v1/session", json={**BODY, "name": "moving"})
    cookie = {"Cookie": signed.headers["set-cookie"].partition(";")[0]}
    bearer = {
        "Authorization": f"Bearer {server.services.auth.issue_token('moving', 'x', timedelta(days=1), by='t')}"
    }
    assert server.get("/v1/stats", None, headers=bearer).status_code == 200
    change = {"organisation": "N", "roles": ["auditor"], "team": "ROCU", "operations": ["Larkspur"]}
    changed = server.request("PUT", "/v1/accounts/moving", "admin", json=change)
    assert (changed.status_code, changed.json()["roles"], changed.json()["team"]) == (
        200,
        ["auditor"],
        "ROCU",
    )
    assert server.get("/v1/session", None, headers=cookie).status_code == 401
    assert server.get("/v1/stats", None, headers=bearer).status_code == 403
    wrong = {**change, "roles": ["auditor", "reader"]}
    assert server.request("PUT", "/v1/accounts/moving", "admin", json=wrong).status_code == 422
    assert server.request("PUT", "/v1/accounts/nobody", "admin", json=change).status_code == 422
    assert server.request("PUT", "/v1/accounts/moving", "reader", json=change).status_code == 403


@pytest.mark.catalogue("S11")
def test_sign_in_never_keeps_a_session_that_the_browser_brought(server: Server) -> None:
    fixed = {"Cookie": "ocb_session=ocb_chosen-by-somebody-else"}
    answer = server.request("POST", "/v1/session", headers=fixed, json=BODY)
    assert "chosen-by-somebody-else" not in answer.headers["set-cookie"]
    old = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
    new = server.request("POST", "/v1/session", headers=old, json=BODY)
    assert new.headers["set-cookie"].partition(";")[0] != old["Cookie"]
    assert server.get("/v1/session", None, headers=old).status_code == 401


def test_own_password_is_changed_with_the_present_one(server: Server) -> None:
    body = {"name": "changing", "password": PASSWORD, "organisation": "N", "roles": ["reader"]}
    assert server.request("POST", "/v1/accounts", "admin", json=body).status_code == 201
    signed = server.request("POST", "/v1/session", json={**BODY, "name": "changing"})
    headers = {
        "Cookie": signed.headers["set-cookie"].partition(";")[0],
        "X-CSRF-Token": signed.json()["csrf"],
    }

    def change(current: str, new: str) -> int:
        passwords = {"current": current, "new": new}
        return server.request("PUT", "/v1/session/password", headers=headers, json=passwords).status_code

    assert change("wrong password 1", "another long password") == 401
    assert change(PASSWORD, "short") == 422
    assert change(PASSWORD, "another long password") == 204
    assert server.get("/v1/session", None, headers=headers).status_code == 401
    for password, status in ((PASSWORD, 401), ("another long password", 201)):
        tried = {**BODY, "name": "changing", "password": password}
        assert server.request("POST", "/v1/session", json=tried).status_code == status


def test_administrator_ends_every_session_of_an_account(server: Server) -> None:
    signed = server.request("POST", "/v1/session", json={**BODY, "name": "cleared"})
    cookie = {"Cookie": signed.headers["set-cookie"].partition(";")[0]}
    assert server.request("DELETE", "/v1/accounts/cleared/sessions", "admin").status_code == 204
    assert server.get("/v1/session", None, headers=cookie).status_code == 401
    assert server.get("/v1/stats", "cleared").status_code == 401
    assert server.request("DELETE", "/v1/accounts/nobody/sessions", "admin").status_code == 422


@pytest.mark.catalogue("S18")
def test_headers_of_a_proxy_sign_nobody_in(server: Server) -> None:
    claimed = {
        "X-Client-Cert": "MIIB", "X-SSL-Client-Verify": "SUCCESS", "X-SSL-Client-S-DN": "CN=admin",
        "X-Forwarded-Client-Cert": "Subject=admin", "X-Forwarded-User": "admin", "X-Remote-User": "admin",
        "Remote-User": "admin", "X-Forwarded-Email": "admin@example",
    }  # fmt: skip
    assert server.get("/v1/accounts", None, headers=claimed).status_code == 401
    assert server.get("/v1/accounts", "reader", headers=claimed).status_code == 403


@pytest.mark.catalogue("S14")
def test_token_in_the_address_is_refused_even_beside_a_good_one(server: Server) -> None:
    answer = server.get(f"/v1/stats?access_token={server.tokens['reader']}")
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (401, "token-in-address")
    assert server.services.audit.rows(0, 100_000)[-1].event.reason == "in the address"


def test_secure_cookies_are_held_to_this_host(tmp_path: Path) -> None:
    world.build(tmp_path)
    secure = start(tmp_path, cookie_secure=True)
    try:
        answer = secure.request("POST", "/v1/session", json=BODY)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-ocb_session=")
        assert {"secure", "httponly", "path=/", "samesite=strict"} <= set(cookie.lower().split("; "))
        value = cookie.partition("=")[2].partition(";")[0]
        plain = {"Cookie": f"ocb_session={value}"}
        assert secure.get("/v1/session", None, headers=plain).status_code == 401, (
            "another name is another cookie"
        )
        assert "includeSubDomains" in answer.headers["strict-transport-security"]
        held = {"Cookie": f"__Host-ocb_session={value}"}
        assert secure.get("/v1/session", None, headers=held).status_code == 200
    finally:
        secure.close()


def test_address_is_taken_from_named_proxies_alone(tmp_path: Path) -> None:
    world.build(tmp_path)
    behind = start(tmp_path, proxies=frozenset({"127.0.0.1"}))
    wrong = {**BODY, "password": "wrong password 1"}
    try:
        for number in range(30):
            body = {**wrong, "name": f"nobody-{number}"}
            from_far = {"X-Forwarded-For": f"1.2.3.{number}, 10.9.9.9"}
            assert behind.request("POST", "/v1/session", headers=from_far, json=body).status_code == 401
        same = behind.request(
            "POST", "/v1/session", headers={"X-Forwarded-For": "9.9.9.9, 10.9.9.9"}, json=BODY
        )
        assert same.status_code == 429, "what stands before the proxy's own word could be made up"
        other = behind.request("POST", "/v1/session", headers={"X-Forwarded-For": "10.9.9.8"}, json=BODY)
        assert other.status_code == 201
    finally:
        behind.close()


def test_older_files_get_the_new_columns(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "access.sqlite3") as old:
        old.execute(
            "CREATE TABLE account (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, name_key VARCHAR NOT NULL UNIQUE, "
            "password_hash VARCHAR NOT NULL, organisation VARCHAR NOT NULL, clearance VARCHAR NOT NULL, "
            "compartments VARCHAR NOT NULL, roles VARCHAR NOT NULL, may_read_conditional BOOLEAN NOT NULL, "
            "law_enforcement BOOLEAN NOT NULL, created_at VARCHAR NOT NULL, closed_at VARCHAR)"
        )
        old.execute(
            "INSERT INTO account VALUES (1, 'old', 'old', 'x', 'N', 'OFFICIAL', '', 'reader', 0, 1, '2026-01-01T00:00:00Z', NULL)"
        )
    old.close()
    for _ in range(2):
        audit = AuditLog.open(tmp_path, clock=utc_now)
        auth = AuthService(tmp_path, audit, utc_now, passwords=WEAK)
        assert [(one.name, one.profile.team) for one in auth.accounts()] == [("old", "")]
        auth.close()
        audit.close()
