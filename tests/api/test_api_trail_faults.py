"""The log that fails: nothing is read without it, nothing is answered that was not begun, and it recovers."""

import os
import random
import sqlite3
from typing import Any

import pytest

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Ask, AuditEvent, AuditLog
from graphcore.errors import AuditError
from tests.api import world
from tests.api.client import Server, intents
from tests.api.conftest import World

REQUESTS = int(os.environ.get("REQUESTS", "2000"))


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
