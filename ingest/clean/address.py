"""United Kingdom addresses in one written form: flat, building, number and street, then the rest; the postcode apart.

Rules only, no gazetteer: what the words do not tell (which of three words is the town) is left where it stands. Nothing is
taken away but a postcode, a place named twice and punctuation, and the address as received stays with the record.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ingest.clean.address_words import BUILDINGS, COUNTIES, FLOORS, SHORT, STREETS, TOWNS_OF_WORDS, UNITS
from ingest.clean.text import text
from ingest.errors import CleanError

ADDRESS_MAX: Final = 1_000
_POSTCODE = re.compile(r"(?:^|[\s,])([A-Za-z]{1,2}\d[A-Za-z\d]?)\s*(\d[A-Za-z]{2})[\s,.]*$")
_NUMBER = re.compile(r"\d{1,5}[a-z]?(?:[-/]\d{1,5}[a-z]?)?")
_UNIT_NAME = re.compile(r"\d{1,5}[a-z]?(?:[-/]\d{1,4}[a-z]?)?|[a-z]\d{0,4}")
_STAIR = re.compile(r"\d{1,2}/\d{1,2}")
_COMPASS: Final = frozenset({"north", "south", "east", "west"})
_TIGHT = re.compile(r"(?<=\d)\s*[-\u2013]\s*(?=\d)")
_NOISE = re.compile(r"[.;:()\"@]+")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`]")


@dataclass(frozen=True, slots=True)
class UkAddress:
    """The parts of one address, in lower case without punctuation; "" where it says none. ``rest``: place names."""

    flat: str = ""
    building: str = ""
    number: str = ""
    street: str = ""
    rest: str = ""
    postcode: str = ""

    def written(self) -> str:
        """One line without the postcode: ``Flat B, 153 Wexford Road, London``."""
        line = " ".join(_capitals(part) for part in (self.number, self.street) if part)
        parts = (_capitals(self.flat), _capitals(self.building), line, _capitals(self.rest))
        return ", ".join(part for part in parts if part)

    def town(self) -> str:
        """The post town where the words leave no doubt, else ""."""
        *_, last = [""] if not self.rest else [p for p in self.rest.split(", ") if p not in COUNTIES] or [""]
        words = last.split()
        for size in (4, 3, 2):
            if " ".join(words[-size:]) in TOWNS_OF_WORDS and len(words) >= size:
                return _capitals(" ".join(words[-size:]))
        sure = len(words) == 1 or ", " in self.rest
        return _capitals(last) if sure else ""


def address(value: str) -> str | None:
    """The written form of an address without its postcode.

    Raises:
        CleanError: longer than any address.
    """
    parsed = parse_address(value)
    return parsed.written() or None


def address_key(value: str) -> str | None:
    """A reference for one place: its parts in lower case with the postcode, for keys of locations."""
    parsed = parse_address(value)
    parts = (parsed.flat, parsed.building, parsed.number, parsed.street, parsed.rest, parsed.postcode.lower())
    return " ".join(" ".join(part for part in parts if part).replace(",", "").split()) or None


def address_postcode(value: str) -> str | None:
    """The postcode that stands at the end of an address, with its space; None where there is none."""
    return parse_address(value).postcode or None


def address_town(value: str) -> str | None:
    """The town where the words leave no doubt."""
    return parse_address(value).town() or None


def parse_address(value: str) -> UkAddress:
    """The parts of an address.

    Raises:
        CleanError: longer than 1,000 characters.
    """
    cleaned = text(unicodedata.normalize("NFKC", value)) or ""
    if len(cleaned) > ADDRESS_MAX:
        raise CleanError(f"an address longer than {ADDRESS_MAX:,} characters")
    found = _POSTCODE.search(cleaned)
    postcode = f"{found[1]} {found[2]}".upper() if found else ""
    words, ends = _words(cleaned[: found.start()] if found else cleaned)
    words, ends = _expanded(words, ends)
    flat, words, ends = _flat(words, ends)
    building, number, street, rest = _line(words, ends)
    return UkAddress(flat, building, number, street, rest, postcode)


def _words(line: str) -> tuple[list[str], list[bool]]:
    """Words in lower case, and whether a comma stands behind each."""
    folded = _TIGHT.sub("-", _NOISE.sub(" ", _APOSTROPHES.sub("", line.lower()))).replace("\n", ",")
    words: list[str] = []
    ends: list[bool] = []
    for segment in folded.split(","):
        named = segment.split()
        words += named
        ends += [False] * (len(named) - 1) + [True] * bool(named)
    if ends:
        ends[-1] = True
    return words, ends


def _expanded(words: Sequence[str], ends: Sequence[bool]) -> tuple[list[str], list[bool]]:
    out: list[str] = []
    named = False  # a street word has come since the last number
    for at, word in enumerate(words):
        first = at == 0 or ends[at - 1]
        if word == "st":
            after_name = not first and not _NUMBER.fullmatch(words[at - 1]) and not named
            full = "street" if after_name and words[at - 1] not in ("of", "the") else "st"
        else:
            full = SHORT.get(word, word) if not first or word in _ANYWHERE else word
        named = (named or full in STREETS) and not _NUMBER.fullmatch(full)
        out.append(full)
    return out, list(ends)


_ANYWHERE: Final = frozenset(
    {"1st", "2nd", "3rd", "4th", "5th", "gnd", "bsmt", "lwr", "upr", "&", "gt", "hse"}
)


def _flat(words: list[str], ends: list[bool]) -> tuple[str, list[str], list[bool]]:
    """Take the flat out: ``flat b``, ``basement flat`` (turned to ``flat basement``), ``first floor flat 3``."""
    for at, word in enumerate(words):
        unit = UNITS.get(word)
        if unit is None:
            continue
        before = at
        while before and words[before - 1] in FLOORS and not ends[before - 1]:
            before -= 1
        after = at + 1
        named = after < len(words) and (_UNIT_NAME.fullmatch(words[after]) is not None)
        # "basement flat 45 Baker Street": 45 is the house, unless another number follows
        if named and not (before < at and not _another_number(words, after)):
            after += 1
        while after < len(words) and words[after] in FLOORS and not ends[after - 1]:
            after += 1
        name = [*words[before:at], *words[at + 1 : after]]
        if not name:
            continue
        keep = [i for i in range(len(words)) if not before <= i < after]
        return " ".join([unit, *name]), [words[i] for i in keep], [ends[i] for i in keep]
    if len(words) > 1 and _STAIR.fullmatch(words[0]) and _NUMBER.fullmatch(words[1]):
        return f"flat {words[0]}", words[1:], ends[1:]
    return "", words, ends


def _another_number(words: Sequence[str], at: int) -> bool:
    following = words[at + 1 : at + 2]
    return bool(following) and (_NUMBER.fullmatch(following[0]) is not None or following[0] in BUILDINGS)


def _line(words: list[str], ends: list[bool]) -> tuple[str, str, str, str]:
    """Building, number, street, rest."""
    at = next((i for i, word in enumerate(words) if _NUMBER.fullmatch(word)), None)
    start = 0 if at is None else at + 1
    number = "" if at is None else words[at]
    if at is not None and words[start : start + 3] == ["and", "a", "half"]:
        number, start = f"{number} and a half", start + 3
    stop = _street_end(words, ends, start)
    if at is None:
        begin = max(0, stop - 2) if stop else 0
        segment = max((i + 1 for i in range(stop - 1) if ends[i]), default=begin) if stop else 0
        begin = max(begin, segment) if segment < stop else begin
        building, street = words[:begin], words[begin:stop]
    else:
        building, street = words[:at], words[start:stop]
    return (
        " ".join(building),
        number,
        " ".join(street),
        _places(words[stop:], ends[stop:]) if stop or at is not None else _places(words, ends),
    )


def _street_end(words: Sequence[str], ends: Sequence[bool], start: int) -> int:
    """Where the street's name ends: behind its last word (road, lane), or where a comma says so."""
    for i in range(start, len(words)):
        name = i > start or start == 0 or words[i].endswith("way") or ends[i]
        if name and (words[i] in STREETS or (words[i].endswith("way") and len(words[i]) > 4)):
            return _with_followers(words, ends, i) + 1
        if ends[i] and i + 1 < len(words) and start:
            return i + 1
    return start


