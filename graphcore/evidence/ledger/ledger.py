"""The ledger: the truth of a workspace. Records are added and never altered; the graph follows from it.

Every writing method is one transaction. Reading for people is possible only through :meth:`Ledger.view`; the other
reading methods serve the projection and identity.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import Self

from sqlalchemy import Connection

from graphcore.access.label import AccessLabel
from graphcore.access.needs import needs_of
from graphcore.access.rules import RuleSet
from graphcore.errors import LedgerError
from graphcore.evidence.ledger import append as appending
from graphcore.evidence.ledger import batches, deferral, withdrawals
from graphcore.evidence.ledger.database import Database, check_key
from graphcore.evidence.ledger.judged import Judged
from graphcore.evidence.ledger.lexicon import LexiconBook
from graphcore.evidence.ledger.permitting import Permitting
from graphcore.evidence.ledger.prepare import Prepared, prepare
from graphcore.evidence.ledger.projected import Projected
from graphcore.evidence.ledger.removals import require_standing
from graphcore.evidence.ledger.repair_values import Attempt, Outcome
from graphcore.evidence.ledger.said import Noted
from graphcore.evidence.ledger.series_append import append_groups
from graphcore.evidence.ledger.series_book import SeriesBook
from graphcore.evidence.ledger.series_draft import drafted
from graphcore.evidence.ledger.series_new import SeriesAppend
from graphcore.evidence.ledger.series_prepare import gathered
from graphcore.evidence.ledger.suggestions import Suggestions, write_suggestions
from graphcore.evidence.ledger.upkeep import Upkeep, write_outcomes
from graphcore.evidence.ledger.values import (
    AppendCounts,
    BatchId,
    BatchSummary,
    QuarantineRow,
)
from graphcore.evidence.record import OriginRef, Record
from graphcore.model.ids import IdMaker
from graphcore.model.times import iso_utc

PAGE = 5_000
REMEMBERED = 100_000  # origin ids, about 20 MB


def utc_now() -> datetime:
    """The clock of a ledger unless another is given."""
    return datetime.now(UTC)


class Ledger(Judged, Permitting, Projected):
    """One ledger. Safe to share between threads; any number of processes may have it open."""

    def __init__(
        self,
        database: Database,
        ids: IdMaker,
        *,
        clock: Callable[[], datetime] = utc_now,
        rules: RuleSet | None = None,
        partners: bool = False,
    ) -> None:
        self._database = database
        self._rules = rules
        self._needs_of = partial(needs_of, partners=partners, rules=rules)
        self._ids = ids
        self._clock = clock
        self._labels: dict[AccessLabel, int] = {}
        self._origin_ids: dict[OriginRef, str] = {}
        self._noted = Noted()
        self._appending = Lock()

    @classmethod
    def open(
        cls,
        path: Path,
        ids: IdMaker,
        *,
        clock: Callable[[], datetime] = utc_now,
        rules: RuleSet | None = None,
        partners: bool = False,
    ) -> Self:
        """Open a SQLite ledger, creating or upgrading its tables.

        Args:
            path: Of the file.
            ids: Makes its ids, always with one key.
            clock: Gives aware UTC.
            rules: What views are by; None: by the rules of their context.
            partners: Whether readers outside law enforcement have to be told nothing by what identity makes of records.

        Raises:
            LedgerDamagedError: the file is no SQLite database, or a broken one.
            LedgerVersionError: a newer program wrote it.
            LedgerError: ``ids`` has another key than the one this ledger was begun with.
        """
        database = Database.open(path)
        try:
            check_key(database, ids)
            ledger = cls(database, ids, clock=clock, rules=rules, partners=partners)
            ledger.restore_indexes()
        except LedgerError:
            database.close()
            raise
        return ledger

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    @contextmanager
    def joining(self, snapshot: Path) -> Generator[Connection]:
        """One transaction, the only writer, that reads another ledger's file too: its tables are ``theirs.NAME``.

        Raises:
            LedgerError: this ledger is no SQLite file.
        """
        with self._database.writing(beside=snapshot) as connection:
            yield connection

    def begin_batch(self, source: str, file: str, file_hash: str, mapping: str) -> BatchId:
        """Start the load of one file, or take up the unfinished one of the same (source, file_hash, mapping).

        Rows before ``rows_done`` of the answer are in the ledger: a load goes on behind them.
        """
        named = {"source": source, "file": file, "file_hash": file_hash, "mapping": mapping}
        with self._database.writing() as connection:
            return batches.open_batch(connection, named, self._now())

    def defer_indexes(self, rows: int) -> bool:
        """Put off the secondary indexes where a load of ``rows`` rows is many times what the ledger holds.

        Until :meth:`restore_indexes`, looking up the records of an entity takes as long as the ledger is large; a ledger
        that was left so by a kill gets its indexes back when it is next opened.

        Returns:
            True if they are put off now.
        """
        with self._database.writing() as connection:
            if not deferral.pays(connection, rows):
                return False
            deferral.defer(connection)
        return True

    def restore_indexes(self, tell: Callable[[int, int], None] | None = None) -> None:
        """Build the indexes that were put off; does nothing where none were.

        Each is a transaction of its own; ``tell`` hears before each how many of how many are built, and may stop it.
        """
        with self._database.reading() as connection:
            if not deferral.is_deferred(connection):
                return
        indexes = deferral.deferred_indexes()
        for done, index in enumerate(indexes):
            if tell:
                tell(done, len(indexes))
            with self._database.writing() as connection:
                deferral.build(connection, index)
        with self._database.writing() as connection:
            deferral.end(connection)

    def rows_done(self, source: str, file_hash: str, mapping: str) -> int:
        """Where :meth:`begin_batch` would take up an unfinished load of this file; 0 where there is none."""
        named = {"source": source, "file_hash": file_hash, "mapping": mapping}
        with self._database.reading() as connection:
            return batches.rows_done(connection, named)

    def append(
        self, batch: BatchId, records: Sequence[Record], quarantined: Sequence[QuarantineRow], rows_done: int
    ) -> AppendCounts:
        """Keep records and refused rows, and put down that the batch has come to ``rows_done``: all or nothing.

        A record that is there already is ``unchanged``, also within one call.

        Raises:
            LedgerError: a record has a type that the schema does not know, or the batch was removed meanwhile;
                nothing was written.
        """
        if len(self._origin_ids) > REMEMBERED:
            self._origin_ids = {}
        made = prepare(records, self._ids, batch.number, batch.known_at, self._origin_ids)
        return self.append_prepared(batch, made, quarantined, rows_done)

    def repair(
        self, attempt: Attempt, records: Sequence[Record], outcomes: Sequence[Outcome]
    ) -> AppendCounts:
        """Keep the records of rows that load now, mark these as repaired, the others as refused once more: or nothing.

        The records are the batch's own: removing it removes them. They are known from now on.

        Raises:
            LedgerError: a record cannot be kept, or the batch is removed; nothing was written.
        """
        now = self._now()
        made = prepare(records, self._ids, attempt.batch, now, self._origin_ids)

        def outcome(connection: Connection) -> None:
            write_outcomes(connection, attempt, outcomes, now)

        return self.append_prepared(BatchId(attempt.batch, 0, now), made, (), None, outcome)

    def append_prepared(
        self,
        batch: BatchId,
        made: Prepared,
        quarantined: Sequence[QuarantineRow],
        rows_done: int | None,
        also: Callable[[Connection], None] | None = None,
    ) -> AppendCounts:
        """As :meth:`append`, of rows that were made by :class:`Preparation`, perhaps in another process.

        ``rows_done`` None: rows of a former pass, the batch stays where it was. ``also`` writes in the same transaction.
        """
        for row in made.records:
            row["batch"] = batch.number
            row["known_at"] = row["known_at"] or batch.known_at
        series = [drafted(rows, self._ids) for rows in gathered(made.occurrences)]
        labels = dict(self._labels)  # numbers of a transaction that fails must not be remembered
        with self._appending:  # what is remembered of one append must not meet another's
            with self._database.writing() as connection:
                require_standing(connection, batch.number)
                counts = appending.append_rows(connection, self._ids, made, labels, self._noted, self._now())
                write_suggestions(connection, self._ids, made.suggestions)
                told = SeriesAppend(self._ids, batch, labels, self._noted, self._now())
                counts = sum((append_groups(connection, each, told) for each in series), counts)
                if rows_done is None:
                    appending.add_progress(connection, batch, counts)
                else:
                    counts = appending.write_progress(connection, batch, counts, quarantined, rows_done)
                if also is not None:
                    also(connection)
            self._labels = labels
            self._noted.commit()
        return counts

    def finish_batch(self, batch: BatchId) -> BatchSummary:
        """End a load; the same file loaded once more is then a new batch."""
        with self._database.writing() as connection:
            return batches.close_batch(connection, batch.number, self._now())

    def withdraw_source(self, source: str, *, by: str = "", reason: str = "") -> int:
        """Take everything that a source said out of the graph; the records stay, marked as withdrawn.

        Loading the source's files again restores them, and so does putting back its batches one by one.

        Returns:
            The number of records withdrawn now.
        """
        who = {"by": by, "reason": reason, "at": self._now()}
        with self._database.writing() as connection:
            return withdrawals.withdraw_source(connection, source, who)

    @cached_property
    def series(self) -> SeriesBook:
        """Mass events: one record that counts them for each pair, every one of them kept."""
        return SeriesBook(self._database, self._ids, self._now)

    @cached_property
    def upkeep(self) -> Upkeep:
        """What happens after a load: batches removed and put back, refused rows corrected and tried again."""
        return Upkeep(self._database, self._clock)

    @property
    def lexicon(self) -> LexiconBook:
        """The shared lists of terms, and what analysts changed in them."""
        return LexiconBook(self._database, self._clock)

    @property
    def suggestions(self) -> Suggestions:
        """Decisions of persons on names that texts seem to say."""
        return Suggestions(self._database, self, self._clock)

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

    def _now(self) -> str:
        return iso_utc(self._clock())
