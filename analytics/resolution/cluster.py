"""Groups of candidates that are compared whole, and the tree that holds a cluster together. Groups are never clusters: one
false link would chain crowds.

Records are numbered in order of origin id, and every choice has a total order, so the order in which records were read
changes nothing. Most groups have a few records, so groups of one size are worked on together, as one array each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.resolution.keys import Bool, Int64, Pairs, distinct
from analytics.resolution.model import Float64

APART = -1e6
STEP = 1.0
CELLS = 1 << 20  # of the matrices that are worked on together


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of records: group ``g`` is ``members[starts[g] : starts[g + 1]]``, ascending; groups in order of their first
    member. ``bars``: the score at which each was found connected.
    """

    members: Int64
    starts: Int64
    bars: Float64

    @property
    def sizes(self) -> Int64:
        """Records in each group."""
        return np.diff(self.starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def where(self, wanted: Bool) -> Groups:
        """Some of the groups."""
        sizes = self.sizes[wanted]
        members = self.members[np.repeat(wanted, self.sizes)]
        return Groups(members, np.r_[0, np.cumsum(sizes)], self.bars[wanted])

    def of_size(self, size: int) -> Iterator[Int64]:
        """The groups of one size, as arrays of shape (g, size), so many at a time as memory takes."""
        starts = self.starts[:-1][self.sizes == size]
        several = max(1, CELLS // (size * size))
        for at in range(0, len(starts), several):
            yield self.members[starts[at : at + several, None] + np.arange(size)]


def groups(pairs: Pairs, wanted: Float64, n: int, least: float, most: int) -> Groups:
    """Connected groups of two to ``most`` records.

    The bar rises for those that are larger until they fall apart.
    """
    roots, bars = np.arange(n), np.full(n, np.inf)
    rows, bar = np.flatnonzero(wanted >= least), least
    while len(rows):
        lowest = _lowest_reached(pairs.left[rows], pairs.right[rows], n)
        touched = distinct(np.r_[pairs.left[rows], pairs.right[rows]])
        large = np.bincount(lowest[touched], minlength=n) > most
        settled = touched[~large[lowest[touched]]]
        roots[settled], bars[settled] = lowest[settled], bar
        bar += STEP
        rows = rows[large[lowest[pairs.left[rows]]]]
        rows = rows[wanted[rows] >= bar]
    return _grouped(roots, bars)


def _lowest_reached(left: Int64, right: Int64, n: int) -> Int64:
    """The lowest record that each record reaches through pairs."""
    lowest = np.arange(n)
    while len(left):
        here, there = lowest[left], lowest[right]
        open_ = here != there
        if not open_.any():
            break
        left, right, here, there = left[open_], right[open_], here[open_], there[open_]
        low = np.minimum(here, there)
        np.minimum.at(lowest, here, low)  # at the roots, so that whole chains move
        np.minimum.at(lowest, there, low)
        while not np.array_equal(lowest, further := lowest[lowest]):
            lowest = further
    return lowest


def _grouped(roots: Int64, bars: Float64) -> Groups:
    records = np.flatnonzero(bars < np.inf)
    order = records[np.argsort(roots[records], kind="stable")]
    found = roots[order]
    starts = np.flatnonzero(np.r_[True, found[1:] != found[:-1]]) if len(order) else order
    return Groups(order, np.r_[starts, len(order)], bars[order[starts]])


def strongest_trees(scores: Float64) -> tuple[Int64, Int64]:
    """The pairs that hold each cluster together best: a spanning tree of the highest scores, grown from the first record.

    Args:
        scores: Shape (c, m, m), symmetric: clusters of one size.

    Returns:
        Places of the two records of each of the m - 1 pairs, shape (c, m - 1): the joined one and the new one.
    """
    c, m, _ = scores.shape
    rows: Int64 = np.arange(c, dtype=np.int64)
    order = np.zeros((c, m), dtype=np.int64)
    open_ = np.ones((c, m), dtype=np.bool_)
    open_[:, 0] = False
    joined = np.zeros((c, m - 1), dtype=np.int64)
    for step in range(1, m):
        block = np.take_along_axis(scores, order[:, :step, None], axis=1)
        flat = np.where(open_[:, None, :], block, -np.inf).reshape(c, step * m)
        best = np.argmax(flat, axis=1)
        joined[:, step - 1] = order[rows, best // m]
        order[:, step] = best % m
        open_[rows, best % m] = False
    return joined, order[:, 1:]
