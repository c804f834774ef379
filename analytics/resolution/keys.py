"""Pairs of records as arrays. A pair is written as one integer code, lower record first, so sets of pairs are sorted
integer arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of records: ``left`` < ``right``, no pair twice, in order."""

    left: Int64
    right: Int64

    @classmethod
    def of_codes(cls, codes: Int64, n: int) -> Pairs:
        """Pairs from codes ``left * n + right``."""
        unique = np.unique(codes)
        return cls(unique // n, unique % n)

    def where(self, wanted: Bool) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.left[wanted], self.right[wanted])

    def codes(self, n: int) -> Int64:
        """The code of each pair."""
        return self.left * n + self.right

    def __len__(self) -> int:
        return len(self.left)
