"""Occurrences brought into the order in which they are kept, and the same ones left out. Pure; whole columns at a time.

Two occurrences of one pair are the same where time, reference and kind are; they say the same where also their end and
values are. Of those that are the same, the one that was known first counts, else the one with the lowest row; of those
that say the same, one is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphcore.arrow import Array, ChunkedArray, DictionaryArray, Table, pa, pc
from graphcore.evidence.series import KIND, VALUE
from graphcore.evidence.siphash import Words, hash_texts, hash_words

Int = NDArray[np.int64]
Flags = NDArray[np.bool_]
OFTEN = 4  # a column with fewer distinct texts than a quarter of its rows is hashed by distinct text
NO_END = -(2**63)
_SAME = ("reference", VALUE + KIND)


@dataclass(frozen=True, slots=True)
class Marks:
    """By row: ``at``, ``same`` (hash of reference and kind) and ``said`` (hash of end and values)."""

    at: Int
    same: Words
    said: Words

    def take(self, places: Int) -> "Marks":
        """Those of some rows."""
        return Marks(self.at[places], self.same[places], self.said[places])


@dataclass(frozen=True, slots=True)
class Arranged:
    """``rows`` are places in the table, group after group, within a group by time; ``starts`` begins every group.

    Groups are in the order of their first row. ``counted`` is by place in ``rows``. ``left_out`` counts by group (in order
    of group number) the rows that say what is known; ``repeated`` by known occurrence whether a row says it again.
    """

    rows: Int
    starts: Int
    groups: Int
    counted: Flags
    left_out: Int
    repeated: Flags

    @property
    def lengths(self) -> Int:
        """Rows of every group."""
        return np.diff(np.append(self.starts, len(self.rows)))


def marks_of(table: Table, key: bytes) -> Marks:
    """What tells the occurrences of a table apart, whatever columns it has; ``key`` has 16 bytes.

    A column without a value at a row says nothing about it, just as if the column were not there.
    """
    rows = table.num_rows
    same = [
        _hashed(table.column(name), key) if name in table.column_names else _nothing(rows, key)
        for name in _SAME
    ]
    said = np.zeros(rows, np.uint64)
    for name in table.column_names:
        if name == "until" or name.startswith(VALUE):
            column = table.column(name)
            about = np.full(rows, hash_texts(key, pa.array([name]))[0])
            given = pc.is_valid(column).to_numpy(zero_copy_only=False)
            said ^= np.where(given, hash_words(key, [about, _hashed(column, key)]), np.uint64(0))
    return Marks(integers(table.column("at")), hash_words(key, same), said)


def arrange(
    group: Int, pair: Int, row: Int, marks: Marks, known: tuple[Int, Marks] | None = None
) -> Arranged:
    """Order rows and leave out what is known or said twice.

    Args:
        group: Number of each row's record-to-be, from 0, in any order.
        pair: By group the number of what it may repeat: link and access label, from 0.
        row: Row in the source's file.
        marks: Of the rows.
        known: Pair and marks of occurrences that the ledger has.
    """
    new = len(group)
    owner, place = pair[group] if new else group, row
    if known is not None:
        owner, place = np.append(owner, known[0]), np.append(row, np.full(len(known[0]), -1))
        marks = Marks(*(np.append(getattr(marks, n), getattr(known[1], n)) for n in ("at", "same", "said")))
    order = np.lexsort((place, marks.said, marks.same, marks.at, owner))
    ordered, place = marks.take(order), place[order]
    run = _begins(owner[order], ordered.at, ordered.same)
    again = ~(run | _begins(ordered.said))
    counted = _lowest(place, run) & (place >= 0)
    fresh = order < new
    keep = fresh & ~again
    rank, by_rank = _ranks(group, row)
    rows = order[keep]
    ranked = rank[group[rows]] if len(rows) else rows
    final = np.argsort(ranked, kind="stable")
    rows, ranked, counted = rows[final], ranked[final], counted[keep][final]
    starts = np.flatnonzero(_begins(ranked)) if len(rows) else rows
    out = np.bincount(group[order[fresh & again]], minlength=len(rank))
    return Arranged(rows, starts, by_rank[ranked[starts]], counted, out, _repeated(order, again, new))


def _ranks(group: Int, row: Int) -> tuple[Int, Int]:
    """Rank of every group by its first row, and the group of every rank."""
    first = np.full(int(group.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, group, row)
    by_rank = np.argsort(first, kind="stable")
    rank = np.empty(len(first), np.int64)
    rank[by_rank] = np.arange(len(first))
    return rank, by_rank


def _repeated(order: Int, again: Flags, new: int) -> Flags:
    """By known occurrence: whether some new row is left out because of it, or of its equal."""
    block = np.cumsum(~again) - 1
    fresh = order < new
    said = np.bincount(block[fresh], minlength=int(block.max(initial=-1)) + 1) > 0
    repeated = np.zeros(len(order) - new, bool)
    repeated[order[~fresh] - new] = said[block[~fresh]]
    return repeated


def integers(column: ChunkedArray) -> Int:
    """A whole-number column as numpy; nothing (null) as the lowest number."""
    whole = column.combine_chunks()
    if whole.null_count:
        whole = pc.fill_null(whole.cast(pa.int64()), NO_END)
    return whole.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)


def group_numbers(columns: Sequence[ChunkedArray | Array]) -> tuple[Int, Int]:
    """Numbers (from 0) of equal rows of some columns, and the first place of each number."""
    combined = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        codes, count = _codes(column)
        combined = combined * count + codes
        if count and combined.size and combined.max() > 2**31:  # keep room for the next factor
            combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
    _, first, numbers = np.unique(combined, return_index=True, return_inverse=True)
    return numbers.astype(np.int64), first.astype(np.int64)


def _codes(column: ChunkedArray | Array) -> tuple[Int, int]:
    whole = column.combine_chunks() if isinstance(column, ChunkedArray) else column
    if pa.types.is_integer(whole.type):
        numbers = whole.to_numpy(zero_copy_only=False).astype(np.int64)
        return numbers, int(numbers.max(initial=0)) + 1
    encoded = whole if isinstance(whole, DictionaryArray) else whole.dictionary_encode()
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), max(1, len(encoded.dictionary))


def _hashed(column: ChunkedArray, key: bytes) -> Words:
    whole = column.combine_chunks()
    if pa.types.is_string(whole.type):
        encoded = whole.dictionary_encode(null_encoding="encode")
        if len(encoded.dictionary) * OFTEN < len(whole):
            indices = encoded.indices.to_numpy(zero_copy_only=False)
            return hash_texts(key, pc.fill_null(encoded.dictionary, ""))[indices]
        return hash_texts(key, pc.fill_null(whole, ""))
    if pa.types.is_floating(whole.type):
        return (
            pc.fill_null(whole, float("nan"))
            .to_numpy(zero_copy_only=False)
            .astype(np.float64)
            .view(np.uint64)
        )
    return integers(pa.chunked_array([whole.cast(pa.int64())])).view(np.uint64)


def _nothing(rows: int, key: bytes) -> Words:
    return np.full(rows, hash_texts(key, pa.array([""]))[0])


def _begins(*columns: NDArray[np.int64] | Words) -> Flags:
    """True where a row differs from the one before it."""
    begins = np.ones(len(columns[0]), bool)
    if len(begins):
        begins[1:] = False
        for column in columns:
            begins[1:] |= column[1:] != column[:-1]
    return begins


def _lowest(place: Int, run: Flags) -> Flags:
    """True for the row of the lowest place of every run (the first of equal ones)."""
    if not len(place):
        return np.zeros(0, bool)
    starts = np.flatnonzero(run)
    lengths = np.diff(np.append(starts, len(place)))
    lowest = np.repeat(np.minimum.reduceat(place, starts), lengths)
    found = place == lowest
    number = np.cumsum(found)
    before = np.repeat(number[starts] - found[starts], lengths)
    return found & (number - before == 1)
