"""What pairs of records have in common: identifiers, places; with how rare the shared value is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analytics.resolution.keys import Bool, Int64, KeyColumn, Pairs, look_up
from analytics.resolution.model import Feature, Float64, Int8, Levels

RARE = 9.0
_PLACES = (("postcodes", 3), ("streets", 2), ("houses", 1))


class Shares:
    """The key columns of one table with the pairs that share a key."""

    def __init__(self, columns: Mapping[str, KeyColumn], n: int, cap: int) -> None:
        self._columns = columns
        self._n = n
        self._pairs = {name: column.shared(cap) for name, column in columns.items()}
        self._present = {name: column.present() for name, column in columns.items()}

    def counts(self, name: str, pairs: Pairs) -> Int64:
        """How many records have the rarest key that each pair shares; 0 where it shares none."""
        return look_up(pairs.codes(self._n), *self._pairs[name])

    def levels(self, name: str, pairs: Pairs) -> Levels:
        """1 where a pair shares a key, 2 where both have one and share none."""
        counts = self.counts(name, pairs)
        both = self.both(name, pairs)
        level = np.where(counts > 0, 1, np.where(both, 2, 0)).astype(np.int8)
        return level, self.rarity(counts)

    def both(self, name: str, pairs: Pairs) -> Bool:
        """Where both records have a key of this kind."""
        has = self._present[name]
        return has[pairs.left] & has[pairs.right]

    def address(self, pairs: Pairs) -> Levels:
        """1 same house and postcode, 2 same house and street, 3 same postcode, 4 different."""
        level = np.zeros(len(pairs), dtype=np.int8)
        rare = np.zeros(len(pairs))
        for name, number in _PLACES:
            counts = self.counts(name, pairs)
            level = np.where(counts > 0, number, level).astype(np.int8)
            rare = np.where(counts > 0, self.rarity(counts), rare)
        placed = self._present["postcodes"] | self._present["streets"]
        apart = (level == 0) & placed[pairs.left] & placed[pairs.right]
        return np.where(apart, 4, level).astype(np.int8), rare

    def rarity(self, counts: Int64) -> Float64:
        """Bits in a value that so many records have."""
        return np.log2(max(self._n, 2) / np.maximum(counts, 1))


def weigh(feature: Feature, level: Int8, rare: Float64) -> Float64:
    """Bits of each pair: those of its level, in full only for values as rare as :data:`RARE` where it is counted."""
    table = np.array([known.bits for known in feature.levels])
    counted = np.array([known.counted for known in feature.levels])
    bits = table[level]
    return np.where(counted[level], bits * np.clip(rare / RARE, 0.0, 1.0), bits)
