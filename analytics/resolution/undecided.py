"""Which pairs a person should look at: for each cluster the one that it nearly joined.

One a cluster, so that a crowd of namesakes is not put to a person pair by pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.resolution.keys import Int64, Pairs
from analytics.resolution.model import Float64
from analytics.resolution.units import Units

PAIRS: Final = 300_000


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """Clusters (by lowest record) that were compared and stayed two, and the bits between them."""

    left: Int64
    right: Int64
    bits: Float64


def undecided(
    parts: Sequence[Open], units: Units, review: float, scores_of: Callable[[Pairs], Float64]
) -> tuple[tuple[int, int, float], ...]:
    """For each cluster the other one that it is likest to, if that is at least ``review``, as the best pair of records
    between the two; surest first.

    Args:
        parts: What was open, round by round; what a later round says counts.
        units: The clusters in the end.
        review: Bits.
        scores_of: Scores of pairs of records.
    """
    if not parts:
        return ()
    low, high, bits = _latest(parts, units)
    keep = bits >= review
    low, high, bits = low[keep], high[keep], bits[keep]
    if not len(bits):
        return ()
    nearest = np.zeros(len(low), dtype=np.bool_)
    for side in (low, high):
        order = np.lexsort((high, low, -bits, side))
        nearest[order[np.r_[True, side[order][1:] != side[order][:-1]]]] = True
    found: list[tuple[int, int, float]] = []
    low, high, bits = low[nearest], high[nearest], bits[nearest]
    first = 0
    for pairs, begin in units.between(low, high, PAIRS):
        best = _highest(scores_of(pairs), begin)
        many = bits[first : first + len(begin)]
        found += zip(pairs.left[best].tolist(), pairs.right[best].tolist(), many.tolist(), strict=True)
        first += len(begin)
    return tuple(sorted(found, key=lambda row: (-row[2], row[0], row[1])))


def _latest(parts: Sequence[Open], units: Units) -> tuple[Int64, Int64, Float64]:
    """Each pair of clusters that are still two, once, with what was last said of it."""
    n = len(units.of)
    left, right, bits = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("left", "right", "bits")
    )
    one, other = units.of[left], units.of[right]
    codes = np.minimum(one, other) * n + np.maximum(one, other)
    codes, bits = codes[one != other][::-1], bits[one != other][::-1]
    distinct, at = np.unique(codes, return_index=True)
    low, high = np.divmod(distinct, n)
    return low, high, bits[at]


def _highest(scores: Float64, begin: Int64) -> Int64:
    """The place of the highest score from each start to the next, the first among equals."""
    if not len(begin):
        return begin
    of = np.repeat(np.arange(len(begin)), np.diff(np.r_[begin, len(scores)]))
    highest = np.flatnonzero(scores == np.maximum.reduceat(scores, begin)[of])
    return highest[np.unique(of[highest], return_index=True)[1]]
