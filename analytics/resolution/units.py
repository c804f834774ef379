"""Clusters of records while they grow, and every pair of records between two of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analytics.resolution.keys import Bool, Int64, Pairs
from analytics.resolution.settled import Settled

Couple = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """``of``: int64, shape (n,): the lowest record of the cluster that each record is in."""

    of: Int64
    _order: Int64
    _starts: Int64
    _sizes: Int64

    @classmethod
    def where(cls, of: Int64) -> Units:
        """The clusters as an array says them."""
        sizes = np.bincount(of, minlength=len(of))
        return cls(of, np.argsort(of, kind="stable"), np.cumsum(sizes) - sizes, sizes)

    def sizes(self, units: Int64) -> Int64:
        """How many records each of some clusters has."""
        return self._sizes[units]

    def clusters(self) -> Iterator[Int64]:
        """The clusters of two and more records by size, as arrays of shape (clusters, size), records ascending."""
        for size in np.unique(self._sizes[self._sizes > 1]).tolist():
            starts = self._starts[self._sizes == size]
            yield self._order[starts[:, None] + np.arange(size)]

    def between(self, one: Int64, other: Int64, most: int) -> Iterator[tuple[Pairs, Int64]]:
        """All pairs of records between two clusters each, not many more than ``most`` at a time, with the place at which each
        two clusters begin.
        """
        many = self._sizes[one] * self._sizes[other]
        part = (np.cumsum(many) - many) // most
        edges = np.r_[np.flatnonzero(np.r_[True, part[1:] != part[:-1]]), len(many)] if len(many) else [0]
        for first, last in pairwise(edges):
            yield self._crossed(one[first:last], other[first:last], many[first:last])

    def _crossed(self, one: Int64, other: Int64, many: Int64) -> tuple[Pairs, Int64]:
        begin = np.cumsum(many) - many
        of = np.repeat(np.arange(len(many)), many)
        row, column = np.divmod(np.arange(len(of)) - begin[of], self._sizes[other][of])
        left = self._order[self._starts[one][of] + row]
        right = self._order[self._starts[other][of] + column]
        return Pairs(np.minimum(left, right), np.maximum(left, right)), begin


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What is not for the rules to say. ``same``, ``different``: codes of pairs that persons judged; ``settled``: clusters of
    lower tiers.
    """

    n: int
    same: Int64
    different: Int64
    settled: Settled | None

    @classmethod
    def of(
        cls, n: int, same: Collection[Couple], different: Collection[Couple], settled: Settled | None
    ) -> Said:
        """From pairs, lower record first."""
        return cls(n, _codes(same, n), _codes(different, n), settled)

    def apart(self, pairs: Pairs) -> Bool:
        """Pairs that may not become one."""
        out = np.zeros(len(pairs), dtype=np.bool_)
        if len(self.different):
            out |= np.isin(pairs.codes(self.n), self.different)
        return out if self.settled is None else out | ~self.settled.open(pairs)

    def together(self, pairs: Pairs) -> Bool:
        """Pairs that are one before anything is compared."""
        out = (
            np.isin(pairs.codes(self.n), self.same)
            if len(self.same)
            else np.zeros(len(pairs), dtype=np.bool_)
        )
        return out if self.settled is None else out | self.settled.together(pairs)

    def units(self) -> Units:
        """The clusters to begin with: those of lower tiers, and what persons joined, in order, as far as it may be."""
        of = np.arange(self.n)
        if self.settled is not None:
            lowest = np.full(int(self.settled.group.max(initial=0)) + 1, self.n)
            np.minimum.at(lowest, self.settled.group, of)
            of = lowest[self.settled.group]
        for low, high in zip(*np.divmod(np.sort(self.same), self.n), strict=True):
            keep, lose = sorted((int(of[low]), int(of[high])))
            if keep != lose and not self._kept_apart(np.flatnonzero(of == keep), np.flatnonzero(of == lose)):
                of[of == lose] = keep
        return Units.where(of)

    def _kept_apart(self, one: Int64, other: Int64) -> bool:
        left, right = (side.ravel() for side in np.meshgrid(one, other))
        return bool(self.apart(Pairs(np.minimum(left, right), np.maximum(left, right))).any())


def _codes(couples: Collection[Couple], n: int) -> Int64:
    return np.array(sorted(low * n + high for low, high in couples), dtype=np.int64)
