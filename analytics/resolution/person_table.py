"""Person records as columns: names taken apart, dates as numbers, identifiers as keys, blocking keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from analytics.resolution.keys import Int64, KeyColumn
from analytics.resolution.similarity import Texts
from analytics.resolution.text import (
    PersonName,
    address_numbers,
    birth_parts,
    fold,
    forms_of,
    name_words,
    person_name,
    postcode_key,
    street_key,
    words_of,
)
from graphcore.evidence.ledger.values import OriginRecords

_SEX = {
    "male": 1,
    "m": 1,
    "mr": 1,
    "sir": 1,
    "lord": 1,
    "female": 2,
    "f": 2,
    "ms": 2,
    "mrs": 2,
    "miss": 2,
    "lady": 2,
    "dame": 2,
}


@dataclass(frozen=True, slots=True, eq=False)
class PersonTable:
    """Columns over records in the order given; ``births`` has year, month, day (0: not said)."""

    given: Texts
    middle: Texts
    family: Texts
    lone: NDArray[np.bool_]
    nicknamed: NDArray[np.bool_]
    births: Int64
    sex: Int64
    keys: dict[str, KeyColumn]
    blocks: tuple[KeyColumn, ...]

    key_names: ClassVar[tuple[str, ...]] = (
        "phones", "emails", "vehicles", "national_ids", "aliases", "postcodes", "streets", "houses",
    )  # fmt: skip

    @classmethod
    def of(cls, records: Sequence[OriginRecords]) -> PersonTable:
        """Columns of ``records``."""
        names = [_primary(record) for record in records]
        births = [_birth(record) for record in records]
        keys = {
            name: KeyColumn.of_values([_KEYS[name](record) for record in records]) for name in cls.key_names
        }
        blocks = zip(*(_blocks(*row) for row in zip(records, names, births, strict=True)), strict=True)
        sexes = [_sex(record) for record in records]
        lone = [bool(name.family) and not name.given for name in names]
        # A single word may be any of the names: it is compared as both, and held against neither.
        given = [name.family if single else name.given for name, single in zip(names, lone, strict=True)]
        middle, family = ([name[part] for name in names] for part in (1, 2))
        return cls(
            given=Texts(given),
            middle=Texts(middle),
            family=Texts(family),
            lone=np.array(lone, dtype=np.bool_),
            nicknamed=np.array(["alias" in record.properties for record in records], dtype=np.bool_),
            births=np.array(births, dtype=np.int64).reshape(-1, 3),
            sex=np.array(sexes, dtype=np.int64),
            keys=keys,
            blocks=tuple(KeyColumn.of_values(column) for column in blocks) if records else (),
        )


def _texts(record: OriginRecords, name: str) -> list[str]:
    return [str(value) for value in record.properties.get(name, ())]


def _primary(record: OriginRecords) -> PersonName:
    family, given = _texts(record, "family_name"), _texts(record, "given_name")
    if family:
        fore = name_words(given[0]) if given else ()
        middle = _texts(record, "middle_name")
        words = [*fore[1:], *(name_words(middle[0]) if middle else ())]
        if not fore:
            whole = person_name((_texts(record, "name") or [""])[0])
            return PersonName(whole.given, whole.middle, "".join(name_words(family[0])))
        return PersonName(fore[0], "".join(words[:1]), "".join(name_words(family[0])))
    return person_name((_texts(record, "name") or [""])[0])


def _sex(record: OriginRecords) -> int:
    """1 male, 2 female, 0 not said, by the record's own word or else by the title."""
    titles = [word for name in _texts(record, "name") for word in words_of(name)[:1]]
    said = (
        _SEX.get(fold(text), 0) for text in (*_texts(record, "gender"), *_texts(record, "title"), *titles)
    )
    return next((sex for sex in said if sex), 0)


def _birth(record: OriginRecords) -> tuple[int, int, int]:
    """The fullest birth date that the records give."""
    return max((birth_parts(text) for text in _texts(record, "birth_date")), key=lambda parts: sum(map(bool, parts)),
               default=(0, 0, 0))  # fmt: skip


def _aliases(record: OriginRecords) -> Iterator[str]:
    """Nicknames, and names that may be one: a single word, or words with a number."""
    for alias in _texts(record, "alias"):
        yield "".join(words_of(alias))
    for name in _texts(record, "name"):
        words = words_of(name)
        if len(words) == 1 or any(word.isdigit() for word in words):
            yield "".join(words)


def _houses(record: OriginRecords) -> Iterator[str]:
    for address in _texts(record, "address"):
        numbers = address_numbers(address)
        for code in _texts(record, "postcode"):
            if numbers:
                yield f"{postcode_key(code)} {numbers[-1]}"


def _said(name: str, clean: Callable[[str], str] = str) -> Callable[[OriginRecords], list[str]]:
    def values(record: OriginRecords) -> list[str]:
        return [clean(text) for text in _texts(record, name)]

    return values


_KEYS: dict[str, Callable[[OriginRecords], Iterable[str]]] = {
    "phones": _said("phone"),
    "emails": _said("email", str.casefold),
    "vehicles": _said("vrm"),
    "national_ids": _said("national_id", fold),
    "aliases": _aliases,
    "postcodes": _said("postcode", postcode_key),
    "streets": _said("address", street_key),
    "houses": _houses,
}


def _skeleton(name: str) -> str:
    """First letter and the consonants that follow, doubles once: what most slips leave alone."""
    kept = name[:1]
    for letter in name[1:]:
        if letter not in "aeiouhwy" and letter != kept[-1]:
            kept += letter
    return kept[:4]


def _forms(given: str) -> list[str]:
    """The given name and the groups of forms it belongs to, as keys."""
    return [given, *(f"#{number}" for number in sorted(forms_of(given)))] if given else []


def _blocks(record: OriginRecords, name: PersonName, birth: tuple[int, int, int]) -> tuple[list[str], ...]:
    """Keys under which a record meets others; one list for each kind of key."""
    year, month, day = birth
    initial, bone = name.given[:1], _skeleton(name.family)
    dated = f"{year}-{min(month, day)}-{max(month, day)}" if day else ""
    codes = [postcode_key(text) for text in _texts(record, "postcode")]
    streets = [key for key in map(street_key, _texts(record, "address")) if key]
    forms = _forms(name.given)
    numbers = {number for text in _texts(record, "address") for number in address_numbers(text)}
    return (
        [f"{dated} {initial}", f"{dated} {bone}", f"{dated} {name.middle}"] if dated else [],
        [f"{year}-{month} {bone}", *(f"{year}-{month} {form}" for form in forms)] if month else [],
        [f"{year} {bone} {initial}", *(f"{year} {name.family[:3]} {form}" for form in forms)] if year else [],
        [f"{name.family} {form}" for form in forms],
        [" ".join(sorted((name.family, name.given)))] if name.given else [],
        [f"{name.family} {initial}", *(f"{name.family} {word}" for word in numbers)] if initial else [],
        [f"{code} {key}" for code in codes for key in (bone, initial, *forms) if code],
        [f"{street} {key}" for street in streets for key in (bone, *forms)],
        [f"{bone} {form} {name.middle}" for form in forms if name.middle],
    )
