"""Which pairs are worth comparing: those that share a key, the rarest keys first, until the budget is spent.

A key is a combination of column values (birth date with an initial, postcode with a family name, ...). What many records
share says little and costs much, so a key counts only while fewer than ``cap`` records have it, and the pairs of all keys
together stay within a budget that grows with the number of records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.resolution.columns import Column, Int32
from analytics.resolution.keys import Int64, Pairs


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One kind of key: ``codes[i]`` is the key that record ``records[i]`` has; both of one length."""

    records: Int64
    codes: Int64


@dataclass(frozen=True, slots=True)
class Budget:
    """``cap``: records that may share a key; ``a_record``, ``least``: pairs for each record, and in any case;
    ``all_pairs``: records up to which every pair is compared.
    """

    cap: int = 80
    a_record: int = 25
    least: int = 2_000_000
    all_pairs: int = 1_500


def key(*columns: Column | Int32) -> Key:
    """The key made of one value of each column; a record has one for every combination of its values, none if a part is
    missing.
    """
    tables = [column.ids if isinstance(column, Column) else column for column in columns]
    n = len(tables[0])
    records = np.arange(n, dtype=np.int64)
    codes = np.zeros(n, dtype=np.int64)
    for table in tables:
        chosen = table[records]
        row, place = np.nonzero(chosen)
        value = chosen[row, place].astype(np.int64)
        records, codes = records[row], _joined(codes[row], value)
    return Key(records, codes)


def _joined(left: Int64, right: Int64) -> Int64:
    """One number for each distinct pair of numbers."""
    _, first = np.unique(left, return_inverse=True)
    joined = first.ravel().astype(np.int64) * (int(right.max(initial=0)) + 1) + right
    return np.unique(joined, return_inverse=True)[1].ravel().astype(np.int64)


def candidates(keys: Sequence[Key], n: int, budget: Budget) -> Pairs:
    """Pairs that share a key, each once.

    Args:
        keys: Every kind of key.
        n: Number of records.
        budget: Bounds; groups of equal size are taken whole or not at all, so order changes nothing.
    """
    if n <= budget.all_pairs:
        left, right = np.triu_indices(n, 1)
        return Pairs(left.astype(np.int64), right.astype(np.int64))
    groups = [_groups(each, n) for each in keys]
    most = _largest(groups, max(budget.least, budget.a_record * n), budget.cap)
    codes: list[Int64] = []
    for members, starts, sizes in groups:
        for size in np.unique(sizes[(sizes > 1) & (sizes <= most)]).tolist():
            rows = members[starts[sizes == size][:, None] + np.arange(size)]
            first, second = np.triu_indices(size, 1)
            codes.append((rows[:, first] * n + rows[:, second]).ravel())
    return Pairs.of_codes(np.concatenate(codes) if codes else np.empty(0, dtype=np.int64), n)


def _groups(each: Key, n: int) -> tuple[Int64, Int64, Int64]:
    """Records in order of key, where each key's group starts, and its size."""
    unique = np.unique(each.codes * n + each.records)
    codes, members = unique // n, unique % n
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else codes
    return members, starts.astype(np.int64), np.diff(np.r_[starts, len(codes)]).astype(np.int64)


def _largest(groups: Sequence[tuple[Int64, Int64, Int64]], pairs: int, cap: int) -> int:
    """The largest group size that the budget of pairs allows, at least 2."""
    sizes = np.concatenate([sizes for _, _, sizes in groups]) if groups else np.empty(0, dtype=np.int64)
    counts = np.bincount(sizes[sizes <= cap], minlength=cap + 1)
    size = np.arange(len(counts))
    spent = np.cumsum(counts * (size * (size - 1) // 2))
    return max(2, int(np.searchsorted(spent, pairs, side="right")) - 1)
