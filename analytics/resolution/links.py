"""What links say of records, as arrays: who is with what, and when."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

import numpy as np

from analytics.resolution.columns import Column, objects
from analytics.resolution.keys import Bool, Int64, distinct
from graphcore.evidence.ledger.view_links import LinkPage

FOREVER: Final = "9999-12-31"
THINGS: Final = 8  # that count for one record, those with the fewest others first


@runtime_checkable
class LinkReader(Protocol):
    """What links are read through: an evidence view."""

    def iter_links(self, link_types: Collection[str]) -> Iterator[LinkPage]:
        """Visible links as columns, in order of arrival."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Links between numbered origins. ``number``: of each origin; ``types``: names by number; ``type``, ``source``,
    ``target``: int64, shape (m,); ``periods``: first and last day (ISO), by link, where one is said.
    """

    number: Mapping[str, int]
    types: Sequence[str]
    type: Int64
    source: Int64
    target: Int64
    periods: Mapping[int, tuple[str, str]]

    @classmethod
    def read(cls, reader: LinkReader, link_types: Collection[str]) -> Links:
        """All visible links of some types; memory grows with 24 bytes a link and with the origins at their ends."""
        number: dict[str, int] = {}
        types = {name: at for at, name in enumerate(sorted(link_types))}
        kind, source, target = array("q"), array("q"), array("q")
        periods: dict[int, tuple[str, str]] = {}
        for page in reader.iter_links(link_types):
            for row, ends in enumerate(zip(page.valid_from, page.valid_to, strict=True)):
                if any(ends):
                    periods[len(kind) + row] = ((ends[0] or "")[:10], (ends[1] or FOREVER)[:10])
            kind.extend(types[name] for name in page.type)
            source.extend(number.setdefault(origin, len(number)) for origin in page.source)
            target.extend(number.setdefault(origin, len(number)) for origin in page.target)
        ends = _numbers(source), _numbers(target)
        return cls(number, [*types], _numbers(kind), *ends, periods)

    def __len__(self) -> int:
        return len(self.type)

    def places(self, origins: Sequence[str]) -> Int64:
        """By number of an origin the place that it has in ``origins``, -1 where it is not there."""
        out = np.full(len(self.number), -1, dtype=np.int64)
        for at, origin in enumerate(origins):
            number = self.number.get(origin)
            if number is not None:
                out[number] = at
        return out

    def joining(self, link_types: Collection[str], one: Int64, other: Int64) -> tuple[Int64, Int64, Int64]:
        """Links of some types, said either way round, between what has a place in ``one`` and in ``other``: their places
        there, and the numbers of the links.
        """
        wanted = np.isin(self.type, [at for at, name in enumerate(self.types) if name in link_types])
        parts = [
            (one[near], other[far], np.flatnonzero(wanted & (one[near] >= 0) & (other[far] >= 0)))
            for near, far in ((self.source, self.target), (self.target, self.source))
        ]
        left, right, links = (
            np.concatenate(column)
            for column in zip(*((a[rows], b[rows], rows) for a, b, rows in parts), strict=True)
        )
        return left, right, links


def _numbers(column: array[int]) -> Int64:
    return np.array(column, dtype=np.int64)


def grouped(clusters: Sequence[Sequence[int]], n: int) -> Int64:
    """For each of ``n`` records the lowest record of its cluster."""
    of = np.arange(n)
    for members in clusters:
        of[list(members)] = min(members)
    return of


def things(
    records: Int64, held: Int64, unit: Int64, names: Sequence[str], *, own: Bool | None = None
) -> Column:
    """The column of what records hold, each thing once a record; ``counts`` are degrees: how many *entities* hold a thing.

    Args:
        records: Row of each holding.
        held: Number of the thing held, into ``names``.
        unit: int64, shape (n,): the entity of each row as far as it is known.
        names: What each thing is called.
        own: Holdings to leave out.
    """
    if own is not None:
        records, held = records[~own], held[~own]
    n, many = len(unit), max(1, len(names))
    records, held = np.divmod(distinct(records * many + held), many)
    degree = np.bincount(distinct(unit[records] * many + held) % many, minlength=many)
    order = np.lexsort((held, degree[held], records))
    records, held = records[order], held[order]
    place = np.arange(len(records)) - np.searchsorted(records, records)
    kept = place < THINGS
    ids = np.zeros((n, max(1, min(THINGS, int(place.max(initial=0)) + 1))), dtype=np.int32)
    used, number = np.unique(held[kept], return_inverse=True)
    ids[records[kept], place[kept]] = number.ravel() + 1
    degrees: Int64 = np.r_[1, degree[used]].astype(np.int64)
    return Column(objects(["", *[str(names[at]) for at in used.tolist()]]), ids, lambda _: degrees)
