"""Persons: the keys under which they meet, and how they are compared."""

from __future__ import annotations

from typing import Final

import numpy as np

from analytics.resolution.blocking import Key, key
from analytics.resolution.comparer import Kind
from analytics.resolution.frame import PersonFrame, part_codes
from analytics.resolution.person_compare import COMPARISONS


def person_keys(frame: PersonFrame) -> list[Key]:
    """Every kind of key under which persons meet."""
    f = frame
    date, month = part_codes(f.births, "date"), part_codes(f.births, "year", "month")
    year, day = part_codes(f.births, "year"), part_codes(f.births, "month", "day")
    forms = (f["given"], f["forms"])
    return [
        *(
            key(f[name])
            for name in ("phone", "email", "mailbox", "vehicle", "national_id", "aliases", "postcode")
        ),
        *(key(date, f[name]) for name in ("initial", "bone", "middle")),
        key(date),
        key(month, f["bone"]),
        *(key(month, form) for form in forms),
        key(year, f["bone"], f["initial"]),
        *(key(year, f["family3"], form) for form in forms),
        *(key(year, f[name]) for name in ("given", "family")),
        *(key(day, f[name]) for name in ("given3", "family3")),
        *(key(f["family"], form) for form in forms),
        key(f["family"], f["initial"]),
        key(f["family"]),
        key(f["bone"], f["bones"]),
        *(key(f["bone"], form, f["middle"]) for form in forms),
        *(key(f["postcode"], f[name]) for name in ("bone", "initial", "given", "forms")),
        key(f["district"], f["family3"], f["initial"]),
        *(key(f["street"], f[name]) for name in ("bone", "given", "forms")),
        *(key(f["place"], f[name]) for name in ("family3", "given3")),
        key(f["mailhost"]),
        key(f["occupation"], f["family"]),
        *_turned(f),
    ]


def _turned(frame: PersonFrame) -> list[Key]:
    """Given and family name in either order, under one number."""
    numbers = {text: at for at, text in enumerate(sorted({*frame["given"].values, *frame["family"].values}))}
    given, family = (
        np.array([numbers[text] for text in frame[name].values.tolist()])[frame[name].ids[:, 0]]
        for name in ("given", "family")
    )
    both = (frame["given"].ids[:, 0] > 0) & (frame["family"].ids[:, 0] > 0)
    low, high = np.minimum(given, family), np.maximum(given, family)
    return [key(*(np.where(both, part, 0).astype(np.int32)[:, None] for part in (low, high)))]


PERSONS: Final = Kind("Person", PersonFrame.of, person_keys, COMPARISONS)
