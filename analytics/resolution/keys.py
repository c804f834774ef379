"""Values that several records share: who shares what with whom, as arrays.

A key column is a relation of record numbers and key numbers. A pair of records is written as one integer code, lower
record first, so sets of pairs are sorted integer arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

    def codes(self, n: int) -> Int64:
        """The code of each pair."""
        return self.left * n + self.right

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, slots=True, eq=False)
class KeyColumn:
    """Which records have which keys; sorted by key, then record, each combination once."""

    n: int
    records: Int64
    keys: Int64

    @classmethod
    def of_values(cls, values: Sequence[Iterable[str]]) -> KeyColumn:
        """A column of the non-empty values of each record; equal texts are equal keys."""
        numbers: dict[str, int] = {}
        rows = [
            (numbers.setdefault(value, len(numbers)), record)
            for record, several in enumerate(values)
            for value in set(several)
            if value
        ]
        table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 2)
        return cls(len(values), table[:, 1].copy(), table[:, 0].copy())

    def present(self) -> Bool:
        """Which records have any key."""
        found = np.zeros(self.n, dtype=np.bool_)
        found[self.records] = True
        return found

    def shared(self, cap: int) -> tuple[Int64, Int64]:
        """Codes of the pairs that share a key, ascending, and how many records have the rarest key they share.

        Keys of more than ``cap`` records join nobody: what half the city shares says nothing, and its pairs are many.
        """
        starts = np.flatnonzero(np.r_[True, self.keys[1:] != self.keys[:-1]]) if len(self.keys) else self.keys
        sizes = np.diff(np.r_[starts, len(self.keys)])
        codes: list[Int64] = []
        counts: list[Int64] = []
        for size in np.unique(sizes[(sizes > 1) & (sizes <= cap)]).tolist():
            blocks = self.records[starts[sizes == size][:, None] + np.arange(size)]
            first, second = np.triu_indices(size, k=1)
            made = (blocks[:, first] * self.n + blocks[:, second]).ravel()
            codes.append(made)
            counts.append(np.full(len(made), size, dtype=np.int64))
        if not codes:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        return _rarest(np.concatenate(codes), np.concatenate(counts))


def _rarest(codes: Int64, counts: Int64) -> tuple[Int64, Int64]:
    order = np.lexsort((counts, codes))
    codes, counts = codes[order], counts[order]
    first = np.r_[True, codes[1:] != codes[:-1]]
    return codes[first], counts[first]


def look_up(wanted: Int64, codes: Int64, values: Int64) -> Int64:
    """The value of each wanted code, 0 where it is not among ``codes`` (ascending)."""
    if not len(codes):
        return np.zeros(len(wanted), dtype=np.int64)
    at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return np.where(codes[at] == wanted, values[at], 0)
