"""The projection: what the ledger holds, brought into one graph store in the order of the outbox.

The number of the last item applied stands in the store, in the store's own transaction with what it brought. So a kill
at any point leaves a store that says how far it is, and catching up goes on from there. States are read as they are now,
whole, with the items of one page in one snapshot: applying an item early, or twice, changes nothing.
"""

import fcntl
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

from sqlalchemy import Connection

from graphcore.errors import StoreError
from graphcore.evidence.ledger import Ledger, outbox
from graphcore.evidence.ledger.outbox import Page
from graphcore.store.port import GraphStore
from graphcore.store.state import GraphBatch

BATCH = 5_000
REBUILDING = -1
FIRST_BUILD = 50_000  # changes from which on an empty store is built in the order of its keys

Progress = Callable[[str, int, int | None], None]  # what, done, of how many


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody watches."""


class Projection:
    """One ledger and one store.

    ``batch`` is how many outbox items, entities or links go into one store transaction. ``lock`` is a file that is held
    while one projection works, so that other processes wait for it; a kill lets go of it. ``by_key``: an empty store is
    filled in the order of its keys, which are random, so that each page of its indexes is written once; interrupted, it
    begins anew.
    """

    def __init__(
        self,
        ledger: Ledger,
        store: GraphStore,
        *,
        batch: int = BATCH,
        lock: Path | None = None,
        by_key: bool = False,
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._batch = batch
        self._lock = lock
        self._by_key = by_key

    def catch_up(self, progress: Progress | None = None) -> int:
        """Apply everything that the store has not seen; an interrupted rebuild is done anew.

        Returns:
            The number of outbox items applied.

        Raises:
            StoreError: the store is ahead of the ledger, so it belongs to another one or to a later backup.
            StoreUnavailableError: the server does not answer; what was applied stays.
        """
        if self._store.applied() == self._ledger.last_outbox():
            return 0
        with alone(self._lock):
            return self._catch_up(progress or _silent)

    def rebuild(self, progress: Progress | None = None) -> None:
        """Empty the store and bring in everything anew, then what came in meanwhile.

        Raises:
            StoreUnavailableError: the server does not answer; the next :meth:`catch_up` starts the rebuild again.
        """
        with alone(self._lock):
            self._rebuild(progress or _silent)

    def _catch_up(self, report: Progress) -> int:
        start, total = self._store.applied(), self._ledger.last_outbox()
        if start > total:
            raise StoreError(
                f"the {self._store.name} store has applied change {start}, and the ledger knows {total}: the store is of "
                "another workspace, or the ledger was put back from a backup. Run `ocb graph rebuild`."
            )
        if start == REBUILDING or (self._by_key and start == 0 and total >= FIRST_BUILD):
            self._rebuild(report)
            return total
        done = start
        while page := self._ledger.page(done, self._batch):
            self._store.write(_as_batch(page, page.last))
            done = page.last
            report("bringing the graph up to date", done - start, max(total, done) - start)
        return done - start

    def _rebuild(self, report: Progress) -> None:
        start, total, done = self._ledger.last_outbox(), self._ledger.count_keys(), 0

        def further(count: int) -> None:
            nonlocal done
            done += count
            report("building the graph", done, max(total, done))

        self._store.clear()
        for page, size in self._entities(start):
            self._store.write(_as_batch(page, REBUILDING))
            further(size)
        self._store.absorb(self._ledger.labels(), further)
        for page, size in self._links(start):
            self._store.write(_as_batch(page, REBUILDING))
            further(size)
        self._store.write(GraphBatch(applied=start))
        self._catch_up(report)

    def _entities(self, start: int) -> Iterator[tuple[Page, int]]:
        last = ""
        while uids := self._ledger.uid_page(last, self._batch):
            yield self._ledger.states_since(start, uids, ()), len(uids)
            last = uids[-1]

    def _links(self, start: int) -> Iterator[tuple[Page, int]]:
        """Pages of the links that the store does not hold yet."""
        last = ""
        while lids := self._ledger.lid_page(last, self._batch):
            there = self._store.absorbed(lids)
            left = [lid for lid in lids if lid not in there]
            if left:
                yield self._ledger.states_since(start, (), left), len(left)
            last = lids[-1]


@contextmanager
def alone(lock: Path | None) -> Generator[None]:
    """Hold a file while one process works, so that others wait for it; a kill lets go of it. None: nothing is held."""
    if lock is None:
        yield
        return
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Joined(Protocol):
    """Writing a graph inside a transaction that is not its own."""

    def applied(self) -> int:
        """Number of the last outbox item applied."""
        ...

    def write(self, batch: GraphBatch) -> None:
        """See the port."""
        ...


@runtime_checkable
class Followed(Protocol):
    """A graph in the ledger's own database."""

    def joined(self, connection: object) -> AbstractContextManager[Joined]:
        """The graph inside the transaction of a connection of the driver."""
        ...


def follow_inside(connection: Connection, store: Followed) -> bool:
    """Bring what a ledger transaction under way has changed into a graph in the same database, in that transaction.

    Returns:
        False, and nothing done, where the graph was not up to date before: it catches up by itself then.
    """
    with store.joined(connection.connection.driver_connection) as graph:
        done = graph.applied()
        page = outbox.page(connection, done, BATCH + 1) if done != REBUILDING else None
        if page is None:
            return done != REBUILDING
        if outbox.last_number(connection) != page.last:
            return False
        graph.write(_as_batch(page, page.last))
    return True


def _as_batch(page: Page, applied: int) -> GraphBatch:
    return GraphBatch(
        applied=applied,
        entities=page.entities,
        links=page.links,
        gone_entities=page.gone_entities,
        gone_links=page.gone_links,
        labels=page.labels,
    )
