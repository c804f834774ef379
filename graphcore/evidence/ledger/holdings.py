"""How single records are held: their retention state, and whether they may be pointed to. Decided after the load, by name.

A record keeps the label it came with. What was decided since gives it another label number: that of its own label plus a
shift that stands for retention and pointer. So stores and views filter it by number like any other, and a record that is
held otherwise is seen by others from its next projection on. The newest decision on a record counts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, func, insert, select

from graphcore.access.label import Pointer, Retention
from graphcore.errors import LedgerError
from graphcore.evidence.ledger.access_tables import held_record, holding
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.dialect import insert_many, items_of, key_list
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.tables import record
from graphcore.evidence.ledger.withdrawals import tell
from graphcore.model.times import iso_utc, parse_iso_utc

STEP: Final = 1 << 20  # more than there are labels
PAGE = 5_000
_STATES: Final = tuple(product(Retention, Pointer))
_SAID = select(record.c.seq, record.c.kind, record.c.owner).order_by(record.c.seq)
_ANY = select(holding.c.number).limit(1)
_USED = select(holding.c.shift).distinct()
_SHIFTS = (
    select(held_record.c.seq, holding.c.shift)
    .join_from(held_record, holding, held_record.c.holding == holding.c.number)
    .where(held_record.c.seq.in_(items_of("keys")))
    .order_by(held_record.c.holding)
)


@dataclass(frozen=True, slots=True)
class Holding:
    """One decision on how some records are held, with the number of records."""

    number: int
    retention: Retention
    pointer: Pointer
    records: int
    decided_by: str
    decided_at: datetime
    reason: str


def shift_of(retention: Retention, pointer: Pointer) -> int:
    """What is added to the number of a label; 0 for a record in ordinary use that is silent."""
    return _STATES.index((retention, pointer)) * STEP


def states_in_use(connection: Connection) -> Iterator[tuple[int, Retention, Pointer]]:
    """Every shift that some record may have, ascending; 0 is always among them."""
    used = {0, *connection.scalars(_USED)}
    for shift in sorted(used):
        yield shift, *_STATES[shift // STEP]


def any_held(connection: Connection) -> bool:
    """True if some record is held otherwise than it came: only then need anybody look closer."""
    return connection.execute(_ANY).first() is not None


def label_now(said: FromClause, *, held: bool) -> ColumnElement[int]:
    """Number of the label that counts for a row of ``record`` (or an alias of it); ``held`` as :func:`any_held` says."""
    if not held:
        return said.c.label
    newest = (
        select(holding.c.shift)
        .join_from(holding, held_record, held_record.c.holding == holding.c.number)
        .where(held_record.c.seq == said.c.seq)
        .order_by(held_record.c.holding.desc())
        .limit(1)
    )
    return said.c.label + func.coalesce(newest.correlate(said).scalar_subquery(), 0)


def shifts_now(connection: Connection, seqs: Sequence[int]) -> dict[int, int]:
    """By record number, of some records: the shift that counts; records in ordinary use need not be there."""
    if not any_held(connection):
        return {}
    return dict(connection.execute(_SHIFTS, {"keys": key_list([*seqs])}).all())


class Holdings:
    """The decisions of one ledger. Every change is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def hold(
        self, rids: Sequence[str], retention: Retention, pointer: Pointer, *, by: str, reason: str
    ) -> Holding:
        """Decide how some records are held from now on.

        Raises:
            UnknownKeyError: none of them is in the ledger.
            LedgerError: no name or reason is given.
        """
        return self._decide(record.c.rid.in_(items_of("keys")), rids, (retention, pointer), (by, reason))

    def hold_source(
        self, source: str, retention: Retention, pointer: Pointer, *, by: str, reason: str
    ) -> Holding:
        """Decide how all records are held that a source has brought until now.

        Raises:
            UnknownKeyError: the source has no record.
            LedgerError: no name or reason is given.
        """
        return self._decide(
            record.c.source.in_(items_of("keys")), [source], (retention, pointer), (by, reason)
        )

    def history(self) -> list[Holding]:
        """All decisions, oldest first."""
        counted = (
            select(holding, func.count(held_record.c.seq).label("records"))
            .join_from(holding, held_record, held_record.c.holding == holding.c.number)
            .group_by(holding.c.number)
            .order_by(holding.c.number)
        )
        with self._database.reading() as connection:
            return [_holding(row) for row in connection.execute(counted).mappings()]

    def _decide(
        self,
        which: ColumnElement[bool],
        keys: Sequence[str],
        state: tuple[Retention, Pointer],
        who: tuple[str, str],
    ) -> Holding:
        if not all(text.strip() for text in who):
            raise LedgerError("how records are held needs a name and a reason: say why with --reason")
        row = {
            "retention": state[0].value, "pointer": state[1].value, "shift": shift_of(*state), "decided_by": who[0],
            "decided_at": iso_utc(self._clock()), "reason": who[1],
        }  # fmt: skip
        with self._database.writing() as connection:
            made = connection.execute(insert(holding), row).inserted_primary_key
            number = int(made[0]) if made else 0
            found = connection.execute(_SAID.where(which), {"keys": key_list([*keys])}).all()
            if not found:
                raise UnknownKeyError("no such record in this ledger: nothing was decided")
            for first in range(0, len(found), PAGE):
                part = found[first : first + PAGE]
                insert_many(connection, held_record, [{"seq": seq, "holding": number} for seq, _, _ in part])
                tell(connection, part)
            return _holding({**row, "number": number, "records": len(found)})


def _holding(row: Any) -> Holding:
    return Holding(
        row["number"], Retention(row["retention"]), Pointer(row["pointer"]), row["records"], row["decided_by"],
        parse_iso_utc(row["decided_at"]), row["reason"],
    )  # fmt: skip
