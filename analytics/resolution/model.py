"""What resolution decides with: weights by name, evidence on pairs, and decisions on clusters.

A weight is in bits: +10 makes a match 1,024 times likelier than the same agreement among strangers. Weights of things
that are common or rare (names, addresses) are counted from the data and only capped here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.resolution.keys import Bool, Pairs

Float64 = NDArray[np.float64]
Int8 = NDArray[np.int8]
Levels = tuple[Int8, Float64]


@dataclass(frozen=True, slots=True)
class Level:
    """One way in which two values may compare: its name in explanations and its weight in bits.

    Where ``counted`` the weight is a cap: the bits follow from how rare the shared value is.
    """

    name: str
    bits: float
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Feature:
    """A comparison and its levels. Level 0 always means that at least one side says nothing."""

    name: str
    levels: tuple[Level, ...]

    def number(self, level: str) -> int:
        """The number of a level by its name."""
        return next(at for at, known in enumerate(self.levels) if known.name == level)


SILENT: Final = Level("not said", 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What a set of pairs shows: levels and bits by feature (rows as in ``pairs``), and which pairs are ruled out."""

    pairs: Pairs
    levels: dict[str, Int8]
    bits: dict[str, Float64]
    conflict: Bool

    def total(self) -> Float64:
        """Sum of bits of each pair."""
        return np.sum(np.stack(list(self.bits.values())), axis=0) if self.bits else np.zeros(len(self.pairs))


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds in bits above the prior, and the bounds that keep the work finite.

    ``auto``: mean link at which two clusters become one without asking. ``review``: score from which a pair is put to
    a person. ``block``: records that may share a key and still be compared. ``component``: records up to which every
    pair within a group of candidates is compared.
    """

    auto: float = -1.5
    review: float = -5.0
    block: int = 60
    share: int = 400
    component: int = 250
    prior: float = -5.0
    floor: float = -14.0
    ceiling: float = 14.0


@dataclass(frozen=True, slots=True)
class Explained:
    """One line of an explanation: what was compared, how it came out, and what that weighed."""

    feature: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision on one entity type: clusters of record numbers and the pairs to be reviewed, with their scores."""

    entity_type: str
    clusters: tuple[tuple[int, ...], ...]
    joined: tuple[tuple[int, int, float], ...]
    review: tuple[tuple[int, int, float], ...] = ()
    compared: int = 0
    notes: tuple[str, ...] = field(default_factory=tuple)


def likeness(bits: float) -> float:
    """Bits above the prior as a share, 0 to 1; an aid to order pairs by, not a measured probability."""
    return float(1.0 / (1.0 + 2.0 ** -min(max(bits, -60.0), 60.0)))
