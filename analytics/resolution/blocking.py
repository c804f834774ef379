"""Which pairs are worth comparing: those that share a key, the rarest keys first, until the budget is spent.

A key is a combination of column values (birth date with an initial, postcode with a family name, ...). What many records
share says little and costs much, so a key counts only while fewer than ``cap`` records have it, and the pairs of all keys
together stay within a budget that grows with the number of records. Keys are 64-bit hashes of what they are made of, so
that a key is the same number whatever other records there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from analytics.resolution.columns import Column, Int32
from analytics.resolution.keys import Bool, Int64, Pairs, Words

Parts = tuple[Column | Int64, ...]  # what one kind of key is made of
FEW: Final = 256  # records, up to which all keys are made at once
_GOLDEN, _STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x632BE59BD9B4E019)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS: Final = np.uint64(30), np.uint64(27), np.uint64(31)


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One kind of key: ``codes[i]`` is the key that record ``records[i]`` has, no record twice under one key."""

    records: Int64
    codes: Words


@dataclass(frozen=True, slots=True)
class Budget:
    """``cap``: records that may share a key; ``a_record``, ``least``: pairs for each record, and in any case;
    ``all_pairs``: records up to which every pair is compared.
    """

    cap: int = 120
    a_record: int = 25
    least: int = 6_000_000
    all_pairs: int = 1_500


def key(*parts: Column | Int64) -> Key:
    """The key made of one value of each part; a record has one for every combination of its values, none if a part is
    missing.

    Args:
        parts: Columns, or numbers of shape (n, width) that stand for values, 0 for none.
    """
    tables = [part.ids if isinstance(part, Column) else part for part in parts]
    records = np.arange(len(tables[0]), dtype=np.int64)
    codes = np.zeros(len(records), dtype=np.uint64)
    for part, table in zip(parts, tables, strict=True):
        records, codes, values = _chosen(table, records, codes)
        codes = mixed(codes, part.hashes()[values] if isinstance(part, Column) else _mixed_once(values))
    return Key(records, codes)


def few_keys(kinds: Iterable[Parts]) -> Key:
    """What :func:`numbered` gives, of a few records: all kinds as one array, since a step for each costs more than its work.

    Args:
        kinds: What each kind of key is made of, as :func:`key` takes it; at least one.
    """
    tables: list[Words] = []
    held: list[Bool] = []
    place: dict[int, range] = {}
    chosen: list[tuple[int, ...]] = []
    numbers: list[int] = []
    several = [*kinds]
    for part in {id(part): part for kind in several for part in kind}.values():
        codes, said = _hashed(part)
        start = sum(each.shape[1] for each in tables)
        place[id(part)] = range(start, start + codes.shape[1])
        tables.append(codes)
        held.append(said)
    for number, kind in enumerate(several, 1):
        made = [*product(*(place[id(part)] for part in kind))]
        chosen += made
        numbers += [number] * len(made)
    return _all_of(np.concatenate(tables, axis=1), np.concatenate(held, axis=1), chosen, numbers)


def _all_of(codes: Words, held: Bool, chosen: Sequence[tuple[int, ...]], numbers: Sequence[int]) -> Key:
    """Keys of the chosen columns; ``codes`` and ``held``: shape (n, columns)."""
    longest = max(map(len, chosen))
    at = np.array([(*one, *[-1] * (longest - len(one))) for one in chosen], dtype=np.int64)
    made = np.zeros((len(codes), len(chosen)), dtype=np.uint64)
    whole = np.ones(made.shape, dtype=np.bool_)
    for column in at.T:
        rows = np.flatnonzero(column >= 0)
        made[:, rows] = mixed(made[:, rows], codes[:, column[rows]])
        whole[:, rows] &= held[:, column[rows]]
    made = mixed(np.array([numbers], dtype=np.uint64), made)
    record, kind = np.nonzero(whole)
    return Key(record, made[record, kind])


def _hashed(part: Column | Int64) -> tuple[Words, Bool]:
    """The hash of each value of a part, and where there is one; shape (n, width)."""
    if isinstance(part, Column):
        return part.hashes()[part.ids], part.ids > 0
    return _mixed_once(part), part != 0


def numbered(keys: Iterable[Key]) -> Iterator[Key]:
    """Keys of several kinds told apart by number, so that they may stand in one index."""
    for number, each in enumerate(keys, 1):
        yield Key(each.records, mixed(np.full(len(each.codes), number, dtype=np.uint64), each.codes))


def _chosen(table: Int32 | Int64, records: Int64, codes: Words) -> tuple[Int64, Words, Int32 | Int64]:
    """Every record that has a value here, once a value."""
    if table.shape[1] == 1:
        values = table[records, 0]
        row = np.flatnonzero(values)
        return records[row], codes[row], values[row]
    values = table[records]
    row, place = np.nonzero(values)
    return records[row], codes[row], values[row, place]


