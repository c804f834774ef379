"""Batches removed while they are loaded, ledgers from before repeats were kept, and rows that nothing can alter."""

import sqlite3
from pathlib import Path

import pytest

from graphcore.errors import LedgerError
from graphcore.evidence.ledger import (
    Attempt,
    Correction,
    DoneBeforeError,
    Ledger,
    LoadNote,
    Outcome,
    QuarantineRow,
    RefusedFilter,
    UnknownKeyError,
)
from graphcore.evidence.ledger.migrations.versions import v0003_repair
from graphcore.evidence.ledger.repair_values import BATCH
from graphcore.evidence.ledger.said import Span, said_by
from tests.unit.ledger.ledger_kit import (
    COVERT,
    IDS,
    OPEN,
    context,
    entity,
    evidence,
    load,
    open_ledger,
    ref,
)

REFUSED = QuarantineRow("f.csv", 2, "name", "is empty", '{"name": ""}', OPEN)


def test_a_batch_that_was_removed_takes_nothing_more_and_is_not_gone_on_with(ledger: Ledger) -> None:
    batch = ledger.begin_batch("alpha", "f", "h", "m")
    ledger.append(batch, [entity(ref("1"))], (), 1)
    ledger.upkeep.remove_batch(batch.number, by="ann", reason="wrong")
    with pytest.raises(LedgerError, match="has been removed"):
        ledger.append(batch, [entity(ref("2"))], (), 2)
    again = ledger.begin_batch("alpha", "f", "h", "m")
    assert (again.number, again.rows_done) == (2, 0)
    assert ledger.append(again, [entity(ref("1"))], (), 1).loaded == 1
    ledger.upkeep.restore_batch(1, by="ann", reason="right")
    assert ledger.upkeep.remove_batch(2, by="ann", reason="twice") == 0


def test_each_takes_out_and_puts_back_what_they_may_see(ledger: Ledger) -> None:
    batch = ledger.begin_batch("alpha", "f", "h", "m")
    hidden = entity(ref("2"), evidence(label=COVERT))
    ledger.append(batch, [entity(ref("1")), hidden], (), 2)
    low = ledger.view(context()).label_numbers
    upkeep, said = ledger.upkeep, {"by": "ann", "reason": "x"}
    assert upkeep.remove_batch(1, labels=low, **said) == 1
    with pytest.raises(DoneBeforeError, match="removed already"):
        upkeep.remove_batch(1, labels=low, **said)
    assert upkeep.remove_batch(1, **said) == 1
    assert upkeep.restore_batch(1, labels=low, **said) == 1
    with pytest.raises(DoneBeforeError, match="not removed"):
        upkeep.restore_batch(1, labels=low, **said)
    assert upkeep.restore_batch(1, **said) == 1


def test_unknown_batches_are_told(ledger: Ledger) -> None:
    for change in (ledger.upkeep.remove_batch, ledger.upkeep.restore_batch):
        with pytest.raises(UnknownKeyError, match="no such batch"):
            change(7, by="ann", reason="x")
    with pytest.raises(UnknownKeyError):
        ledger.view(context()).refused(RefusedFilter(batch=7))


def test_a_repair_is_all_or_nothing_and_once(ledger: Ledger) -> None:
    batch = ledger.begin_batch("alpha", "f", "h", "m")
    ledger.append(batch, (), [REFUSED], 1)
    ledger.upkeep.correct([Correction(1, {"name": "x"}, ("name",))], by="ann", reason="form")
    attempt, done = Attempt(1, "ann", "form", "m2"), Outcome(1, 1, records=1)
    with pytest.raises(LedgerError, match="cannot be kept"):
        ledger.repair(attempt, [entity(ref("1", entity_type="Nonsense"))], [done])
    (row,) = ledger.view(context()).refused(RefusedFilter())
    assert (row.corrected, row.correction, row.attempts) == ('{"name":"x"}', 1, 0)
    assert ledger.repair(attempt, [entity(ref("1"))], [done]).loaded == 1
    assert ledger.repair(attempt, [entity(ref("1"))], [done]).unchanged == 1
    assert ledger.view(context()).refused(RefusedFilter()) == []
    (line,) = ledger.view(context()).batches()
    assert (line.loaded, line.unchanged, line.refused, line.repaired) == (1, 1, 0, 1)


