"""The secondary indexes of the ledger, put off during a first large load and built in one go behind it.

Ids are random, so each record changes a page of every index: past some hundred thousand records a load mostly writes index
pages, and building the same indexes afterwards takes a hundredth of that. Only indexes that an append does not look into
are put off; what is unique stays unique. The setting ``indexes_deferred`` stands in the ledger from the transaction that
drops them to the one that builds them again, so that whoever opens the ledger after a kill builds them.
"""

from sqlalchemy import Connection, Index, Table, delete, func, select

from graphcore.evidence.ledger.dialect import insert_new
from graphcore.evidence.ledger.tables import link_origin, origin, record, setting

NAME = "indexes_deferred"
LEAST_ROWS = 20_000  # fewer rows are loaded before an index has many pages
_DEFERRED = {
    record: ("record_owner",),
    origin: ("origin_uid", "origin_reference"),
    link_origin: ("link_origin_lid", "link_origin_source", "link_origin_target"),
}
_DEFERRED_NOW = select(setting.c.value).where(setting.c.name == NAME)


def pays(connection: Connection, rows: int) -> bool:
    """True if ``rows`` that are to come are many, and many times what is there already."""
    if rows < LEAST_ROWS:
        return False
    held: int = connection.execute(select(func.coalesce(func.max(record.c.seq), 0))).scalar_one()
    return held * 4 <= rows


def is_deferred(connection: Connection) -> bool:
    """True while the indexes are missing."""
    return connection.scalar(_DEFERRED_NOW) is not None


def defer(connection: Connection) -> None:
    """Drop the indexes."""
    insert_new(connection, setting, [{"name": NAME, "value": "1"}])
    for index in deferred_indexes():
        index.drop(connection, checkfirst=True)


def build(connection: Connection, index: Index) -> None:
    """Build one index, if it is missing."""
    index.create(connection, checkfirst=True)


def end(connection: Connection) -> None:
    """All indexes are there again."""
    connection.execute(delete(setting).where(setting.c.name == NAME))


def deferred_indexes() -> list[Index]:
    """The indexes that are put off."""
    return [_index(table, name) for table, names in _DEFERRED.items() for name in names]


def _index(table: Table, name: str) -> Index:
    return next(index for index in table.indexes if index.name == name)