def _with_followers(words: Sequence[str], ends: Sequence[bool], at: int) -> int:
    """Past what still belongs to the name: Gate Road, Station Road North."""
    while at + 1 < len(words) and not ends[at] and (words[at + 1] in _COMPASS or words[at + 1] in STREETS):
        at += 1
    return at


def _places(words: Sequence[str], ends: Sequence[bool]) -> str:
    """Place names as segments, each once."""
    half = len(words) // 2
    if words and len(words) % 2 == 0 and list(words[:half]) == list(words[half:]):
        words, ends = words[:half], [*ends[: half - 1], True]
    segments: list[str] = []
    current: list[str] = []
    for word, end in zip(words, ends, strict=True):
        current.append(word)
        if end:
            segments.append(" ".join(current))
            current = []
    return ", ".join(dict.fromkeys(segments))


def _capitals(part: str) -> str:
    """Capital letters as people write addresses; small words inside a name stay small."""
    small = {"on", "upon", "and", "of", "the", "le", "de", "la", "super", "in", "a", "by"}
    words = part.split(" ")
    return " ".join(word if word in small and at else _capital(word) for at, word in enumerate(words))


def _capital(word: str) -> str:
    if _UNIT_NAME.fullmatch(word):
        return word.upper()
    small = ("by", "on", "le", "in")
    return "-".join(piece if piece in small else piece[:1].upper() + piece[1:] for piece in word.split("-"))
