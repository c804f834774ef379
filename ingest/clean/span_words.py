"""The rules by which words for times become spans; see ``spans`` for what they are used for.

A span is the widest reading of the words. What a word is worth stands in the tables below: a local reading, to be argued with.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from ingest.clean.base import CleanSettings
from ingest.clean.dates import Parts, parse_date
from ingest.errors import CleanError

ABOUT_HOUR: Final = timedelta(minutes=30)
ABOUT_MINUTE: Final = timedelta(minutes=15)
ABOUT_DAYS: Final = timedelta(days=1)
_PARTS_OF_DAY: Final = {
    "early morning": (4, 8), "morning": (6, 12), "late morning": (10, 12), "midday": (11, 13), "noon": (11, 13), "lunchtime": (12, 14),
    "afternoon": (12, 18), "late afternoon": (16, 18), "evening": (17, 22), "late evening": (20, 24), "night": (20, 30), "overnight": (20, 30),
    "midnight": (23, 25), "early hours": (0, 5), "daytime": (6, 20),
}  # fmt: skip
_THIRDS: Final = {
    "early": 0,
    "beginning of": 0,
    "start of": 0,
    "mid": 1,
    "middle of": 1,
    "late": 2,
    "end of": 2,
}
_SEASONS: Final = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
_LEADING = re.compile(r"^(?:c|ca|some ?time (?:in|on|during)|in|on(?! or )|at|during)\b\.?\s+", re.IGNORECASE)
_LOOSE = re.compile(
    r"(?:\b(?:on or )?(?:about|approximately|approx|around|circa|roughly)\b\.?|^ca?\b\.?|~)\s*", re.IGNORECASE
)
_TRAILING = re.compile(r"\s*\(?\b(?:approx(?:imately)?|or so|ish)\b\.?\)?$", re.IGNORECASE)
_BETWEEN = re.compile(r"(?:between|from)\s+(.+?)\s+(?:and|to|until|till)\s+(.+)", re.IGNORECASE)
_DASH = re.compile(r"(.+?)\s+(?:-|\u2013|to|until)\s+(.+)")
_BEFORE = re.compile(r"(?:before|by|until|no later than|up to)\s+(.+)", re.IGNORECASE)
_AFTER = re.compile(r"(after|since|from|no earlier than)\s+(.+)", re.IGNORECASE)
_CLOCK = re.compile(r"(?<![\d/\-.])(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?\s*(am|pm|a\.m\.|p\.m\.|hrs|hours|o'?clock)?(?![\d/\-])", re.IGNORECASE)  # fmt: skip
_WORDS = re.compile(r"[ ,]+")
_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Span:
    """Local start and end (exclusive); None: open on that side. ``precision``: what the words were exact to."""

    start: datetime | None
    end: datetime | None
    precision: str


def parse_span(value: str, settings: CleanSettings) -> Span:
    """The span that a text means.

    Raises:
        CleanError: no time that these rules know, a time of day without a date, or an end before its start.
    """
    if len(value) > _MAX:
        raise CleanError(f"a time written in more than {_MAX} characters")
    text = _WORDS.sub(" ", value.strip().rstrip("?").strip())
    for form, build in ((_BETWEEN, _between), (_BEFORE, _before), (_AFTER, _after), (_DASH, _between)):
        if found := form.fullmatch(text):
            return build([*found.groups()], settings)
    return _one(text, settings)


def _between(sides: list[str], settings: CleanSettings) -> Span:
    last = _one(sides[1], settings, base=_day_of(sides[0], settings))
    first = _one(sides[0], settings, base=_day_of(sides[1], settings))
    if first.start is None or last.end is None:
        raise CleanError("a span of open ends")
    start, end = first.start, last.end if last.precision != "minute" else last.start
    if end is None or end < start:
        raise CleanError("a span that ends before it starts")
    return Span(start, end, "between")


def _before(sides: list[str], settings: CleanSettings) -> Span:
    return Span(None, _one(sides[0], settings).start, "before")


def _after(sides: list[str], settings: CleanSettings) -> Span:
    inner = _one(sides[1], settings)
    included = inner.precision == "minute" or sides[0].lower() in ("since", "from", "no earlier than")
    return Span(inner.start if included else inner.end, None, "after")


def _one(text: str, settings: CleanSettings, base: date | None = None) -> Span:
    loose = _LOOSE.search(text) is not None or _TRAILING.search(text) is not None
    text = " ".join(_LOOSE.sub(" ", _TRAILING.sub("", _LEADING.sub("", text))).split())
    part, rest = _part_of_day(text)
    day = _day_of(rest, settings) or (base if part or _CLOCK.search(rest) else None)
    if part and day is not None:
        start, end = _PARTS_OF_DAY[part]
        return Span(_hours(day, start), _hours(day, end), "part of a day")
    clock = _clock_of(rest, settings) if day is not None else None
    if day is not None and clock is not None:
        return _at_clock(day, clock, loose)
    if day is not None:
        wide = ABOUT_DAYS if loose else timedelta()
        start = datetime.combine(day, time())
        return Span(start - wide, start + timedelta(days=1) + wide, "about a day" if loose else "day")
    if part or (_CLOCK.fullmatch(text) and not re.fullmatch(r"\d{1,2}|\d{4}", text)):
        raise CleanError("a time of day without a date: join the column of the date before it")
    return _period(text, settings, loose)


def _at_clock(day: date, clock: tuple[int, int | None], loose: bool) -> Span:
    hour, minute = clock
    moment = datetime.combine(day, time(hour % 24, minute or 0)) + timedelta(days=hour // 24)
    if not loose:
        return Span(moment, moment + timedelta(minutes=1), "minute")
    if minute is None:
        return Span(moment - ABOUT_HOUR, moment + ABOUT_HOUR, "about an hour")
    return Span(moment - ABOUT_MINUTE, moment + ABOUT_MINUTE, "about a quarter of an hour")


def _period(text: str, settings: CleanSettings, loose: bool) -> Span:
    """A month, a year, a third of one of them, or a season."""
    lower = text.lower().replace("-", " ") if re.match(r"(?i)(mid|early|late)-", text) else text.lower()
    for word, third in _THIRDS.items():
        if lower.startswith(word + " "):
            return _third(_period_parts(lower.removeprefix(word + " ").removeprefix("the "), settings), third)
    season, _, year = lower.rpartition(" ")
    if season in _SEASONS and re.fullmatch(r"\d{4}", year):
        start = datetime(int(year), _SEASONS[season], 1)  # noqa: DTZ001  (local time, made UTC by the caller)
        return Span(start, _month_after(start, 3), "season")
    parts = _period_parts(lower, settings)
    start, end = _bounds(parts)
    if not loose:
        return Span(start, end, "month" if parts[1] else "year")
    wide = 1 if parts[1] else 12
    return Span(
        _month_after(start, -wide), _month_after(end, wide), "about a month" if parts[1] else "about a year"
    )


def _third(parts: Parts, third: int) -> Span:
    start, end = _bounds(parts)
    if parts[2] is not None:
        raise CleanError("early, mid or late of a single day: say the part of the day")
    if parts[1] is None:
        return Span(_month_after(start, 4 * third), _month_after(start, 4 * third + 4), "part of a year")
    first = start + timedelta(days=10 * third)
    return Span(first, end if third == 2 else first + timedelta(days=10), "part of a month")


def _period_parts(text: str, settings: CleanSettings) -> Parts:
    parts = parse_date(text, settings.dates)
    if parts[1] is None and not re.fullmatch(r"\d{4}", text):
        raise CleanError("not a time, a date or a span of them")
    return parts


def _bounds(parts: Parts) -> tuple[datetime, datetime]:
    year, month, day = parts
    start = datetime(year, month or 1, day or 1)  # noqa: DTZ001  (local time, made UTC by the caller)
    if day is not None:
        return start, start + timedelta(days=1)
    return start, _month_after(start, 1 if month else 12)


def _month_after(moment: datetime, months: int) -> datetime:
    count = moment.year * 12 + moment.month - 1 + months
    return moment.replace(year=count // 12, month=count % 12 + 1, day=1)


def _part_of_day(text: str) -> tuple[str, str]:
    lower = text.lower()
    for word in sorted(_PARTS_OF_DAY, key=len, reverse=True):
        if found := re.search(rf"(?:\b(?:in|at|on|during) )?(?:\bthe )?\b{word}\b(?: of)?", lower):
            return word, " ".join((text[: found.start()] + " " + text[found.end() :]).split())
    return "", text


def _tokens(text: str) -> list[str]:
    return [
        word
        for word in text.split(" ")
        if word.lower() not in ("on", "at", "of", "the", "about", "approx", "around", "circa")
    ]


def _day_of(text: str, settings: CleanSettings) -> date | None:
    """The whole date that stands in a text, if there is one."""
    words = _tokens(text.replace("T", " ") if re.match(r"\d{4}-\d{2}-\d{2}T", text) else text)
    for size in (3, 2, 1):
        for at in range(len(words) - size + 1):
            try:
                year, month, day = parse_date(" ".join(words[at : at + size]), settings.dates)
            except CleanError:
                continue
            if month and day:
                return date(year, month, day)
    return None


def _clock_of(text: str, settings: CleanSettings) -> tuple[int, int | None] | None:
    """Hour and minute (None: not said) of the time of day in a text."""
    words = _tokens(text.replace("T", " ", 1) if re.match(r"\d{4}-\d{2}-\d{2}T", text) else text)
    for size in (3, 2, 1):
        for at in range(len(words) - size + 1):
            try:
                if parse_date(" ".join(words[at : at + size]), settings.dates)[2] is None:
                    continue
            except CleanError:
                continue
            return _clock(" ".join(words[:at] + words[at + size :]))
    return _clock(" ".join(words))


def _clock(text: str) -> tuple[int, int | None] | None:
    compact = re.fullmatch(r"(\d{2})(\d{2})\s*(?:hrs|hours|h)?", text)
    if compact and int(compact[1]) < 24 and int(compact[2]) < 60:
        return int(compact[1]), int(compact[2])
    if not text:
        return None
    found = _CLOCK.fullmatch(text)
    if found is None or (found[2] is None and found[3] is None):
        raise CleanError("a date with something beside it that is no time of day")
    hour, minute, half = int(found[1]), found[2], (found[3] or "").lower().replace(".", "")
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            raise CleanError("a time of day that does not exist")
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or (minute and int(minute) > 59):
        raise CleanError("a time of day that does not exist")
    return hour, int(minute) if minute else None


def _hours(day: date, hours: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(hours=hours)
