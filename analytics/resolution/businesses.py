"""Businesses: the keys under which they meet, and how they are compared. Two company numbers are two companies, however like they look: a phoenix rises under the old
name and directors with a new number. Records without a number are matched by name and place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import numpy as np

from analytics.resolution.blocking import Parts
from analytics.resolution.columns import Each, Int32
from analytics.resolution.compare import (
    Compare,
    Compared,
    closest,
    email,
    identifier,
    place,
    score_where,
)
from analytics.resolution.comparer import Kind
from analytics.resolution.frame import Frame, place_columns, raw_columns
from analytics.resolution.keys import Bool, Int64, Pairs
from analytics.resolution.likeness import close_words, words
from analytics.resolution.related_compare import in_common
from analytics.resolution.text import company_marks, company_number_key, company_words, fold
from graphcore.evidence.ledger.values import OriginRecords

_NAMES: Final = ("name", "trading_name", "previous_name")
_RAW: Final = ("address", "postcode", "email", "phone", "company_number")

_HOLDS: Final = words(1.0)


@dataclass(frozen=True, slots=True, eq=False)
class BusinessFrame(Frame):
    """Columns over businesses. ``marks``: the numbers and group words of each name, which tell companies apart."""

    marks: Each

    @classmethod
    def of(cls, records: Iterable[OriginRecords]) -> BusinessFrame:
        """The frame of ``records``, which are read once, one at a time."""
        raw = raw_columns(records, _RAW, {"names": _NAMES})
        names = raw["names"].one(_company_name)
        places, numbers, around = place_columns(raw)
        columns = around | {
            "name": names,
            "word": names.derive(lambda text: text.split(), 6),
            "couple": names.derive(_couples, 6),
            "start": names.derive(lambda text: [word[:3] for word in text.split()], 6),
            "number": raw["company_number"].one(company_number_key),
            "phone": raw["phone"],
            "email": raw["email"].one(fold),
        }
        marks = names.each(lambda text: " ".join(sorted(company_marks(text))))
        return cls(n=names.n, columns=columns, places=places, house_numbers=numbers, marks=marks)


def _company_name(text: str) -> str:
    return " ".join(company_words(text))


def _couples(text: str) -> Iterable[str]:
    return [" ".join(sorted(pair)) for pair in pairwise(text.split())]


def business_keys(frame: BusinessFrame) -> list[Parts]:
    """What every kind of key under which businesses meet is made of."""
    f = frame
    return [
        *((f[name],) for name in ("number", "phone", "email", "name", "word", "couple")),
        *((f[place], f["start"]) for place in ("postcode", "street")),
    ]


def number(frame: BusinessFrame, pairs: Pairs) -> Compared:
    """1 same, 2 different."""
    return closest(frame["number"], pairs, lambda left, right, _both: np.where(left == right, 1, 2))


def name(frame: BusinessFrame, pairs: Pairs) -> Compared:
    """1 same, 2 a slip apart, 3 one holds the other, 4 alike, 5 different; other numbers or group words: different.

    Trading and earlier names count as the name: the closest pair of names decides.
    """
    column, marks = frame["name"], frame.marks

    def levels(left: Int32, right: Int32, both: Bool) -> Int64:
        open_ = both & (left != right)
        like = score_where(column, left, right, open_, close_words, 0.0)
        inside = score_where(column, left, right, open_, _HOLDS, 0.0)
        level = np.where(like >= 0.7, 4, 5)
        level = np.where(inside >= 1.0, 3, level)
        level = np.where(like >= 0.88, 2, level)
        level = np.where(marks.numbers[left] == marks.numbers[right], level, 5)
        return np.where(left == right, 1, level)

    return closest(column, pairs, levels)


COMPARISONS: Final[Mapping[str, Compare]] = MappingProxyType(
    {
        "company number": number,
        "name": name,
        "address": place,
        "phone": identifier("phone", 2),
        "e-mail": email,
        "account": in_common("accounts"),
        "people in common": in_common("people"),
    }
)
_COUNTED: Final = ("number", "name", "place", "phone", "email")
BUSINESSES: Final = Kind("Business", BusinessFrame.of, business_keys, COMPARISONS, _COUNTED)
