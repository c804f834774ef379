"""Mass events into the ledger, part by part: every part is one transaction that is made once."""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from sqlalchemy import Connection

from graphcore.access.label import AccessLabel
from graphcore.evidence.ledger.append import add_progress
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.labels import label_numbers
from graphcore.evidence.ledger.removals import require_standing
from graphcore.evidence.ledger.said import Noted, add_counts
from graphcore.evidence.ledger.series_append import append_groups, put_step, steps_of
from graphcore.evidence.ledger.series_draft import Drafted
from graphcore.evidence.ledger.series_new import SeriesAppend
from graphcore.evidence.ledger.values import AppendCounts, BatchId
from graphcore.model.ids import IdMaker


def count_again(connection: Connection, *, batch: BatchId, again: Mapping[AccessLabel, int]) -> None:
    """Count, by label, records that a batch has stated before and states again."""
    labels: dict[AccessLabel, int] = {}
    label_numbers(connection, again.keys(), labels)
    for label in sorted(again):
        add_counts(connection, batch.number, labels[label], 0, again[label])
    add_progress(connection, batch, AppendCounts(unchanged=sum(again.values())))


class SeriesBook:
    """Series of one ledger. Safe to share between threads."""

    def __init__(self, database: Database, ids: IdMaker, now: Callable[[], str]) -> None:
        """See :attr:`Ledger.series`."""
        self._database = database
        self._ids = ids
        self._now = now
        self._labels: dict[AccessLabel, int] = {}
        self._noted = Noted()
        self._appending = Lock()

    def append(self, batch: BatchId, step: str, drafted: Sequence[Drafted]) -> AppendCounts:
        """Keep occurrences, and put down that the batch has made this ``step``: all or nothing.

        A step that was made before is not made again.

        Raises:
            LedgerError: the batch was removed meanwhile; nothing was written.
        """
        labels = dict(self._labels)  # numbers of a transaction that fails must not be remembered
        with self._appending:
            with self._database.writing() as connection:
                require_standing(connection, batch.number)
                if not put_step(connection, batch.number, step):
                    return AppendCounts()
                told = SeriesAppend(self._ids, batch, labels, self._noted, self._now())
                counts = sum((append_groups(connection, each, told) for each in drafted), AppendCounts())
                add_progress(connection, batch, counts)
            self._labels = labels
            self._noted.commit()
        return counts

    def steps(self, batch: BatchId) -> frozenset[str]:
        """The steps that a batch has made."""
        with self._database.reading() as connection:
            return steps_of(connection, batch.number)
