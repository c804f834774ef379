"""From records to decisions for one entity type: candidates, groups, clusters, and what a person should look at.

In rounds: records in groups of candidates become clusters, then clusters in groups of clusters, until nothing more joins.
A group that is too large to be compared whole is cut where its pairs say least, and the next round stitches what was cut.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.resolution.cluster import APART, Groups, groups, strongest_trees
from analytics.resolution.comparer import Comparer
from analytics.resolution.crowds import crowded
from analytics.resolution.keys import Int64, Pairs
from analytics.resolution.linkage import PairEvidence, link
from analytics.resolution.model import Float64, Outcome, Settings
from analytics.resolution.settled import Settled
from analytics.resolution.threads import in_order
from analytics.resolution.undecided import Open, undecided
from analytics.resolution.units import Couple, Said, Units

ROUNDS: Final = 4
PAIRS: Final = 1 << 17  # of records, that are compared at once
MANY: Final = 10_000  # clusters, from which on threads are worth their start


def decide(
    comparer: Comparer,
    settings: Settings | None = None,
    same: Collection[Couple] = (),
    different: Collection[Couple] = (),
    settled: Settled | None = None,
) -> Outcome:
    """Clusters of records, and the pairs that a person should look at.

    Args:
        comparer: The records.
        settings: Bounds.
        same: Pairs (lower number first) that a person judged to be one: joined before all else.
        different: Pairs that a person judged to be two: never in one cluster.
        settled: Clusters of lower tiers, which stay what they are.
    """
    bound = settings or Settings()
    said = Said.of(comparer.n, same, different, settled)
    least = min(bound.component, comparer.budget.cap)
    units = crowded(said.units(), said, comparer, least)
    found = _Found(Scored.of(comparer, comparer.candidates()), said, units)
    most = bound.component
    for _ in range(ROUNDS):
        if not found.round(most):
            break
        most = max(2, bound.component // 2)  # of clusters, which have many records
    return found.outcome()


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Pairs that have been scored, in order of their codes; what is ruled out is far below everything."""

    comparer: Comparer
    pairs: Pairs
    codes: Int64
    scores: Float64

    @classmethod
    def of(cls, comparer: Comparer, pairs: Pairs) -> Scored:
        """The scores of ``pairs``."""
        bits, conflict, _ = comparer.scores(pairs)
        return cls(comparer, pairs, pairs.codes(comparer.n), np.where(conflict, APART, bits))

    def of_pairs(self, pairs: Pairs) -> Float64:
        """Scores of any pairs in any order; only those that were no candidates are compared."""
        codes = pairs.codes(self.comparer.n)
        if not len(self.codes):
            return Scored.of(self.comparer, pairs).scores
        at = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        known = self.codes[at] == codes
        scores = self.scores[at]
        if not known.all():
            scores[~known] = Scored.of(self.comparer, pairs.where(~known)).scores
        return scores


