"""Clusters of compared records: two clusters are compared feature by feature, never by their closest pair.

What two clusters say to each other on a feature is the mean over the pairs of records that both speak on it; what was known
before anything was compared counts once. So a record with a telephone number joins the cluster in which one record has that
number, and the others, which have none, hold nothing against it. Average link over whole scores (Sokal and Michener 1958)
lets every pair that can say little vote against; connected components let one false pair chain crowds.

Groups of one size are worked on together, as arrays. Every choice has a total order, so the order in which records were
read changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from analytics.resolution.keys import Bool, Int64
from analytics.resolution.model import Float64
from analytics.resolution.weights import KIN, ONE, STRANGERS

Float32 = NDArray[np.float32]
Number = TypeVar("Number", bound=np.generic)
CONTRARY: Final = (
    0.25  # share of pairs in conflict, of those that could be, above which two clusters stay two
)
MARGIN: Final = 1.0  # bits by which a cluster must be likelier than a rival: two to one
_CELLS: Final = 20_000_000  # numbers in one batch of groups


@dataclass(frozen=True, slots=True, eq=False)
class PairEvidence:
    """What pairs of clusters say, as sums over pairs of records. ``logs``: log2 of the shares by feature and kind, shape
    (P, F, 3), 0 for silence; ``said``: pairs of records that speak, shape (P, F); ``marks``: pairs at a vague level, at
    another one of the same features, in conflict, and that could be in conflict, shape (P, 4); ``conflict``: what must stay
    apart whatever else is said, shape (P,).
    """

    logs: Float32
    said: Float32
    marks: Float32
    conflict: Bool

    @classmethod
    def together(cls, parts: Sequence[PairEvidence]) -> PairEvidence:
        """Several behind one another; at least one."""
        names = ("logs", "said", "marks", "conflict")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def summed(self, starts: Int64) -> PairEvidence:
        """Pairs of records as pairs of clusters: those from each start to the next."""
        logs, said, marks = (
            np.add.reduceat(values, starts, axis=0) for values in (self.logs, self.said, self.marks)
        )
        return PairEvidence(logs, said, marks, np.logical_or.reduceat(self.conflict, starts))

    def part(self, rows: slice) -> PairEvidence:
        """Some of the pairs."""
        return PairEvidence(self.logs[rows], self.said[rows], self.marks[rows], self.conflict[rows])


@dataclass(frozen=True, slots=True)
class Bars:
    """``shares``: log2 of the shares of the kinds; ``auto``: bits above which two clusters become one; ``lone``: features that
    do not lift a vague pair, as a mask over features.
    """

    shares: Float64
    auto: float
    lone: Bool


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """Groups of one size after joining. ``labels``: int64, shape (C, k): the lowest place of the cluster that each place is
    in; ``scores``: shape (C, k, k), between the clusters that are left, by lowest place, -inf elsewhere.
    """

    labels: Int64
    scores: Float64


def bits_between(evidence: PairEvidence, bars: Bars) -> Float64:
    """Bits between pairs of clusters, -inf where they must stay apart or say nothing; any shape in front of the features."""
    logs, said, marks = evidence.logs, evidence.said, evidence.marks
    means = logs / np.maximum(said, 1.0)[..., None]
    total: Float64 = means.sum(axis=-2, dtype=np.float64) + bars.shares
    bits: Float64 = total[..., ONE] - np.logaddexp2(total[..., STRANGERS], total[..., KIN])
    speaks = (said > 0).any(axis=-1)
    vague = (marks[..., 0] > 0) & (marks[..., 1] == 0)
    if vague.any():
        lifts = (means[..., ONE] > means[..., 1:].max(axis=-1)) & ~bars.lone
        bits = np.where(vague & ~lifts.any(axis=-1), np.minimum(bits, bars.auto - 0.5), bits)
    return np.where(apart(evidence.conflict, marks) | ~speaks, -np.inf, bits)


def apart(conflict: Bool, marks: Float32) -> Bool:
    """Clusters that a rule keeps two, whatever else they say; a record with a slip does not keep crowds apart."""
    return np.asarray(conflict | (marks[..., 2] > CONTRARY * marks[..., 3]))


def link(evidence: PairEvidence, size: int, bars: Bars) -> Iterator[Linked]:
    """Join groups of one size, in batches that keep memory bounded; the two likeliest clusters first.

    Args:
        evidence: Of all pairs of each group in order (upper triangle, row by row), a group behind the other.
        size: Members of each group.
        bars: What decides.
    """
    within = size * (size - 1) // 2
    groups = len(evidence.said) // within
    step = max(1, _CELLS // max(1, 4 * evidence.said.shape[1] * size * size))
    for first in range(0, groups, step):
        rows = slice(first * within, min(groups, first + step) * within)
        yield _State(evidence.part(rows), size, bars).joined()


class _State:
    """Sums and counts between the clusters of several groups while they are joined."""

    def __init__(self, evidence: PairEvidence, size: int, bars: Bars) -> None:
        self._size, self._bars = size, bars
        self._logs, self._said = self._square(evidence.logs), self._square(evidence.said)
        self._marks, self._barred = self._square(evidence.marks), self._square(evidence.conflict)
        self._barred |= np.eye(size, dtype=np.bool_)
        self._labels = np.tile(np.arange(size), (len(self._barred), 1))
        whole = PairEvidence(self._logs, self._said, self._marks, self._barred)
        self._scores = bits_between(whole, bars)
        self._held = np.full_like(self._scores, -np.inf)

    def _square(self, values: NDArray[Number]) -> NDArray[Number]:
        """Symmetric, shape (C, k, k, ...), from upper triangles behind one another."""
        size = self._size
        within = size * (size - 1) // 2
        upper = values.reshape(len(values) // within, within, *values.shape[1:])
        out = np.zeros((len(upper), size, size, *values.shape[1:]), dtype=values.dtype)
        row, column = np.triu_indices(size, 1)
        out[:, row, column] = upper
        out[:, column, row] = upper
        return out

    def joined(self) -> Linked:
        """Join until no two clusters of any group are likely enough."""
        open_ = np.arange(len(self._scores))
        while len(open_):
            flat = self._scores[open_].reshape(len(open_), -1)
            best = np.argmax(flat, axis=1)
            go = flat[np.arange(len(open_)), best] > self._bars.auto
            open_, best = open_[go], best[go]
            one, other = np.divmod(best, self._size)
            torn = self._torn(open_, one, other)
            sure = ~torn
            keep, lose = np.minimum(one, other)[sure], np.maximum(one, other)[sure]
            self._join(open_[sure], keep, lose)
        return Linked(self._labels, np.maximum(self._scores, self._held))

    def _torn(self, at: Int64, one: Int64, other: Int64) -> Bool:
        """Pairs of which one side could as well join a third that the other must not: these are left to a person."""
        scores, torn = self._scores[at], np.zeros(len(at), dtype=np.bool_)
        rows = np.arange(len(at))
        best = scores[rows, one, other]
        near = np.maximum(best - MARGIN, self._bars.auto)[:, None]
        for side, partner in ((one, other), (other, one)):
            kept_apart = apart(self._barred[at, partner], self._marks[at, partner])
            rivals = (scores[rows, side] >= near) & kept_apart
            rivals[rows, partner] = False
            found = rivals.any(axis=1)
            torn |= found
            for which in np.flatnonzero(found).tolist():
                away = np.r_[np.flatnonzero(rivals[which]), partner[which]]
                self._leave(int(at[which]), int(side[which]), away)
        return torn

    def _leave(self, at: int, one: int, away: Int64) -> None:
        self._held[at, one, away] = np.maximum(self._held[at, one, away], self._scores[at, one, away])
        self._held[at, away, one] = self._held[at, one, away]
        self._scores[at, one, away] = self._scores[at, away, one] = -np.inf

    def _join(self, at: Int64, keep: Int64, lose: Int64) -> None:
        """Make two clusters one in each of some groups; it is barred from whatever either was barred from."""
        for table in (self._logs, self._said, self._marks):
            table[at, keep] += table[at, lose]
            table[at, :, keep] = table[at, keep]
        self._barred[at, keep] |= self._barred[at, lose]
        self._barred[at, :, keep] = self._barred[at, keep]
        self._barred[at, lose] = self._barred[at, :, lose] = True
        labels = self._labels[at]
        self._labels[at] = np.where(labels == lose[:, None], keep[:, None], labels)
        row = PairEvidence(
            self._logs[at, keep], self._said[at, keep], self._marks[at, keep], self._barred[at, keep]
        )
        scores = bits_between(row, self._bars)
        self._scores[at, keep] = self._scores[at, :, keep] = scores
        self._scores[at, lose] = self._scores[at, :, lose] = -np.inf
        for gone in (keep, lose):
            self._held[at, gone] = self._held[at, :, gone] = -np.inf
