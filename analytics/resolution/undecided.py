"""Which pairs a person should look at: for each cluster the one that it nearly joined.

One a cluster, so that a crowd of namesakes is not put to a person pair by pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.resolution.cluster import APART
from analytics.resolution.keys import Int64
from analytics.resolution.model import Float64


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """Pairs of records and the mean score of the clusters that they are in; ``groups``: the first record of their group."""

    groups: Int64
    left: Int64
    right: Int64
    means: Float64

    @classmethod
    def together(cls, parts: Sequence[Open]) -> Open:
        """Several as one."""
        names = ("groups", "left", "right", "means")
        columns = [[getattr(part, name) for part in parts] for name in names]
        if not parts:
            nothing = np.empty(0, dtype=np.int64)
            return cls(nothing, nothing, nothing, np.empty(0))
        return cls(*(np.concatenate(column) for column in columns))

    def ordered(self) -> tuple[tuple[int, int, float], ...]:
        """Each pair once, by group, the surest of a group first."""
        order = np.lexsort((self.right, self.left, -self.means, self.groups))
        rows = zip(
            self.left[order].tolist(), self.right[order].tolist(), self.means[order].tolist(), strict=True
        )
        seen = {(low, high): mean for low, high, mean in rows}
        return tuple((low, high, mean) for (low, high), mean in seen.items())


def undecided(members: Int64, scores: Float64, labels: Int64, review: float) -> Open:
    """For each cluster of several groups of one size the other cluster of its group with the highest mean score, if that
    is at least ``review`` and nothing keeps them apart, as the best pair between the two.

    Args:
        members: Records, shape (g, k).
        scores: Shape (g, k, k), symmetric.
        labels: From :func:`analytics.resolution.cluster.clusters_of`.
        review: In the unit of the scores.
    """
    split = np.flatnonzero((labels > 0).any(axis=1))
    members, scores, labels = members[split], scores[split], labels[split]
    k = labels.shape[1]
    places = (np.arange(len(labels))[:, None] * k + labels).astype(np.int64)
    # (g, cluster, cluster) of every pair of records
    cells = ((places * k)[:, :, None] + labels[:, None, :]).ravel()

    def between(values: Float64) -> Float64:
        sums = np.bincount(cells, weights=values.ravel(), minlength=len(labels) * k * k)
        return sums.astype(np.float64).reshape(-1, k, k)

    apart = (scores <= APART).astype(np.float64)
    sums = between(np.where(apart > 0, 0.0, scores))
    barred, counts = between(apart), between(np.ones(scores.shape))
    means = np.where((counts > 0) & (barred == 0), sums / np.maximum(counts, 1.0), -np.inf)
    means[:, np.arange(k), np.arange(k)] = -np.inf
    other = np.argmax(means, axis=2)  # the first in order among equals
    g, one = np.nonzero(np.take_along_axis(means, other[:, :, None], axis=2)[:, :, 0] >= review)
    other = other[g, one]
    first, second = _best_between(scores, labels, (g, one, other))
    a, b = members[g, first], members[g, second]
    return Open(members[g, 0], np.minimum(a, b), np.maximum(a, b), means[g, one, other])


def _best_between(scores: Float64, labels: Int64, found: tuple[Int64, Int64, Int64]) -> tuple[Int64, Int64]:
    """The places with the highest score between two clusters of a group, the first in order among equals, for each of
    ``found``: group, one cluster, other cluster.
    """
    g, one, other = found
    order = np.argsort(labels, axis=1, kind="stable")
    sizes = np.zeros(labels.shape, dtype=np.int64)
    np.add.at(sizes, (np.arange(len(labels))[:, None], labels), 1)
    starts = np.cumsum(sizes, axis=1) - sizes
    many = sizes[g, one] * sizes[g, other]
    begin = np.cumsum(many) - many
    of = np.repeat(np.arange(len(g)), many)
    row, column = np.divmod(np.arange(len(of)) - begin[of], sizes[g, other][of])
    rows = order[g[of], starts[g, one][of] + row]
    columns = order[g[of], starts[g, other][of] + column]
    values = scores[g[of], rows, columns]
    if not len(values):
        return rows, columns
    highest = np.flatnonzero(values == np.maximum.reduceat(values, begin)[of])
    best = highest[np.unique(of[highest], return_index=True)[1]]
    return rows[best], columns[best]
