"""Average-link clustering of compared records. Never plain connected components: one false link would chain crowds.

Records are numbered in order of origin id, and every choice has a total order, so the order in which records were read
changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from analytics.resolution.keys import Bool, Int64, Pairs
from analytics.resolution.model import Float64

APART = -1e6


def groups(pairs: Pairs, wanted: Float64, n: int, least: float, most: int) -> list[Int64]:
    """Connected groups of at most ``most`` records, each ascending, in order of their first member.

    The bar rises for those that are larger until they fall apart.
    """
    found: list[Int64] = []
    work = [(np.arange(len(pairs)), least)]
    while work:
        rows, bar = work.pop()
        rows = rows[wanted[rows] >= bar]
        for members in _components(pairs.left[rows], pairs.right[rows], n):
            if len(members) <= most:
                found.append(members)
            else:
                inside = np.isin(pairs.left[rows], members)
                work.append((rows[inside], bar + 1.0))
    return sorted(found, key=lambda members: int(members[0]))


def _components(left: Int64, right: Int64, n: int) -> list[Int64]:
    """Records that pairs join, directly or through others: every record takes the lowest number that it can reach."""
    lowest = np.arange(n)
    while len(left):
        before = lowest.copy()
        low = np.minimum(lowest[left], lowest[right])
        np.minimum.at(lowest, left, low)
        np.minimum.at(lowest, right, low)
        lowest = lowest[lowest]
        if np.array_equal(before, lowest):
            break
    touched = np.unique(np.r_[left, right])
    order = touched[np.argsort(lowest[touched], kind="stable")]
    roots = lowest[order]
    starts = np.flatnonzero(np.r_[True, roots[1:] != roots[:-1]]) if len(order) else order
    return [np.sort(part) for part in np.split(order, starts[1:])] if len(order) else []


def all_pairs(clusters: Iterable[Sequence[int] | Int64]) -> Pairs:
    """Every pair within each group."""
    left: list[Int64] = []
    right: list[Int64] = []
    for members in clusters:
        numbers = np.array(sorted(members), dtype=np.int64)
        first, second = np.triu_indices(len(numbers), k=1)
        left.append(numbers[first])
        right.append(numbers[second])
    if not left:
        return Pairs(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    return Pairs(np.concatenate(left), np.concatenate(right))


def average_link(
    scores: Float64, bar: float, together: Iterable[tuple[int, int]] = (), speaks: Bool | None = None
) -> list[list[int]]:
    """Clusters of the rows of a symmetric score matrix, each ascending, in order of their first member.

    The two clusters with the highest mean score are joined first, as long as it is above ``bar``. A score of
    :data:`APART` keeps its two records in different clusters for good; ``together`` is joined before all else, unless barred.
    ``speaks`` marks the pairs that can be compared at all: the others are left out of the mean, so that a record with
    little in it does not hold its cluster apart from a third.
    """
    size = len(scores)
    weights = np.ones((size, size)) if speaks is None else speaks.astype(np.float64)
    state = _Linkage(np.where(weights > 0, scores, 0.0), weights, scores <= APART)
    for left, right in sorted(together):
        a, b = sorted((state.where(left), state.where(right)))
        if not state.barred[a, b]:
            state.join(a, b)
    while size > 1:
        a, b, mean = state.best()
        if mean <= bar:
            break
        state.join(a, b)
    return sorted(sorted(several) for several in state.members if several)


class _Linkage:
    """Sums and weights between clusters while they are joined."""

    def __init__(self, sums: Float64, weights: Float64, barred: Bool) -> None:
        self.sums, self.weights, self.barred = sums, weights, barred
        np.fill_diagonal(self.barred, val=True)
        self.members = [[at] for at in range(len(sums))]

    def where(self, record: int) -> int:
        """The cluster that a record is in."""
        return next(at for at, several in enumerate(self.members) if record in several)

    def best(self) -> tuple[int, int, float]:
        """The two clusters with the highest mean, the first two in order among equals."""
        open_ = ~self.barred & (self.weights > 0)
        means = np.where(open_, self.sums / np.maximum(self.weights, 1.0), -np.inf)
        a, b = divmod(int(np.argmax(means)), len(means))
        return min(a, b), max(a, b), float(means[a, b])

    def join(self, keep: int, lose: int) -> None:
        """Make two clusters one, which is barred from whatever either was barred from."""
        for matrix in (self.sums, self.weights):
            matrix[keep] += matrix[lose]
            matrix[:, keep] = matrix[keep]
        self.barred[keep] |= self.barred[lose]
        self.barred[:, keep] = self.barred[keep]
        self.barred[lose] = self.barred[:, lose] = True
        self.members[keep] += self.members[lose]
        self.members[lose] = []


def strongest_tree(scores: Float64, members: Sequence[int]) -> list[tuple[int, int]]:
    """The pairs that hold a cluster together best: a spanning tree of the highest scores."""
    joined, open_ = [members[0]], list(members[1:])
    tree: list[tuple[int, int]] = []
    while open_:
        block = scores[np.ix_(joined, open_)]
        a, b = divmod(int(np.argmax(block)), len(open_))
        tree.append((min(joined[a], open_[b]), max(joined[a], open_[b])))
        joined.append(open_.pop(b))
    return tree
