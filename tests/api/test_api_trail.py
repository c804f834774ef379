"""The trail by every route: the right operation, no content, read by auditors alone, used by supervisors in counts."""

import os
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.trail.watching import Watching
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Ask, AuditEvent, AuditLog, Phase
from graphcore.audit.alerts import Alerts
from graphcore.audit.log import utc_now
from graphcore.audit.unusual import UnusualAccess
from graphcore.errors import AuditError
from tests.api import world
from tests.api.client import Server, start
from tests.api.conftest import World
from tests.api.test_api_access import HOLDER, Role, call, operations

# what every operation that is not a consultation is, and those that leave no entry of their own
OPERATION = {
    "acceptSuggestion": "alteration", "rejectSuggestion": "alteration", "addLexiconTerm": "alteration",
    "withdrawLexiconTerm": "alteration", "importLexicon": "alteration", "changeRegister": "alteration",
    "restoreBatch": "alteration", "removeBatch": "erasure", "retryRefused": "collection", "uploadFile": "collection",
    "loadFromInbox": "collection", "judgePairs": "combination", "confirmDecision": "combination",
    "undoDecision": "alteration", "splitEntity": "alteration", "listGrants": "access", "giveGrant": "access",
    "revokeGrant": "access", "explainAccess": "access", "declareOperation": "access", "readAuditRows": "access",
    "exportAudit": "access", "verifyAudit": "access", "readUsage": "access", "readAlerts": "access",
    "settleAlert": "access",
}  # fmt: skip
# own session, own tokens, own jobs, accounts (notes of their own), and lists that hold nothing of any record
WITHOUT = {
    "setPurpose", "readSession", "readWaysToSignIn", "beginProviderSignIn", "finishProviderSignIn", "endProviderSessions",
    "changePassword", "issueToken", "listTokens", "revokeToken", "createAccount", "changeAccount", "closeAccount",
    "endSessions", "listAccounts", "readJob", "listJobs", "cancelJob", "readStyle", "readSymbol", "listMeasures",
    "listSources", "listInbox",
}  # fmt: skip
# the calls here name nothing that is there, so nothing is begun, or queue a job that is logged when it runs; the tests of
# jobs, of identity and of requests show those that do something
NOT_BEGUN = {
    "loadFromInbox", "uploadFile", "previewFromInbox", "readLexiconList", "joinEntities", "runIdentity", "chaseRequest",
    "answerRequest", "refuseRequest", "escalateRequest",
}  # fmt: skip


@pytest.fixture
def fresh(loaded: World, tmp_path: Path) -> Iterator[Server]:
    """A server of its own on the loaded workspace."""
    folder = tmp_path / "workspace"
    shutil.copytree(
        loaded.folder, folder, ignore=shutil.ignore_patterns("audit*", "access*", "jobs*", "audit.key")
    )
    made = start(folder)
    yield made
    made.close()


def intents(server: Server, after: int = 0) -> list[AuditEvent]:
    rows = server.services.audit.rows(after, 100_000)
    return [row.event for row in rows if row.event.phase is Phase.INTENT]


