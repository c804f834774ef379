"""What resolution gives: explanations of pairs and decisions on clusters.

A weight is in bits: +10 makes a match 1,024 times likelier than the same agreement among strangers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from analytics.resolution.population import Population

Float64 = NDArray[np.float64]
Int8 = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Settings:
    """``population``: how common names are, where not the records are to say it; ``learns``: whether weights are refitted to
    what persons judged. Bounds that keep the work finite. ``component``: records up to which every pair within a group of candidates is
    compared. ``leaves``: whether a run leaves what single records are matched by. What decides stands in the models (``models/*.yaml``).
    """

    component: int = 250
    ceiling: float = 14.0
    leaves: bool = False
    learns: bool = False
    population: Population | None = None


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
