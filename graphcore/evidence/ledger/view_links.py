"""Visible links as columns, page by page, for analytics that read every link once."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from graphcore.evidence.ledger.origins_view import Reading
from graphcore.evidence.ledger.tables import link_origin, record

PAGE = 10_000


class LinkPage(NamedTuple):
    """Link records in order of arrival, a column each: type, origins at the ends, and the period in which the link holds
    (ISO UTC, None: not said).
    """

    type: tuple[str, ...]
    source: tuple[str, ...]
    target: tuple[str, ...]
    valid_from: tuple[str | None, ...]
    valid_to: tuple[str | None, ...]


def link_pages(
    database: Reading, visible: ColumnElement[bool], link_types: Collection[str]
) -> Iterator[LinkPage]:
    """Every visible link record of some types, in bounded memory; each page is a snapshot of its own.

    Args:
        database: The ledger's.
        visible: Condition on ``record``: links whose ends may both be seen.
        link_types: Names of the schema.
    """
    after = -1
    while True:
        with database.reading() as connection:
            rows = _rows(connection, visible, link_types, after)
        if not rows:
            return
        after = rows[-1][0]
        yield LinkPage(*list(zip(*rows, strict=True))[1:])


def _rows(
    connection: Connection, visible: ColumnElement[bool], link_types: Collection[str], after: int
) -> list[Any]:
    wanted = (
        select(
            record.c.seq,
            record.c.type,
            link_origin.c.source_origin,
            link_origin.c.target_origin,
            record.c.valid_from,
            record.c.valid_to,
        )
        .join_from(record, link_origin, link_origin.c.id == record.c.owner)
        .where(record.c.seq > after, record.c.type.in_([*link_types]), visible)
        .order_by(record.c.seq)
        .limit(PAGE)
    )
    return [*connection.execute(wanted)]
