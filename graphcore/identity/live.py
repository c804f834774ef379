"""A record, the judgements that follow from it, and the graph: one transaction, or several in order where the graph is elsewhere.

Nothing here scores. Where the graph stands in the ledger's own file it follows in the same transaction: whoever looks sees
the state from before or the whole new one, and so does a kill. Any other graph catches up behind the commit, in the order
of the outbox, and says how far it is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection

from graphcore.evidence.ledger.deciding import Deciding
from graphcore.evidence.ledger.ledger import Ledger
from graphcore.evidence.ledger.prepare import prepare
from graphcore.evidence.ledger.values import AppendCounts, BatchId
from graphcore.evidence.record import Record
from graphcore.store.port import GraphStore
from graphcore.store.project import Followed, follow_inside

Answer = TypeVar("Answer")


class LiveBook:
    """Decisions on single records in one ledger. ``store``: the graph that follows in the same transaction if it can."""

    def __init__(self, ledger: Ledger, store: GraphStore | None = None) -> None:
        self._ledger = ledger
        self._store = store

    @contextmanager
    def deciding(self) -> Generator[Deciding]:
        """The only writer until the block ends; the graph has what was written when it has ended, if it stands here."""
        with self._ledger.deciding() as deciding:
            yield deciding
            self._follow(deciding.connection)

    def append(
        self, batch: BatchId, records: Sequence[Record], rows_done: int, then: Callable[[Deciding], Answer]
    ) -> tuple[AppendCounts, Answer]:
        """As :meth:`Ledger.append`, and what ``then`` decides on what has come, in one transaction.

        Raises:
            LedgerError: as :meth:`Ledger.append`; nothing was written.
        """
        answers: list[Answer] = []

        def also(connection: Connection) -> None:
            answers.append(then(self._ledger.decide_inside(connection)))
            self._follow(connection)

        made = prepare(records, self._ledger.ids, batch.number, batch.known_at, {})
        counts = self._ledger.append_prepared(batch, made, (), rows_done, also)
        return counts, answers[0]

    def _follow(self, connection: Connection) -> None:
        if isinstance(self._store, Followed):
            follow_inside(connection, self._store)
