"""Seconds or milliseconds since 1970 (UTC) as moments. Only years 1990 to 2099: a shorter number is something else."""

import re
from datetime import UTC, datetime, timedelta

from graphcore.model import iso_utc
from ingest.errors import CleanError

_SECONDS = re.compile(r"(\d{9,10})(?:\.(\d{1,9}))?")
_MILLIS = re.compile(r"(\d{12,13})")
_START = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def epoch_s(value: str) -> str:
    """27-character UTC text of seconds since 1970, for example 1772356200.

    Raises:
        CleanError: no such number, or a moment before 1990 or after 2099.
    """
    match = _SECONDS.fullmatch(value)
    if match is None:
        hint = ": these are milliseconds (epoch_ms)" if _MILLIS.fullmatch(value) else ""
        raise CleanError(f"not seconds since 1970{hint}")
    return _moment(timedelta(seconds=int(match[1]), microseconds=int((match[2] or "")[:6].ljust(6, "0"))))


def epoch_ms(value: str) -> str:
    """As :func:`epoch_s`, from milliseconds since 1970."""
    match = _MILLIS.fullmatch(value)
    if match is None:
        hint = ": these are seconds (epoch_s)" if _SECONDS.fullmatch(value) else ""
        raise CleanError(f"not milliseconds since 1970{hint}")
    return _moment(timedelta(milliseconds=int(match[1])))


def _moment(since: timedelta) -> str:
    moment = _START + since
    if not _FIRST <= moment < _LAST:
        raise CleanError("a moment before 1990 or after 2099: not a time since 1970")
    return iso_utc(moment)
