"""How single records are held: the open ledger's decisions, which the covert side's later ones outlast."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, literal_column, select

from graphcore.covert.numbers import ours, theirs
from graphcore.evidence.ledger.access_tables import held_record, holding
from graphcore.evidence.ledger.pulled_tables import is_pulled
from graphcore.evidence.ledger.tables import record
from graphcore.evidence.ledger.withdrawals import tell

PAGE = 5_000
_AT: ColumnElement[int] = literal_column("held_record.rowid")


def pull_held(connection: Connection, holdings_before: int, changed: Callable[[Sequence[Any]], None]) -> int:
    """Bring which records are held by decisions behind ``holdings_before`` (its number there); gives how many.

    ``changed`` hears of them, page by page: rows of (seq, kind, owner).
    """
    there, decided = theirs(held_record), theirs(holding)
    here = ours(record.name, there.c.seq)
    later = (
        select(held_record.c.seq)
        .join_from(held_record, holding, holding.c.number == held_record.c.holding)
        .where(
            held_record.c.seq == here,
            ~is_pulled(holding, holding.c.number),
            holding.c.decided_at > decided.c.decided_at,
        )
        .exists()
    )
    new = (
        select(here, ours(holding.name, there.c.holding))
        .join_from(there, decided, decided.c.number == there.c.holding)
        .where(there.c.holding > holdings_before, ~later)
        .order_by(there.c.holding, there.c.seq)
    )
    after = _last(connection)
    written = connection.execute(insert(held_record).from_select(["seq", "holding"], new)).rowcount
    page = (
        select(_AT, record.c.seq, record.c.kind, record.c.owner)
        .join_from(held_record, record, record.c.seq == held_record.c.seq)
        .where(bindparam("after") < _AT)
        .order_by(_AT)
        .limit(PAGE)
    )
    while written and (rows := connection.execute(page, {"after": after}).all()):
        part = [row[1:] for row in rows]
        tell(connection, part)
        changed(part)
        after = rows[-1][0]
    return written


def _last(connection: Connection) -> int:
    return connection.scalar(select(func.max(_AT)).select_from(held_record)) or 0
