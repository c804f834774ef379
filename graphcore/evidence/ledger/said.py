"""Which batch says which records, as ranges of record numbers: those it brought and those it repeated.

A load brings its records in one run an append, and repeats those of an earlier file mostly in its order, so that ranges
stay few. A record is in the graph while a batch that has not been removed says it.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from graphcore.access.label import AccessLabel
from graphcore.evidence.ledger.dialect import insert_many
from graphcore.evidence.ledger.prepare import Row
from graphcore.evidence.ledger.removals import stands
from graphcore.evidence.ledger.repair_tables import batch_label, said

REMEMBERED = 200_000


class Span(NamedTuple):
    """Record numbers from ``first`` to ``last``, both included."""

    first: int
    last: int


@dataclass(slots=True)
class Noted:
    """What is known to be put down for ``batch``: what spares putting it down again and again.

    ``brought`` are runs, of which a load that is alone has one; ``repeated`` is forgotten when it grows. Forgetting is
    harmless: a record that is put down twice is said once.
    """

    batch: int = 0
    brought: list[Span] = field(default_factory=list[Span])
    repeated: set[int] = field(default_factory=set[int])
    _pending: tuple[Sequence[int], Sequence[int]] = ((), ())

    def open(self, connection: Connection, batch: int) -> None:
        """Turn to a batch, which an earlier process may have begun."""
        if batch != self.batch:
            self.batch, self.brought, self.repeated = batch, said_by(connection, batch), set()
        self._pending = (), ()

    def note(self, connection: Connection, batch: int, new: Sequence[int], repeated: Collection[int]) -> None:
        """Put down that ``batch`` says some new records, and says again some that were there."""
        self.open(connection, batch)
        again = [number for number in sorted({*repeated} - self.repeated) if not self._brought(number)]
        rows = [
            {"batch": batch, "first": span.first, "last": span.last}
            for span in (*spans(again), *spans(sorted(new)))
        ]
        insert_many(connection, said, rows)
        self._pending = new, again

    def commit(self) -> None:
        """What was put down last is committed."""
        new, again = self._pending
        if len(self.repeated) > REMEMBERED:
            self.repeated = set()
        self.repeated.update(again)
        self.brought = joined(sorted([*self.brought, *spans(sorted(new))]))
        self._pending = (), ()

    def _brought(self, number: int) -> bool:
        at = bisect_right(self.brought, number, key=itemgetter(0))
        return at > 0 and number <= self.brought[at - 1].last


_OF_BATCH = (
    select(said.c.first, said.c.last)
    .where(said.c.batch == bindparam("batch"))
    .order_by(said.c.first, said.c.last)
)
_OF_OTHERS = (
    select(said.c.first, said.c.last)
    .where(
        said.c.batch != bindparam("batch"),
        said.c.first <= bindparam("last"),
        said.c.last >= bindparam("first"),
        stands(said.c.batch),
    )
    .order_by(said.c.first, said.c.last)
)
_COUNT = (
    update(batch_label)
    .where(batch_label.c.batch == bindparam("here"), batch_label.c.label == bindparam("kind"))
    .values(
        loaded=batch_label.c.loaded + bindparam("new"), unchanged=batch_label.c.unchanged + bindparam("same")
    )
)


def note_counts(
    connection: Connection,
    batch: int,
    records: Sequence[Row],
    new: Sequence[Row],
    labels: Mapping[AccessLabel, int],
) -> None:
    """Count the records of one append by label; ``new`` are those of ``records`` that were loaded."""
    total, loaded = _by_label(records, labels), _by_label(new, labels)
    for number in sorted(total):
        add_counts(connection, batch, number, loaded[number], total[number] - loaded[number])


def add_counts(connection: Connection, batch: int, label: int, new: int, same: int) -> None:
    """Count ``new`` loaded and ``same`` unchanged records of a batch under a label."""
    counts = {"here": batch, "kind": label, "new": new, "same": same}
    if not connection.execute(_COUNT, counts).rowcount:
        connection.execute(
            insert(batch_label), {"batch": batch, "label": label, "loaded": new, "unchanged": same}
        )


def _by_label(rows: Sequence[Row], labels: Mapping[AccessLabel, int]) -> Counter[int]:
    """Rows by label number; labels are shared objects, and looking one up costs as much as a record."""
    here = {id(row["label"]): row["label"] for row in rows}
    found: Counter[int] = Counter()
    for key, count in Counter(id(row["label"]) for row in rows).items():
        found[labels[here[key]]] += count
    return found


def said_by(connection: Connection, batch: int) -> list[Span]:
    """What a batch says, ascending, without overlaps."""
    return joined(Span(*row) for row in connection.execute(_OF_BATCH, {"batch": batch}))


def said_alone(connection: Connection, batch: int) -> list[Span]:
    """What a batch says and no other batch that stands."""
    own = said_by(connection, batch)
    if not own:
        return []
    around = {"batch": batch, "first": own[0].first, "last": own[-1].last}
    return without(own, joined(Span(*row) for row in connection.execute(_OF_OTHERS, around)))


def spans(numbers: Sequence[int]) -> list[Span]:
    """Ascending numbers, each once, as runs."""
    if numbers and numbers[-1] - numbers[0] == len(numbers) - 1:
        return [Span(numbers[0], numbers[-1])]  # as most loads bring them
    found: list[Span] = []
    for number in numbers:
        if found and number <= found[-1].last + 1:
            found[-1] = Span(found[-1].first, max(number, found[-1].last))
        else:
            found.append(Span(number, number))
    return found


def joined(ranges: Iterable[Span]) -> list[Span]:
    """Ranges in order of their first number, made into runs that neither meet nor overlap."""
    found: list[Span] = []
    for span in ranges:
        if found and span.first <= found[-1].last + 1:
            found[-1] = Span(found[-1].first, max(span.last, found[-1].last))
        else:
            found.append(span)
    return found


def without(ranges: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """What of ``ranges`` is in none of ``taken``; both ascending without overlaps."""
    left: list[Span] = []
    at = 0
    for span in ranges:
        first = span.first
        while at < len(taken) and taken[at].last < first:
            at += 1
        here = at
        while here < len(taken) and taken[here].first <= span.last:
            if taken[here].first > first:
                left.append(Span(first, taken[here].first - 1))
            first = max(first, taken[here].last + 1)
            here += 1
        if first <= span.last:
            left.append(Span(first, span.last))
    return left
