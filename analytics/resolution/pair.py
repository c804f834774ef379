"""Why two records are one thing or not, without a run: compared alone, under the weights of the last run.

How rare their values are is not looked up, so that an explanation costs the same whatever the store holds: a shared rare
value counts for a little more in a run than is shown here, a shared common one for less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np

from analytics.resolution.businesses import BUSINESSES
from analytics.resolution.comparer import Comparer
from analytics.resolution.exact import IDENTIFIERS
from analytics.resolution.keys import Pairs
from analytics.resolution.model import Explained, Settings
from analytics.resolution.persons import PERSONS
from analytics.resolution.weights import ONE, Weights
from graphcore.evidence.ledger.values import OriginRecords

MOST: Final = 40  # members of each side that are compared
_KINDS = {kind.entity_type: kind for kind in (PERSONS, BUSINESSES)}


@dataclass(frozen=True, slots=True)
class PairExplanation:
    """Two records and their entities compared.

    ``bits``: of the pair; ``mean_bits``: of the two entities, feature by feature the mean over pairs of members, which is what decides; ``auto``, ``review``: the bars, in
    bits. ``lines``: the waterfall. ``conflicts``: rules that keep the pair apart. ``would_help``: features on which at least
    one says nothing, with the bits that full agreement would add. ``standing``: whether a run's weights were used.
    """

    bits: float
    mean_bits: float
    auto: float
    review: float
    lines: tuple[Explained, ...]
    conflicts: tuple[str, ...]
    would_help: tuple[Explained, ...]
    standing: bool

    @property
    def wanting(self) -> float:
        """Bits that are missing to be joined without asking; 0 where none are."""
        return max(0.0, self.auto - self.mean_bits)


def explain_pair(
    entity_type: str,
    left: Sequence[OriginRecords],
    right: Sequence[OriginRecords],
    weights: Weights | None = None,
) -> PairExplanation | None:
    """Compare two records, the first of each side, and the entities that they are in.

    Args:
        entity_type: Of both.
        left: The record, then the other members of its entity; of many the first ones count.
        right: The other side.
        weights: Of the last run; None: as the model file has them.

    Returns:
        None for a type that is never compared.
    """
    if entity_type in IDENTIFIERS:
        return _by_identifier(entity_type, left[0], right[0])
    if entity_type not in _KINDS:
        return None
    one, other = left[:MOST], right[:MOST]
    known = replace(weights, usual={}) if weights is not None else None
    comparer = Comparer(_KINDS[entity_type], [*one, *other], weights=known)
    sides = np.array([*product(range(len(one)), range(len(one), len(one) + len(other)))], dtype=np.int64)
    pairs = Pairs(sides[:, 0], sides[:, 1])
    between = comparer.between(pairs)
    return PairExplanation(
        float(comparer.scores(pairs.part(slice(0, 1)))[0][0]),
        between if np.isfinite(between) else comparer.model.floor,
        comparer.model.auto,
        comparer.model.review,
        comparer.explain(0, len(one)),
        comparer.conflict_names(0, len(one)),
        _would_help(comparer, len(one)),
        weights is not None,
    )


def _would_help(comparer: Comparer, other: int) -> tuple[Explained, ...]:
    silent = {
        name
        for name, (level, _) in comparer.compare(Pairs(np.array([0]), np.array([other]))).items()
        if level[0] == 0 and name in comparer.weights.tables
    }
    found: list[Explained] = []
    for name in sorted(silent):
        logs = comparer.weights.logs(name)
        gain = float(logs[ONE, 1] - logs[1:, 1].max())  # of the first level, which is full agreement
        found.append(Explained(name, next(iter(comparer.model.features[name].levels)), gain))
    return tuple(sorted(found, key=lambda line: (-line.bits, line.feature)))


def _by_identifier(entity_type: str, left: OriginRecords, right: OriginRecords) -> PairExplanation:
    keys = IDENTIFIERS[entity_type]
    shared = bool({*keys(left)} & {*keys(right)})
    most = Settings().ceiling
    bits = most if shared else -most
    line = Explained("identifier", "same" if shared else "none in common", bits)
    return PairExplanation(bits, bits, most, most, (line,), (), (), True)
