"""How two persons compare, feature by feature: level numbers on arrays of pairs.

Levels and what stands beside them are as in ``analytics.resolution.compare``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from analytics.resolution.columns import Column
from analytics.resolution.compare import (
    Compare,
    Compared,
    closest,
    counts_where,
    email,
    identifier,
    occupation,
    place,
    score_where,
)
from analytics.resolution.frame import PersonFrame
from analytics.resolution.keys import Bool, Int64, Pairs
from analytics.resolution.likeness import jaro_winkler, scored, slips
from analytics.resolution.related_compare import at_other_times, in_common, people

_CLOSE: Final = 0.92
_ALIKE: Final = 0.84
# Likeness below which no level asks for more: it counts as none.
_CLOSE_NAMES, _FAMILIES, _GIVEN = jaro_winkler(_CLOSE), jaro_winkler(0.8), jaro_winkler(0.66)


def _swapped(frame: PersonFrame, pairs: Pairs, open_: Bool) -> Bool:
    """Given name here is like the family name there, both ways."""
    out = np.zeros(len(pairs), dtype=np.bool_)
    rows = np.flatnonzero(open_ & ~(frame.lone[pairs.left] | frame.lone[pairs.right]))
    given, family = frame["given"], frame["family"]
    for one, other in ((given, family), (family, given)):
        left, right = one.ids[pairs.left[rows], 0], other.ids[pairs.right[rows], 0]
        known = (left > 0) & (right > 0)
        rows, left, right = rows[known], left[known], right[known]
        rows = rows[scored(one, left, other, right, _CLOSE_NAMES) >= _CLOSE]
    out[rows] = True
    return out


def family(frame: PersonFrame, pairs: Pairs) -> Compared:
    """1 same, 2 a slip apart, 3 swapped with the given name, 4 alike, 5 different."""
    column = frame["family"]
    left, right = column.ids[pairs.left, 0], column.ids[pairs.right, 0]
    both = (left > 0) & (right > 0)
    open_ = both & (left != right)
    like = score_where(column, left, right, open_, _FAMILIES, 0.0)
    near = open_ & (like >= 0.8)
    apart = score_where(column, left, right, near, slips, 9.0)
    level = np.where(like >= _ALIKE, 4, 5)
    level = np.where(_swapped(frame, pairs, open_), 3, level)
    level = np.where(near & ((apart <= 1) | (like >= _CLOSE)), 2, level)
    level = np.where(left == right, 1, level)
    lone = frame.lone[pairs.left] | frame.lone[pairs.right]
    level = np.where(~both | (lone & (level >= 4)), 0, level)  # one word may be a nickname
    return level.astype(np.int8), counts_where(level == 1, column, pairs)


def given(frame: PersonFrame, pairs: Pairs) -> Compared:
    """1 same, 2 another form, 3 a slip apart, 4 initial fits, 5 middle name of the other, 6 alike, 7 different;
    8 fits a name of one word, 9 does not fit one.
    """
    column = frame["given"]
    left, right = column.ids[pairs.left, 0], column.ids[pairs.right, 0]
    both = (left > 0) & (right > 0)
    open_ = both & (left != right)
    like = score_where(column, left, right, open_, _GIVEN, 0.0)
    near = open_ & (like >= 0.7)
    apart = score_where(column, left, right, near, slips, 9.0)
    level = np.where(like >= 0.66, 6, 7)
    level = np.where(_middle_of_other(frame, pairs, open_), 5, level)
    level = np.where(_initial_fits(frame, pairs, open_), 4, level)
    level = np.where(near & ((apart <= 1) | (like >= _CLOSE)), 3, level)
    level = np.where(_share(frame["forms"], pairs), 2, level)
    level = np.where(left == right, 1, level)
    level = np.where(_swapped(frame, pairs, open_), 3, level)
    lone = frame.lone[pairs.left] | frame.lone[pairs.right]
    level = np.where(lone, np.where(level <= 3, 8, 9), level)
    return np.where(both, level, 0).astype(np.int8), counts_where(level == 1, column, pairs)


def _one_letter(text: str) -> bool:
    return len(text) == 1


def _first_letter(text: str) -> str:
    return text[:1]


def _initial_fits(frame: PersonFrame, pairs: Pairs, open_: Bool) -> Bool:
    column, first = frame["given"], frame["initial"]
    short = column.flags(_one_letter)
    one, other = column.ids[pairs.left, 0], column.ids[pairs.right, 0]
    fits = first.ids[pairs.left, 0] == first.ids[pairs.right, 0]
    return open_ & fits & (short[one] | short[other])


def _middle_of_other(frame: PersonFrame, pairs: Pairs, open_: Bool) -> Bool:
    given_, middle_ = frame["given"], frame["middle"]
    as_given = middle_.once("as given", lambda: _numbers_in(given_, middle_))
    out = np.zeros(len(pairs), dtype=np.bool_)
    for one, other in ((pairs.left, pairs.right), (pairs.right, pairs.left)):
        said = as_given[middle_.ids[one, 0]]
        out |= (said > 0) & (said == given_.ids[other, 0])
    return open_ & out


def _numbers_in(column: Column, other: Column) -> Int64:
    """The number in ``column`` of each value of ``other``, 0 where it is not there."""
    number = {text: at for at, text in enumerate(column.values.tolist())}
    return np.array([number.get(text, 0) for text in other.values.tolist()], dtype=np.int64)


def _share(column: Column, pairs: Pairs) -> Bool:
    """Whether two records have a value of this column in common."""
    out = np.zeros(len(pairs), dtype=np.bool_)
    for one in column.ids.T:
        for other in column.ids.T:
            left = one[pairs.left]
            out |= (left == other[pairs.right]) & (left > 0)
    return out


def middle(frame: PersonFrame, pairs: Pairs) -> Compared:
    """1 same or a slip apart, 2 initial fits, 3 different."""
    column = frame["middle"]
    left, right = column.ids[pairs.left, 0], column.ids[pairs.right, 0]
    both = (left > 0) & (right > 0)
    open_ = both & (left != right)
    initials, short = column.each(_first_letter).numbers, column.flags(_one_letter)
    fits = open_ & (initials[left] == initials[right]) & (short[left] | short[right])
    near = score_where(column, left, right, open_, slips, 9.0) <= 1
    level = np.where(fits, 2, np.where(near, 1, 3))
    level = np.where(left == right, 1, level)
    return np.where(both, level, 0).astype(np.int8), np.zeros(len(pairs))


def birth(frame: PersonFrame, pairs: Pairs) -> Compared:
    """1 same day, 2 day and month swapped, 3 same month, 4 same year, 5 one part out, 6 one part out of two,
    7 two parts out, 8 different.
    """
    (ly, lm, ld), (ry, rm, rd) = frame.births[pairs.left].T, frame.births[pairs.right].T
    full, monthly, known = (ld > 0) & (rd > 0), (lm > 0) & (rm > 0), (ly > 0) & (ry > 0)
    agree = (ly == ry).astype(np.int8) + (lm == rm) + (ld == rd)
    near = _one_digit_apart(ly, ry)
    level = np.full(len(pairs), 8)
    level = np.where(~monthly & near, 6, level)
    level = np.where(~full & monthly & ((ly == ry) | ((lm == rm) & near)), 6, level)
    level = np.where(full & (agree == 1), 7, level)
    level = np.where(full & ((agree == 2) | _slip_apart(frame, pairs, full & (agree < 2))), 5, level)
    level = np.where(~monthly & (ly == ry), 4, level)
    level = np.where(monthly & ~full & (ly == ry) & (lm == rm), 3, level)
    level = np.where(full & (ly == ry) & (lm == rd) & (ld == rm), 2, level)
    level = np.where(full & (agree == 3), 1, level)
    return np.where(known, level, 0).astype(np.int8), np.zeros(len(pairs))


def _slip_apart(frame: PersonFrame, pairs: Pairs, wanted: Bool) -> Bool:
    """Whole dates whose eight digits are one slip apart, also over the border of two parts: one digit, or two that stand
    next to each other and are swapped.
    """
    rows = np.flatnonzero(wanted)
    left, right = frame.digits[pairs.left[rows]], frame.digits[pairs.right[rows]]
    differ = left ^ right
    places = (differ | differ >> 1 | differ >> 2 | differ >> 3) & 0x11111111
    count, next_to = np.bitwise_count(places), places & places >> 4
    out = np.zeros(len(pairs), dtype=np.bool_)
    out[rows] = count == 1
    twos = np.flatnonzero((count == 2) & (next_to > 0))
    if len(twos):
        low = np.bitwise_count(next_to[twos] - 1)  # the place of the lower of the two digits, in bits
        one, other = left[twos] >> low, right[twos] >> low
        out[rows[twos]] = ((one & 15) == (other >> 4 & 15)) & ((one >> 4 & 15) == (other & 15))
    return out


def _one_digit_apart(left: Int64, right: Int64) -> Bool:
    """Years that differ by one digit, by a swap of the last two, or by one."""
    century = left // 100 == right // 100
    tens, units = left // 10 == right // 10, century & (left % 10 == right % 10)
    swapped = century & (left % 10 == right // 10 % 10) & (left // 10 % 10 == right % 10)
    return np.asarray(tens | units | swapped | (np.abs(left - right) == 1))


def sex(frame: PersonFrame, pairs: Pairs) -> Compared:
    """1 same, 2 different."""
    left, right = frame.sex[pairs.left], frame.sex[pairs.right]
    level = np.where((left == 0) | (right == 0), 0, np.where(left == right, 1, 2))
    return level.astype(np.int8), np.zeros(len(pairs))


def alias(frame: PersonFrame, pairs: Pairs) -> Compared:
    """1 a nickname in common, where at least one record calls it one (two mentions of a word may be anybody's name);
    2 none in common.
    """
    named = frame.nicknamed[pairs.left] | frame.nicknamed[pairs.right]
    level, shared = closest(frame["aliases"], pairs, lambda left, right, _both: np.where(left == right, 1, 2))
    level = np.where(named, level, 0).astype(np.int8)
    return level, np.where(level == 1, shared, 0.0)


_NUMBER = identifier("phone", 2)


def phone(frame: PersonFrame, pairs: Pairs) -> Compared:
    """1 same, 2 same, at other times, 3 a slip apart, 4 two slips apart, 5 different."""
    level, shared = _NUMBER(frame, pairs)
    level = np.where(level > 1, level + 1, level)
    same = np.flatnonzero(level == 1)
    level[same[at_other_times(frame, Pairs(pairs.left[same], pairs.right[same]))]] = 2
    return level.astype(np.int8), np.where(level == 1, shared, 0.0)


COMPARISONS: Final[Mapping[str, Compare]] = MappingProxyType(
    {
        "family name": family,
        "given name": given,
        "middle name": middle,
        "birth date": birth,
        "sex": sex,
        "address": place,
        "e-mail": email,
        "phone": phone,
        "vehicle": identifier("vehicle", 2),
        "national identifier": identifier("national_id", 2),
        "occupation": occupation,
        "alias": alias,
        "account": in_common("accounts"),
        "business in common": in_common("businesses"),
        "people in common": people,
    }
)
