"""The tables that are pulled row by row, in an order in which what a row refers to is there before it.

Two kinds: rows with a number of their own, which get the next ones here, and rows that stand under a key. Of the latter, one
that is here already stays: what the covert side decided first (an undoing, a repair, the end of a grant) is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, FromClause, Table, func, select, true
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.sqlite import insert

from graphcore.covert.numbers import newest, note, ours, reached, rowid, theirs
from graphcore.evidence.ledger.access_tables import access_grant, grant_end, holding
from graphcore.evidence.ledger.eyes_tables import confirmed, fitted, proposed
from graphcore.evidence.ledger.lexicon import batch_lexicon, lexicon_change
from graphcore.evidence.ledger.register import batch_register, source_register
from graphcore.evidence.ledger.repair_tables import (
    batch_load,
    correction,
    mapping_text,
    refusal,
    removal,
    repair,
    replacement,
    restoration,
)
from graphcore.evidence.ledger.series_tables import series_block, series_step
from graphcore.evidence.ledger.tables import batch, decision, judgement, quarantine, undone

Value = Callable[[FromClause], ColumnElement[int]]


def _next_version(there: FromClause) -> ColumnElement[int]:
    """The versions of a source go on here: the entry that arrives last counts."""
    known = (
        select(func.max(source_register.c.version))
        .where(source_register.c.source == there.c.source)
        .correlate(there)
        .scalar_subquery()
    )
    rank = func.row_number().over(partition_by=there.c.source, order_by=there.c.number)
    return func.coalesce(known, 0) + rank


@dataclass(frozen=True, slots=True)
class Rows:
    """How one table is pulled. ``refers``: columns that hold the number of a row of another table."""

    table: Table
    refers: Mapping[str, Table] = field(default_factory=dict[str, Table])
    made: Mapping[str, Value] = field(default_factory=dict[str, Value])

    def value(self, name: str) -> ColumnElement[int]:
        """A column of the other ledger as it is written here."""
        there = theirs(self.table)
        if name in self.made:
            return self.made[name](there)
        column = there.c[name]
        return ours(self.refers[name].name, column) if name in self.refers else column


BATCHES = Rows(batch)
NUMBERED = (
    Rows(source_register, made={"version": _next_version}),
    Rows(lexicon_change),
    Rows(access_grant),
    Rows(fitted),
)
OF_BATCHES = (
    Rows(removal, {"batch": batch}),
    Rows(quarantine, {"batch": batch}),
    Rows(correction, {"quarantine": quarantine}),
    Rows(refusal, {"quarantine": quarantine, "correction": correction}),
)
OF_RECORDS = (
    Rows(series_block),
    Rows(holding),
)
KEYED = (
    Rows(mapping_text),
    Rows(batch_load, {"batch": batch}),
    Rows(batch_register, {"batch": batch, "register": source_register}),
    Rows(batch_lexicon, {"batch": batch}),
    Rows(series_step, {"batch": batch}),
    Rows(replacement, {"removal": removal, "batch": batch}),
    Rows(restoration, {"removal": removal}),
    Rows(repair, {"quarantine": quarantine, "correction": correction}),
    Rows(grant_end, {"grant": access_grant}),
    Rows(proposed),
    Rows(confirmed),
    Rows(undone),
)
"""Few rows each (one a batch, a repair, a decision of a person): all of them are looked at."""
BY_ROWID = (Rows(decision), Rows(judgement))
"""Many rows, but none is ever moved: only those behind the last are looked at."""


def pull_numbered(connection: Connection, rows: Rows) -> int:
    """Bring the rows behind the last that was pulled under the next numbers here; gives how many."""
    table, there = rows.table, theirs(rows.table)
    after, until = reached(connection, table.name), newest(connection, there.c.number)
    if until <= after:
        return 0
    here = newest(connection, table.c.number)
    values = [
        there.c.number - after + here if column.name == "number" else rows.value(column.name)
        for column in table.columns
    ]
    behind = select(*values).where(there.c.number > after).order_by(there.c.number)
    written = connection.execute(plain_insert(table).from_select([*table.columns], behind)).rowcount
    note(connection, table.name, (after + 1, until), (here + 1, here + until - after))
    return written


def pull_keyed(connection: Connection, rows: Rows, where: ColumnElement[bool] | None = None) -> int:
    """Bring the rows whose key is not here; gives how many."""
    values = [rows.value(column.name) for column in rows.table.columns]
    chosen = select(*values).select_from(theirs(rows.table)).where(true() if where is None else where)
    statement = insert(rows.table).from_select([*rows.table.columns], chosen).on_conflict_do_nothing()
    return connection.execute(statement).rowcount


def pull_by_rowid(connection: Connection, rows: Rows) -> int:
    """As :func:`pull_keyed`, of the rows behind the last that was pulled."""
    name, at = rows.table.name, rowid(rows.table)
    after = reached(connection, name)
    until = connection.scalar(select(func.max(at)).select_from(theirs(rows.table))) or 0
    if until <= after:
        return 0
    note(connection, name, (after + 1, until), (0, 0))
    return pull_keyed(connection, rows, at > after)