@pytest.mark.catalogue("U17")
def test_every_route_is_logged_as_the_operation_of_the_law_that_it_is(fresh: Server, loaded: World) -> None:
    wrong: list[Any] = []
    for operation in operations(fresh):
        name, role = operation[2]["operationId"], operation[2]["x-role"]
        if name in {"signOut", "signIn", "readHealth"}:
            continue
        before = fresh.services.audit.verify().rows
        who = HOLDER[Role(role)] if role in set(Role) else "reader"
        call(fresh, operation, loaded.uids, who)
        found = {(event.operation, event.subject) for event in intents(fresh, before)}
        expected = set() if name in WITHOUT | NOT_BEGUN else {(OPERATION.get(name, "consultation"), who)}
        if found != expected:
            wrong.append((name, found, expected))
        purposes = {(event.purpose, event.reason) for event in intents(fresh, before)}
        assert purposes <= {("investigation", "Who controls the car washes")}, name
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.catalogue("U20", "A30")
def test_log_holds_no_content_of_any_record_and_no_wording(fresh: Server, loaded: World) -> None:
    """Every route is asked by one who sees all, with words of the world in the questions; then the bytes are looked at."""
    words = (
        "Tolliver",
        "Marrow",
        "Suds",
        "Glimmer",
        "07700900123",
        "Quentin",
        "Veil",
        "Kestrel front",
        "suds",
    )
    for operation in operations(fresh):
        name, role = operation[2]["operationId"], operation[2]["x-role"]
        if name not in {"signOut", "signIn"}:
            call(fresh, operation, loaded.uids, HOLDER[Role(role)] if role in set(Role) else "cleared")
    for who in ("reader", "cleared"):
        assert "Tolliver" in fresh.get("/v1/search?q=tolliver", who).text
        fresh.get(f"/v1/charts?uid={loaded.uids[world.WASH]}&format=html", who)
    fresh.services.audit.close()
    raw = b"".join(path.read_bytes() for path in fresh.services.audit.path.parent.glob("audit.sqlite3*"))
    assert len(raw) > 10_000
    assert [word for word in words if word.encode() in raw] == []


