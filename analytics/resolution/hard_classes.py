"""Pairs of entities that are easily taken for one: found by rule from the records of a truth file, and how many were joined.

A class is looked for among entities that share a key, so cost grows with records and, within one key, with the square of
:data:`CROWD` at most (of a nominee's companies :data:`SHELVES`); keys that more entities share are skipped and counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType
from typing import Final

from rapidfuzz import fuzz

from analytics.resolution.text import (
    birth_parts,
    company_number_key,
    company_words,
    name_words,
    person_name,
    postcode_key,
    street_key,
    words_of,
)
from graphcore.evidence.ledger.values import OriginRecords

CROWD: Final = 100
MANY: Final = 10  # companies of one director, from which on he is taken for a nominee
SHELVES: Final = 1_200  # companies of one nominee that are looked into: 0.7 million pairs
NEARLY: Final = 90.0  # of 100, rapidfuzz ratio of two company names without their legal forms
_START: Final = 5  # letters that two nearly equal company names have in common at their start


@dataclass(slots=True)
class Said:
    """What the records of one true entity say together, made comparable, and the entities that they were given."""

    given: set[str] = field(default_factory=set[str])
    names: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    births: set[tuple[int, int, int]] = field(default_factory=set[tuple[int, int, int]])
    places: set[str] = field(default_factory=set[str])
    phones: set[str] = field(default_factory=set[str])
    titles: set[str] = field(default_factory=set[str])
    numbers: set[str] = field(default_factory=set[str])
    nominees: set[str] = field(default_factory=set[str])

    def add(self, record: OriginRecords) -> None:
        """What one record says."""
        texts = _Texts(record)
        self.given.add(record.uid)
        self.names.update(_names(texts))
        self.births.update(birth for text in texts("birth_date") if all(birth := birth_parts(text)))
        self.places.update(_places(texts))
        self.phones.update(key for text in texts("phone") if (key := "".join(words_of(text))))
        self.titles.update(key for text in texts("name") if (key := " ".join(company_words(text))))
        self.numbers.update(key for text in texts("company_number") if (key := company_number_key(text)))


@dataclass(frozen=True, slots=True)
class _Texts:
    record: OriginRecords

    def __call__(self, name: str) -> Iterator[str]:
        return (str(value) for value in self.record.properties.get(name, ()))


def _names(texts: _Texts) -> Iterator[tuple[str, str]]:
    """Given and family names of which both are told."""
    for text in texts("name"):
        name = person_name(text)
        if name.given and name.family:
            yield name.given, name.family
    for one in texts("given_name"):
        for other in texts("family_name"):
            given, family = name_words(one), "".join(name_words(other))
            if given and family:
                yield given[0], family


def _places(texts: _Texts) -> Iterator[str]:
    """Postcodes, and streets with their house number."""
    yield from (key for text in texts("postcode") if (key := postcode_key(text)))
    yield from (key for text in texts("address") if (key := street_key(text)))


@dataclass(frozen=True, slots=True)
class HardClass:
    """``keys`` of an entity: two that share one are asked whether they are ``alike`` in the way of the class. ``crowd``:
    how many may share a key, :data:`CROWD` where it is not said.
    """

    keys: Callable[[Said], Iterable[Hashable]]
    alike: Callable[[Said, Said], bool]
    crowd: int | None = None


def _differ(one: set[tuple[int, int, int]], other: set[tuple[int, int, int]]) -> bool:
    return bool(one) and bool(other) and one.isdisjoint(other)


def _named_alike(one: Said, other: Said) -> bool:
    return any(fuzz.ratio(a, b, score_cutoff=NEARLY) > 0 for a in one.titles for b in other.titles)


def _twins(one: Said, other: Said) -> bool:
    return {name[0] for name in one.names}.isdisjoint(name[0] for name in other.names)


CLASSES: Final[Mapping[str, Mapping[str, HardClass]]] = MappingProxyType(
    {
        "person": {
            "parent_child": HardClass(
                lambda one: ((*name, place) for name in one.names for place in one.places),
                lambda one, other: _differ(one.births, other.births),
            ),
            "twins": HardClass(
                lambda one: (
                    (name[1], birth, place)
                    for name in one.names
                    for birth in one.births
                    for place in one.places
                ),
                _twins,
            ),
            "namesakes": HardClass(
                lambda one: one.names,
                lambda one, other: _differ(one.births, other.births) and one.places.isdisjoint(other.places),
            ),
            "recycled_phone": HardClass(
                lambda one: one.phones if one.names else (),
                lambda one, other: one.names.isdisjoint(other.names),
            ),
        },
        "company": {
            "phoenix": HardClass(
                lambda one: {title.replace(" ", "")[:_START] for title in one.titles} if one.numbers else (),
                lambda one, other: one.numbers.isdisjoint(other.numbers) and _named_alike(one, other),
            ),
            "nominee": HardClass(lambda one: one.nominees, lambda _one, _other: True, SHELVES),
        },
    }
)


def numbered(entities: Mapping[str, Said], records: Iterable[OriginRecords]) -> dict[str, str]:
    """The true company of each origin that gives the number of one: lists of officers name companies by number alone."""
    company = {number: entity for entity, said in entities.items() for number in said.numbers}
    found: dict[str, str] = {}
    for record in records:
        for text in record.properties.get("company_number", ()):
            if (entity := company.get(company_number_key(str(text)))) is not None:
                found.setdefault(record.origin_id, entity)
    return found


def with_nominees(entities: Mapping[str, Said], appointments: Iterable[tuple[str, str]]) -> None:
    """Tell companies their nominees: directors of at least :data:`MANY` of them.

    Args:
        entities: What is said of each true company.
        appointments: True director and true company of each appointment.
    """
    companies: dict[str, set[str]] = defaultdict(set)
    for director, company in appointments:
        companies[director].add(company)
    for director, several in companies.items():
        if len(several) >= MANY:
            for company in several & entities.keys():
                entities[company].nominees.add(director)


def hard_figures(word: str, entities: Mapping[str, Said]) -> dict[str, dict[str, int]]:
    """For each class of a type of truth files (``person``, ``company``): ``{"pairs", "joined", "skipped"}``.

    Args:
        word: The type; one without classes has no figures.
        entities: What is said of each true entity.

    Returns:
        ``pairs``: two true entities of that class, each two counted once; ``joined``: of these, how many have records in one
        given entity; ``skipped``: keys that too many entities share, which were not looked into.
    """
    return {name: _figures(one, entities) for name, one in CLASSES.get(word, {}).items()}


def _figures(wanted: HardClass, entities: Mapping[str, Said]) -> dict[str, int]:
    by_key: dict[Hashable, list[str]] = defaultdict(list)
    for entity in sorted(entities):
        for key in set(wanted.keys(entities[entity])):
            by_key[key].append(entity)
    crowd = wanted.crowd or CROWD
    pairs = {
        pair
        for members in by_key.values()
        if len(members) <= crowd
        for pair in combinations(members, 2)
        if wanted.alike(entities[pair[0]], entities[pair[1]])
    }
    joined = sum(not entities[one].given.isdisjoint(entities[other].given) for one, other in pairs)
    skipped = sum(len(members) > crowd for members in by_key.values())
    return {"pairs": len(pairs), "joined": joined, "skipped": skipped}
