"""Links of series that the embedded store takes from the ledger's own tables are those that the pages would have brought."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graphcore.evidence import Grading, GradingScheme, LinkRecord, Occurrence, OriginRef, SeriesLayout
from graphcore.evidence.ledger import Ledger
from graphcore.evidence.ledger.series_draft import drafted
from graphcore.evidence.ledger.series_prepare import to_rows
from graphcore.model import Value
from graphcore.store.embedded import EmbeddedStore, absorb
from graphcore.store.project import Projection
from tests.unit.ledger.ledger_kit import COVERT, IDS, NOON, entity, evidence, load, open_ledger, ref

LAYOUT = SeriesLayout(
    fields=(("duration_s", "integer"), ("amount_pence", "integer")), total=("duration_s", "amount_pence")
)
PHONES = [ref(str(n), entity_type="Phone") for n in range(6)]
PEOPLE = [ref(str(n)) for n in range(6)]
Values = dict[str, tuple[Value, ...]]


def seen(
    a: OriginRef,
    b: OriginRef,
    *,
    link_type: str = "CALLS",
    minute: int = 0,
    said: Any = None,
    values: tuple[int | None, int | None] = (61, None),
    properties: Values | None = None,
    stated_by: str = "alpha",
) -> LinkRecord:
    at = NOON + timedelta(minutes=minute)
    event = Occurrence(LAYOUT, at, None, "", values)
    return LinkRecord(
        stated_by, link_type, a, b, "", properties or {}, said or evidence(row=minute + 1), event
    )


def append(ledger: Ledger, file: str, records: list[LinkRecord]) -> int:
    batch = ledger.begin_batch("alpha", file, file, "m1")
    groups = [drafted(to_rows(records), IDS)]
    ledger.series.append(batch, "part 1 of 1", groups)
    ledger.finish_batch(batch)
    return batch.number


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Plain, graded and covert series, both ways, to oneself, with and without an end, on links that others state too."""
    held = open_ledger(tmp_path)
    load(held, *(entity(phone, number=(phone.reference,)) for phone in PHONES), *map(entity, PEOPLE))
    graded = replace(evidence(row=3), grading=Grading(GradingScheme.THREE_FIVE_TWO, "2", "B"))
    a, b, c, d, *_ = PHONES
    append(held, "one", [
        seen(a, b), seen(a, b, minute=9), seen(b, a, minute=2), seen(a, a, minute=3), seen(a, c, said=graded),
        seen(b, c, said=evidence(row=5, label=COVERT)), seen(c, d, values=(None, None)),
        seen(a, ref("not here", entity_type="Phone"), minute=4),
    ])  # fmt: skip
    append(held, "two", [seen(c, d, minute=30), seen(d, a, minute=31)])
    associates = [
        seen(PEOPLE[x], PEOPLE[y], link_type="CO_OFFENDS_WITH", minute=x) for x, y in ((1, 0), (2, 3))
    ]
    append(held, "three", associates)
    append(held, "four", [seen(PEOPLE[3], PEOPLE[2], link_type="CO_OFFENDS_WITH", minute=8)])
    yield held
    held.close()


def graph(ledger: Ledger, folder: Path) -> tuple[str, dict[str, list[Any]], int]:
    """Fingerprint, rows of the graph's links, and how many links were taken from the ledger's tables."""
    store = EmbeddedStore(folder / "ledger.sqlite3")
    store.prepare()
    told: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        taken = absorb.absorb
        patch.setattr(absorb, "absorb", lambda *args: told.append(count := taken(*args)) or count)
        Projection(ledger, store, batch=3).rebuild()
    connection = sqlite3.connect(folder / "ledger.sqlite3")
    links = connection.execute("""
        SELECT l.lid, l.type, s.uid, t.uid, g.numbers, a.label, a.known_at, a.seq, a.rid, a.origin_id, a.source, a.valid_from,
            a.valid_to, a.grading, a.share_min, a.share_max, a.amount, a.properties, a.occurrences
        FROM graph_link AS l JOIN graph_link_assertion AS a ON a.n = l.n JOIN graph_labelset AS g ON g.id = l.labelset
        JOIN graph_entity AS s ON s.eid = l.src JOIN graph_entity AS t ON t.eid = l.dst ORDER BY l.lid, a.seq
    """).fetchall()
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE name LIKE 'graph_link%' ORDER BY name"
    )
    found = {"links": links, "indexes": indexes.fetchall()}
    connection.close()
    print_of = store.fingerprint()
    store.close()
    return print_of, found, sum(told)


def both(ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Hold both ways to the same; gives how many links were taken from the tables."""
    first = graph(ledger, folder)
    with monkeypatch.context() as patch:
        patch.setattr(absorb, "can_absorb", lambda _connection: False)
        by_page = graph(ledger, folder)
    assert by_page[2] == 0
    assert first[1] == by_page[1]
    assert first[0] == by_page[0]
    return first[2]


@pytest.mark.parametrize("span", [1, 2, 100])
def test_links_from_the_tables_are_those_of_the_pages(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, span: int
) -> None:
    monkeypatch.setattr(absorb, "SPAN", span)
    # of nine links those with two records (c to d, and one pair of associates) are left to the pages
    assert both(ledger, tmp_path, monkeypatch) == 7


def test_nothing_is_taken_while_a_record_is_withdrawn(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = append(ledger, "five", [seen(PHONES[4], PHONES[5])])
    assert both(ledger, tmp_path, monkeypatch) == 8
    ledger.upkeep.remove_batch(number, by="tester", reason="a test")
    assert both(ledger, tmp_path, monkeypatch) == 0


def test_a_change_of_the_ledger_between_two_spans_comes_from_the_outbox(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, later = (
        absorb.absorb,
        [
            seen(PHONES[0], PHONES[1], minute=50),
            seen(PHONES[5], PHONES[4], said=evidence(row=1, label=COVERT)),
        ],
    )

    def interrupted(connection: sqlite3.Connection, *args: Any) -> int:
        count = taken(connection, *args)
        if later:
            connection.execute("COMMIT")
            append(ledger, "six", [later.pop(), later.pop()])
            connection.execute("BEGIN IMMEDIATE")
        return count

    with monkeypatch.context() as patch:
        patch.setattr(absorb, "SPAN", 2)
        patch.setattr(absorb, "absorb", interrupted)
        first = graph(ledger, tmp_path)
    assert not later
    assert graph(ledger, tmp_path)[:2] == first[:2]


def test_an_interrupted_rebuild_leaves_the_indexes(ledger: Ledger, tmp_path: Path) -> None:
    clean = graph(ledger, tmp_path)
    store = EmbeddedStore(tmp_path / "ledger.sqlite3")

    def stop(what: str, done: int, total: int | None) -> None:
        del what, total
        if done > len(PHONES) + len(PEOPLE):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Projection(ledger, store).rebuild(stop)
    store.close()
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE name LIKE 'graph_link%' ORDER BY name"
    )
    assert indexes.fetchall() == clean[1]["indexes"]
    connection.close()
    assert graph(ledger, tmp_path)[:2] == clean[:2]
