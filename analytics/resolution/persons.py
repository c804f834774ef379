"""Persons: the keys under which they meet, and how they are compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from analytics.resolution.blocking import Key, key
from analytics.resolution.comparer import Kind
from analytics.resolution.frame import PersonFrame, part_codes
from analytics.resolution.person_compare import COMPARISONS


def person_keys(frame: PersonFrame) -> Iterator[Key]:
    """Every kind of key under which persons meet, one at a time: all together would take much memory."""
    f = frame
    date, month = part_codes(f.births, "date"), part_codes(f.births, "year", "month")
    year, day = part_codes(f.births, "year"), part_codes(f.births, "month", "day")
    forms = (f["given"], f["forms"])
    for name in ("phone", "email", "mailbox", "vehicle", "national_id", "aliases", "postcode"):
        yield key(f[name])
    for name in ("initial", "bone", "middle"):
        yield key(date, f[name])
    yield key(date)
    yield key(month, f["bone"])
    for form in forms:
        yield key(month, form)
    yield key(year, f["bone"], f["initial"])
    for form in forms:
        yield key(year, f["family3"], form)
    for name in ("given", "family"):
        yield key(year, f[name])
    for name in ("given3", "family3"):
        yield key(day, f[name])
    for form in forms:
        yield key(f["family"], form)
    yield key(f["family"], f["initial"])
    yield key(f["family"])
    yield key(f["bone"], f["bones"])
    for form in forms:
        yield key(f["bone"], form, f["middle"])
    for name in ("bone", "initial", "given", "forms"):
        yield key(f["postcode"], f[name])
    yield key(f["district"], f["family3"], f["initial"])
    for name in ("bone", "given", "forms"):
        yield key(f["street"], f[name])
    for name in ("family3", "given3"):
        yield key(f["place"], f[name])
    yield key(f["mailhost"])
    yield key(f["occupation"], f["family"])
    yield _turned(f)


def _turned(frame: PersonFrame) -> Key:
    """Given and family name in either order, under one number."""
    given, family = (
        np.where(column.ids[:, 0] > 0, column.hashes()[column.ids[:, 0]] >> np.uint64(1), 0).astype(np.int64)
        for column in (frame["given"], frame["family"])
    )
    both = (given > 0) & (family > 0)
    low, high = np.minimum(given, family), np.maximum(given, family)
    return key(*(np.where(both, part, 0)[:, None] for part in (low, high)))


PERSONS: Final = Kind("Person", PersonFrame.of, person_keys, COMPARISONS)
