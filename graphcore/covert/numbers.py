"""Numbers of the open ledger in the covert one, which numbers every row anew, in order of arrival.

Rows that are only added come as one range a pull, told by the table ``pulled``; where the covert ledger knows a thing already
(the same record, label or suggestion) its own number stands for it. So numbers have no gap and no range is kept free.
"""

from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Table,
    and_,
    case,
    func,
    insert,
    literal_column,
    select,
)

from graphcore.evidence.ledger.pulled_tables import pulled

_THEIRS = MetaData()


@cache
def theirs(table: Table) -> FromClause:
    """The same table in the snapshot of the open ledger, under a name that SQLite cannot take for the one here."""
    return table.to_metadata(_THEIRS, schema="theirs").alias(f"their_{table.name}")


def rowid(table: Table) -> ColumnElement[int]:
    """SQLite's own number of a row of the snapshot: it rises, as rows are only added and none is ever moved."""
    return literal_column(f"their_{table.name}.rowid")


def ours(name: str, number: ColumnElement[int]) -> ColumnElement[int]:
    """The number here of a row of the open ledger; NULL where it was not pulled."""
    return _shifted(name, number, ("first", "last", "ours"))


def back(name: str, number: ColumnElement[int]) -> ColumnElement[int]:
    """The number there of a row of this ledger; NULL where it did not come from there."""
    return _shifted(name, number, ("ours", "till", "first"))


def _shifted(name: str, number: ColumnElement[int], names: tuple[str, str, str]) -> ColumnElement[int]:
    start, end, other = (pulled.c[one] for one in names)
    return (
        select(case((number <= end, number - start + other)))
        .where(pulled.c.name == name, start <= number)
        .order_by(start.desc())
        .limit(1)
        .correlate_except(pulled)
        .scalar_subquery()
    )


def reached(connection: Connection, name: str) -> int:
    """The last row of a table that was pulled; 0 where none was."""
    last = select(func.coalesce(func.max(pulled.c.last), 0)).where(pulled.c.name == name)
    return connection.execute(last).scalar_one()


def newest(connection: Connection, number: ColumnElement[int]) -> int:
    """The highest number of a table, 0 where it is empty."""
    return connection.execute(select(func.coalesce(func.max(number), 0))).scalar_one()


def note(connection: Connection, name: str, span: tuple[int, int], here: tuple[int, int]) -> None:
    """Put down that rows ``span`` of the open ledger are ``here`` in this one; both ends are included."""
    row = {"name": name, "first": span[0], "last": span[1], "ours": here[0], "till": here[1]}
    connection.execute(insert(pulled), row)


def note_by_key(
    connection: Connection, table: Table, number: str, keys: tuple[str, ...], after: int, until: int
) -> None:
    """Put down where rows are that may have been here before: the same by ``keys``, above ``after`` up to ``until``."""
    there = theirs(table)
    same = [there.c[key] == table.c[key] for key in keys]
    first, here = there.c[number], table.c[number]
    rank = func.row_number().over(partition_by=here - first, order_by=first)
    found = (
        select(first.label("first"), here.label("ours"), (first - rank).label("run"))
        .join_from(there, table, and_(*same))
        .where(first > after, first <= until)
        .subquery()
    )
    low, high = func.min(found.c.first), func.max(found.c.first)
    runs = (
        select(low, high, func.min(found.c.ours), func.max(found.c.ours))
        .group_by(found.c.ours - found.c.first, found.c.run)
        .order_by(low)
    )
    for start, end, ours_from, ours_to in connection.execute(runs).all():
        note(connection, table.name, (start, end), (ours_from, ours_to))
