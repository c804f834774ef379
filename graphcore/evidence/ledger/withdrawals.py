"""Records taken out of the graph and put back, by source or by batch. The records themselves stay as they are.

An entity that nobody else speaks of goes, and with it every link to it, whoever asserts that link: such links are in the
outbox too, and are there again once the entity is.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select, true, update

from graphcore.evidence.ledger.dialect import insert_many, items_of, key_list
from graphcore.evidence.ledger.errors import DoneBeforeError
from graphcore.evidence.ledger.places import emit, is_withdrawn, links_touching, members_of, uids_of
from graphcore.evidence.ledger.removals import (
    ALONE,
    WITH_SOURCE,
    Cause,
    current_removal,
    stands,
    write_removal,
    write_restoration,
)
from graphcore.evidence.ledger.said import Span, said_alone, said_by
from graphcore.evidence.ledger.tables import batch, link_origin, record, withdrawn

PAGE = 5_000
_SAID = select(record.c.seq, record.c.kind, record.c.owner)
_SAID_BY_SOURCE = _SAID.where(record.c.source == bindparam("name"), ~is_withdrawn())
_STANDING_IN = _SAID.where(
    record.c.seq >= bindparam("first"), record.c.seq <= bindparam("last"), ~is_withdrawn()
).order_by(record.c.seq)
_WITHDRAWN_IN = _SAID.where(
    record.c.seq >= bindparam("first"), record.c.seq <= bindparam("last"), is_withdrawn()
).order_by(record.c.seq)
_RESTORE = (
    update(withdrawn)
    .where(withdrawn.c.seq == bindparam("key"), withdrawn.c.restored_at.is_(None))
    .values(restored_at=bindparam("moment"))
)
_LIDS = select(link_origin.c.lid).where(
    link_origin.c.id.in_(items_of("keys")), link_origin.c.lid.is_not(None)
)
_BATCHES_OF = (
    select(batch.c.number)
    .where(batch.c.source == bindparam("name"), stands(batch.c.number))
    .order_by(batch.c.number)
)


def withdraw_source(connection: Connection, source: str, who: dict[str, str]) -> int:
    """Mark every record of a source as withdrawn, and its batches as removed; gives the number of records."""
    for number in [*connection.scalars(_BATCHES_OF, {"name": source})]:
        write_removal(connection, number, WITH_SOURCE, who)
    return _withdraw(connection, connection.execute(_SAID_BY_SOURCE, {"name": source}).all(), who["at"])


def remove_batch(
    connection: Connection,
    number: int,
    who: dict[str, str],
    cause: Cause = ALONE,
    scope: ColumnElement[bool] | None = None,
) -> int:
    """Withdraw what a batch alone says; gives the number of records. What another standing batch says stays.

    ``scope`` is a condition on ``record``: those outside it stay, until somebody who may see them does the same.

    Raises:
        UnknownKeyError: there is no such batch.
        DoneBeforeError: it is removed already, and nothing of it is left in the scope.
    """
    before = current_removal(connection, number) is not None
    if not before:
        write_removal(connection, number, cause, who)
    chosen = _STANDING_IN.where(true() if scope is None else scope)
    count = sum(
        _withdraw(connection, connection.execute(chosen, page).all(), who["at"])
        for page in _pages(said_alone(connection, number))
    )
    if before and not count:
        raise DoneBeforeError("the batch is removed already: `ocb ingest batches` shows by whom")
    return count


def restore_batch(
    connection: Connection, number: int, who: dict[str, str], scope: ColumnElement[bool] | None = None
) -> int:
    """Put back what a batch says; gives the number of records. ``scope`` as for :func:`remove_batch`.

    Raises:
        UnknownKeyError: there is no such batch.
        DoneBeforeError: it is not removed, and nothing of it in the scope is out of the graph.
    """
    stood = current_removal(connection, number) is None
    if not stood:
        write_restoration(connection, number, who)
    chosen = _WITHDRAWN_IN.where(true() if scope is None else scope)
    count = 0
    for page in _pages(said_by(connection, number)):
        back = connection.execute(chosen, page).all()
        if back:
            connection.execute(_RESTORE, [{"key": row[0], "moment": who["at"]} for row in back])
            tell(connection, back)
        count += len(back)
    if stood and not count:
        raise DoneBeforeError("the batch is not removed: there is nothing to put back")
    return count


def _pages(ranges: Iterable[Span]) -> Iterable[dict[str, int]]:
    for span in ranges:
        for first in range(span.first, span.last + 1, PAGE):
            yield {"first": first, "last": min(first + PAGE - 1, span.last)}


def _withdraw(connection: Connection, said: Sequence[Any], moment: str) -> int:
    marks = [{"seq": row[0], "withdrawn_at": moment, "restored_at": None} for row in said]
    insert_many(connection, withdrawn, marks)
    if said:
        tell(connection, said)
    return len(said)


def tell(connection: Connection, said: Sequence[Any]) -> None:
    """Everything that these records and the entities they speak of bear on goes into the outbox."""
    ordered = sorted(said, key=lambda row: (row[1], row[2]))
    owners = {
        kind: sorted({row[2] for row in rows}) for kind, rows in groupby(ordered, key=lambda row: row[1])
    }
    uids = sorted(set(uids_of(connection, owners.get("entity", [])).values()))
    lids = {*connection.scalars(_LIDS, {"keys": key_list(owners.get("link", []))})}
    touching = links_touching(connection, members_of(connection, uids))
    lids |= {link.lid for link in touching if link.lid is not None}
    emit(connection, uids, sorted(lids), moved=True)
