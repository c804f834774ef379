"""From records to decisions for one entity type: candidates, evidence, groups, clusters."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from analytics.resolution.cluster import APART, all_pairs, average_link, groups, strongest_tree
from analytics.resolution.comparer import Comparer
from analytics.resolution.keys import Bool, Int64, Pairs
from analytics.resolution.match_model import MatchModel
from analytics.resolution.model import Float64, Outcome, Settings
from analytics.resolution.settled import Settled

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
    said = np.concatenate([_codes(same, n), _codes(different, n)])
    pairs = comparer.candidates()
    if len(said):
        pairs = Pairs.of_codes(np.concatenate([pairs.codes(n), said]), n)
    linked = _linked(comparer, pairs, same, settled)
    if settled is not None:
        pairs = Pairs.of_codes(
            np.concatenate([pairs.codes(n), settled.chains(pairs.where(linked >= model.review), n)]), n
        )
        linked = _linked(comparer, pairs, same, settled)
    crowds = groups(pairs, linked, n, model.review, bound.component)
    inside = all_pairs(crowds)
    dense, speaks = _barred(comparer.scores(inside))
    dense = np.where(np.isin(inside.codes(n), _codes(different, n)), APART, dense)
    dense = dense if settled is None else settled.held(inside, dense, 2 * model.ceiling, APART)
    found = _Found(comparer.kind.entity_type, model, frozenset(same))
    start = 0
    for members in crowds:
        end = start + len(members) * (len(members) - 1) // 2
        found.crowd(members.tolist(), dense[start:end], speaks[start:end])
        start = end
    return found.outcome(len(pairs))


def _linked(comparer: Comparer, pairs: Pairs, same: Collection[Couple], settled: Settled | None) -> Float64:
    """Scores by which records come into one crowd."""
    n, most = comparer.n, 2 * comparer.model.ceiling
    linked = _barred(comparer.scores(pairs))[0]
    linked = linked if settled is None else settled.held(pairs, linked, most, APART)
    return np.where(np.isin(pairs.codes(n), _codes(same, n)), most, linked)


def _barred(scored: tuple[Float64, Bool, Bool]) -> tuple[Float64, Bool]:
    """Scores with what is ruled out far below everything, and which pairs say anything."""
    scores, conflict, speaks = scored
    return np.where(conflict, APART, scores), speaks


def _codes(couples: Collection[Couple], n: int) -> Int64:
    return np.array(sorted(low * n + high for low, high in couples), dtype=np.int64)


def _square(upper: np.ndarray, k: int) -> np.ndarray:
    """A symmetric matrix from its upper triangle, zero on the diagonal."""
    matrix = np.zeros((k, k), dtype=upper.dtype)
    matrix[np.triu_indices(k, k=1)] = upper
    return matrix + matrix.T


class _Found:
    """What is found crowd by crowd."""

    def __init__(self, entity_type: str, model: MatchModel, same: frozenset[Couple]) -> None:
        self._type, self._model, self._same = entity_type, model, same
        self._clusters: list[tuple[int, ...]] = []
        self._joined: list[tuple[int, int, float]] = []
        self._review: list[tuple[int, int, float]] = []

    def crowd(self, members: list[int], scores: Float64, speaks: Bool) -> None:
        """Cluster one group of records."""
        matrix, spoken = _square(scores, len(members)), _square(speaks, len(members))
        number = {member: at for at, member in enumerate(members)}
        together = [(number[a], number[b]) for a, b in self._same if a in number and b in number]
        # What an identifier settles is settled before any mean is taken.
        certain = np.argwhere(np.triu(matrix >= self._model.ceiling))
        together += [(int(a), int(b)) for a, b in certain]
        parts = average_link(matrix, self._model.auto, together, spoken)
        for part in parts:
            if len(part) > 1:
                self._clusters.append(tuple(members[at] for at in part))
                tree = strongest_tree(matrix, part)
                self._joined += [(members[a], members[b], float(matrix[a, b])) for a, b in tree]
        self._review += _undecided(matrix, members, parts, self._model.review)

    def outcome(self, compared: int) -> Outcome:
        """All of it, in order."""
        return Outcome(
            self._type,
            tuple(sorted(self._clusters)),
            tuple(sorted(self._joined)),
            tuple(self._review),
            compared,
        )


def _undecided(
    matrix: Float64, members: list[int], parts: list[list[int]], review: float
) -> list[tuple[int, int, float]]:
    """For each cluster the one it nearly joined, as the best pair between them: surest first.

    One a cluster, so that a crowd of namesakes is not put to a person pair by pair.
    """
    found: dict[tuple[int, int], float] = {}
    for one in parts:
        rows = [(_link(matrix, one, other), other) for other in parts if other is not one]
        mean, other = max(rows, key=lambda row: (row[0], -row[1][0]), default=(-np.inf, one))
        if mean >= review:
            block = matrix[np.ix_(one, other)]
            a, b = divmod(int(np.argmax(block)), len(other))
            low, high = sorted((members[one[a]], members[other[b]]))
            found[low, high] = mean
    return sorted(((*pair, mean) for pair, mean in found.items()), key=lambda row: (-row[2], row[0], row[1]))


def _link(matrix: Float64, one: list[int], other: list[int]) -> float:
    """Mean score between two clusters, -inf where they must stay apart."""
    block = matrix[np.ix_(one, other)]
    return float(block.mean()) if block.min() > APART else -np.inf
