"""Times to UTC. A local time is read in the mapping's zone; one that the clock change skipped is refused.

A local time that the autumn clock change makes happen twice is read as the first of the two (summer time).
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from graphcore.model import iso_utc
from ingest.clean.base import CleanSettings
from ingest.clean.dates import parse_date
from ingest.errors import CleanError

_TIMED = re.compile(
    r"(?P<date>.+?)(?:[T ]| at |, ?)(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*(?P<ampm>[AaPp][Mm])?"
    r"\s*(?P<zone>Z|z|UTC|GMT|BST|[+-]\d{2}:?\d{2})?"
)
_COMPACT = re.compile(r"(\d{8})[T ]?(\d{2})(\d{2})(\d{2})?(Z?)")
_ZONES = {"Z": "+00:00", "UTC": "+00:00", "GMT": "+00:00", "BST": "+01:00"}


def timestamp(settings: CleanSettings) -> Callable[[str], str]:
    """A cleaner to 27-character UTC text, for example ``2026-03-01T09:30:00.000000Z``."""

    def clean(value: str) -> str:
        return iso_utc(parse_time(value, settings))

    return clean


def parse_time(value: str, settings: CleanSettings) -> datetime:
    """A moment in UTC.

    Raises:
        CleanError: not a date and time, or a local time that does not exist.
    """
    if match := _COMPACT.fullmatch(value):
        clock = f"{match[2]}:{match[3]}:{match[4] or '00'}"
        return _moment(match[1], clock, None, match[5] or None, settings)
    match = _TIMED.fullmatch(value)
    if match is None:
        raise CleanError("not a date and time (2026-03-01 09:30, 01/03/2026 09:30:00, 2026-03-01T09:30Z)")
    return _moment(match["date"], match["clock"], match["ampm"], match["zone"], settings)


def _moment(day: str, clock: str, ampm: str | None, zone: str | None, settings: CleanSettings) -> datetime:
    year, month, day_of_month = parse_date(day.strip(), settings.dates)
    if month is None or day_of_month is None:
        raise CleanError("a time of day without a whole date")
    naive = datetime.combine(date(year, month, day_of_month), _clock(clock, ampm))
    if zone is None:
        return localise(naive, settings.timezone)
    offset = _ZONES.get(zone.upper(), zone)
    return datetime.fromisoformat(naive.isoformat() + offset).astimezone(UTC)


def _clock(text: str, ampm: str | None) -> time:
    hours, _, rest = text.replace(",", ".").partition(":")
    hour = int(hours)
    if ampm:
        if not 1 <= hour <= 12:
            raise CleanError("a time of day that does not exist")
        hour = hour % 12 + (12 if ampm.lower() == "pm" else 0)
    minutes, _, fraction = rest.partition(".")
    try:
        whole = time.fromisoformat(f"{hour:02d}:{minutes}")
    except ValueError as error:
        raise CleanError("a time of day that does not exist") from error
    return whole.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction else whole


def localise(naive: datetime, zone: str) -> datetime:
    """UTC of a local time.

    Raises:
        CleanError: the clock change skipped that time.
    """
    local = naive.replace(tzinfo=ZoneInfo(zone))
    moment = local.astimezone(UTC)
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) != naive:
        raise CleanError(f"this time does not exist in {zone}: the clocks went forward over it")
    return moment


def span_start(settings: CleanSettings) -> Callable[[str], str]:
    """First moment of what a text says: the time itself, or the start of its day, month or year."""

    def clean(value: str) -> str:
        if ":" in value:
            return iso_utc(parse_time(value, settings))
        year, month, day = parse_date(value, settings.dates)
        return iso_utc(_midnight(date(year, month or 1, day or 1), settings.timezone))

    return clean


def span_end(settings: CleanSettings) -> Callable[[str], str]:
    """Moment after what a text says (ends are exclusive): the time itself, or the end of its day, month or year."""

    def clean(value: str) -> str:
        if ":" in value:
            return iso_utc(parse_time(value, settings))
        year, month, day = parse_date(value, settings.dates)
        if month is None:
            after = date(year + 1, 1, 1)
        elif day is None:
            after = date(year + month // 12, month % 12 + 1, 1)
        else:
            after = date(year, month, day) + timedelta(days=1)
        return iso_utc(_midnight(after, settings.timezone))

    return clean


def _midnight(day: date, zone: str) -> datetime:
    """Local midnight; where the clock change skips it, the first moment of the day."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
