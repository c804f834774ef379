"""Batches: one load of one file, with how far it has come and what was refused."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.pulled_tables import is_pulled
from graphcore.evidence.ledger.removals import stands
from graphcore.evidence.ledger.tables import batch, link_origin, quarantine, record, waiting
from graphcore.evidence.ledger.values import AppendCounts, BatchId, BatchSummary, QuarantineRow

_OPEN = (
    select(batch.c.number, batch.c.rows_done, batch.c.known_at)
    .where(
        batch.c.source == bindparam("source"),
        batch.c.file_hash == bindparam("file_hash"),
        batch.c.mapping == bindparam("mapping"),
        batch.c.finished_at.is_(None),
        stands(batch.c.number),
        ~is_pulled(batch, batch.c.number),  # its load goes on in the other workspace
    )
    .order_by(batch.c.number)
    .limit(1)
)
_FINISH = (
    update(batch)
    .where(batch.c.number == bindparam("key"), batch.c.finished_at.is_(None))
    .values(finished_at=bindparam("moment"))
)
FIRST = (
    select(func.min(batch.c.number))
    .where(stands(batch.c.number))
    .group_by(batch.c.source, batch.c.file_hash, batch.c.mapping)
)
_WAITING = (
    select(record.c.batch, func.count(record.c.seq.distinct()))
    .join_from(waiting, link_origin, link_origin.c.id == waiting.c.link_origin)
    .join(record, record.c.owner == link_origin.c.id)
    .group_by(record.c.batch)
)


def open_batch(connection: Connection, named: dict[str, str], moment: str) -> BatchId:
    """The unfinished batch of (source, file_hash, mapping), or a new one that starts at ``moment``."""
    found = connection.execute(_OPEN, named).first()
    if found is not None:
        return BatchId(*found)
    number: int = connection.execute(select(func.coalesce(func.max(batch.c.number), 0) + 1)).scalar_one()
    row = {"number": number, **named, "known_at": moment, "started_at": moment, "rows_done": 0}
    connection.execute(insert(batch), {**row, "loaded": 0, "unchanged": 0, "quarantined": 0})
    return BatchId(number, 0, moment)


def rows_done(connection: Connection, named: dict[str, str]) -> int:
    """How far the unfinished batch of (source, file_hash, mapping) has come, 0 where there is none."""
    found = connection.execute(_OPEN, named).first()
    return BatchId(*found).rows_done if found is not None else 0


def close_batch(connection: Connection, number: int, moment: str) -> BatchSummary:
    """Mark a batch as finished (once) and say what came of it.

    Raises:
        UnknownKeyError: there is no such batch.
    """
    connection.execute(_FINISH, {"key": number, "moment": moment})
    found = summaries(connection, number)
    if not found:
        raise UnknownKeyError("there is no such batch: begin a batch before finishing it")
    return found[0]


def summaries(connection: Connection, number: int | None = None) -> list[BatchSummary]:
    """All batches, or one, ascending by number."""
    waits = dict(connection.execute(_WAITING).all())
    wanted = select(batch).order_by(batch.c.number)
    if number is not None:
        wanted = wanted.where(batch.c.number == number)
    return [_summary(row, waits.get(row["number"], 0)) for row in connection.execute(wanted).mappings()]


def _summary(named: RowMapping, waits: int) -> BatchSummary:
    counts = AppendCounts(named["loaded"], named["unchanged"], waits, named["quarantined"])
    words = ("number", "source", "file", "file_hash", "mapping", "started_at", "finished_at", "rows_done")
    return BatchSummary(**{word: named[word] for word in words}, counts=counts)


def refused_rows(connection: Connection, number: int | None, limit: int) -> Sequence[QuarantineRow]:
    """Quarantined rows in the order in which they were refused; of all batches: each row once.

    The same bytes under the same mapping lose the same rows, so a file that is loaded again adds none to the whole.
    """
    wanted = select(
        quarantine.c.file, quarantine.c.row, quarantine.c.field, quarantine.c.reason, quarantine.c.original
    ).order_by(quarantine.c.number)
    if number is not None:
        wanted = wanted.where(quarantine.c.batch == number)
    else:
        wanted = wanted.where(quarantine.c.batch.in_(FIRST))
    return [QuarantineRow(*row) for row in connection.execute(wanted.limit(limit))]
