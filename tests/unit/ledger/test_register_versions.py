"""The source register only grows: versions with who, when and why; a batch keeps the one that counted."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from graphcore.access import AccessContext, Marking
from graphcore.errors import LedgerError, ValueRefusedError
from graphcore.evidence import Grading, GradingScheme
from graphcore.evidence.ledger import Ledger
from graphcore.evidence.ledger.register import SourceEntry
from tests.unit.ledger.ledger_kit import NOON, entity, load, open_ledger, ref

FULL = SourceEntry(
    organisation="Northshire Police",
    contact="records desk",
    lawful_basis="DPA 2018 s.35",
    grading=Grading(GradingScheme.THREE_FIVE_TWO, "1", "A"),
    handling_scheme="3x5x2",
    handling_code="C",
    handling_conditions=("A1", "S2"),
    marking="OFFICIAL-SENSITIVE",
    compartment="LARCH",
    retention_group="3",
    refresh_days=30,
    note="monthly",
)
PLAIN = SourceEntry("Northshire Police", refresh_days=30)


def test_register_gives_back_what_was_put_in_and_counts_versions(ledger: Ledger) -> None:
    kept = ledger.register
    assert kept.get("calls") is None
    first = kept.set("calls", PLAIN, by="ann", why="new source")
    again = kept.set("calls", PLAIN, by="bob", why="nothing new")
    second = kept.set("calls", FULL, by="bob", why="review")
    assert (first.version, again, second.version) == (1, first, 2)
    assert kept.get("calls") == second
    assert [(v.entry, v.changed_by, v.why) for v in kept.history("calls")] == [
        (PLAIN, "ann", "new source"),
        (FULL, "bob", "review"),
    ]
    kept.set("anpr", PLAIN, by="ann", why="new")
    assert [version.source for version in kept.current()] == ["anpr", "calls"]


def test_register_needs_a_name_and_a_reason(ledger: Ledger) -> None:
    for by, why in (("", "x"), ("ann", " ")):
        with pytest.raises(LedgerError, match="say why"):
            ledger.register.set("calls", PLAIN, by=by, why=why)
    assert ledger.register.current() == ()


@pytest.mark.parametrize(
    "change",
    ["UPDATE source_register SET why = ''", "DELETE FROM source_register", "DELETE FROM batch_register"],
)
def test_register_the_database_refuses_to_alter_it(tmp_path: Path, change: str) -> None:
    ledger = open_ledger(tmp_path)
    version = ledger.register.set("alpha", FULL, by="ann", why="new")
    load(ledger, entity(ref("1")))
    ledger.register.note_batch(1, version)
    ledger.close()
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3")
    with pytest.raises(sqlite3.IntegrityError, match="never altered or deleted"):
        connection.execute(change)
    connection.close()


def test_register_batch_keeps_the_version_that_counted(ledger: Ledger) -> None:
    first = ledger.register.set("alpha", PLAIN, by="ann", why="new")
    load(ledger, entity(ref("1")))
    ledger.register.note_batch(1, first)
    second = ledger.register.set("alpha", FULL, by="ann", why="review")
    ledger.register.note_batch(1, second)  # the first one noted stands
    assert ledger.register.of_batch(1) == first
    assert ledger.register.of_batch(2) is None


def test_register_tells_what_is_overdue(ledger: Ledger) -> None:
    version = ledger.register.set("alpha", PLAIN, by="ann", why="new")
    assert not version.overdue(None, NOON + timedelta(days=30))
    assert version.overdue(None, NOON + timedelta(days=31))
    load(ledger, entity(ref("1")))
    assert ledger.register.last_loads() == {"alpha": NOON}
    late = NOON + timedelta(days=40)
    assert version.overdue(NOON, late)
    assert not version.overdue(late - timedelta(days=1), late)
    never = ledger.register.set("alpha", SourceEntry("Northshire"), by="ann", why="no plan")
    assert not never.overdue(None, NOON + timedelta(days=4_000))


def test_register_compartment_is_known_to_those_in_it(ledger: Ledger) -> None:
    version = ledger.register.set("calls", FULL, by="ann", why="new")
    out = AccessContext("x", "o", Marking.OFFICIAL_SENSITIVE, None)
    inside = AccessContext("x", "o", Marking.OFFICIAL, None, frozenset({"LARCH"}))
    assert (version.visible_to(out), version.visible_to(inside)) == (False, True)
    ledger.register.set("calls", FULL, by="bob", why="again")
    assert ledger.register.known(["calls", "nothing"], out) == ()
    assert [one.source for one in ledger.register.known(["calls", "nothing"], inside)] == ["calls"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"organisation": " "}, "organisation is empty"),
        ({"marking": "SECRET"}, "marking is not one of"),
        ({"handling_scheme": "3x5x2", "handling_code": "1"}, "no such code"),
        ({"handling_scheme": "7x7", "handling_code": "P"}, "no such code"),
        ({"handling_scheme": "3x5x2"}, "no such code"),
        ({"handling_conditions": ("A1",)}, "need a code"),
        (
            {"handling_scheme": "3x5x2", "handling_code": "C", "handling_conditions": ("A9",)},
            "conditions are",
        ),
        ({"retention_group": "5"}, "retention_group"),
        ({"refresh_days": 0}, "refresh_days"),
        ({"note": "x" * 2_001}, "note is too long"),
    ],
)
def test_register_refuses_what_no_scheme_has(words: dict, reason: str) -> None:
    with pytest.raises(ValueRefusedError, match=reason):
        SourceEntry(**{"organisation": "N", **words})
