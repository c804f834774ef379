"""Text that is safe to show: no character hides, reverses or floods what a reader sees, and none breaks XML.

Names come from sources as received. Invisible and direction-changing characters are shown as a mark with their number,
long values are cut with their length, and what XML cannot carry is taken out and counted.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from graphcore.model.times import parse_iso_utc

NO_NAME = "(no name)"
VALUE_LIMIT = 2_000
_MARKS_IN_A_ROW = 3
_SPACES = "\t\n\r\x0b\x0c\x85\u2028\u2029"


def visible(text: str, limit: int = VALUE_LIMIT) -> str:
    """``text`` on one line with nothing hidden: format and control characters become ``[U+202E]``."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for char in text[:limit]:
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks <= _MARKS_IN_A_ROW:
            shown.append(_shown(char, category))
    if len(text) > limit:
        shown.append(f"… [cut: {len(text):,} characters]")
    return "".join(shown)


def _shown(char: str, category: str) -> str:
    if char in _SPACES or category == "Zs":
        return " "
    if category in {"Cc", "Cf", "Cs", "Co", "Cn"}:
        return f"[U+{ord(char):04X}]"
    return char


def storable(text: str) -> str:
    """``text`` without lone surrogates (they have no UTF-8 form); each becomes U+FFFD."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def shorten(text: str, limit: int = VALUE_LIMIT) -> str:
    """``text`` as received, cut where it is so long that no page could show it."""
    kept = storable(text[:limit])
    return kept if len(text) <= limit else f"{kept}… [cut: {len(text):,} characters]"


def cut(text: str, length: int) -> str:
    """At most ``length`` characters, the last one an ellipsis where something was left out."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def wrap(text: str, width: int, lines: int) -> tuple[str, ...]:
    """``text`` in at most ``lines`` lines of ``width`` characters; long words are broken, the rest is cut."""
    result: list[str] = []
    for word in text.split() or [text]:
        if result and len(result[-1]) + 1 + len(word) <= width:
            result[-1] += " " + word
            continue
        result += [word[at : at + width] for at in range(0, len(word), width)] or [""]
    if len(result) > lines:
        result = [*result[: lines - 1], cut(" ".join(result[lines - 1 :]), width)]
    return tuple(result)


def xml_text(text: str) -> tuple[str, int]:
    """``text`` without the characters that XML 1.0 cannot carry, and how many were taken out."""
    if text.isprintable():  # holds no control character, surrogate or unassigned one
        return text, 0
    kept = "".join(char for char in text if _in_xml(ord(char)))
    return kept, len(text) - len(kept)


def _in_xml(code: int) -> bool:
    return code in {0x9, 0xA, 0xD} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code > 0xFFFF


def duration(seconds: int) -> str:
    """``3 h 2 min``, ``4 min``, ``35 s``."""
    hours, rest = divmod(seconds, 3_600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min" if minutes else f"{left} s"


def money(pence: int, currency: str = "GBP") -> str:
    """``£1,234.50``; other currencies by their code."""
    sign = "-" if pence < 0 else ""
    symbol = "£" if currency in {"", "GBP"} else f"{currency} "
    return f"{sign}{symbol}{abs(pence) / 100:,.2f}"


def day(moment: str) -> str:
    """The date of an ISO time."""
    return moment[:10]


def last_day(start: str | None, end: str) -> str:
    """The last date inside a span whose ``end`` is exclusive; a moment (start = end) is its own day."""
    if start == end:
        return day(end)
    last = parse_iso_utc(end) - timedelta(microseconds=1)
    return f"{last.year:04d}-{last.month:02d}-{last.day:02d}"


def span(start: str | None, end: str | None) -> str:
    """``2026-01-02..2026-03-04``, one date where both are the same day, "" where neither is known.

    With one end open: ``from 2026-01-02``, ``until 2026-03-04``.
    """
    first = day(start) if start else ""
    last = last_day(start, end) if end else ""
    if first and last:
        return first if first == last else f"{first}..{last}"
    return f"from {first}" if first else f"until {last}" if last else ""


def days(first: str | None, last: str | None) -> str:
    """As :func:`span`, for the first and the last of some moments: both days count."""
    dates = [day(moment) for moment in (first, last) if moment]
    return "..".join(dict.fromkeys(dates))


def stamp(moment: datetime) -> str:
    """``2026-03-04 09:30 UTC``."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 link``, ``2 links``, ``3 entities``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(words: Iterable[str]) -> str:
    """Words side by side, as shown in tables."""
    return ", ".join(words)
