"""Signing in: the cookie, CSRF, throttling, and tokens that end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from api.auth import AuthService, NewAccount, Role
from api.auth.errors import AccountError, SignInError, ThrottledError
from graphcore.access import Purpose, PurposeCode
from graphcore.audit import AuditLog
from tests.api.client import ACCOUNTS, PASSWORD, WEAK, Server

BODY = {
    "name": "reader",
    "password": PASSWORD,
    "purpose": "investigation",
    "reason": "Car washes",
    "operation": "Larkspur",
}
WHY = Purpose(PurposeCode.INVESTIGATION, "test")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def auth(tmp_path: Path, clock: Clock) -> Iterator[AuthService]:
    audit = AuditLog.open(tmp_path, clock=clock)
    made = AuthService(tmp_path, audit, clock, passwords=WEAK)
    made.create_account(ACCOUNTS["reader"], PASSWORD, by="test")
    yield made
    made.close()
    audit.close()


def test_cookie_is_kept_from_scripts_and_other_sites(server: Server) -> None:
    answer = server.request("POST", "/v1/session", None, purpose=False, json=BODY)
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert answer.json()["csrf"] not in answer.headers["set-cookie"]


def _cookie(server: Server) -> tuple[dict[str, str], str]:
    answer = server.request("POST", "/v1/session", None, purpose=False, json=BODY)
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}, answer.json()["csrf"]


def test_session_reads_with_the_purpose_of_its_sign_in(server: Server) -> None:
    cookie, _ = _cookie(server)
    assert server.get("/v1/stats", None, purpose=False, headers=cookie).status_code == 200
    event = server.services.audit.rows(0, 100_000)[-2].event
    assert (event.purpose, event.reason, event.reference) == ("investigation", "Car washes", "Larkspur")


@pytest.mark.catalogue("S12")
def test_changes_need_the_csrf_value(server: Server) -> None:
    cookie, csrf = _cookie(server)
    change = {"purpose": "detection", "reason": "other"}
    path = "/v1/session/purpose"
    assert server.request("PUT", path, None, headers=cookie, json=change).status_code == 403
    assert (
        server.request("PUT", path, None, headers={**cookie, "X-CSRF-Token": "no"}, json=change).status_code
        == 403
    )
    done = server.request("PUT", path, None, headers={**cookie, "X-CSRF-Token": csrf}, json=change)
    assert (done.status_code, done.json()["purpose"]) == (200, "detection")
    assert server.get("/v1/session", None, headers=cookie).json()["reason"] == "other"


def test_sign_out_ends_the_session_at_once(server: Server) -> None:
    cookie, csrf = _cookie(server)
    headers = {**cookie, "X-CSRF-Token": csrf}
    assert server.request("DELETE", "/v1/session", None, headers=headers).status_code == 204
    assert server.get("/v1/session", None, headers=cookie).status_code == 401


def test_a_token_is_no_session_and_a_session_no_token(server: Server) -> None:
    cookie, _ = _cookie(server)
    value = cookie["Cookie"].partition("=")[2]
    assert server.get("/v1/session", None, headers={"Authorization": f"Bearer {value}"}).status_code == 401
    assert (
        server.get(
            "/v1/session", None, headers={"Cookie": f"ocb_session={server.tokens['reader']}"}
        ).status_code
        == 401
    )


@pytest.mark.catalogue("S17")
def test_wrong_name_and_wrong_password_answer_alike(server: Server) -> None:
    wrong = server.request("POST", "/v1/session", None, json={**BODY, "password": "wrong password 1"})
    nobody = server.request("POST", "/v1/session", None, json={**BODY, "name": "nobody"})
    assert (wrong.status_code, wrong.content) == (401, nobody.content)


def test_platforms_own_purpose_is_not_for_people(server: Server) -> None:
    assert server.request("POST", "/v1/session", None, json={**BODY, "purpose": "system"}).status_code == 403
    assert server.request("POST", "/v1/session", None, json={**BODY, "reason": "  "}).status_code == 422


@pytest.mark.catalogue("S15", "S16")
def test_own_tokens_are_issued_listed_and_revoked(server: Server) -> None:
    token = server.request("POST", "/v1/tokens", "reader", json={"label": "night", "days": 1}).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert server.get("/v1/stats", None, headers=bearer).status_code == 200
    listed = server.get("/v1/tokens", None, headers=bearer).json()["tokens"]
    mine = next(one for one in listed if one["label"] == "night")
    assert token not in str(listed)
    assert server.request("DELETE", f"/v1/tokens/{mine['id']}", "cleared").status_code == 404
    assert server.request("DELETE", f"/v1/tokens/{mine['id']}", "reader").status_code == 204
    assert server.get("/v1/stats", None, headers=bearer).status_code == 401


@pytest.mark.catalogue("S16")
def test_token_is_kept_as_a_hash_only(auth: AuthService, tmp_path: Path) -> None:
    token = auth.issue_token("reader", "x", timedelta(days=1), by="test")
    session = auth.sign_in("reader", PASSWORD, "127.0.0.1", WHY)
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("access.sqlite3*"))
    for secret in (token, session, PASSWORD):
        assert secret.encode() not in raw
    assert b"$argon2id$" in raw
    assert (tmp_path / "access.sqlite3").stat().st_mode & 0o077 == 0


@pytest.mark.catalogue("S13")
def test_tokens_and_sessions_end(auth: AuthService, clock: Clock) -> None:
    token = auth.issue_token("reader", "x", timedelta(hours=2), by="test")
    session = auth.sign_in("reader", PASSWORD, "127.0.0.1", WHY)
    for _ in range(8):
        clock.now += timedelta(minutes=14)
        assert auth.principal(session, session=True) is not None
    assert auth.principal(token, session=False) is not None
    clock.now += timedelta(minutes=16)
    assert auth.principal(session, session=True) is None, "idle for 16 minutes"
    assert auth.principal(token, session=False) is None, "expired"


@pytest.mark.catalogue("S13")
def test_session_ends_after_twelve_hours_of_use(auth: AuthService, clock: Clock) -> None:
    session = auth.sign_in("reader", PASSWORD, "127.0.0.1", WHY)
    uses = 0
    while auth.principal(session, session=True) is not None:
        clock.now += timedelta(minutes=10)
        uses += 1
    assert uses == 72


@pytest.mark.catalogue("S17")
def test_wrong_passwords_are_throttled_by_name_known_or_not(auth: AuthService, clock: Clock) -> None:
    for name in ("reader", "nobody"):
        for attempt in range(10):
            with pytest.raises(SignInError):
                auth.sign_in(name, "wrong password 1", f"10.0.0.{attempt}", WHY)
        with pytest.raises(ThrottledError) as caught:
            auth.sign_in(name, PASSWORD, "10.0.1.1", WHY)
        assert 0 < caught.value.retry_after_s <= 900
    clock.now += timedelta(minutes=16)
    assert auth.sign_in("reader", PASSWORD, "10.0.1.1", WHY)


@pytest.mark.catalogue("S17")
def test_wrong_passwords_are_throttled_by_address(auth: AuthService) -> None:
    for attempt in range(30):
        with pytest.raises(SignInError):
            auth.sign_in(f"name{attempt}", "wrong password 1", "10.0.0.1", WHY)
    with pytest.raises(ThrottledError):
        auth.sign_in("reader", PASSWORD, "10.0.0.1", WHY)


@pytest.mark.catalogue("S17")
def test_unknown_name_costs_the_same_work(auth: AuthService, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = WEAK._hasher.verify
    hasher = SimpleNamespace(verify=lambda stored, given: (checked.append(stored[:9]), real(stored, given)))
    monkeypatch.setattr(WEAK, "_hasher", hasher)
    for name in ("reader", "nobody"):
        with pytest.raises(SignInError):
            auth.sign_in(name, "wrong password 1", "10.0.0.1", WHY)
    assert checked == ["$argon2id"] * 2


def test_throttled_answer_says_when_to_come_again(server: Server) -> None:
    body = {**BODY, "name": "throttle me", "password": "wrong password 1"}
    answers = [server.request("POST", "/v1/session", None, json=body) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_what_was_typed_as_a_name_is_not_logged(auth: AuthService) -> None:
    with pytest.raises(SignInError):
        auth.sign_in("my-password-by-mistake", "wrong password 1", "10.0.0.1", WHY)
    assert auth._audit.rows()[-1].event.subject == "unknown account"


@pytest.mark.parametrize(
    ("profile", "password"),
    [
        (NewAccount("reader", "x", frozenset({Role.READER})), PASSWORD),
        (NewAccount("READER ", "x", frozenset({Role.READER})), PASSWORD),
        (NewAccount("new", "x", frozenset({Role.READER})), "short"),
        (NewAccount("new", "x", frozenset({Role.READER})), "x" * 257),
        (NewAccount(" ", "x", frozenset({Role.READER})), PASSWORD),
        (NewAccount("new\n", "x", frozenset({Role.READER})), PASSWORD),
        (NewAccount("new", "x", frozenset({Role.READER, Role.AUDITOR})), PASSWORD),
    ],
)
def test_accounts_that_cannot_be_made(auth: AuthService, profile: NewAccount, password: str) -> None:
    with pytest.raises(AccountError):
        auth.create_account(profile, password, by="test")


def test_closed_account_and_changed_password_end_every_token(auth: AuthService) -> None:
    token = auth.issue_token("reader", "x", timedelta(hours=2), by="test")
    auth.set_password("reader", "another long password", by="test")
    assert auth.principal(token, session=False) is None
    assert auth.sign_in("reader", "another long password", "127.0.0.1", WHY)
    auth.close_account("reader", by="test")
    with pytest.raises(SignInError):
        auth.sign_in("reader", "another long password", "127.0.0.1", WHY)
    for missing in (
        lambda: auth.close_account("reader", by="test"),
        lambda: auth.set_password("reader", PASSWORD, by="x"),
    ):
        with pytest.raises(AccountError):
            missing()


def test_first_account_is_made_once(tmp_path: Path, clock: Clock) -> None:
    audit = AuditLog.open(tmp_path, clock=clock)
    auth = AuthService(tmp_path, audit, clock, passwords=WEAK)
    first = auth.first_account(ACCOUNTS["admin"])
    assert first is not None
    assert first.password not in repr(first)
    assert auth.sign_in(first.name, first.password, "127.0.0.1", WHY)
    assert auth.first_account(ACCOUNTS["admin"]) is None
    auth.close()
    audit.close()


def test_administrator_makes_and_closes_accounts(server: Server) -> None:
    body = {"name": "temp", "password": PASSWORD, "organisation": "N", "roles": ["reader"]}
    made = server.request("POST", "/v1/accounts", "admin", json=body)
    assert (made.status_code, made.json()["clearance"]) == (201, "OFFICIAL")
    assert PASSWORD not in made.text
    assert "temp" in [one["name"] for one in server.get("/v1/accounts", "admin").json()["accounts"]]
    assert server.request("POST", "/v1/accounts", "admin", json=body).status_code == 422
    assert server.request("POST", "/v1/accounts", "admin", json={**body, "id": 1}).status_code == 422
    assert server.request("DELETE", "/v1/accounts/admin", "admin").status_code == 409
    assert server.request("DELETE", "/v1/accounts/temp", "admin").status_code == 204