def _mixed_once(values: Int32 | Int64) -> Words:
    return mixed(np.zeros(values.shape, dtype=np.uint64), values.astype(np.uint64))


def mixed(left: Words, right: Words) -> Words:
    """One number for each pair of numbers, in this order (the finisher of splitmix64, Steele, Lea and Flood 2014)."""
    code = left * _GOLDEN
    code = code + right
    code += _STEP
    code ^= code >> _SHIFTS[0]
    code *= _FIRST
    code ^= code >> _SHIFTS[1]
    code *= _SECOND
    code ^= code >> _SHIFTS[2]
    return code


@dataclass(frozen=True, slots=True, eq=False)
class _Grouped:
    """Records by key: group ``g`` is ``members[starts[g] : starts[g] + sizes[g]]``; groups of one are left out."""

    members: Int64
    starts: Int64
    sizes: Int64


def candidates(keys: Iterable[Key], n: int, budget: Budget) -> Pairs:
    """Pairs that share a key, each once.

    Args:
        keys: Every kind of key.
        n: Number of records.
        budget: Bounds; groups of equal size are taken whole or not at all, so order changes nothing.
    """
    if n <= budget.all_pairs:
        left, right = np.triu_indices(n, 1)
        return Pairs(left.astype(np.int64), right.astype(np.int64))
    groups = [_groups(each, budget.cap) for each in keys]
    most = _largest([each.sizes for each in groups], max(budget.least, budget.a_record * n), budget.cap)
    codes = [part for each in groups for part in _codes(each, most, n)]
    return Pairs.of_codes(np.concatenate(codes) if codes else np.empty(0, dtype=np.int64), n)


def shared(keys: Iterable[Key], n: int, common: Callable[[Words], Bool]) -> Pairs:
    """Pairs that share a key which is not too common: what :func:`candidates` gives where ``common`` tells which are.

    Args:
        keys: As :func:`numbered` gives them.
        n: Number of records.
        common: Which of some keys were too common when the weights were estimated.
    """
    several = [*keys]
    records = np.concatenate([each.records for each in several])
    codes = np.concatenate([each.codes for each in several])
    open_ = ~common(codes)
    grouped = _groups(Key(records[open_], codes[open_]), max(2, n))
    found = [*_codes(grouped, n, n)]
    return Pairs.of_codes(np.concatenate(found) if found else np.empty(0, dtype=np.int64), n)


@dataclass(frozen=True, slots=True)
class Limit:
    """How common a key may be: records that may share it at most; every pair where that is None."""

    most: int | None

    @classmethod
    def of(cls, keys: Iterable[Key], n: int, budget: Budget) -> Limit:
        """The limit by which :func:`candidates` takes keys."""
        if n <= budget.all_pairs:
            return cls(None)
        sizes = [_groups(each, budget.cap).sizes for each in keys]
        return cls(_largest(sizes, max(budget.least, budget.a_record * n), budget.cap))


def _groups(each: Key, cap: int) -> _Grouped:
    """The groups of at least two and at most ``cap`` records."""
    order = np.argsort(each.codes)
    codes = each.codes[order]
    starts = (
        np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else np.empty(0, dtype=np.int64)
    )
    sizes = np.diff(np.r_[starts, len(codes)])
    kept = (sizes > 1) & (sizes <= cap)
    starts, sizes = starts[kept], sizes[kept]
    inside = np.repeat(starts - np.r_[0, np.cumsum(sizes)[:-1]] if len(sizes) else starts, sizes)
    members = each.records[order[inside + np.arange(len(inside))]]
    return _Grouped(members, np.cumsum(sizes) - sizes, sizes)


def _codes(each: _Grouped, most: int, n: int) -> Iterable[Int64]:
    """The pairs of the groups of at most ``most`` records, as codes, a size at a time."""
    for size in np.unique(each.sizes[each.sizes <= most]).tolist():
        rows = np.sort(each.members[each.starts[each.sizes == size][:, None] + np.arange(size)], axis=1)
        first, second = np.triu_indices(size, 1)
        yield (rows[:, first] * n + rows[:, second]).ravel()


def _largest(sizes: Sequence[Int64], pairs: int, cap: int) -> int:
    """The largest group size that the budget of pairs allows, at least 2."""
    counts = sum((np.bincount(each, minlength=cap + 1) for each in sizes), np.zeros(cap + 1, dtype=np.int64))
    size = np.arange(len(counts))
    spent = np.cumsum(counts * (size * (size - 1) // 2))
    return max(2, int(np.searchsorted(spent, pairs, side="right")) - 1)
