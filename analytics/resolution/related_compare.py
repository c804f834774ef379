"""What two records have in common through links: compared as entities, and discounted by how many others have it too.

Levels and what stands beside them are as in ``analytics.resolution.compare``; ``shared`` is the degree of the rarest thing
in common, counted in entities. A formation agent's address or a nominee's thousand companies are had by many.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from analytics.resolution.columns import Column, Int32
from analytics.resolution.compare import Compare, Compared, closest
from analytics.resolution.frame import Frame
from analytics.resolution.keys import Bool, Int64, Pairs

Period = tuple[str, str, str]
THROUGH_LINKS: Final = (
    "account",
    "business in common",
    "people in common",
)  # features that records have through links
FEW: Final = 8  # entities that have a thing, up to which it says something of its own


def in_common(name: str) -> Compare:
    """1 in common, few have it, 2 in common, many have it, 3 none in common."""

    def compare(frame: Frame, pairs: Pairs) -> Compared:
        level = np.zeros(len(pairs), dtype=np.int8)
        shared = np.zeros(len(pairs))
        column = frame.columns.get(name)
        if column is None:
            return level, shared
        present = column.present()
        rows = np.flatnonzero(present[pairs.left] & present[pairs.right])
        level[rows], shared[rows] = closest(
            column, Pairs(pairs.left[rows], pairs.right[rows]), _by_degree(column)
        )
        return level, shared

    return compare


def _by_degree(column: Column) -> Callable[[Int32, Int32, Bool], Int64]:
    few = column.counts() <= FEW

    def levels(left: Int32, right: Int32, _both: Bool) -> Int64:
        return np.where(left != right, 3, np.where(few[left], 1, 2))

    return levels


def people(frame: Frame, pairs: Pairs) -> Compared:
    """Like :func:`in_common`, of people; silent where a business in common says the same already."""
    level, shared = in_common("people")(frame, pairs)
    business, _ = in_common("businesses")(frame, pairs)
    known = (business == 1) | (business == 2)
    return np.where(known, 0, level).astype(np.int8), np.where(known, 0.0, shared)


def at_other_times(frame: Frame, pairs: Pairs) -> Bool:
    """Pairs of which every number in common was used by the two at different times: a number is given out again.

    Numbers without a period may be anybody's at any time. Values of the column are ``number, first day, last day``.
    """
    out = np.zeros(len(pairs), dtype=np.bool_)
    column = frame.columns.get("phone periods")
    if column is None or not len(pairs):
        return out
    said: list[Period] = column.once("periods", lambda: [_period(text) for text in column.values])
    timed = column.present()
    phones = frame["phone"]
    for row in np.flatnonzero(timed[pairs.left] & timed[pairs.right]).tolist():
        one, other = int(pairs.left[row]), int(pairs.right[row])
        shared = {*phones.ids[one].tolist()} & {*phones.ids[other].tolist()} - {0}
        numbers = {str(phones.values[at]) for at in shared}
        here, there = (_said(column, said, side) for side in (one, other))
        out[row] = bool(numbers) and all(_apart(number, here, there) for number in numbers)
    return out


def _said(column: Column, periods: list[Period], row: int) -> list[Period]:
    numbers: list[int] = column.ids[row].tolist()
    return [periods[at] for at in numbers if at]


def _period(text: str) -> Period:
    number, first, last = (*text.split("\t"), "", "", "")[:3]
    return number, first, last


def _apart(number: str, here: list[Period], there: list[Period]) -> bool:
    """Whether the periods of a number are known on both sides and nowhere overlap."""
    mine = [each for each in here if each[0] == number]
    theirs = [each for each in there if each[0] == number]
    if not mine or not theirs:
        return False
    return all(a[2] < b[1] or b[2] < a[1] for a in mine for b in theirs)
