"""The trail by every route: the right operation, no content, read by auditors alone, used by supervisors in counts."""

import sqlite3
import time
from typing import Any

import orjson
import pytest

from api.trail.watching import Watching
from graphcore.audit.alerts import Alerts
from graphcore.audit.log import utc_now
from graphcore.audit.unusual import UnusualAccess
from tests.api import world
from tests.api.client import Server, intents
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
