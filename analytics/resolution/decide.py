"""From records to decisions for one entity type: candidates, evidence, groups, clusters."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from analytics.resolution.cluster import APART, clusters_of, groups, strongest_trees
from analytics.resolution.comparer import Comparer
from analytics.resolution.keys import Bool, Int64, Pairs, distinct
from analytics.resolution.model import Float64, Outcome, Settings
from analytics.resolution.settled import Settled
from analytics.resolution.undecided import Open, undecided

Couple = tuple[int, int]


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
    n, model, bound = comparer.n, comparer.model, settings or Settings()
    joined, parted = _codes(same, n), _codes(different, n)
    pairs = comparer.candidates()
    if len(joined) + len(parted):
        pairs = Pairs.of_codes(np.concatenate([pairs.codes(n), joined, parted]), n)
    scored = Scored.of(comparer, pairs)
    said = _Said(joined, parted, settled, 2 * model.ceiling)
    linked = said.linked(scored, pairs)
    if settled is not None:
        chains = settled.chains(pairs.where(linked >= model.review), n)
        pairs = Pairs.of_codes(np.concatenate([scored.codes, chains]), n)
        scored = Scored.of(comparer, pairs)
        linked = said.linked(scored, pairs)
    crowds = groups(pairs, linked, n, model.review, bound.component)
    found = _Found(scored, said)
    for size in np.unique(crowds.sizes).tolist():
        for members in crowds.of_size(size):
            found.crowds(members)
    return found.outcome()


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """What is not for the scores to say: codes of pairs that persons joined and parted, clusters of lower tiers."""

    same: Int64
    different: Int64
    settled: Settled | None
    most: float

    def linked(self, scored: Scored, pairs: Pairs) -> Float64:
        """Scores by which records come into one crowd."""
        scores = scored.scores
        if self.settled is not None:
            scores = self.settled.held(pairs, scores, self.most, APART)
        return np.where(_among(scored.codes, self.same), self.most, scores)

    def within(self, members: Int64, scores: Float64, n: int) -> Float64:
        """Scores within groups, both of shape (g, k, k)."""
        low = np.minimum(members[:, :, None], members[:, None, :])
        high = np.maximum(members[:, :, None], members[:, None, :])
        scores = np.where(_among(low * n + high, self.different), APART, scores)
        if self.settled is None:
            return scores
        held = self.settled.held(Pairs(low.ravel(), high.ravel()), scores.ravel(), self.most, APART)
        return np.where(low == high, 0.0, held.reshape(scores.shape))

    def together(self, members: Int64, n: int) -> Bool:
        """Which pairs within groups persons joined."""
        low = np.minimum(members[:, :, None], members[:, None, :])
        return _among(low * n + np.maximum(members[:, :, None], members[:, None, :]), self.same)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Pairs that have been scored, in order of their codes; what is ruled out is far below everything."""

    comparer: Comparer
    codes: Int64
    scores: Float64
    speaks: Bool

    @classmethod
    def of(cls, comparer: Comparer, pairs: Pairs) -> Scored:
        """The scores of ``pairs``."""
        bits, conflict, speaks = comparer.scores(pairs)
        return cls(comparer, pairs.codes(comparer.n), np.where(conflict, APART, bits), speaks)

    def matrices(self, members: Int64) -> tuple[Float64, Bool]:
        """Scores, and which pairs say anything, within groups of one size: shape (g, k, k), zero on the diagonal.

        Only pairs that were no candidates are compared.
        """
        g, k = members.shape
        first, second = np.triu_indices(k, 1)
        codes = (members[:, first] * self.comparer.n + members[:, second]).ravel()
        at = np.minimum(np.searchsorted(self.codes, codes), max(0, len(self.codes) - 1))
        known = self.codes[at] == codes
        scores, speaks = self.scores[at], self.speaks[at]
        missing = codes[~known]
        if len(missing):
            order = np.argsort(missing)
            more = Scored.of(self.comparer, Pairs.of_codes(missing, self.comparer.n))
            back = np.empty(len(order), dtype=np.int64)
            back[order] = np.arange(len(order))
            scores[~known], speaks[~known] = more.scores[back], more.speaks[back]
        return _squares(scores.reshape(g, -1), k), _squares(speaks.reshape(g, -1), k)


def _codes(couples: Collection[Couple], n: int) -> Int64:
    return np.array(sorted(low * n + high for low, high in couples), dtype=np.int64)


def _among(codes: Int64, wanted: Int64) -> Bool:
    return np.isin(codes, wanted) if len(wanted) else np.zeros(codes.shape, dtype=np.bool_)


def _squares(upper: np.ndarray, k: int) -> np.ndarray:
    """Symmetric matrices from their upper triangles, zero on the diagonal."""
    matrices = np.zeros((len(upper), k, k), dtype=upper.dtype)
    first, second = np.triu_indices(k, 1)
    matrices[:, first, second] = upper
    matrices[:, second, first] = upper
    return matrices


class _Found:
    """What is found, many groups at a time."""

    def __init__(self, scored: Scored, said: _Said) -> None:
        self._scored, self._said = scored, said
        self._model, self._n = scored.comparer.model, scored.comparer.n
        self._clusters: list[tuple[int, ...]] = []
        self._joined: list[tuple[int, int, float]] = []
        self._open: list[Open] = []

    def crowds(self, members: Int64) -> None:
        """Cluster groups of one size."""
        matrices, speaks = self._scored.matrices(members)
        matrices = self._said.within(members, matrices, self._n)
        # What an identifier or a person settles is settled before any mean is taken.
        together = (matrices >= self._model.ceiling) | self._said.together(members, self._n)
        labels = clusters_of(matrices, speaks, together, self._model.auto)
        self._keep(members, matrices, labels)
        self._open.append(undecided(members, matrices, labels, self._model.review))

    def _keep(self, members: Int64, matrices: Float64, labels: Int64) -> None:
        """Clusters of at least two, and the tree that holds each together."""
        k = members.shape[1]
        g, label = np.divmod(distinct((labels + k * np.arange(len(labels))[:, None]).ravel()), k)
        inside = labels[g] == label[:, None]
        sizes = inside.sum(axis=1)
        for size in np.unique(sizes[sizes > 1]).tolist():
            which = sizes == size
            places = np.nonzero(inside[which])[1].reshape(-1, size)
            rows = g[which]
            records = members[rows[:, None], places]
            block = matrices[rows[:, None, None], places[:, :, None], places[:, None, :]]
            self._clusters += map(tuple, records.tolist())
            one, other = strongest_trees(block)
            at = np.arange(len(records))[:, None]
            a, b = records[at, one], records[at, other]
            scores = block[at, one, other]
            low, high = np.minimum(a, b), np.maximum(a, b)
            self._joined += zip(
                low.ravel().tolist(), high.ravel().tolist(), scores.ravel().tolist(), strict=True
            )

    def outcome(self) -> Outcome:
        """All of it, in order."""
        return Outcome(
            self._scored.comparer.kind.entity_type,
            tuple(sorted(self._clusters)),
            tuple(sorted(self._joined)),
            Open.together(self._open).ordered(),
            len(self._scored.codes),
        )