class _Found:
    """What is found, many groups at a time."""

    def __init__(self, scored: Scored, said: Said, units: Units) -> None:
        self._scored, self._said = scored, said
        self._comparer, self._n = scored.comparer, scored.comparer.n
        self._bars = self._comparer.bars()
        self._units = units
        self._moved = np.arange(self._n)
        self._linked = np.arange(
            -self._n, 0
        )  # the group in which each was compared last, no two alike at first
        self._open: list[Open] = []

    def round(self, most: int) -> bool:
        """Compare clusters that candidates bring together, in groups of at most ``most``; whether any became one."""
        pairs, scores = self._met()
        review = self._comparer.model.review
        crowds = self._unlinked(groups(pairs, scores, self._n, review, most))
        self._moved = np.arange(self._n)
        several = [members for size in np.unique(crowds.sizes).tolist() for members in crowds.of_size(size)]
        if len(crowds.members) > MANY:
            made = in_order(self._link, several)
        else:
            made = [self._link(members) for members in several]
        self._open += [one for opened in made for one in opened]
        joined = bool((self._moved != np.arange(self._n)).any())
        self._units = Units.where(self._moved[self._units.of]) if joined else self._units
        return joined

    def _unlinked(self, crowds: Groups) -> Groups:
        """The groups of which not all was together in one group before: that was joined until nothing more could be."""
        last = self._linked[crowds.members]
        first = crowds.starts[:-1]
        again = (
            np.logical_and.reduceat(last == np.repeat(last[first], crowds.sizes), first)
            if len(first)
            else first > 0
        )
        crowds = crowds.where(~again)
        number = int(self._linked.max(initial=0)) + 1 + np.arange(len(crowds))
        self._linked[crowds.members] = np.repeat(number, crowds.sizes)
        return crowds

    def _met(self) -> tuple[Pairs, Float64]:
        """Clusters that candidates bring together, each pair once, with their highest score."""
        of, pairs = self._units.of, self._scored.pairs
        left, right = of[pairs.left], of[pairs.right]
        open_ = (left != right) & (self._scored.scores >= self._comparer.model.review)
        codes = np.minimum(left, right)[open_] * self._n + np.maximum(left, right)[open_]
        order = np.argsort(codes, kind="stable")
        codes, scores = codes[order], self._scored.scores[open_][order]
        starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else codes
        best = np.maximum.reduceat(scores, starts) if len(codes) else scores
        return Pairs(*np.divmod(codes[starts], self._n)), best

    def _link(self, members: Int64) -> list[Open]:
        """Join within groups of one size, which no other thread touches; gives what stayed open.

        Args:
            members: Clusters, shape (groups, size), each ascending.
        """
        size, first = members.shape[1], 0
        row, column = np.triu_indices(size, 1)
        one, other = members[:, row].ravel(), members[:, column].ravel()
        if size == 2 and (self._units.sizes(members) == 1).all():
            return [self._couples(one, other)]
        opened: list[Open] = []
        for linked in link(self._evidence(one, other), size, self._bars):
            several = members[first : first + len(linked.labels)]
            self._moved[several] = np.take_along_axis(several, linked.labels, axis=1)
            g, a, b = np.nonzero(linked.scores >= self._comparer.model.review)
            upper = a < b
            g, a, b = g[upper], a[upper], b[upper]
            opened.append(Open(several[g, a], several[g, b], linked.scores[g, a, b]))
            first += len(linked.labels)
        return opened

    def _couples(self, one: Int64, other: Int64) -> Open:
        """Groups of two records, of which nothing more is to be known than their score."""
        pairs = Pairs(one, other)
        scores = np.where(self._said.apart(pairs), APART, self._scored.of_pairs(pairs))
        join = scores > self._comparer.model.auto
        self._moved[other[join]] = one[join]
        return Open(one[~join], other[~join], scores[~join])

    def _evidence(self, one: Int64, other: Int64) -> PairEvidence:
        parts: list[PairEvidence] = []
        for pairs, begin in self._units.between(one, other, PAIRS):
            said = self._comparer.evidence(pairs)
            said.conflict[self._said.apart(pairs)] = True
            parts.append(said if len(begin) == len(pairs) else said.summed(begin))
        return PairEvidence.together(parts)

    def outcome(self) -> Outcome:
        """All of it, in order."""
        model, clusters, joined = (
            self._comparer.model,
            list[tuple[int, ...]](),
            list[tuple[int, int, float]](),
        )
        for members in self._units.clusters():
            clusters += map(tuple, members.tolist())
            joined += self._trees(members)
        review = undecided(self._open, self._units, model.review, self._scored.of_pairs)
        kind, compared = self._comparer.kind.entity_type, len(self._scored.codes)
        return Outcome(kind, tuple(sorted(clusters)), tuple(sorted(joined)), review, compared)

    def _trees(self, members: Int64) -> list[tuple[int, int, float]]:
        """The pairs that hold clusters of one size together best; what was one before comes first."""
        size = members.shape[1]
        row, column = np.triu_indices(size, 1)
        pairs = Pairs(members[:, row].ravel(), members[:, column].ravel())
        scores = self._scored.of_pairs(pairs)
        held = np.where(self._said.together(pairs), 2 * self._comparer.model.ceiling, scores)
        matrices, plain = (_squares(each.reshape(len(members), -1), size) for each in (held, scores))
        one, other = strongest_trees(matrices)
        at = np.arange(len(members))[:, None]
        a, b, bits = members[at, one], members[at, other], plain[at, one, other]
        low, high = np.minimum(a, b), np.maximum(a, b)
        return [*zip(low.ravel().tolist(), high.ravel().tolist(), bits.ravel().tolist(), strict=True)]


def _squares(upper: Float64, k: int) -> Float64:
    """Symmetric matrices from their upper triangles, zero on the diagonal."""
    matrices = np.zeros((len(upper), k, k), dtype=upper.dtype)
    first, second = np.triu_indices(k, 1)
    matrices[:, first, second] = upper
    matrices[:, second, first] = upper
    return matrices
