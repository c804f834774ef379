"""Times as people remember them, as a span with a stated precision: ``about 3 pm on 4 May 2024``, ``early May 2024``.

A span may be too wide but leaves nothing out; the text as received stays with the record. A time of day without a date is
refused: join the column of the date before it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from graphcore.model import iso_utc
from ingest.clean.base import CleanSettings
from ingest.clean.dates import written
from ingest.clean.span_words import parse_span


def approximate_time(settings: CleanSettings) -> Callable[[str], str]:
    """An ISO 8601 interval in UTC, ``start/end``; an open side is ``..``."""

    def clean(value: str) -> str:
        span = parse_span(value, settings)
        return "/".join(".." if side is None else _utc(side, settings) for side in (span.start, span.end))

    return clean


def approximate_start(settings: CleanSettings) -> Callable[[str], str | None]:
    """First moment of the span, for ``valid_from``; None where it is open."""

    def clean(value: str) -> str | None:
        start = parse_span(value, settings).start
        return None if start is None else _utc(start, settings)

    return clean


def approximate_end(settings: CleanSettings) -> Callable[[str], str | None]:
    """Moment after the span, for ``valid_to``; None where it is open."""

    def clean(value: str) -> str | None:
        end = parse_span(value, settings).end
        return None if end is None else _utc(end, settings)

    return clean


def approximate_precision(settings: CleanSettings) -> Callable[[str], str]:
    """What the words are exact to: ``minute``, ``about an hour``, ``part of a day``, ``day``, ``month``, ``between``..."""

    def clean(value: str) -> str:
        return parse_span(value, settings).precision

    return clean


def approximate_date(settings: CleanSettings) -> Callable[[str], str | None]:
    """The partial date that holds the whole span: ``early May 2024`` is 2024-05; None where it crosses years or is open."""

    def clean(value: str) -> str | None:
        span = parse_span(value, settings)
        if span.start is None or span.end is None:
            return None
        first, last = span.start, max(span.start, span.end - timedelta(microseconds=1))
        if first.year != last.year:
            return None
        month = first.month if first.month == last.month else None
        return written((first.year, month, first.day if month and first.day == last.day else None))

    return clean


def _utc(local: datetime, settings: CleanSettings) -> str:
    """UTC; a local time that the clock change skipped is read as if the clocks had not moved yet."""
    return iso_utc(local.replace(tzinfo=ZoneInfo(settings.timezone)).astimezone(UTC))