@pytest.mark.catalogue("U18", "U19")
def test_nobody_reads_their_own_rows_and_an_auditor_reads_no_data(fresh: Server, loaded: World) -> None:
    fresh.get("/v1/stats")
    first = fresh.get("/v1/audit/rows?limit=1000", "auditor").json()["rows"]
    assert {row["subject"] for row in first} >= {"reader", "test"}
    again = fresh.get("/v1/audit/rows?limit=1000", "auditor").json()["rows"]
    lines = fresh.get("/v1/audit/export", "auditor").text.splitlines()
    for rows in (again, [orjson.loads(line) for line in lines[:-1]]):
        assert all(row["subject"] != "auditor" for row in rows)
    assert fresh.get("/v1/audit/rows?subject=auditor", "auditor").json() == {"rows": [], "next": None}
    for path in ("/v1/audit/rows", "/v1/audit/rows?subject=reader", "/v1/audit/export", "/v1/audit/usage"):
        for who in ("reader", "cleared", "admin", "loader"):
            assert fresh.get(path, who).status_code == 403, (path, who)
    for path in ("/v1/stats", "/v1/search?q=suds", f"/v1/entities/{loaded.uids[world.WASH]}"):
        for who in ("auditor", "supervisor"):
            answer = fresh.get(path, who)
            assert answer.status_code == 403
            assert "Suds" not in answer.text
    methods = {
        method for path, one in fresh.app.openapi()["paths"].items() if "audit" in path for method in one
    }
    assert methods == {"get", "post"}  # no way to delete or change; the one POST settles alerts
    actions = [event.action for event in intents(fresh) if event.subject == "auditor"]
    assert actions == ["audit.read", "audit.read", "audit.export", "audit.read"]
    with sqlite3.connect(fresh.services.audit.path) as connection:
        for statement in ("DELETE FROM audit", "UPDATE audit SET subject = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
    connection.close()


@pytest.mark.catalogue("U19")
def test_search_of_the_log_finds_by_subject_entity_words_and_time_and_is_logged_with_them(
    fresh: Server, loaded: World
) -> None:
    uid = loaded.uids[world.WASH]
    fresh.get("/v1/search?q=tolliver")
    fresh.get(f"/v1/entities/{uid}", "cleared")
    for query, subjects in (
        ("subject=cleared&action=entity.read", ["cleared", "cleared"]),
        (f"entity={uid}&operation=consultation", ["cleared", "cleared"]),
        ("asked=TOLLIVER", ["reader"]),
        ("asked=tolliver&subject=cleared", []),
        ("since=2026-01-01T00:00:00Z&asked=tolliver", ["reader"]),
        ("until=2020-01-01T00:00:00Z", []),
    ):
        rows = fresh.get(f"/v1/audit/rows?{query}", "auditor").json()["rows"]
        assert [row["subject"] for row in rows] == subjects, query
    last = [row for row in fresh.services.audit.rows(0, 1000) if row.event.action == "audit.read"][-2]
    assert "until" in fresh.services.audit.question(last)


def test_export_ends_with_the_signed_end_of_the_log(fresh: Server) -> None:
    fresh.get("/v1/stats")
    lines = [orjson.loads(line) for line in fresh.get("/v1/audit/export", "auditor").text.splitlines()]
    end = lines[-1]
    assert (end["end"], end["rows"]) == (True, len(lines) - 1)
    line = orjson.dumps(end["checkpoint"])
    assert fresh.services.audit.parse_checkpoints(line)[0].seq >= lines[-2]["seq"]
    assert end["checkpoint"]["key"] == fresh.services.audit.public_key


def test_supervisor_sees_usage_as_data_and_as_a_page_without_content(fresh: Server) -> None:
    for _ in range(3):
        fresh.get("/v1/search?q=tolliver")
    fresh.get("/v1/search?q=nobody+of+that+name")
    report = fresh.get("/v1/audit/usage", "supervisor").json()
    (action,) = [total for total in report["totals"]["action"] if total["name"] == "search"]
    assert (action["asked"], action["hits"], action["hit_rate"]) == (4, 3, 0.75)
    assert sum(use["asked"] for use in report["uses"]) == report["asked"]
    page = fresh.get("/v1/audit/usage?format=html", "supervisor")
    assert page.headers["content-type"].startswith("text/html")
    for word in ("By subject", "By purpose", "By operation", "Entries by day", "<svg", "75.0%"):
        assert word in page.text
    assert "olliver" not in page.text
    assert "http" not in page.text.replace("http-equiv", "")


@pytest.mark.catalogue("L10")
def test_bulk_reading_raises_an_alert_that_a_supervisor_settles(fresh: Server, loaded: World) -> None:
    fresh.services.alerts = Alerts(fresh.services.audit, UnusualAccess(distinct_per_hour=4))
    assert fresh.get("/v1/audit/alerts", "supervisor").json() == {"alerts": []}
    for uid in list(loaded.uids.values())[:7]:
        fresh.get(f"/v1/entities/{uid}")
    (alert,) = fresh.get("/v1/audit/alerts", "supervisor").json()["alerts"]
    assert (alert["kind"], alert["subject"], alert["open"]) == ("bulk", "reader", True)
    path = f"/v1/audit/alerts/{alert['id']}/settle"
    done = fresh.request("POST", path, "supervisor", json={"reason": "tasked by the SIO"})
    assert (done.status_code, done.json()["settled_by"]) == (200, "supervisor")
    assert fresh.request("POST", path, "supervisor", json={"reason": "again"}).status_code == 409
    assert (
        fresh.request(
            "POST", path.replace(alert["id"], "0" * 24), "supervisor", json={"reason": "x"}
        ).status_code
        == 404
    )
    assert fresh.get("/v1/audit/alerts", "supervisor").json() == {"alerts": []}
    assert len(fresh.get("/v1/audit/alerts?settled=true", "supervisor").json()["alerts"]) == 1


def test_watching_raises_alerts_while_nobody_asks(fresh: Server, loaded: World) -> None:
    fresh.services.alerts = Alerts(fresh.services.audit, UnusualAccess(distinct_per_hour=1))
    watching = Watching(fresh.services.alerts, utc_now, every_s=0.02)
    watching.start()
    for uid in list(loaded.uids.values())[:3]:
        fresh.get(f"/v1/entities/{uid}")
    deadline = time.monotonic() + 20
    while not fresh.services.alerts.all() and time.monotonic() < deadline:
        time.sleep(0.02)
    watching.stop()
    assert [one.kind for one in fresh.services.alerts.all()] == ["bulk"]


@pytest.mark.catalogue("U17")
def test_disclosure_names_recipient_and_gateway(fresh: Server, loaded: World) -> None:
    uid = loaded.uids[world.WASH]
    body = {"uids": [uid], "recipient": "Port police", "gateway": "s.31, joint team"}
    assert fresh.request("POST", "/v1/charts", "reader", json=body).status_code == 200
    assert fresh.get(f"/v1/reports/business/{uid}?recipient=HMRC&gateway=s.5").status_code == 200
    assert fresh.get(f"/v1/reports/business/{uid}?gateway=s.5").status_code == 200
    told = [(event.operation, event.recipients, event.gateway) for event in intents(fresh)][-3:]
    assert told == [
        ("disclosure", ("Port police",), "s.31, joint team"), ("disclosure", ("HMRC",), "s.5"), ("consultation", (), ""),
    ]  # fmt: skip


@pytest.mark.catalogue("U01", "U02")
@pytest.mark.parametrize("fault", ["locked", "full"])
def test_locked_or_full_log_answers_503_reads_nothing_and_recovers(
    fresh: Server, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = fresh.services.audit
    audit._writer.timeout_s = 0.2
    audit.close()
    assert fresh.get("/v1/stats").status_code == 200
    viewed: list[AccessContext] = []
    real = type(fresh.services.store).view

    def view(store: Any, context: AccessContext) -> Any:
        viewed.append(context)
        return real(store, context)

    monkeypatch.setattr(type(fresh.services.store), "view", view)
    other = sqlite3.connect(audit.path, isolation_level=None)
    if fault == "locked":
        other.execute("BEGIN IMMEDIATE")
    else:
        held = audit._writer._connection
        assert held is not None
        pages = held.execute("PRAGMA page_count").fetchone()[0]
        held.execute(f"PRAGMA max_page_count = {pages}")
        filler = AccessContext("x", "N", Marking.OFFICIAL, Purpose(PurposeCode.AUDIT, "x"))
        with pytest.raises(AuditError, match="full"):
            _fill(audit, filler)
        monkeypatch.setattr("graphcore.audit.tables.connect", _full)
    for path in ("/v1/stats", "/v1/search?q=suds"):
        answer = fresh.get(path)
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (503, "audit")
        assert "Suds" not in answer.text
    assert viewed == []
    monkeypatch.undo()
    if fault == "locked":
        other.execute("ROLLBACK")
    other.close()
    assert fresh.get("/v1/stats").status_code == 200
    assert audit.verify().sound


def _fill(audit: AuditLog, who: AccessContext) -> None:
    for _ in range(2_000):
        audit.begin(who, Ask("search", {"q": "x" * 500})).close()


def _full(*_: object, **__: object) -> Any:
    raise AuditError("database or disk is full")


REQUESTS = int(os.environ.get("REQUESTS", "2000"))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.catalogue("U07")
def test_mixed_requests_under_random_audit_faults(
    fresh: Server, loaded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was answered with data has its intent, written before; the faults are of the file, not of our code."""
    chance, uid = random.Random(7), loaded.uids[world.WASH]
    writer = type(fresh.services.audit._writer)
    real = writer._append
    faults = 0

    def shaky(self: Any, events: list[AuditEvent]) -> Any:
        nonlocal faults
        if chance.random() < 0.2:
            faults += 1
            raise sqlite3.OperationalError(chance.choice(("database is locked", "database or disk is full")))
        return real(self, events)

    monkeypatch.setattr(writer, "_append", shaky)
    paths = (
        "/v1/stats", "/v1/search?q=suds", f"/v1/entities/{uid}", f"/v1/entities/{uid}/evidence", "/v1/entities/unknown",
        f"/v1/entities/{uid}/neighbours?limit=20", f"/v1/entities/{uid}/neighbours/export?limit=20",
        "/v1/entities/bad id", "/v1/lexicon",
    )  # fmt: skip
    answered = 0
    for _ in range(REQUESTS):
        answer = fresh.get(chance.choice(paths), chance.choice(("reader", "cleared", "low")))
        assert answer.status_code in {200, 404, 422, 503}
        answered += answer.status_code == 200
        assert answer.status_code == 200 or "Suds" not in answer.text
    monkeypatch.undo()
    report = fresh.services.audit.verify()
    assert report.sound
    begun = len(intents(fresh))
    assert begun >= answered > REQUESTS / 2
    assert faults > REQUESTS / 10
