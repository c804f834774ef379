"""The log is written before the answer, closes however it ends, and fails closed."""

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Ask, AuditLog, Operation, Phase, Status
from graphcore.errors import AuditError

READ = Operation.CONSULTATION
ANN = AccessContext(
    "ann",
    "Northshire",
    Marking.OFFICIAL,
    Purpose(PurposeCode.INVESTIGATION, "who joins the two numbers", "op-1"),
)


def test_intent_then_outcome_with_who_why_and_which(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    with audit.entry(ANN, READ, "entity.read", {"q": "Mags Tolliver"}, ["e1"]) as entry:
        assert [row.event.phase for row in audit.rows()] == [Phase.INTENT]
        entry.done(count=3, shown=["e1", "e2"], sent_bytes=120)
    intent, outcome = (row.event for row in audit.rows())
    assert (intent.subject, intent.organisation, intent.purpose) == ("ann", "Northshire", "investigation")
    assert (intent.reason, intent.reference) == ("who joins the two numbers", "op-1")
    assert (intent.operation, intent.action, intent.entities) == (
        Operation.CONSULTATION,
        "entity.read",
        ("e1",),
    )
    assert outcome.entry == intent.entry
    assert (outcome.status, outcome.count, outcome.sent_bytes) == (Status.ANSWERED, 3, 120)
    assert outcome.entities == ("e1", "e2")


@pytest.mark.catalogue("U20")
def test_question_is_hashed_and_sealed_never_plain(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    for _ in range(2):
        with audit.entry(ANN, READ, "search", {"q": "Mags Tolliver"}):
            pass
    audit.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("audit.sqlite3*"))
    assert b"Tolliver" not in raw
    first, _, second, _ = audit.rows()
    assert first.event.query_hash == second.event.query_hash
    assert first.event.query_sealed != second.event.query_sealed
    assert audit.question(first) == '{"q": "Mags Tolliver"}'


def test_altered_seal_does_not_open(tmp_path: Path) -> None:
    from graphcore.audit.keys import AuditKeys
    from graphcore.audit.seal import seal, unseal

    keys = AuditKeys.derive(bytes(32))
    sealed = seal("été \ud800 07700 900123", keys)
    assert unseal(sealed, keys) == "été \ud800 07700 900123"
    assert unseal(seal("", keys), keys) == ""
    with pytest.raises(AuditError, match="does not open"):
        unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), keys)
    with pytest.raises(AuditError):
        unseal(sealed, AuditKeys.derive(bytes(31) + b"x"))


@pytest.mark.catalogue("U05")
def test_exception_closes_as_failed(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    with pytest.raises(ZeroDivisionError), audit.entry(ANN, READ, "search", {"q": "x"}):
        raise ZeroDivisionError
    assert audit.rows()[-1].event.status == Status.FAILED
    assert audit.verify().unknown_outcomes == ()


@pytest.mark.catalogue("U04")
def test_killed_in_between_shows_as_unknown_outcome(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    entry = audit.begin(ANN, Ask("entity.read"))
    report = audit.verify()
    assert report.sound
    assert len(report.unknown_outcomes) == 1
    entry.close()
    entry.close(Status.TIMEOUT)  # the first close counts
    assert audit.verify().unknown_outcomes == ()
    assert [row.event.status for row in audit.rows()][1:] == [Status.ANSWERED]


def test_locked_log_fails_closed(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    audit._writer.timeout_s = 0.1
    other = sqlite3.connect(tmp_path / "audit.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(AuditError, match="nothing was read"), audit.entry(ANN, READ, "search", {"q": "x"}):
        pytest.fail("the body must not run")
    other.execute("ROLLBACK")
    other.close()
    with audit.entry(ANN, READ, "search", {"q": "x"}):
        pass
    assert audit.verify().sound


@pytest.mark.catalogue("U02")
def test_full_disk_fails_closed_and_recovers(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    with audit.entry(ANN, READ, "search", {"q": "x"}):
        pass
    connection = audit._writer._connection
    assert connection is not None
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        for _ in range(500):
            audit.begin(ANN, Ask("search", {"q": "x" * 200})).close()

    with pytest.raises(AuditError, match="full"):
        fill()
    with audit.entry(ANN, READ, "search", {"q": "x"}):  # a new connection: the limit is gone
        pass
    assert audit.verify().sound


def test_rows_cannot_be_changed_through_sql(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    audit.note("ann", "sign-in", Status.ANSWERED)
    with sqlite3.connect(tmp_path / "audit.sqlite3") as connection:
        for statement in ("UPDATE audit SET subject = 'bob'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
    connection.close()


def test_many_threads_and_two_logs_make_one_chain(tmp_path: Path) -> None:
    logs = [AuditLog.open(tmp_path), AuditLog.open(tmp_path)]

    def work(log: AuditLog) -> None:
        for number in range(25):
            with log.entry(ANN, READ, "search", {"q": str(number)}):
                pass

    threads = [threading.Thread(target=work, args=(log,)) for log in logs * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = logs[0].verify()
    assert report.sound, report.problems
    assert report.rows == 8 * 25 * 2
    assert report.unknown_outcomes == ()


def test_clock_set_back_and_forward_leaves_a_note_and_the_order_holds(tmp_path: Path) -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    times = iter([now, now - timedelta(hours=1), now + timedelta(days=365)])
    audit = AuditLog.open(tmp_path, clock=lambda: next(times))
    for _ in range(3):
        audit.note("ann", "sign-in", Status.ANSWERED)
    rows = audit.rows()
    assert [(row.event.action, row.event.status) for row in rows] == [
        ("sign-in", "answered"),
        ("clock.drift", "back"),
        ("sign-in", "answered"),
        ("clock.drift", "jump"),
        ("sign-in", "answered"),
    ]
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]


def test_other_operations_and_recipients(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    for operation in Operation:
        with closing(audit.begin(ANN, Ask("x", operation=operation, recipients=("Port police",)))):
            pass
    assert [row.event.operation for row in audit.rows(limit=50)[::2]] == list(Operation)
    assert {row.event.recipients for row in audit.rows(limit=50)[::2]} == {("Port police",)}
