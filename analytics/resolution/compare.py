"""Comparisons that more than one entity type uses: places, postcodes, identifiers, words. Level numbers on arrays of pairs.

Level 0 means that at least one side says nothing; among the others the lower number is the closer agreement. The levels'
names stand in ``models/*.yaml`` in the same order. ``shared`` is the number of records that give the value on which a pair
agrees (0 where it does not agree exactly): agreement on what is rare says more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from analytics.resolution.columns import Column, Each, Int32
from analytics.resolution.frame import Frame, area_of, district_of, mailbox_of
from analytics.resolution.keys import Bool, Int64, Pairs
from analytics.resolution.likeness import Score, jaro_winkler, scored, slips, whole, words
from analytics.resolution.model import Float64, Int8

Compared = tuple[Int8, Float64]
Compare = Callable[[Any, Pairs], Compared]  # each takes the frame of its own entity type
NEVER: Final = 100
# Likeness below which no level asks for more: it counts as none.
_ALIKE, _SHARED, _FITS, _MAIL = whole(0.85), words(0.75), words(0.97), jaro_winkler(0.7)


def score_where(
    column: Column | Each, left: Int32, right: Int32, wanted: Bool, score: Score, worst: float
) -> Float64:
    """``score`` where ``wanted``, ``worst`` elsewhere."""
    out = np.full(len(left), worst)
    out[wanted] = scored(column, left[wanted], column, right[wanted], score)
    return out


def counts_where(wanted: Bool, column: Column, pairs: Pairs) -> Float64:
    """How many records give the first value of the left side where ``wanted``, 0 elsewhere."""
    out = np.zeros(len(pairs))
    rows = np.flatnonzero(wanted)
    if len(rows):
        out[rows] = column.counts()[column.ids[pairs.left[rows], 0]]
    return out


def closest(
    column: Column,
    pairs: Pairs,
    levels_of: Callable[[Int32, Int32, Bool], Int64],
    *,
    counted: bool = True,
) -> Compared:
    """The closest level over all values of both sides, for columns with several values a record; ``counted`` False: how many
    records give the value that both have is of no interest.
    """
    best = np.full(len(pairs), NEVER, dtype=np.int8)
    shared = np.full(len(pairs), np.inf)
    for one in column.ids.T:
        for other in column.ids.T:
            left, right = one[pairs.left], other[pairs.right]
            rows = np.flatnonzero((left > 0) & (right > 0))
            if not len(rows):
                continue
            left, right = left[rows], right[rows]
            level = levels_of(left, right, np.ones(len(rows), dtype=np.bool_))
            best[rows] = np.minimum(best[rows], level)
            same = left == right
            alike = rows[same]
            if counted and len(alike):
                shared[alike] = np.minimum(shared[alike], column.counts()[left[same]])
    level = np.where(best < NEVER, best, 0).astype(np.int8)
    return level, np.where((level == 1) & np.isfinite(shared), shared, 0.0)


def _address(frame: Frame, pairs: Pairs) -> Compared:
    """1 same words and numbers, 2 alike with the same numbers, 3 same words without numbers, 4 alike without,
    5 same words, other numbers, 6 alike, other numbers, 7 half the words, 8 different.
    """
    column, names, numbers = frame["address"], frame.places, frame.house_numbers

    def levels(left: Int32, right: Int32, both: Bool) -> Int64:
        one, other = names.numbers[left], names.numbers[right]
        said = both & (one > 0) & (other > 0)
        same = said & (one == other)
        like = score_where(names, one, other, said & ~same, _ALIKE, 0.0)
        share = score_where(names, one, other, said & ~same & (like < 0.85), _SHARED, 0.0)
        first, second = numbers.numbers[left], numbers.numbers[right]
        numbered = (first > 0) & (second > 0)
        fits = numbered & (first == second)
        alike = (like >= 0.85) | (share >= 0.97)
        level = np.where(share >= 0.75, 7, 8)
        level = np.where(alike, np.where(fits, 2, np.where(numbered, 6, 4)), level)
        return np.where(same, np.where(fits, 1, np.where(numbered, 5, 3)), level)

    level, _ = closest(column, pairs, levels, counted=False)
    return level, counts_where((level == 1) | (level == 3), frame["place"], pairs)


def _postcode(frame: Frame, pairs: Pairs) -> Compared:
    """1 same, 2 a slip apart, 3 same district, 4 same area, 5 different."""
    column = frame["postcode"]
    district, area = column.each(district_of), column.each(area_of)

    def levels(left: Int32, right: Int32, both: Bool) -> Int64:
        apart = score_where(column, left, right, both & (left != right), slips, 9.0)
        level = np.where(area.numbers[left] == area.numbers[right], 4, 5)
        level = np.where(district.numbers[left] == district.numbers[right], 3, level)
        return np.where(left == right, 1, np.where(apart <= 1, 2, level))

    return closest(column, pairs, levels, counted=False)


def place(frame: Frame, pairs: Pairs) -> Compared:
    """1 same words, numbers and postcode, 2 alike with the same numbers and postcode, 3 same words and numbers, 4 alike with
    the same numbers; without numbers, same words or alike: 5 and same postcode, 6 and same district, 7 and no word on the
    postcode, 8 another district; 9 same postcode, 10 postcode a slip apart, 11 same street with another number, 12 same
    district, 13 some words, 14 different.

    Address and postcode are one feature: they agree and differ together, and would count twice.
    """
    (address, shared), (code, _) = _address(frame, pairs), _postcode(frame, pairs)
    bare = (address == 3) | (address == 4)
    level = np.full(len(pairs), 14)
    for number, holds in (
        (13, address == 7),
        (12, code == 3),
        (11, (address == 5) | (address == 6)),
        (10, code == 2),
        (9, code == 1),
        (8, bare),
        (7, bare & (code == 0)),
        (6, bare & (code == 3)),
        (5, bare & ((code == 1) | (code == 2))),
        (4, address == 2),
        (3, address == 1),
        (2, (address == 2) & (code == 1)),
        (1, (address == 1) & (code == 1)),
    ):
        level = np.where(holds, number, level)
    said = (address > 0) | (code > 0)
    return np.where(said, level, 0).astype(np.int8), np.where(address == 1, shared, 0.0)


def email(frame: Frame, pairs: Pairs) -> Compared:
    """1 same, 2 at most two slips and the same digits, 3 same name at another host, 4 different.

    Addresses that are merely alike say nothing: they are made of the name, which would count twice, and
    ``j.smith66`` and ``j.smith67`` are two people.
    """
    column = frame["email"]
    mailbox, digits = column.each(mailbox_of), column.each(_digits)

    def levels(left: Int32, right: Int32, both: Bool) -> Int64:
        open_ = both & (left != right)
        like = score_where(column, left, right, open_, _MAIL, 0.0)
        numbered = digits.numbers[left] == digits.numbers[right]
        apart = score_where(column, left, right, open_ & numbered & (like >= 0.7), slips, 9.0)
        box, other = mailbox.numbers[left], mailbox.numbers[right]
        level = np.where(like >= 0.9, 5, 4)
        level = np.where((box == other) & (box > 0), 3, level)
        return np.where(left == right, 1, np.where(apart <= 2, 2, level))

    level, shared = closest(column, pairs, levels)
    return np.where(level == 5, 0, level).astype(np.int8), shared


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _long(text: str) -> bool:
    return len(text) > 5


def identifier(name: str, near: int) -> Compare:
    """1 same, 2 a slip apart, 3 at most ``near`` slips, 4 different."""

    def compare(frame: Frame, pairs: Pairs) -> Compared:
        column = frame[name]
        long = column.flags(_long)  # a short one is soon another

        def levels(left: Int32, right: Int32, both: Bool) -> Int64:
            apart = score_where(column, left, right, both & (left != right), slips, 9.0)
            apart = np.where(long[left] & long[right], apart, 9.0)
            level = np.where(apart <= 1, 2, np.where(apart <= near, 3, 4))
            return np.where(left == right, 1, level)

        return closest(column, pairs, levels)

    return compare


def occupation(frame: Frame, pairs: Pairs) -> Compared:
    """1 same, 2 alike, 3 a word in common, 4 different."""
    column = frame["occupation"]

    def levels(left: Int32, right: Int32, both: Bool) -> Int64:
        open_ = both & (left != right)
        like = score_where(column, left, right, open_, _ALIKE, 0.0)
        share = score_where(column, left, right, open_ & (like < 0.85), _FITS, 0.0)
        level = np.where(like >= 0.85, 2, np.where(share >= 0.97, 3, 4))
        return np.where(left == right, 1, level)

    return closest(column, pairs, levels)
