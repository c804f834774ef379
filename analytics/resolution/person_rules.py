"""How two persons' names and birth dates compare, Arrays in, arrays out."""

from __future__ import annotations

import numpy as np

from analytics.resolution.keys import Bool, Int64, Pairs
from analytics.resolution.model import Float64, Levels
from analytics.resolution.person_table import PersonTable
from analytics.resolution.similarity import Texts, edits, jaro_winkler, mapped, on_distinct
from analytics.resolution.text import same_given_name

_CLOSE = 0.92
_ALIKE = 0.84


def family_levels(table: PersonTable, pairs: Pairs) -> Levels:
    """1 same, 2 a slip apart, 3 swapped with the given name, 4 alike, 5 different."""
    texts = table.family
    left, right = texts.ids[pairs.left], texts.ids[pairs.right]
    both = (left > 0) & (right > 0)
    like = on_distinct(left, right, texts.values, jaro_winkler)
    slips = on_distinct(left, right, texts.values, edits)
    level = np.where(like >= _ALIKE, 4, 5)
    level = np.where(_swapped(table, pairs), 3, level)
    level = np.where(((slips <= 1) & (like >= 0.8)) | (like >= _CLOSE), 2, level)
    level = np.where(left == right, 1, level)
    # A name of one word may be a nickname: that it fits no family name says little.
    lone = table.lone[pairs.left] | table.lone[pairs.right]
    level = np.where(lone & (level >= 4), 0, level)
    return np.where(both, level, 0).astype(np.int8), _rarer(texts, left, right)


def _rarer(texts: Texts, left: Int64, right: Int64) -> Float64:
    """Bits in the commoner of two texts: a slip away from a common name is a common name."""
    rarity = texts.rarity()
    return np.minimum(rarity[left], rarity[right])


def _swapped(table: PersonTable, pairs: Pairs) -> Bool:
    """Given name here is like the family name there, both ways."""
    values = sorted({*table.given.values, *table.family.values})
    number = {value: at for at, value in enumerate(values)}
    given = np.array([number[value] for value in table.given.values])[table.given.ids]
    family = np.array([number[value] for value in table.family.values])[table.family.ids]
    lone = table.lone[pairs.left] | table.lone[pairs.right]
    named = (table.given.ids[pairs.left] > 0) & (table.given.ids[pairs.right] > 0) & ~lone
    one = on_distinct(given[pairs.left], family[pairs.right], values, jaro_winkler)
    other = on_distinct(family[pairs.left], given[pairs.right], values, jaro_winkler)
    return named & (one >= _CLOSE) & (other >= _CLOSE)


def given_levels(table: PersonTable, pairs: Pairs) -> Levels:
    """1 same, 2 another form, 3 a slip apart, 4 initial fits, 5 middle name of the other, 6 different."""
    texts = table.given
    left, right = texts.ids[pairs.left], texts.ids[pairs.right]
    both = (left > 0) & (right > 0)
    slips = on_distinct(left, right, texts.values, edits)
    like = on_distinct(left, right, texts.values, jaro_winkler)
    level = np.full(len(left), 6)
    level = np.where(_middle_of_other(table, pairs), 5, level)
    level = np.where(on_distinct(left, right, texts.values, mapped(_initial_fits)) > 0, 4, level)
    level = np.where(((slips <= 1) & (like >= 0.7)) | (like >= _CLOSE), 3, level)
    level = np.where(on_distinct(left, right, texts.values, mapped(same_given_name)) > 0, 2, level)
    level = np.where(left == right, 1, level)
    lone = table.lone[pairs.left] | table.lone[pairs.right]
    level = np.where(_swapped(table, pairs), 3, level)
    level = np.where(lone & (level >= 4), 0, level)
    return np.where(both, level, 0).astype(np.int8), _rarer(texts, left, right)


def _initial_fits(left: str, right: str) -> bool:
    return min(len(left), len(right)) == 1 and left[0] == right[0]


def _middle_of_other(table: PersonTable, pairs: Pairs) -> Bool:
    number = {value: at for at, value in enumerate(table.given.values)}
    as_given = np.array([number.get(value, -1) for value in table.middle.values])[table.middle.ids]
    given = table.given.ids
    one = (as_given[pairs.left] == given[pairs.right]) & (table.middle.ids[pairs.left] > 0)
    other = (as_given[pairs.right] == given[pairs.left]) & (table.middle.ids[pairs.right] > 0)
    return one | other


def middle_levels(table: PersonTable, pairs: Pairs) -> Levels:
    """1 same or a slip apart, 2 initial fits, 3 different."""
    texts = table.middle
    left, right = texts.ids[pairs.left], texts.ids[pairs.right]
    both = (left > 0) & (right > 0)
    near = (on_distinct(left, right, texts.values, edits) <= 1) & (left > 0)
    level = (
        np.where(on_distinct(left, right, texts.values, mapped(_initial_fits)) > 0, 2, 3)
        if both.any()
        else np.full(len(left), 3)
    )
    level = np.where(near | (on_distinct(left, right, texts.values, mapped(same_given_name)) > 0), 1, level)
    level = np.where(left == right, 1, level)
    return np.where(both, level, 0).astype(np.int8), np.zeros(len(left))


def birth_levels(table: PersonTable, pairs: Pairs) -> Levels:
    """1 same day, 2 day and month swapped, 3 same month, 4 same year, 5 one part out, 6 different."""
    (ly, lm, ld), (ry, rm, rd) = table.births[pairs.left].T, table.births[pairs.right].T
    full = (ld > 0) & (rd > 0)
    monthly = (lm > 0) & (rm > 0)
    known = (ly > 0) & (ry > 0)
    agree = (ly == ry).astype(np.int8) + (lm == rm) + (ld == rd)
    near_year = _one_digit_apart(ly, ry)
    level = np.full(len(ly), 6)
    level = np.where(~monthly & near_year, 5, level)
    level = np.where(~full & monthly & ((ly == ry) | ((lm == rm) & near_year)), 5, level)
    level = np.where(full & (agree == 2) & ((ly == ry) | near_year), 5, level)
    level = np.where(~monthly & (ly == ry), 4, level)
    level = np.where(monthly & ~full & (ly == ry) & (lm == rm), 3, level)
    level = np.where(full & (ly == ry) & (lm == rd) & (ld == rm), 2, level)
    level = np.where(full & (agree == 3), 1, level)
    return np.where(known, level, 0).astype(np.int8), np.zeros(len(ly))


def _one_digit_apart(left: Int64, right: Int64) -> Bool:
    """Years that differ by one digit, by a swap of the last two, or by one."""
    tens = left // 10 == right // 10
    units = (left % 10 == right % 10) & (left // 100 == right // 100)
    swapped = (
        (left // 100 == right // 100) & (left % 10 == right // 10 % 10) & (left // 10 % 10 == right % 10)
    )
    return tens | units | swapped | (np.abs(left - right) == 1)


def sex_levels(table: PersonTable, pairs: Pairs) -> Levels:
    """1 same, 2 different."""
    left, right = table.sex[pairs.left], table.sex[pairs.right]
    level = np.where((left == 0) | (right == 0), 0, np.where(left == right, 1, 2)).astype(np.int8)
    return level, np.zeros(len(level))
