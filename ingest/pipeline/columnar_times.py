"""Columns of times in the usual written forms to UTC, all at once; every other form is left to the cleaner.

What is answered here is what the cleaner answers: a test holds the two together.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from graphcore.arrow import Array
from ingest.clean import CleanSettings
from ingest.clean.times import localise
from ingest.errors import CleanError
from ingest.pipeline.columnar_block import text_bytes

Int = NDArray[np.int64]
Flags = NDArray[np.bool_]
Digits = NDArray[np.uint8]
_HOUR = 3_600_000_000
_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- local times have no zone yet


@dataclass(frozen=True, slots=True)
class _Form:
    """Places of year, month, day and the separators of one written form; hours begin at place 11."""

    year: int
    first: int
    second: int
    marks: tuple[tuple[int, str], ...]


_SLASHED = tuple(_Form(6, 0, 3, ((2, mark), (5, mark))) for mark in "/-.")
_ISO = _Form(0, 5, 8, ((4, "-"), (7, "-")))


def utc_micros(texts: Array, settings: CleanSettings) -> tuple[Int, Flags]:
    """Microseconds since 1970 UTC, and which texts were of a form known here and a time that exists once.

    ``01/03/2026 09:30``, ``2026-03-01 09:30:00``, ``2026-03-01T09:30:00Z`` and the like, in the zone and order of
    ``settings``.
    """
    size = len(texts)
    out, known = np.zeros(size, np.int64), np.zeros(size, bool)
    offsets, raw = text_bytes(texts)
    lengths = np.diff(offsets)
    for length in (16, 17, 19, 20):
        places = np.flatnonzero(lengths == length)
        if len(places):
            chars = np.lib.stride_tricks.sliding_window_view(raw, length)[offsets[:-1][places]]
            local, good = _read(chars, length, settings)
            _place(out, known, places[good], local[good], "UTC" if length in (17, 20) else settings.timezone)
    return out, known


def _read(chars: Digits, length: int, settings: CleanSettings) -> tuple[Int, Flags]:
    """Microseconds on the local clock, and whether the text is of a known form and says a time that exists."""
    good = np.zeros(len(chars), bool)
    parts = np.ones((3, len(chars)), np.int64)
    for form in (_ISO, *_SLASHED):
        here = ~good
        for place, mark in form.marks:
            here &= chars[:, place] == ord(mark)
        if here.any():
            first, second = _two(chars, form.first), _two(chars, form.second)
            swap = form is not _ISO and settings.dates == "dmy"
            month, day = (second, first) if swap else (first, second)
            year = _two(chars, form.year) * 100 + _two(chars, form.year + 2)
            for part, values in zip(parts, (year, month, day), strict=True):
                part[here] = values[here]
            good |= here & _digits(chars, (form.year, form.year + 2, form.first, form.second))
    seconds = length in (19, 20)
    good &= ((chars[:, 10] == ord(" ")) | (chars[:, 10] == ord("T"))) & (chars[:, 13] == ord(":"))
    good &= _digits(chars, (11, 14, 17) if seconds else (11, 14))
    if seconds:
        good &= chars[:, 16] == ord(":")
    if length in (17, 20):
        good &= chars[:, length - 1] == ord("Z")
    hour, minute = _two(chars, 11), _two(chars, 14)
    second = _two(chars, 17) if seconds else np.zeros(len(chars), np.int64)
    year, month, day = parts
    good &= (year >= 1000) & (year <= 2999) & (month >= 1) & (month <= 12) & (day >= 1)
    good &= (hour < 24) & (minute < 60) & (second < 60)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = (months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")
    good &= day <= days.astype(np.int64)
    start = months.astype("datetime64[D]").astype(np.int64) + day - 1
    return ((start * 24 + hour) * 3600 + minute * 60 + second) * _SECOND, good


def _two(chars: Digits, place: int) -> Int:
    return (chars[:, place].astype(np.int64) - 48) * 10 + chars[:, place + 1] - 48


def _digits(chars: Digits, places: tuple[int, ...]) -> Flags:
    good = np.ones(len(chars), bool)
    for place in places:
        for at in (place, place + 1):
            good &= (chars[:, at] >= 48) & (chars[:, at] <= 57)
    return good


def _place(out: Int, known: Flags, places: Int, local: Int, zone: str) -> None:
    """Put local times down in UTC, hour by hour; an hour in which the clocks change is left out."""
    if zone == "UTC":
        out[places], known[places] = local, True
        return
    hours, number = np.unique(local // _HOUR, return_inverse=True)
    shifts = [_shift(hour, zone) for hour in hours.tolist()]
    usable = np.array([shift is not None for shift in shifts], bool)[number]
    shift = np.array([shift or 0 for shift in shifts], np.int64)[number]
    out[places[usable]] = local[usable] + shift[usable]
    known[places[usable]] = True


def _shift(hour: int, zone: str) -> int | None:
    """What takes a local time in this hour to UTC, in microseconds; None where it is not one for the whole hour."""
    begin = _EPOCH + timedelta(hours=hour)
    moments = (begin, begin + timedelta(minutes=30), begin + timedelta(hours=1, microseconds=-1))
    try:
        shifts = {localise(moment, zone).replace(tzinfo=None) - moment for moment in moments}
    except (CleanError, OverflowError):
        return None
    return shifts.pop() // timedelta(microseconds=1) if len(shifts) == 1 else None
