"""Which records stand after a pull: what the open ledger says of its own, and what the covert side decided.

A record stands where the open ledger has it standing (unless the covert side removed every pulled batch that says it), or
where something of the covert side's own says it: a batch loaded here, a row repaired here, a batch put back here.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from graphcore.covert.numbers import back, ours, theirs
from graphcore.evidence.ledger.dialect import insert_many, key_list, numbers_of
from graphcore.evidence.ledger.places import is_withdrawn
from graphcore.evidence.ledger.pulled_tables import is_pulled
from graphcore.evidence.ledger.removals import PUT_BACK, stands
from graphcore.evidence.ledger.repair_tables import removal, restoration, said
from graphcore.evidence.ledger.said import Span, joined, without
from graphcore.evidence.ledger.tables import record, withdrawn
from graphcore.evidence.ledger.withdrawals import tell

PAGE = 5_000
_SAID = select(record.c.seq, record.c.kind, record.c.owner).where(record.c.seq.in_(numbers_of("keys")))
_RESTORE = (
    update(withdrawn)
    .where(withdrawn.c.seq == bindparam("key"), withdrawn.c.restored_at.is_(None))
    .values(restored_at=bindparam("moment"))
)
Page = list[tuple[int, str]]
Changed = Callable[[Sequence[Any]], None]


@dataclass(frozen=True, slots=True)
class Standing:
    """``own``: what the covert side's own holds up. ``removed``: pulled records that it took out. Both as ranges."""

    own: Sequence[Span]
    removed: Sequence[Span]

    @classmethod
    def of(cls, connection: Connection) -> "Standing":
        """As it is after batches, removals and what they say were pulled."""
        own = ~is_pulled(said, said.c.number) | _put_back_here(said.c.batch)
        here = _removed_here(said.c.batch)
        return cls(
            _spans(connection, own & stands(said.c.batch)),
            without(_spans(connection, here), _spans(connection, is_pulled(said, said.c.number) & ~here)),
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """How many records went out of the graph, and how many came back."""

    withdrawn: int
    restored: int


def changed_batches(connection: Connection, removals_before: int) -> list[int]:
    """Batches that the open workspace removed or put back since; asked when removals are pulled and restorations are not.

    ``removals_before``: the highest number of a removal here before the pull.
    """
    there = theirs(restoration)
    back_again = (
        select(removal.c.batch)
        .join_from(there, removal, removal.c.number == ours(removal.name, there.c.removal))
        .where(~PUT_BACK)
    )
    gone = select(removal.c.batch).where(removal.c.number > removals_before)
    return sorted(connection.scalars(gone.union(back_again)))


def follow(connection: Connection, batches: Sequence[int], moment: str, changed: Changed) -> Moved:
    """Withdraw and restore records, after everything else was pulled.

    Args:
        connection: The pull's.
        batches: Those of :func:`changed_batches`.
        moment: ISO UTC.
        changed: Hears of the records that went or came, page by page: rows of (seq, kind, owner).
    """
    standing = Standing.of(connection)
    gone = came = 0
    for page in _pages(connection, _out_there()):
        gone += _withdraw(connection, [row for row in page if not _in(standing.own, row[0])], changed)
    for page in _pages(connection, _out_here()):
        back_again = [seq for seq, _ in page if _in(standing.own, seq) or not _in(standing.removed, seq)]
        came += _restore(connection, back_again, moment, changed)
    for page, is_out in _covert_of(connection, batches):
        if is_out:
            came += _restore(connection, [seq for seq in page if _in(standing.own, seq)], moment, changed)
        else:
            out = [(seq, moment) for seq in page if not _in(standing.own, seq)]
            gone += _withdraw(connection, out, changed)
    return Moved(gone, came)


def _removed_here(number: ColumnElement[int]) -> ColumnElement[bool]:
    """The covert side removed this batch."""
    mine = ~is_pulled(removal, removal.c.number)
    return select(removal.c.number).where(removal.c.batch == number, mine, ~PUT_BACK).exists()


def _put_back_here(number: ColumnElement[int]) -> ColumnElement[bool]:
    """The covert side put this batch back, which the open one removed."""
    there = theirs(restoration)
    theirs_too = (
        select(there.c.removal).where(there.c.removal == back(removal.name, removal.c.number)).exists()
    )
    return (
        select(restoration.c.removal)
        .join_from(restoration, removal, removal.c.number == restoration.c.removal)
        .where(removal.c.batch == number, is_pulled(removal, removal.c.number), ~theirs_too)
        .exists()
    )


def _spans(connection: Connection, condition: ColumnElement[bool]) -> list[Span]:
    wanted = select(said.c.first, said.c.last).where(condition).order_by(said.c.first, said.c.last)
    return joined(Span(*row) for row in connection.execute(wanted))


def _out_there() -> Any:
    """Records out of the graph there and in it here: their number here, and since when."""
    there = theirs(withdrawn)
    here = ours(record.name, there.c.seq)
    also = select(withdrawn.c.seq).where(withdrawn.c.seq == here, withdrawn.c.restored_at.is_(None)).exists()
    wanted = select(there.c.number, here, there.c.withdrawn_at).where(there.c.restored_at.is_(None), ~also)
    return wanted.where(there.c.number > bindparam("after")).order_by(there.c.number).limit(PAGE)


def _out_here() -> Any:
    """Pulled records out of the graph here and in it there."""
    there = theirs(withdrawn)
    seq = back(record.name, withdrawn.c.seq)
    also = select(there.c.seq).where(there.c.seq == seq, there.c.restored_at.is_(None)).exists()
    wanted = select(withdrawn.c.number, withdrawn.c.seq, withdrawn.c.withdrawn_at).where(
        withdrawn.c.restored_at.is_(None), seq.is_not(None), ~also
    )
    return wanted.where(withdrawn.c.number > bindparam("after")).order_by(withdrawn.c.number).limit(PAGE)


def _pages(connection: Connection, wanted: Any) -> Iterator[Page]:
    after = 0
    rows: Any
    while rows := connection.execute(wanted, {"after": after}).all():
        yield [(row[1], row[2]) for row in rows]
        after = rows[-1][0]


def _covert_of(connection: Connection, batches: Sequence[int]) -> Iterator[tuple[list[int], bool]]:
    """Records that only the covert side has of some batches (rows repaired here), and whether they are out of the graph."""
    for number in batches:
        for span in _spans(connection, (said.c.batch == number) & ~is_pulled(said, said.c.number)):
            for first in range(span.first, span.last + 1, PAGE):
                part = record.c.seq.between(first, min(first + PAGE - 1, span.last))
                own = select(record.c.seq).where(part, ~is_pulled(record, record.c.seq))
                for out, condition in ((True, is_withdrawn()), (False, ~is_withdrawn())):
                    yield [*connection.scalars(own.where(condition))], out


def _in(ranges: Sequence[Span], seq: int) -> bool:
    at = bisect_right(ranges, seq, key=itemgetter(0))
    return at > 0 and seq <= ranges[at - 1].last


def _withdraw(connection: Connection, page: Page, changed: Changed) -> int:
    marks = [{"seq": seq, "withdrawn_at": at, "restored_at": None} for seq, at in page]
    insert_many(connection, withdrawn, marks)
    return _tell(connection, [seq for seq, _ in page], changed)


def _restore(connection: Connection, numbers: Sequence[int], moment: str, changed: Changed) -> int:
    if numbers:
        connection.execute(_RESTORE, [{"key": seq, "moment": moment} for seq in numbers])
    return _tell(connection, numbers, changed)


def _tell(connection: Connection, numbers: Sequence[int], changed: Changed) -> int:
    if numbers:
        rows = connection.execute(_SAID, {"keys": key_list([*numbers])}).all()
        tell(connection, rows)
        changed(rows)
    return len(numbers)
