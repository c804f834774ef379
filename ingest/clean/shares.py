"""Shares as people write them, to an interval from 0 to 1: "25-50%", ">75", "up to 10 %", "33.3".

A number alone is a percentage. What is not understood gives nothing rather than a guess.
"""

import re

from ingest.errors import CleanError

_NUMBER = r"(\d{1,3}(?:[.,]\d+)?)\s*%?"
_POINT = re.compile(_NUMBER)
_RANGE = re.compile(rf"(?:between\s+|from\s+)?{_NUMBER}\s*(?:-|\u2013|\u2014|to|and|\.\.)\s*{_NUMBER}")
_LOW = re.compile(rf"(?:>=?|≥|more than|over|above|at least|minimum of|min\.?)\s*{_NUMBER}")
_LOW_AFTER = re.compile(rf"{_NUMBER}\s*(?:\+|or more|and more|and above)")
_HIGH = re.compile(rf"(?:<=?|≤|less than|under|below|up to|at most|max\.?)\s*{_NUMBER}")


def share_from(value: str) -> float | None:
    """The lower end of a share in words or numbers.

    Raises:
        CleanError: it is not understood, or not within 0 to 100 %.
    """
    return _interval(value)[0]


def share_to(value: str) -> float | None:
    """The upper end; see :func:`share_from`."""
    return _interval(value)[1]


def _interval(value: str) -> tuple[float, float]:
    text = " ".join(value.casefold().split())
    if match := _RANGE.fullmatch(text):
        low, high = _share(match[1]), _share(match[2])
    elif match := _LOW.fullmatch(text) or _LOW_AFTER.fullmatch(text):
        low, high = _share(match[1]), 1.0
    elif match := _HIGH.fullmatch(text):
        low, high = 0.0, _share(match[1])
    elif match := _POINT.fullmatch(text):
        low = high = _share(match[1])
    else:
        raise CleanError("not a share that is understood (50, 50%, 25-50%, >75, up to 10%)")
    if low > high:
        raise CleanError("a share from more to less")
    return low, high


def _share(text: str) -> float:
    number = float(text.replace(",", "."))
    if number > 100:
        raise CleanError("a share above 100 %")
    return round(number / 100, 6)
