"""Words that look like names of people, businesses and places: suggestions for a person to judge, never entities.

Three signs count: a title or a known given name before a capital, a business word behind one, a road word behind one.
Two or more capitals in a row in the middle of a sentence are suggested without a kind.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from ingest.mentions.find import TEXT_MAX
from ingest.mentions.kinds import NameFound

NAMES_MAX = 100
WORDS_MAX = 6
_WORD = re.compile(r"(?<!\w)[^\W\d_](?:[^\W\d_]|['\u2019-](?=[^\W\d_])){0,39}(?!\w)")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _set("mr mrs ms miss mx dr sir dame lord lady prof professor rev")
_BUSINESS = _set(
    "ltd limited llp plc inc gmbh sarl cic motors cars garage autos recovery haulage logistics transport couriers taxis tyres "
    "wash valeting barbers salon nails cafe restaurant takeaway kebabs pizza bakery butchers stores supermarket newsagents "
    "textiles fashions trading traders imports exports holdings group properties lettings estates investments ventures "
    "solutions services security recruitment cleaning scaffolding roofing builders construction developments"
)
_ROADS = _set(
    "street road lane avenue close drive court crescent terrace place square gardens way grove hill mews row walk park estate "
    "st rd ln ave cl dr ct cres"
)
_NOT_NAMES = _set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september "
    "october november december i the a an he she it they we you this that these those his her their there then when where "
    "who what which if and but or as at by for from in into of off on out over to up with subject subjects officer officers "
    "police constable sergeant inspector detective dc ds di dci pc operation op team control source report intelligence item "
    "male female unknown vehicle car van phone mobile address number code sim uk england scotland wales ireland nfa dob "
    "pnc anpr vrm imei imsi ocg crn nca hmrc christmas easter english british polish albanian romanian facebook whatsapp "
    "snapchat instagram telegram encrochat signal bmw ford audi vauxhall mercedes toyota nissan volkswagen transit golf"
)


def find_names(text: str) -> tuple[NameFound, ...]:
    """Names that ``text`` seems to say, in order; at most ``NAMES_MAX``."""
    said = text[:TEXT_MAX]
    found: list[NameFound] = []
    for run in _runs(said):
        name = _judged(run, said)
        if name is not None:
            found.append(name)
            if len(found) == NAMES_MAX:
                break
    return tuple(found)


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Words with a first capital that follow each other with one space (and a stop behind a title)."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        joined = bool(run) and _joins(text[run[-1].end() : word.start()], run[-1][0])
        if run and (not joined or not word[0][0].isupper() or len(run) == WORDS_MAX):
            yield run
            run = []
        if word[0][0].isupper():
            run.append(word)
    if run:
        yield run


def _joins(between: str, before: str) -> bool:
    return (
        between == " "
        or (between == ". " and before.casefold() in _TITLES)
        or (between == ", " and before.isupper() and len(before) > 2)
    )


def _judged(run: list[re.Match[str]], text: str) -> NameFound | None:
    lower = [word[0].casefold() for word in run]
    while lower and lower[0] in _NOT_NAMES:
        run, lower = run[1:], lower[1:]
    while lower and (lower[-1] in _NOT_NAMES or lower[-1] in _TITLES):
        run, lower = run[:-1], lower[:-1]
    if not run or any(word in _NOT_NAMES for word in lower):
        return None
    kind = _kind(lower, len(run), starts=_starts_sentence(text, run[0].start()))
    if kind is None:
        return None
    start, end = run[0].start(), run[-1].end()
    end -= 2 * (text[end - 2 : end] in ("'s", "\u2019s"))
    return NameFound(kind, " ".join(text[start:end].split()), start, end)


def _kind(lower: list[str], words: int, *, starts: bool) -> str | None:
    if lower[0] in _TITLES:
        return "Person" if words > 1 else None
    if words > 1 and lower[-1] in _BUSINESS:
        return "Business"
    if words > 1 and lower[-1] in _ROADS:
        return "Location"
    if words > 1 and (lower[0] in given_names() or lower[1] in given_names()):
        return "Person"
    if words > 1:
        return None if starts else ""
    return "Person" if lower[0] in given_names() and not starts else None


def _starts_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 3) : at].rstrip(" ")
    return not before or before[-1] in ".!?\n:;"


@cache
def given_names() -> frozenset[str]:
    """Given names in small letters, from the list beside this file."""
    text = files("ingest.mentions").joinpath("given_names.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
