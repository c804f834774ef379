"""The ledger: the truth of a workspace. Records are added and never altered; the graph follows from it.

Every writing method is one transaction. Reading for people is possible only through :meth:`Ledger.view`; the other
reading methods serve the projection and identity.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from graphcore.access.context import AccessContext
from graphcore.access.label import AccessLabel
from graphcore.errors import LedgerError
from graphcore.evidence.ledger import append as appending
from graphcore.evidence.ledger import batches, decisions, moves, outbox, states
from graphcore.evidence.ledger.database import Database, check_key
from graphcore.evidence.ledger.labels import read_labels
from graphcore.evidence.ledger.outbox import Page
from graphcore.evidence.ledger.prepare import prepare
from graphcore.evidence.ledger.values import (
    AppendCounts,
    BatchId,
    BatchSummary,
    OriginPlace,
    OutboxItem,
    QuarantineRow,
)
from graphcore.evidence.ledger.view import EvidenceView
from graphcore.evidence.record import OriginRef, Record
from graphcore.identity.judgement import Judgement
from graphcore.model.ids import IdMaker
from graphcore.model.times import iso_utc
from graphcore.store.state import EntityState, LinkState

PAGE = 5_000
REMEMBERED = 100_000  # origin ids, about 20 MB


def utc_now() -> datetime:
    """The clock of a ledger unless another is given."""
    return datetime.now(UTC)


class Ledger:
    """One ledger. Safe to share between threads; any number of processes may have it open."""

    def __init__(self, database: Database, ids: IdMaker, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._ids = ids
        self._clock = clock
        self._labels: dict[AccessLabel, int] = {}
        self._origin_ids: dict[OriginRef, str] = {}

    @classmethod
    def open(cls, path: Path, ids: IdMaker, *, clock: Callable[[], datetime] = utc_now) -> Self:
        """Open a SQLite ledger, creating or upgrading its tables.

        Raises:
            LedgerDamagedError: the file is no SQLite database, or a broken one.
            LedgerVersionError: a newer program wrote it.
            LedgerError: ``ids`` has another key than the one this ledger was begun with.
        """
        database = Database.open(path)
        try:
            check_key(database, ids)
        except LedgerError:
            database.close()
            raise
        return cls(database, ids, clock=clock)

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def begin_batch(self, source: str, file: str, file_hash: str, mapping: str) -> BatchId:
        """Start the load of one file, or take up the unfinished one of the same (source, file_hash, mapping).

        Rows before ``rows_done`` of the answer are in the ledger: a load goes on behind them.
        """
        named = {"source": source, "file": file, "file_hash": file_hash, "mapping": mapping}
        with self._database.writing() as connection:
            return batches.open_batch(connection, named, self._now())

    def append(
        self, batch: BatchId, records: Sequence[Record], quarantined: Sequence[QuarantineRow], rows_done: int
    ) -> AppendCounts:
        """Keep records and refused rows, and put down that the batch has come to ``rows_done``: all or nothing.

        A record that is there already is ``unchanged``, also within one call.

        Raises:
            LedgerError: a record has a type that the schema does not know; nothing was written.
        """
        if len(self._origin_ids) > REMEMBERED:
            self._origin_ids = {}
        made = prepare(records, self._ids, batch.number, batch.known_at, self._origin_ids)
        labels = dict(self._labels)  # numbers of a transaction that fails must not be remembered
        with self._database.writing() as connection:
            counts = appending.append_rows(connection, self._ids, made, labels, self._now())
            counts = appending.write_progress(connection, batch, counts, quarantined, rows_done)
        self._labels = labels
        return counts

    def finish_batch(self, batch: BatchId) -> BatchSummary:
        """End a load; the same file loaded once more is then a new batch."""
        with self._database.writing() as connection:
            return batches.close_batch(connection, batch.number, self._now())

    def judge(self, judgements: Sequence[Judgement], changes: Mapping[str, str] | None = None) -> None:
        """Keep judgements; ``changes`` (as in :meth:`recluster`) that follow from them go into the same transaction.

        Raises:
            UnknownKeyError: an origin is not in the ledger; nothing is written.
        """
        with self._database.writing() as connection:
            decisions.write_judgements(connection, judgements)
            moves.recluster(connection, self._ids, changes or {})

    def undo(
        self, decision_id: str, changes: Mapping[str, str] | None = None, *, undone_by: str = ""
    ) -> None:
        """Take back a decision with all its judgements, and with it the ``changes`` that then follow.

        Raises:
            UnknownKeyError: there is no such decision.
            LedgerError: the decision is not reversible.
        """
        with self._database.writing() as connection:
            decisions.write_undo(connection, decision_id, undone_by, self._now())
            moves.recluster(connection, self._ids, changes or {})

    def judgements(self, *, with_undone: bool = False) -> tuple[Judgement, ...]:
        """The judgements that stand, by time and id of their decision, then by pair."""
        with self._database.reading() as connection:
            return decisions.read_judgements(connection, with_undone=with_undone)

    def clusters(self, origin_ids: Collection[str]) -> list[OriginPlace]:
        """All members of the entities that some origins are in, by uid, then in order of arrival.

        The canonical id of a cluster is the origin of its member that came first.
        """
        with self._database.reading() as connection:
            return moves.clusters(connection, [*origin_ids])

    def recluster(self, changes: Mapping[str, str]) -> int:
        """Put origins (keys) into entities (values, origin ids too) and re-key their links: all or nothing.

        Returns:
            The number of origins that moved.

        Raises:
            UnknownKeyError: an origin is not in the ledger.
        """
        with self._database.writing() as connection:
            return moves.recluster(connection, self._ids, changes)

    def withdraw_source(self, source: str) -> int:
        """Take everything that a source said out of the graph; the records stay, marked as withdrawn.

        Loading the source's files again restores them.

        Returns:
            The number of records withdrawn now.
        """
        with self._database.writing() as connection:
            return moves.withdraw_source(connection, source, self._now())

    def view(self, context: AccessContext) -> EvidenceView:
        """The evidence as ``context`` may read it.

        Raises:
            AccessDeniedError: the context has no subject or no purpose.
        """
        return EvidenceView(self._database, context)

    def batches(self) -> Sequence[BatchSummary]:
        """All batches, oldest first."""
        with self._database.reading() as connection:
            return batches.summaries(connection)

    def quarantine(self, batch: BatchId | int | None = None, limit: int = 1_000) -> Sequence[QuarantineRow]:
        """Refused rows, of one batch or of all, in the order in which they were refused."""
        with self._database.reading() as connection:
            return batches.refused_rows(
                connection, batch.number if isinstance(batch, BatchId) else batch, limit
            )

    def labels(self) -> dict[int, AccessLabel]:
        """Every access label in use, by number."""
        with self._database.reading() as connection:
            return read_labels(connection)

    def last_outbox(self) -> int:
        """Number of the newest outbox item; 0 for an empty ledger."""
        with self._database.reading() as connection:
            return outbox.last_number(connection)

    def outbox(self, after: int, limit: int) -> Sequence[OutboxItem]:
        """The next ``limit`` changes behind number ``after``, ascending."""
        with self._database.reading() as connection:
            return outbox.items(connection, after, limit)

    def page(self, after: int, limit: int) -> Page | None:
        """The next changes with what the changed things are now, read in one snapshot; None where there are none."""
        with self._database.reading() as connection:
            return outbox.page(connection, after, limit)

    def states_since(self, start: int, uids: Collection[str], lids: Collection[str]) -> Page:
        """States for a rebuild that began at outbox number ``start``, read in one snapshot."""
        with self._database.reading() as connection:
            return outbox.states_since(connection, start, uids, lids)

    def entity_states(self, uids: Collection[str]) -> list[EntityState]:
        """Whole current states ascending by uid; a uid that is not in the answer is gone."""
        with self._database.reading() as connection:
            return states.entity_states(connection, uids)

    def link_states(self, lids: Collection[str]) -> list[LinkState]:
        """Whole current states ascending by lid; a lid that is not in the answer is gone."""
        with self._database.reading() as connection:
            return states.link_states(connection, lids)

    def all_uids(self) -> Iterator[str]:
        """Every entity id, ascending (some may have no state)."""
        last = ""
        while uids := self.uid_page(last, PAGE):
            yield from uids
            last = uids[-1]

    def all_lids(self) -> Iterator[str]:
        """Every link id, ascending (some may have no state)."""
        last = ""
        while lids := self.lid_page(last, PAGE):
            yield from lids
            last = lids[-1]

    def uid_page(self, after: str, limit: int) -> list[str]:
        """The next entity ids behind ``after``, ascending."""
        with self._database.reading() as connection:
            return outbox.uid_page(connection, after, limit)

    def lid_page(self, after: str, limit: int) -> list[str]:
        """The next link ids behind ``after``, ascending."""
        with self._database.reading() as connection:
            return outbox.lid_page(connection, after, limit)

    def count_keys(self) -> int:
        """An upper bound of the entities and links together, for progress."""
        with self._database.reading() as connection:
            return outbox.count_keys(connection)

    def _now(self) -> str:
        return iso_utc(self._clock())
