"""Which rows came from another ledger (``ocb covert pull``), as ranges of numbers; empty in a ledger that joins no other.

``name`` is a table; its rows ``first`` to ``last`` there are ``ours`` to ``till`` here. Only ever added to.
"""

from sqlalchemy import Column, ColumnElement, Index, Table, Text, select

from graphcore.evidence.ledger.tables import Number, metadata

pulled = Table(
    "pulled",
    metadata,
    Column("name", Text, primary_key=True),
    Column("first", Number, primary_key=True, autoincrement=False),
    Column("last", Number, nullable=False),
    Column("ours", Number, nullable=False),
    Column("till", Number, nullable=False),
    Index("pulled_ours", "name", "ours"),
    sqlite_with_rowid=False,
)


def is_pulled(table: Table, number: ColumnElement[int]) -> ColumnElement[bool]:
    """Condition: the row of ``table`` with this number (here) came from the other ledger."""
    return (
        select(pulled.c.first)
        .where(pulled.c.name == table.name, pulled.c.ours <= number, pulled.c.till >= number)
        .exists()
    )
