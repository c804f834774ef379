"""Removing a batch, on every backend: the store's fingerprint is as if it had never been loaded; putting it back undoes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphcore.evidence import OriginRef, Record
from graphcore.store.project import Projection
from tests.unit.ledger.ledger_kit import COVERT, entity, evidence, link, open_ledger, ref

if TYPE_CHECKING:
    from graphcore.evidence.ledger import Ledger
    from graphcore.store.port import GraphStore


def people(start: int, stop: int) -> list[Record]:
    """People who know their neighbour by number, every third of them covert."""
    made: list[Record] = []
    for n in range(start, stop):
        said = evidence(row=n, label=COVERT) if n % 3 == 0 else evidence(row=n)
        made += [entity(ref(str(n)), said), link(ref(str(n)), OriginRef("alpha", "Person", str(n + 1)), said)]
    return made


def load(ledger: Ledger, records: list[Record], name: str) -> int:
    batch = ledger.begin_batch("alpha", name, name, "m")
    ledger.append(batch, records, (), len(records))
    ledger.finish_batch(batch)
    return batch.number


def test_removal_is_as_if_never_loaded_in_every_store(store: GraphStore, tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    load(ledger, people(0, 20), "a")
    projection = Projection(ledger, store, batch=7)
    projection.catch_up()
    before = store.fingerprint()
    number = load(ledger, people(10, 40), "b")
    projection.catch_up()
    both = store.fingerprint()
    assert both != before
    ledger.upkeep.remove_batch(number, by="ann", reason="wrong file")
    projection.catch_up()
    assert store.fingerprint() == before
    ledger.upkeep.restore_batch(number, by="ann", reason="right after all")
    projection.catch_up()
    assert store.fingerprint() == both
    ledger.close()
