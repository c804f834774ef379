# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
"""What a batch says about ends and events, for figures of its quality: of visible records alone, page by page."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, bindparam, select

from graphcore.evidence.ledger.said import Span
from graphcore.evidence.ledger.series_arrange import integers
from graphcore.evidence.ledger.series_blocks import decode
from graphcore.evidence.ledger.series_tables import series_block, series_part
from graphcore.evidence.ledger.tables import link_origin, record

_BODY = select(series_block.c.body).where(series_block.c.number == bindparam("key"))


class Joined(NamedTuple):
    """One visible link record: its type, the origins at its ends, and where it was read."""

    type: str
    source: str
    target: str
    file: str
    row: int


def joined_in(
    connection: Connection, visible: ColumnElement[bool], span: Span, link_types: Collection[str]
) -> list[Joined]:
    """The link records of some types in a range of records, in order of arrival."""
    wanted = (
        select(
            record.c.type,
            link_origin.c.source_origin,
            link_origin.c.target_origin,
            record.c.file,
            record.c.row,
        )
        .join_from(record, link_origin, link_origin.c.id == record.c.owner)
        .where(record.c.seq.between(span.first, span.last), record.c.type.in_([*link_types]), visible)
        .order_by(record.c.seq)
    )
    rows: Any = connection.execute(wanted)
    return [Joined(*row) for row in rows]


def event_times(
    connection: Connection, visible: ColumnElement[bool], span: Span
) -> Iterator[NDArray[np.int64]]:
    """Times of the events of series in a range of records, microseconds UTC; one block in memory at a time."""
    wanted = (
        select(series_part.c.block, series_part.c.start, series_part.c.length)
        .join_from(record, series_part, series_part.c.seq == record.c.seq)
        .where(record.c.seq.between(span.first, span.last), visible)
        .order_by(series_part.c.block, series_part.c.start)
    )
    parts: Any = connection.execute(wanted).all()
    number: int | None = None
    times = np.zeros(0, np.int64)
    for block, start, length in parts:
        if block != number:
            number = block
            table: Any = decode(connection.execute(_BODY, {"key": block}).scalar_one())
            times = integers(table.column("at"))
        yield times[start : start + length]
