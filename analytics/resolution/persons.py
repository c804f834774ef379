"""Persons: the keys under which they meet, and how they are compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from analytics.resolution.blocking import Parts
from analytics.resolution.comparer import Kind
from analytics.resolution.frame import PersonFrame
from analytics.resolution.keys import Int64
from analytics.resolution.person_compare import COMPARISONS

_DATES: Final = {"date": ("date",), "month": ("year", "month"), "year": ("year",), "day": ("month", "day")}
_KEYS: Final = """
phone | email | mailbox | mailhost | vehicle | national_id | aliases | postcode | postcode bone | postcode initial
postcode given | postcode forms | postcode year | date | date initial | date bone | date middle | month bone | month given
month forms | year bone initial | year family3 given | year family3 forms | year given | year family | day given3
day family3 | family | family given | family forms | family initial | bone bones | bone given middle | bone forms middle
street bone | street given | street forms | place family3 | place given3 | place year initial | place year bone
place year given3 | place year family3 | place bone initial | place bone forms | place occupation initial
district family3 initial | district bone initial | district bone forms | district year initial | district year bone
district given | district forms | district bone | district occupation initial | occupation family
"""  # columns of the frame and parts of the birth date that make one key together


def person_keys(frame: PersonFrame) -> Iterator[Parts]:
    """What every kind of key under which persons meet is made of."""
    dates = {name: part_codes(frame.births, *parts) for name, parts in _DATES.items()}
    for line in _KEYS.strip().splitlines():
        for names in line.split(" | "):
            yield tuple(dates[name] if name in dates else frame[name] for name in names.split())
    yield _turned(frame)


def _turned(frame: PersonFrame) -> Parts:
    """Given and family name in either order, under one number."""
    given, family = (
        np.where(column.ids[:, 0] > 0, column.hashes()[column.ids[:, 0]] >> np.uint64(1), 0).astype(np.int64)
        for column in (frame["given"], frame["family"])
    )
    both = (given > 0) & (family > 0)
    low, high = np.minimum(given, family), np.maximum(given, family)
    return tuple(np.where(both, part, 0)[:, None] for part in (low, high))


def part_codes(births: Int64, *parts: str) -> Int64:
    """Numbers for some parts of the birth dates, shape (n, 1), 0 where one is not said; day and month in either order for ``date``."""
    year, month, day = births.T
    if parts == ("date",):
        low, high = np.minimum(month, day), np.maximum(month, day)
        code = np.where(day > 0, (year * 40 + low) * 40 + high, 0)
    else:
        chosen = [{"year": year, "month": month, "day": day}[part] for part in parts]
        code = np.zeros(len(births), dtype=np.int64)
        for values in chosen:
            code = code * 4000 + values
        code = np.where(np.all([values > 0 for values in chosen], axis=0), code, 0)
    return code[:, None]


_COUNTED: Final = (
    "family", "given", "place", "aliases", "email", "phone", "vehicle", "national_id", "occupation",
)  # fmt: skip
PERSONS: Final = Kind("Person", PersonFrame.of, person_keys, COMPARISONS, _COUNTED)