def test_rows_without_a_label_are_shown_as_the_strictest(ledger: Ledger) -> None:
    batch = ledger.begin_batch("alpha", "f", "h", "m")
    ledger.append(batch, (), [QuarantineRow("f.csv", 2, "name", "is empty", "{}")], 1)
    assert ledger.view(context()).refused(RefusedFilter()) == []
    assert ledger.view(context()).batches() == []


def test_hidden_rows_and_batches_are_in_no_count(ledger: Ledger) -> None:
    load(ledger, entity(ref("1"), evidence(label=COVERT)))
    batch = ledger.begin_batch("alpha", "g", "h", "m")
    hidden = QuarantineRow("g.csv", 3, "name", "is empty", "{}", COVERT)
    ledger.append(batch, [entity(ref("2")), entity(ref("3"), evidence(label=COVERT))], [REFUSED, hidden], 4)
    view = ledger.view(context())
    assert [(line.number, line.rows, line.loaded, line.refused) for line in view.batches()] == [(2, 2, 1, 1)]
    assert view.refused_reasons(RefusedFilter()) == [("name", "is empty", 1)]
    assert [record.reference for record in view.iter_batch(2)] == ["2"]
    cleared = ledger.view(context(compartments=frozenset({"LARCH"})))
    assert [line.number for line in cleared.batches()] == [1, 2]


def test_the_first_note_of_a_load_stands(ledger: Ledger) -> None:
    batch = ledger.begin_batch("alpha", "f", "h", "m")
    note = LoadNote("table", False, "m", "a.yaml", "mapping: 1", {"f": ("a", "b")})
    ledger.upkeep.note_load(batch.number, note)
    ledger.upkeep.note_load(batch.number, LoadNote("other", True, "m", "b.yaml", "mapping: 2"))
    assert ledger.upkeep.load_note(batch.number) == note
    assert ledger.upkeep.load_note(9) is None


def test_what_is_put_down_cannot_be_altered(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    load(ledger, entity(ref("1")))
    ledger.upkeep.remove_batch(1, by="ann", reason="wrong")
    ledger.upkeep.restore_batch(1, by="ann", reason="right")
    ledger.close()
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3")
    for table in ("said", "removal", "restoration"):
        with pytest.raises(sqlite3.IntegrityError, match="never altered or deleted"):
            connection.execute(f"DELETE FROM {table}")
    connection.close()


def test_a_ledger_from_before_gets_the_ranges_of_its_batches(ledger: Ledger) -> None:
    one, two = (ledger.begin_batch("alpha", name, name, "m") for name in "ab")
    for batch, names in ((one, "123"), (two, "456"), (one, "78")):
        ledger.append(batch, [entity(ref(name)) for name in names], (), 1)
    with ledger._database.writing() as connection:
        before = [said_by(connection, number) for number in (1, 2)]
        connection.exec_driver_sql("DROP TRIGGER said_no_delete")
        connection.exec_driver_sql("DELETE FROM said")
        connection.exec_driver_sql("DELETE FROM batch_label")
        connection.exec_driver_sql(v0003_repair._RUNS)
        connection.exec_driver_sql(v0003_repair._COUNTS)
        assert [said_by(connection, number) for number in (1, 2)] == before
        assert before == [[Span(1, 3), Span(7, 8)], [Span(4, 6)]]
    assert [line.loaded for line in ledger.view(context()).batches()] == [5, 3]


def test_a_ledger_from_before_gets_what_replaced_a_batch_from_the_words_of_its_removal(
    tmp_path: Path,
) -> None:
    """A covert ledger pulled such words with the numbers of the open one: those name nothing here."""
    ledger = open_ledger(tmp_path)
    for name in "abcd":
        load(ledger, entity(ref(name)), file_hash=name)
    lines = ledger.view(context()).batches()
    ledger.close()
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3")
    connection.executescript(
        "DROP TABLE replacement; UPDATE alembic_version SET version_num = '0011';"
        "INSERT INTO removal (number, batch, because, removed_by, reason, removed_at) VALUES"
        " (1, 1, 'replaced by 3, 4', 'ann', 'x', ''), (2, 2, 'replaced by 3', 'ann', 'x', ''), (3, 3, 'batch', 'ann', 'x', '');"
        "INSERT INTO pulled (name, first, last, ours, till) VALUES ('removal', 7, 7, 2, 2)"
    )
    connection.close()
    ledger = open_ledger(tmp_path)
    third, fourth = (IDS.reference(BATCH, line.number) for line in lines[2:])
    states = [line.state for line in ledger.view(context()).batches()]
    ledger.close()
    assert states == [f"replaced by {third}, {fourth}", "replaced", "removed", "loaded"]
