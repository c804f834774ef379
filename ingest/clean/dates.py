"""Dates, whole or partial, to ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``: no part is ever made up."""

import re
from collections.abc import Callable
from datetime import date

from ingest.clean.base import CleanSettings
from ingest.errors import CleanError

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may may", "jun june", "jul july", "aug august",
         "sep september sept", "oct october", "nov november", "dec december"), 1)
    for name in names.split()
}  # fmt: skip
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ]00:00(?::00)?(?:\.0+)?Z?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SLASHED = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?: 00:00(?::00)?)?")
_MONTH_SLASH = re.compile(r"(\d{1,2})/(\d{4})")
_WORDED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?[ \-])?([A-Za-z]{3,9})[ \-,]+(\d{4})")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[/.\-](\d{1,2}|[A-Za-z]{3,9})[/.\-]\d{2}")

_YEARS = re.compile(r"(?<!\d)((?:1[89]|20)\d{2})(?!\d)|(?<!\d)((?:1[89]|20)\d{2})\d{4}(?!\d)")

Parts = tuple[int, int | None, int | None]


def partial_date(settings: CleanSettings) -> Callable[[str], str | None]:
    """A cleaner that reads 03/04/2026 in the order of ``settings``; ISO and yyyymmdd are never ambiguous."""

    def clean(value: str) -> str | None:
        return written(parse_date(value, settings.dates))

    return clean


def date_or_year(settings: CleanSettings) -> Callable[[str], str | None]:
    """As :func:`partial_date`; of a date that does not exist (31/02/1980) the year alone, which is still said."""

    def clean(value: str) -> str | None:
        try:
            return written(parse_date(value, settings.dates))
        except CleanError:
            years = {match[1] or match[2] for match in _YEARS.finditer(value)}
            if len(years) != 1:
                raise
            return years.pop()

    return clean


def parse_date(value: str, order: str) -> Parts:
    """Year, month, day of a date; month and day None where the text does not say.

    Raises:
        CleanError: not a date, a date that does not exist, or a year of two digits.
    """
    parts = _numeric(value, order) or _worded(value)
    if parts is None:
        if _SHORT_YEAR.fullmatch(value):
            raise CleanError("a year of two digits could be of two centuries")
        raise CleanError("not a date (YYYY-MM-DD, DD/MM/YYYY, YYYYMMDD, 5 Mar 2026, YYYY-MM or YYYY)")
    parts = _said(parts)
    _check(parts)
    return parts


def _said(parts: Parts) -> Parts:
    """Zeros say that nobody knows (00/00/1979, 1979-05-00); a day without its month says nothing that can be kept."""
    year, month, day = parts
    if month == 0 and day:
        raise CleanError("a date that does not exist")
    return year, month or None, day or None


def _numeric(value: str, order: str) -> Parts | None:
    if match := _ISO.fullmatch(value) or _COMPACT.fullmatch(value):
        return int(match[1]), _number(match[2]), _number(match[3])
    if match := _SLASHED.fullmatch(value):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        return (year, second, first) if order == "dmy" else (year, first, second)
    if match := _MONTH_SLASH.fullmatch(value):
        return int(match[2]), int(match[1]), None
    return None


def _worded(value: str) -> Parts | None:
    if (first := _MONTH_FIRST.fullmatch(value)) and (month := _MONTHS.get(first[1].casefold())):
        return int(first[3]), month, int(first[2])
    match = _WORDED.fullmatch(value)
    month = _MONTHS.get(match[2].casefold()) if match else None
    return (int(match[3]), month, _number(match[1])) if match and month else None


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _check(parts: Parts) -> None:
    year, month, day = parts
    if not 1000 <= year <= 2999:
        raise CleanError("a year outside 1000 to 2999")
    try:
        date(year, month or 1, day or 1)
    except ValueError as error:
        raise CleanError("a date that does not exist") from error


def written(parts: Parts) -> str:
    """The text of a date, as long as what is known."""
    year, month, day = parts
    if month is None:
        return f"{year:04d}"
    return f"{year:04d}-{month:02d}" if day is None else f"{year:04d}-{month:02d}-{day:02d}"
