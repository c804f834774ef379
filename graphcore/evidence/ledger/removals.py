"""Batches taken out of the graph and put back: rows that say who, when and why; the records stay as they are."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select

from graphcore.errors import LedgerError
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.repair_tables import removal, replacement, restoration
from graphcore.evidence.ledger.tables import batch

PUT_BACK = select(restoration.c.removal).where(restoration.c.removal == removal.c.number).exists()
"""Condition on a row of ``removal``: it was taken back."""

_NEXT = select(func.coalesce(func.max(removal.c.number), 0) + 1)
_STANDING = select(removal.c.number).where(
    removal.c.batch == bindparam("batch"),
    ~PUT_BACK,
)
_KNOWN = select(batch.c.number).where(batch.c.number == bindparam("batch"))


@dataclass(frozen=True, slots=True)
class Cause:
    """What a removal is part of: of ``batch`` alone, of its ``source``, or ``replaced`` ``by`` these batches."""

    name: str
    by: tuple[int, ...] = ()


ALONE, WITH_SOURCE = Cause("batch"), Cause("source")
REPLACED = "replaced"


def standing_removal(of: ColumnElement[int]) -> ColumnElement[bool]:
    """Condition: the batch ``of`` is removed and has not been put back."""
    return select(removal.c.number).where(removal.c.batch == of, ~PUT_BACK).exists()


def stands(of: ColumnElement[int]) -> ColumnElement[bool]:
    """Condition: the batch ``of`` is not removed."""
    return ~standing_removal(of)


def current_removal(connection: Connection, number: int) -> int | None:
    """The removal that a batch is under, None where it stands.

    Raises:
        UnknownKeyError: there is no such batch.
    """
    if connection.scalar(_KNOWN, {"batch": number}) is None:
        raise UnknownKeyError("there is no such batch: `ocb ingest batches` lists them")
    found = select(func.max(removal.c.number)).where(removal.c.batch == number, ~PUT_BACK)
    return connection.scalar(found)


_STANDS = _KNOWN.where(stands(batch.c.number))


def require_standing(connection: Connection, number: int) -> None:
    """Refuse to add to a batch that was removed while it was being loaded.

    Raises:
        LedgerError: it is removed.
    """
    if connection.scalar(_STANDS, {"batch": number}):
        return
    if current_removal(connection, number) is not None:
        raise LedgerError("the batch has been removed: load its file again to begin anew")


def write_removal(connection: Connection, number: int, cause: Cause, who: dict[str, str]) -> None:
    """Put down a removal; ``who`` gives ``by``, ``reason`` and ``at``."""
    row = {
        "number": connection.scalar(_NEXT), "batch": number, "because": cause.name, "removed_by": who["by"],
        "reason": who["reason"], "removed_at": who["at"],
    }  # fmt: skip
    connection.execute(insert(removal), row)
    if cause.by:
        connection.execute(
            insert(replacement), [{"removal": row["number"], "batch": by} for by in sorted({*cause.by})]
        )


def write_restoration(connection: Connection, number: int, who: dict[str, str]) -> None:
    """Take back the removals that a batch is under: two, where the workspace that it was pulled from removed it too."""
    by = {"restored_by": who["by"], "reason": who["reason"], "restored_at": who["at"]}
    for standing in [*connection.scalars(_STANDING, {"batch": number})]:
        connection.execute(insert(restoration), {"removal": standing, **by})
