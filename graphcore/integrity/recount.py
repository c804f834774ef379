"""The graph held against the ledger: every state built anew from the records and compared, item by item."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from graphcore.evidence.ledger import Ledger
from graphcore.store.port import GraphStore
from graphcore.store.state import EntityState, LinkState

PAGE = 5_000
State = TypeVar("State", EntityState, LinkState)


def recount(ledger: Ledger, store: GraphStore) -> Iterator[str]:
    """One line for each entity or link that is not as the ledger says; both are read once, a page of each is held.

    The store must have caught up, and nobody may write meanwhile.
    """
    yield from compare("entity", ledger_entities(ledger), store.entity_states(), lambda state: state.uid)
    yield from compare("link", ledger_links(ledger), store.link_states(), lambda state: state.lid)


def ledger_entities(ledger: Ledger) -> Iterator[EntityState]:
    """Every entity as its records say, ascending by uid."""
    last = ""
    while uids := ledger.uid_page(last, PAGE):
        yield from ledger.entity_states(uids)
        last = uids[-1]


def ledger_links(ledger: Ledger) -> Iterator[LinkState]:
    """Every link as its records say, ascending by lid."""
    last = ""
    while lids := ledger.lid_page(last, PAGE):
        yield from ledger.link_states(lids)
        last = lids[-1]


def compare(
    what: str, expected: Iterable[State], found: Iterable[State], key: Callable[[State], str]
) -> Iterator[str]:
    """Two streams ascending by ``key``, merged: what is missing, what is too much, and what differs."""
    left, right = iter(expected), iter(found)
    a, b = next(left, None), next(right, None)
    while a is not None or b is not None:
        if b is None or (a is not None and key(a) < key(b)):
            assert a is not None  # noqa: S101 -- one of the two is there
            yield f"{what} {key(a)} is missing in the graph"
            a = next(left, None)
        elif a is None or key(b) < key(a):
            yield f"{what} {key(b)} is in the graph, and no record speaks of it"
            b = next(right, None)
        else:
            if a != b:
                yield f"{what} {key(a)} in the graph differs from its records"
            a, b = next(left, None), next(right, None)
