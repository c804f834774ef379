"""Values made comparable: names, addresses, birth dates. Pure and memoised; the received value is never touched.

A key that comes out empty says nothing: it neither joins nor parts two records.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

cache = lru_cache(maxsize=1 << 16)  # bounded: a million addresses must not stay in memory


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES: Final = _set("mr mrs ms miss mx dr sir dame rev prof master lord lady")
_PARTICLES: Final = frozenset(
    [
        "al",
        "el",
        "de",
        "del",
        "della",
        "da",
        "di",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "bin",
        "ibn",
        "mac",
        "mc",
        "o",
        "st",
        "ter",
        "ben",
    ]
)
_LEGAL: Final = _set(
    "limited ltd plc llp lp llc inc incorporated company co corp corporation cic sa gmbh ag bv the and"
)
# Words that tell one company of a group from another.
_QUALIFIERS: Final = _set("holdings holding group properties property investments ventures international uk")
_STREET: Final = {
    "st": "street", "str": "street", "rd": "road", "ave": "avenue", "av": "avenue", "cl": "close", "ct": "court",
    "dr": "drive", "drv": "drive", "ln": "lane", "tce": "terrace", "terr": "terrace", "ter": "terrace", "gdns": "gardens",
    "gdn": "gardens", "sq": "square", "pl": "place", "pk": "park", "cres": "crescent", "cresc": "crescent",
    "hse": "house", "bldg": "building", "flt": "flat", "apt": "flat", "apartment": "flat", "unit": "flat", "ste": "suite",
}  # fmt: skip
_TRADING_AS = re.compile(r"^\s*(t/a|t\.a\.|trading as)\s+", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[^a-z ]+")
_NOT_WORD = re.compile(r"[^a-z0-9 ]+")
_NUMBER = re.compile(r"\d+[a-z]?")
_JOINERS = re.compile("[-'.`\u2019\u00b4]")


def _plain_table(kept: str) -> dict[int, str | None]:
    """What becomes of each plain character: small letters, joiners closed up, a space for what is not ``kept``."""
    small = {code: chr(code).lower() for code in range(128)}
    return {
        code: None if _JOINERS.match(letter) else letter if letter in kept else " "
        for code, letter in small.items()
    }


_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_TO_LETTERS: Final = _plain_table(_LETTERS)
_TO_WORDS: Final = _plain_table(_LETTERS + "0123456789")


class PersonName(NamedTuple):
    """A name taken apart; every part is in small plain letters, "" where the name has none."""

    given: str
    middle: str
    family: str


# Cyrillic and Greek small letters by what they, or their capitals, look like
_LOOK_ALIKE: Final = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458"
    "\u03b1\u03b2\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7",
    "abekmhopctyxsijabeikvoptux",
)
_TWO_SCRIPTS: Final = re.compile(r"(?=\w*[a-z])(?=\w*[\u0370-\u04ff])\w+")


@cache
def fold(text: str) -> str:
    """Small letters without accents. A letter of another script that looks like a Latin one is that one where it stands in a
    word with Latin letters: nobody spells so but to deceive, or by the wrong keyboard.
    """
    if text.isascii():
        return text.lower()
    plain = (
        unicodedata.normalize("NFKD", text).casefold().replace("đ", "d").replace("ł", "l").replace("ø", "o")
    )
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return _TWO_SCRIPTS.sub(lambda word: word[0].translate(_LOOK_ALIKE), bare)


@cache
def words_of(text: str) -> tuple[str, ...]:
    """Words of letters and digits, folded, hyphens and apostrophes closed up."""
    if text.isascii():
        return tuple(text.translate(_TO_WORDS).split())
    return tuple(_NOT_WORD.sub(" ", _JOINERS.sub("", fold(text))).split())


@cache
def name_words(text: str) -> tuple[str, ...]:
    """The words of a name, titles left out, hyphens and apostrophes closed up."""
    if text.isascii():
        plain = text.translate(_TO_LETTERS)
    else:
        plain = _NOT_LETTERS.sub(" ", _JOINERS.sub("", fold(text)))
    return tuple(word for word in plain.split() if word not in _TITLES)


@cache
def person_name(text: str) -> PersonName:
    """A whole name taken apart: ``Surname, Forenames`` or ``Forenames Surname``; one word is taken as a family name."""
    if "," in text:
        family, _, fore = text.partition(",")
        words = name_words(fore)
        return PersonName(words[0] if words else "", "".join(words[1:2]), "".join(name_words(family)))
    words = list(name_words(text))
    if not words:
        return PersonName("", "", "")
    if len(words) == 2 and _looks_turned(*words):
        words.reverse()
    start = len(words) - 1
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    family = "".join(words[start:])
    fore = words[:start]
    return PersonName(fore[0] if fore else "", "".join(fore[1:2]), family)


def _looks_turned(first: str, last: str) -> bool:
    """True for ``Kaur Natalia``: only the last word is a known given name, so the family name came first."""
    known = given_name_groups()
    return last in known and first not in known and len(first) > 1


@cache
def company_words(text: str) -> tuple[str, ...]:
    """The words of a company's name that tell it from others: legal forms left out."""
    words = words_of(_TRADING_AS.sub("", text).replace("&", " and "))
    return tuple(word for word in words if word not in _LEGAL) or words


