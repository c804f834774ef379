"""What stands in a call record where a number is wanted, and how long a call was.

An end of a call is a full number, a short code or sender's name (a service, never a subscriber), or nobody (withheld). The
three are told apart and never turned into one another: a short code is no damaged number, a withheld end is no number.
"""

import re
import unicodedata
from functools import lru_cache

from ingest.clean.phone import DAMAGED, phone
from ingest.errors import CleanError

WITHHELD = frozenset(
    {"withheld", "anonymous", "private", "private number", "unknown", "unavailable", "restricted", "number withheld",
     "no number", "no caller id", "blocked", "not available", "payphone", "n/a", "none", "null", "-", "anonymous@anonymous.invalid"}
)  # fmt: skip
_CODE = re.compile(r"[*#]?\d{2,5}#?|11[68]\d{3}")
_NO_LETTER = re.compile(r"[0-9+() .\-]+")  # most numbers: told from a name without a look at each character
_RECENT = 256  # texts: a mapping asks the same end for its key, its number and its code, one behind the other
_SENDER = re.compile(r"[\w &.'!\-]{2,11}")
_BARE = re.compile(r"(?!44\d{10}$)[1-9]\d{5,8}|(?!44\d{10}$)[4-689]\d{9}|(?!44\d{10}$)[1-9]\d{10,14}")
_NOT_INTERNATIONAL = re.compile(r"\+(?=.*[^\W\d_])|\+(?=\d{1,6}$)")
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{2})")
_WORDED = re.compile(
    r"(?:(\d{1,4})\s*h(?:ou)?r?s?)?\s*(?:(\d{1,4})\s*m(?:in)?s?)?\s*(?:(\d{1,5})\s*s(?:ec)?s?)?",
    re.IGNORECASE,
)
_FRACTION_OF_DAY = re.compile(r"0?[.,]\d{3,}(?:[eE]-?\d+)?|\d([.,]\d+)?[eE]-\d{1,2}")
_SECONDS = re.compile(r"\d{1,7}(?:\.0+)?")


def dialled(value: str) -> str | None:
    """One end of a call or text: E.164, or a short code or sender's name as it is; None where nobody is named.

    Raises:
        CleanError: a damaged number, or neither number, code nor name.
    """
    return short_code(value) or full_number(value)


@lru_cache(maxsize=_RECENT)
def full_number(value: str) -> str | None:
    """E.164 of a subscriber's or service's full number; None for a short code, a sender's name or a withheld end.

    Raises:
        CleanError: a damaged number, or neither number, code nor name.
    """
    if short_code(value) or _plain(value).casefold() in WITHHELD:
        return None
    if _BARE.fullmatch(re.sub(r"[\s\-().]", "", _plain(value))):
        raise CleanError("not a telephone number: no leading zero or +, so its area or country is not known")
    return phone(value)


@lru_cache(maxsize=_RECENT)
def short_code(value: str) -> str | None:
    """A short code (``999``, ``60777``, ``*100``) or an SMS sender's name as it is; None for anything else."""
    plain = _plain(value)
    if plain.casefold() in WITHHELD:
        return None
    if _CODE.fullmatch(plain):
        return plain
    if _NO_LETTER.fullmatch(plain):
        return None
    letters = sum(char.isalpha() for char in plain)
    # 0770090012O is a number with a slip in it, not a name
    mostly_letters = letters > sum(char.isdigit() for char in plain)
    return plain if mostly_letters and _SENDER.fullmatch(plain) else None


def duration(value: str) -> int | None:
    """Whole seconds from ``hh:mm:ss``, ``mm:ss``, ``1h 2m 3s`` or seconds.

    Raises:
        CleanError: no duration, parts of seconds, or what a spreadsheet made of one (a fraction of a day).
    """
    plain = _plain(value)
    if not plain:
        return None
    if _SECONDS.fullmatch(plain):
        return int(plain.split(".")[0])
    if match := _CLOCK.fullmatch(plain):
        return _clock(match[1], match[2], match[3])
    if _FRACTION_OF_DAY.fullmatch(plain):
        raise CleanError(f"{DAMAGED}: a spreadsheet turned the duration into a fraction of a day")
    if (match := _WORDED.fullmatch(plain)) and any(match.groups()):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    raise CleanError("not a duration: hh:mm:ss, mm:ss, 1h 2m 3s or whole seconds")


def _plain(value: str) -> str:
    known = value if value.isascii() else unicodedata.normalize("NFKC", value)  # which leaves ASCII as it is
    plain = known.strip().removeprefix("'").strip()
    if "+" not in plain:
        return plain
    return _NOT_INTERNATIONAL.sub("", plain, count=1)  # a + that a mapping put before what is no full number


def _clock(hours: str | None, minutes: str, seconds: str) -> int:
    if int(seconds) > 59 or (hours is not None and int(minutes) > 59):
        raise CleanError("not a duration: more than 59 minutes or seconds in a clock")
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
