"""From records to decisions for one entity type: candidates, evidence, groups, clusters."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import numpy as np

from analytics.resolution.cluster import APART, all_pairs, average_link, groups, strongest_tree
from analytics.resolution.keys import Bool, Int64, Pairs
from analytics.resolution.model import Evidence, Explained, Feature, Float64, Outcome, Settings

Couple = tuple[int, int]
CERTAIN = 14.0  # the ceiling of a pair: only identifiers with a name or a date reach it


class Comparer(Protocol):
    """Records of one type that can be compared."""

    @property
    def entity_type(self) -> str:
        """Type of the entities."""
        ...

    @property
    def features(self) -> tuple[Feature, ...]:
        """The table of features."""
        ...

    @property
    def n(self) -> int:
        """Number of records."""
        ...

    @property
    def strict(self) -> bool:
        """True if one conflict bars two clusters for good; else it only weighs heavily against them."""
        ...

    def candidates(self) -> Pairs:
        """Pairs worth comparing."""
        ...

    def evidence(self, pairs: Pairs) -> Evidence:
        """What these pairs show."""
        ...


def decide(
    comparer: Comparer, settings: Settings, same: Collection[Couple] = (), different: Collection[Couple] = ()
) -> Outcome:
    """Clusters of records, and the pairs that a person should look at.

    Args:
        comparer: The records.
        settings: Thresholds and bounds.
        same: Pairs (lower number first) that a person judged to be one: joined before all else.
        different: Pairs that a person judged to be two: never in one cluster.
    """
    n = comparer.n
    settled = np.concatenate([_codes(same, n), _codes(different, n)])
    pairs = Pairs.of_codes(np.concatenate([comparer.candidates().codes(n), settled]), n)
    linked, _ = _scored(comparer, pairs, settings)
    linked = np.where(np.isin(pairs.codes(n), _codes(same, n)), 2 * CERTAIN, linked)
    crowds = groups(pairs, linked, n, settings.review, settings.component)
    inside = all_pairs(crowds)
    dense, speaks = _scored(comparer, inside, settings)
    dense = np.where(np.isin(inside.codes(n), _codes(different, n)), APART, dense)
    found = _Found(comparer.entity_type, settings, frozenset(same))
    start = 0
    for members in crowds:
        end = start + len(members) * (len(members) - 1) // 2
        found.crowd(members, dense[start:end], speaks[start:end])
        start = end
    return found.outcome(len(pairs))


def _codes(couples: Collection[Couple], n: int) -> Int64:
    return np.array(sorted(low * n + high for low, high in couples), dtype=np.int64)


def _scored(comparer: Comparer, pairs: Pairs, settings: Settings) -> tuple[Float64, Bool]:
    """Bits above the prior, bounded both ways so that no single pair decides for a crowd; and which pairs say anything."""
    evidence = comparer.evidence(pairs)
    total = np.clip(evidence.total() + settings.prior, settings.floor, settings.ceiling)
    speaks = np.any(np.stack([level > 0 for level in evidence.levels.values()]), axis=0)
    barred = APART if comparer.strict else settings.floor * 1.5
    return np.where(evidence.conflict, barred, total), speaks


def _square(upper: np.ndarray, k: int) -> np.ndarray:
    """A symmetric matrix from its upper triangle, zero on the diagonal."""
    matrix = np.zeros((k, k), dtype=upper.dtype)
    matrix[np.triu_indices(k, k=1)] = upper
    return matrix + matrix.T


class _Found:
    """What is found crowd by crowd."""

    def __init__(self, entity_type: str, settings: Settings, same: frozenset[Couple]) -> None:
        self._type, self._settings, self._same = entity_type, settings, same
        self._clusters: list[tuple[int, ...]] = []
        self._joined: list[tuple[int, int, float]] = []
        self._review: list[tuple[int, int, float]] = []

    def crowd(self, members: list[int], scores: Float64, speaks: Bool) -> None:
        """Cluster one group of records."""
        matrix, spoken = _square(scores, len(members)), _square(speaks, len(members))
        number = {member: at for at, member in enumerate(members)}
        together = [(number[a], number[b]) for a, b in self._same if a in number and b in number]
        # What an identifier settles is settled before any mean is taken.
        certain = np.argwhere(np.triu(matrix >= CERTAIN))
        together += [(int(a), int(b)) for a, b in certain]
        parts = average_link(matrix, self._settings.auto, together, spoken)
        for part in parts:
            if len(part) > 1:
                self._clusters.append(tuple(members[at] for at in part))
                tree = strongest_tree(matrix, part)
                self._joined += [(members[a], members[b], float(matrix[a, b])) for a, b in tree]
        self._review += _undecided(matrix, members, parts, self._settings)

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
    matrix: Float64, members: list[int], parts: list[list[int]], settings: Settings
) -> list[tuple[int, int, float]]:
    """For each cluster the one it nearly joined, as the best pair between them: surest first.

    One a cluster, so that a crowd of namesakes is not put to a person pair by pair.
    """
    found: dict[tuple[int, int], float] = {}
    for one in parts:
        rows = [(_link(matrix, one, other), other) for other in parts if other is not one]
        mean, other = max(rows, key=lambda row: (row[0], -row[1][0]), default=(-np.inf, one))
        if mean >= settings.review:
            block = matrix[np.ix_(one, other)]
            a, b = divmod(int(np.argmax(block)), len(other))
            low, high = sorted((members[one[a]], members[other[b]]))
            found[low, high] = mean
    return sorted(((*pair, mean) for pair, mean in found.items()), key=lambda row: (-row[2], row[0], row[1]))


def _link(matrix: Float64, one: list[int], other: list[int]) -> float:
    """Mean score between two clusters, -inf where they must stay apart."""
    block = matrix[np.ix_(one, other)]
    return float(block.mean()) if block.min() > APART else -np.inf


def explain(comparer: Comparer, left: int, right: int) -> tuple[Explained, ...]:
    """Why two records look alike or not: every feature on which both say something, heaviest first."""
    low, high = sorted((left, right))
    shown = comparer.evidence(Pairs(np.array([low]), np.array([high])))
    lines = [
        Explained(
            feature.name,
            feature.levels[int(shown.levels[feature.name][0])].name,
            float(shown.bits[feature.name][0]),
        )
        for feature in comparer.features
        if shown.levels[feature.name][0] > 0
    ]
    return tuple(sorted(lines, key=lambda line: (-abs(line.bits), line.feature)))