@cache
def company_marks(words: str) -> frozenset[str]:
    """The numbers and group words of a folded company name: where they differ, so do the companies."""
    return frozenset(mark for word in words.split() if (mark := _mark(word)))


@cache
def _mark(word: str) -> str:
    if word.isdigit() or word in _QUALIFIERS or len(word) < 7:
        return word if word.isdigit() or word in _QUALIFIERS else ""
    near = process.extractOne(word, sorted(_QUALIFIERS), scorer=OSA.distance, score_cutoff=1)
    return near[0] if near else ""


@cache
def company_number_key(text: str) -> str:
    """A company number with the leading zeros that spreadsheets take."""
    compact = "".join(words_of(text))
    return compact.zfill(8) if compact.isdigit() else compact


@cache
def address_numbers(text: str) -> tuple[str, ...]:
    """House and flat numbers in order, without a trailing postcode."""
    return tuple(_NUMBER.findall(" ".join(address_words(text))))


@cache
def address_words(text: str) -> tuple[str, ...]:
    """The words of an address, abbreviations written out."""
    return tuple(_STREET.get(word, word) for word in words_of(text))


@cache
def street_key(text: str) -> str:
    """The last number of an address and the first word behind it: ``129a grange`` for ``Flat 2, 129a Grange Drive``."""
    words = address_words(text)
    numbered = [at for at, word in enumerate(words) if _NUMBER.fullmatch(word)]
    if not numbered or numbered[-1] + 1 >= len(words):
        return ""
    return f"{words[numbered[-1]]} {words[numbered[-1] + 1]}"


@cache
def postcode_key(text: str) -> str:
    """A postcode without its space."""
    return _NOT_WORD.sub("", fold(text)).replace(" ", "")


@cache
def birth_parts(text: str) -> tuple[int, int, int]:
    """Year, month and day of a partial date; 0 where it does not say."""
    parts = text.split("-")
    try:
        numbers = [int(part) for part in parts[:3]]
    except ValueError:
        return (0, 0, 0)
    year, month, day = (*numbers, 0, 0)[:3]
    if (month, day) == (1, 1):
        return (year, 0, 0)  # what systems put where only the year was known
    return (year, month, day)


@cache
def given_name_groups() -> dict[str, frozenset[int]]:
    """For each known form of a given name the groups of forms it belongs to."""
    lines = files("analytics.resolution").joinpath("given_names.txt").read_text(encoding="utf-8").splitlines()
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(line for line in lines if line and not line.startswith("#")):
        for form in line.split():
            groups.setdefault(form, set()).add(number)
    return {form: frozenset(numbers) for form, numbers in groups.items()}


@cache
def forms_of(given: str) -> frozenset[int]:
    """The groups that a given name belongs to, also where it is one slip away from a known form."""
    known = given_name_groups()
    if given in known or len(given) < 5:
        return known.get(given, frozenset())
    forms, index = _slip_index()
    found = {at for left in _left_out(given) for at in index.get(left, ())}
    near = [forms[at] for at in sorted(found) if OSA.distance(given, forms[at]) <= 1][:4]
    return frozenset(group for form in near for group in known[form])


@cache
def _slip_index() -> tuple[list[str], dict[str, list[int]]]:
    """The known forms, and by each text that one letter left out makes of them which they are (Mor and Fraenkel 1982)."""
    forms = list(given_name_groups())
    index: dict[str, list[int]] = {}
    for at, form in enumerate(forms):
        for left in _left_out(form):
            index.setdefault(left, []).append(at)
    return forms, index


def _left_out(text: str) -> set[str]:
    """A text, and what it is with any one letter left out: texts that are one slip apart share one of these."""
    return {text, *(text[:at] + text[at + 1 :] for at in range(len(text)))}


def same_given_name(left: str, right: str) -> bool:
    """True if the two are known forms of one given name, a slip of the fingers allowed."""
    return not forms_of(left).isdisjoint(forms_of(right))
