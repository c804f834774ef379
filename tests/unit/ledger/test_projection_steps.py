"""The projection by itself: pages, interrupted rebuilds, stores of other ledgers, progress."""

from pathlib import Path

import pytest

from graphcore.errors import StoreError, StoreUnavailableError
from graphcore.evidence.ledger import Ledger
from graphcore.store.project import Projection
from graphcore.store.state import GraphBatch
from tests.unit.ledger.ledger_kit import COVERT, StrictStore, entity, evidence, link, load, ref, uid

PEOPLE = [ref(str(n)) for n in range(7)]


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """Seven people in a ring."""
    load(
        ledger,
        *map(entity, PEOPLE),
        *(link(a, b) for a, b in zip(PEOPLE, PEOPLE[1:] + PEOPLE[:1], strict=True)),
    )
    return ledger


class FailingStore(StrictStore):
    """Answers ``left`` writes, then no more."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    def write(self, batch: GraphBatch) -> None:
        self.left -= 1
        if self.left < 0:
            raise StoreUnavailableError("the server does not answer")
        super().write(batch)


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_catching_up_gives_the_same_graph_in_pages_of_any_size(filled: Ledger, batch: int) -> None:
    one, other = StrictStore(), StrictStore()
    assert Projection(filled, one, batch=batch).catch_up() == 14
    Projection(filled, other).catch_up()
    assert (one.fingerprint(), one.applied()) == (other.fingerprint(), 14)
    assert (len(one.entities), len(one.links)) == (7, 7)
    assert Projection(filled, one).catch_up() == 0


@pytest.mark.parametrize("left", range(6))
def test_what_is_interrupted_goes_on_where_it_was(filled: Ledger, left: int) -> None:
    store, clean = FailingStore(left), StrictStore()
    Projection(filled, clean).catch_up()
    with pytest.raises(StoreUnavailableError):
        Projection(filled, store, batch=2).catch_up()
    assert store.applied() == 2 * left
    store.left = 1_000
    assert Projection(filled, store, batch=2).catch_up() == 14 - 2 * left
    assert store.fingerprint() == clean.fingerprint()


@pytest.mark.parametrize("left", range(6))
def test_an_interrupted_rebuild_is_done_anew(filled: Ledger, left: int) -> None:
    store = FailingStore(1_000)
    Projection(filled, store).catch_up()
    before = store.fingerprint()
    store.left = left
    with pytest.raises(StoreUnavailableError):
        Projection(filled, store, batch=2).rebuild()
    assert store.applied() == -1
    store.left = 1_000
    Projection(filled, store, batch=3).catch_up()
    assert (store.fingerprint(), store.applied()) == (before, 14)


def test_a_rebuild_takes_in_what_comes_meanwhile(filled: Ledger) -> None:
    late = ref("late")

    class Busy(StrictStore):
        def write(self, batch: GraphBatch) -> None:
            super().write(batch)
            if batch.links and uid(late) not in self.entities:
                load(filled, entity(late), *(link(late, p) for p in PEOPLE))

    store, clean = Busy(), StrictStore()
    Projection(filled, store, batch=1).rebuild()
    Projection(filled, clean).catch_up()
    assert store.fingerprint() == clean.fingerprint()
    assert store.applied() == filled.last_outbox()


def test_an_empty_ledger_gives_an_empty_store(ledger: Ledger) -> None:
    store = StrictStore()
    assert Projection(ledger, store).catch_up() == 0
    Projection(ledger, store).rebuild()
    assert (store.applied(), store.entities) == (0, {})


def test_a_store_ahead_of_the_ledger_is_refused(filled: Ledger) -> None:
    store = StrictStore()
    store.number = 99
    with pytest.raises(StoreError, match=r"change 99.*knows 14.*ocb graph rebuild"):
        Projection(filled, store).catch_up()
    Projection(filled, store).rebuild()
    assert store.applied() == 14


def test_progress_is_told_and_ends_at_the_total(filled: Ledger, tmp_path: Path) -> None:
    store, told = StrictStore(), []
    projection = Projection(filled, store, batch=4, lock=tmp_path / "store.lock")
    projection.catch_up(lambda *said: told.append(said))
    assert [done for _, done, _ in told] == [4, 8, 12, 14]
    assert {total for _, _, total in told} == {14}
    told.clear()
    projection.rebuild(lambda *said: told.append(said))
    assert told[-1][1:] == (14, 14)


def test_only_labels_in_use_travel(filled: Ledger) -> None:
    load(filled, entity(ref("x"), evidence(label=COVERT)))
    page = filled.page(14, 10)
    assert page is not None
    assert list(page.labels.values()) == [COVERT]
    assert len(filled.labels()) == 2
