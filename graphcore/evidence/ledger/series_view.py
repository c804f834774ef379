"""Occurrences as one access context may read them: those of visible records alone, each once.

What is the same for two visible records (time, reference and kind) and says the same is shown once, by the record that
came first. A hidden record adds nothing, so its occurrences cannot be told from ones that never were.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, bindparam, select

from graphcore.arrow import Table, pa
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.series_arrange import Int, marks_of
from graphcore.evidence.ledger.series_blocks import COUNTED, decode
from graphcore.evidence.ledger.series_prepare import EPOCH, MICROSECOND
from graphcore.evidence.ledger.series_tables import series_block, series_part
from graphcore.evidence.ledger.tables import link_origin, origin, record
from graphcore.evidence.series import ORIGINAL, VALUE, WHOLE
from graphcore.model.graph import Value

_KEY = bytes(16)  # compared within one answer and never shown
_BODY = select(series_block.c.body).where(series_block.c.number == bindparam("key"))
_PART = (series_part.c.block, series_part.c.start, series_part.c.length, record.c.seq)


class OccurrenceCursor(NamedTuple):
    """Where a page of occurrences ended: microseconds, record number and row."""

    at: int
    seq: int
    row: int


@dataclass(frozen=True, slots=True)
class OccurrenceView:
    """One event of a series as a person may read it. ``counts``: False where it repeats a counted one with other values."""

    at: datetime
    until: datetime | None
    reference: str
    values: Mapping[str, Value]
    original: Mapping[str, Value]
    rid: str
    source: str
    file: str
    row: int
    counts: bool
    cursor: OccurrenceCursor


@dataclass(frozen=True, slots=True)
class Contacts:
    """Events as arrays: ``at`` (microseconds UTC, ascending), ``source`` and ``target`` (places in ``uids``)."""

    uids: tuple[str, ...]
    at: Int
    source: NDArray[np.int32]
    target: NDArray[np.int32]


def page(
    connection: Connection,
    visible: ColumnElement[bool],
    lid: str,
    limit: int,
    after: OccurrenceCursor | None,
) -> list[OccurrenceView]:
    """The next occurrences of a link, by time, then record, then row."""
    wanted = (
        select(*_PART, record.c.rid, record.c.source, record.c.file)
        .join_from(record, series_part, series_part.c.seq == record.c.seq)
        .join(link_origin, link_origin.c.id == record.c.owner)
        .where(link_origin.c.lid == lid, visible)
        .order_by(series_part.c.block, series_part.c.start)
    )
    if after is not None:
        wanted = wanted.where(series_part.c.last_at >= after.at)
    parts = connection.execute(wanted).all()
    if not parts:
        return []
    tables = [_numbered(table, part[3]) for part, table in _tables(connection, parts)]
    by_seq = {part[3]: part[4:] for part in parts}
    table = pa.concat_tables(tables, promote_options="default")
    rows = _ordered(table, after)[:limit]
    return [_view(row, by_seq[row["seq"]]) for row in table.take(pa.array(rows)).to_pylist()]


def contacts(
    connection: Connection, visible: ColumnElement[bool], link_types: Collection[str] | None
) -> Contacts:
    """Every visible event of some link types (None: of all), each once, block by block."""
    ends = origin.alias(), origin.alias()
    wanted = (
        select(*_PART, ends[0].c.uid, ends[1].c.uid, link_origin.c.lid)
        .join_from(record, series_part, series_part.c.seq == record.c.seq)
        .join(link_origin, link_origin.c.id == record.c.owner)
        .join(ends[0], ends[0].c.origin_id == link_origin.c.source_origin)
        .join(ends[1], ends[1].c.origin_id == link_origin.c.target_origin)
        .where(link_origin.c.lid.is_not(None), visible)
        .order_by(series_part.c.block, series_part.c.start)
    )
    values: dict[str, str] = {}
    if link_types is not None:
        wanted = wanted.where(record.c.type.in_(items_of("types")))
        values["types"] = key_list(sorted(link_types))
    parts = connection.execute(wanted, values).all()
    uids = tuple(sorted({uid for part in parts for uid in part[4:6]}))
    number = {uid: at for at, uid in enumerate(uids)}
    links = {lid: at for at, lid in enumerate(dict.fromkeys(part[6] for part in parts))}
    found = [_columns(part, table, number, links) for part, table in _tables(connection, parts)]
    if not found:
        return Contacts((), np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32))
    link, same, at, source, target = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((same, link, at))
    kept = order[_changes(at[order], link[order], same[order])]
    return Contacts(uids, at[kept], source[kept].astype(np.int32), target[kept].astype(np.int32))


def _columns(
    part: Sequence[Any], table: Table, number: Mapping[str, int], links: Mapping[str, int]
) -> tuple[Int, NDArray[np.uint64], Int, Int, Int]:
    marks = marks_of(table.select([n for n in table.column_names if not n.startswith(WHOLE)]), _KEY)
    rows = len(marks.at)
    ends = (np.full(rows, number[part[4]], np.int64), np.full(rows, number[part[5]], np.int64))
    return np.full(rows, links[part[6]], np.int64), marks.same, marks.at, *ends


def _tables(connection: Connection, parts: Sequence[Any]) -> Iterator[tuple[Any, Table]]:
    """Parts that are ordered by block with their rows, one block in memory at a time."""
    number, table = None, pa.table({})
    for part in parts:
        if part[0] != number:
            number, table = part[0], decode(connection.execute(_BODY, {"key": part[0]}).scalar_one())
        yield part, table.slice(part[1], part[2])


def _numbered(table: Table, seq: int) -> Table:
    return table.append_column("seq", pa.array(np.full(table.num_rows, seq, np.int64)))


def _ordered(table: Table, after: OccurrenceCursor | None) -> Int:
    """Places of the rows to show, in order: of those that say the same the first, and only those behind ``after``."""
    marks = marks_of(table, _KEY)
    seq, row = (table.column(name).to_numpy() for name in ("seq", "row"))
    order = np.lexsort((row, seq, marks.said, marks.same, marks.at))
    kept = order[_changes(marks.at[order], marks.same[order], marks.said[order])]
    kept = kept[np.lexsort((row[kept], seq[kept], marks.at[kept]))]
    if after is None:
        return kept
    behind = [(int(marks.at[at]), int(seq[at]), int(row[at])) > tuple(after) for at in kept.tolist()]
    return kept[np.array(behind, bool)]


def _changes(*columns: NDArray[Any]) -> NDArray[np.bool_]:
    changes = np.ones(len(columns[0]), bool)
    changes[1:] = False
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return changes


def _view(row: Mapping[str, Any], said: Sequence[Any]) -> OccurrenceView:
    rid, source, file = said
    until = row.get("until")
    return OccurrenceView(
        at=EPOCH + row["at"] * MICROSECOND,
        until=None if until is None else EPOCH + until * MICROSECOND,
        reference=row.get("reference") or "",
        values={n.removeprefix(VALUE): v for n, v in row.items() if n.startswith(VALUE) and v is not None},
        original=_original(row),
        rid=rid,
        source=source,
        file=file,
        row=row["row"],
        counts=row[COUNTED],
        cursor=OccurrenceCursor(row["at"], row["seq"], row["row"]),
    )


def _original(row: Mapping[str, Any]) -> dict[str, Value]:
    whole: dict[str, Value] = orjson.loads(row[WHOLE]) if row.get(WHOLE) else {}
    return whole | {
        n.removeprefix(ORIGINAL): v for n, v in row.items() if n.startswith(ORIGINAL) and v is not None
    }
