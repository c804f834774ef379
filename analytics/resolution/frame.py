"""Records as columns, ready to be compared: names taken apart, dates as numbers, addresses and identifiers as keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from types import MappingProxyType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from analytics.resolution.columns import Column, Each, Growing, objects
from analytics.resolution.keys import Bool, Int64, Words
from analytics.resolution.text import (
    address_numbers,
    address_words,
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

Int8 = NDArray[np.int8]
_SEX: Final = {
    **dict.fromkeys(("male", "m", "mr", "sir", "lord"), 1),
    **dict.fromkeys(("female", "f", "ms", "mrs", "miss", "lady", "dame"), 2),
}
NO_JOINED: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})
_RAW: Final = (
    "name", "given_name", "middle_name", "family_name", "alias", "gender", "title", "national_id", "address",
    "postcode", "phone", "phone periods", "email", "vrm", "occupation", "birth_date",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Columns over records in the order given. ``places`` and ``house_numbers`` are what the addresses say, by address."""

    n: int
    columns: dict[str, Column]
    places: Each
    house_numbers: Each

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def counted(self, counts: Callable[[str, Words], Int64]) -> Self:
        """The same frame, where ``counts`` says of a column how many records give values with some hashes."""
        columns = {
            name: replace(column, counted=partial(counts, name), _made={})
            for name, column in self.columns.items()
        }
        return replace(self, columns=columns)

    def part(self, rows: Int64) -> Self:
        """Some of the records, by place; of a frame whose counts are not for its records to say."""
        columns = {name: column.part(rows) for name, column in self.columns.items()}
        said: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        chosen: dict[str, Any] = {
            name: held[rows] for name, held in said.items() if isinstance(held, np.ndarray)
        }
        return replace(self, n=len(rows), columns=columns, **chosen)


@dataclass(frozen=True, slots=True, eq=False)
class PersonFrame(Frame):
    """Columns over persons. ``births``: int64, shape (n, 3), year, month, day, 0 where not said;
    ``digits``: the eight digits of each whole date, four bits a digit; ``sex``: 1 male, 2 female, 0; ``lone``: the name is one word, which may be any of the names.
    """

    births: Int64
    digits: Int64
    sex: Int8
    lone: Bool
    nicknamed: Bool

    @classmethod
    def of(cls, records: Iterable[OriginRecords]) -> PersonFrame:
        """The frame of ``records``, which are read once, one at a time."""
        raw = raw_columns(records, _RAW)
        n = raw["name"].n
        names, lone = _names(raw, n)
        places, numbers, around = place_columns(raw)
        births = _births(raw["birth_date"])
        return cls(
            n=n,
            columns=names | around | _identifiers(raw),
            places=places,
            house_numbers=numbers,
            births=births,
            digits=_digits(births),
            sex=_sex(raw),
            lone=lone,
            nicknamed=raw["alias"].present(),
        )


def raw_columns(
    records: Iterable[OriginRecords], names: Iterable[str], joined: Mapping[str, Sequence[str]] = NO_JOINED
) -> dict[str, Column]:
    """The texts of some properties, each a column; those of ``joined`` hold several one behind the other.

    The records are read once, one at a time.
    """
    growing = {name: Growing() for name in (*names, *joined)}
    alone = {name: one.add for name, one in growing.items() if name not in joined}
    several = [(joined[name], growing[name].add) for name in joined]
    n = 0
    for record in records:
        said = record.properties
        for name, values in said.items():
            add = alone.get(name)
            if add is not None:
                add(n, values)
        for parts, add in several:
            add(n, [value for part in parts for value in said.get(part, ())])
        n += 1
    return {name: one.column(n) for name, one in growing.items()}


def _names(raw: dict[str, Column], n: int) -> tuple[dict[str, Column], Bool]:
    """Given, middle and family name: of the parts where the source gives parts, else of the whole name."""
    whole = [raw["name"].one(lambda text, at=at: person_name(text)[at], 1) for at in range(3)]
    fore = raw["given_name"].one(lambda text: "".join(name_words(text)[:1]), 1)
    more = raw["given_name"].one(lambda text: "".join(name_words(text)[1:2]), 1)
    middle = raw["middle_name"].one(lambda text: "".join(name_words(text)[:1]), 1)
    family = raw["family_name"].one(lambda text: "".join(name_words(text)), 1)
    given = _first(fore, whole[0])
    middle = _first(_first(more, middle), _where(~fore.present(), whole[1]))
    family = _first(family, whole[2])
    lone = family.present() & ~given.present()
    given = _first(given, _where(lone, family))
    forms = given.derive(lambda text: [f"#{number}" for number in sorted(forms_of(text))], 4)
    return {
        "given": given,
        "middle": middle,
        "family": family,
        "forms": forms,
        "bone": family.one(skeleton, 1),
        "bones": given.one(skeleton, 1),
        "initial": given.one(lambda text: text[:1], 1),
        "given3": given.one(lambda text: text[:3], 1),
        "family3": family.one(lambda text: text[:3], 1),
        "aliases": _aliases(raw),
    }, np.asarray(lone.reshape(n), dtype=np.bool_)


def _where(mask: Bool, column: Column) -> Column:
    return Column(column.values, np.where(mask[:, None], column.ids, 0).astype(np.int32))


def _first(one: Column, other: Column) -> Column:
    """The values of ``one``, and where it says nothing those of ``other``, as one column of width 1."""
    numbers: dict[str, int] = {}
    for value in (*one.values.tolist(), *other.values.tolist()):
        numbers.setdefault(value, len(numbers))
    left = np.array([numbers[value] for value in one.values.tolist()], dtype=np.int32)[one.ids[:, :1]]
    right = np.array([numbers[value] for value in other.values.tolist()], dtype=np.int32)[other.ids[:, :1]]
    return Column(objects([*numbers]), np.where(left > 0, left, right))


def both_of(one: Column, other: Column) -> Column:
    """The values of both columns, each once, as many as a column holds."""
    rows = [
        (*one.values[a[a > 0]].tolist(), *other.values[b[b > 0]].tolist())
        for a, b in zip(one.ids, other.ids, strict=True)
    ]
    return Column.of(rows)


def skeleton(name: str) -> str:
    """First letter and the consonants that follow, doubles once: what most slips leave alone."""
    kept = name[:1]
    for letter in name[1:]:
        if letter not in "aeiouhwy" and letter != kept[-1]:
            kept += letter
    return kept[:4]


def _aliases(raw: dict[str, Column]) -> Column:
    """Nicknames, and names that may be one: a single word, or words with a number."""
    said = raw["alias"].one(lambda text: "".join(words_of(text)))
    named = raw["name"].derive(_single)
    return said if not named.present().any() else both_of(said, named)


def _single(text: str) -> Iterable[str]:
    found = words_of(text)
    return ("".join(found),) if len(found) == 1 or any(word.isdigit() for word in found) else ()


def place_text(text: str) -> str:
    """The words of an address without numbers and without what every flat is called."""
    return " ".join(word for word in address_words(text) if not word[0].isdigit() and word != "flat")


def place_columns(raw: dict[str, Column]) -> tuple[Each, Each, dict[str, Column]]:
    """What addresses and postcodes say: words and house numbers by address, and columns."""
    address, code = raw["address"], raw["postcode"].one(postcode_key)
    places, numbers, streets = address.eaches(place_text, _house_numbers, street_key)
    around = {
        "address": address,
        "place": address.of_each(places),
        "numbers": address.of_each(numbers),
        "street": address.of_each(streets),
        "postcode": code,
        "district": code.one(district_of),
        "area": code.one(area_of),
    }
    return places, numbers, around


def _house_numbers(text: str) -> str:
    return " ".join(address_numbers(text))


def district_of(code: str) -> str:
    """The part of a closed-up postcode that names its district."""
    return code[:-3]


def area_of(code: str) -> str:
    """The letters, or nearly, that a postcode begins with."""
    return code[:2]


def _identifiers(raw: dict[str, Column]) -> dict[str, Column]:
    email = raw["email"].one(fold)
    return {
        "phone": raw["phone"],
        "phone periods": raw["phone periods"],
        "email": email,
        "mailbox": email.one(mailbox_of),
        "mailhost": email.one(lambda text: text.partition("@")[2]),
        "vehicle": raw["vrm"],
        "national_id": raw["national_id"].one(fold),
        "occupation": raw["occupation"].one(lambda text: " ".join(words_of(text))),
    }


def mailbox_of(email: str) -> str:
    """What stands before the @ of an address, where it is long enough to be somebody's."""
    box = email.split("@", maxsplit=1)[0]
    return box if len(box) > 3 else ""


def _births(column: Column) -> Int64:
    """The fullest birth date that each record gives."""
    parts = np.array([(0, 0, 0), *map(birth_parts, column.values[1:].tolist())], dtype=np.int64)
    fullness = np.sum(parts > 0, axis=1)
    best = np.argmax(fullness[column.ids], axis=1)
    return parts[np.take_along_axis(column.ids, best[:, None], axis=1)[:, 0]]


def _digits(births: Int64) -> Int64:
    number, out = births @ np.array([10_000, 100, 1]), np.zeros(len(births), dtype=np.int64)
    for place in range(8):
        out |= number // 10**place % 10 << 4 * place
    return out


def _sex(raw: dict[str, Column]) -> Int8:
    """By the record's own word, else by title, else by the title in front of a name."""
    out = np.zeros(raw["name"].n, dtype=np.int8)
    for name in ("name", "title", "gender"):
        column = raw[name]
        known = np.array([0, *(_sex_of(text) for text in column.values[1:].tolist())], dtype=np.int8)
        said = known[column.ids]
        first = np.argmax(said > 0, axis=1)
        found = np.take_along_axis(said, first[:, None], axis=1)[:, 0]
        out = np.where(found > 0, found, out).astype(np.int8)
    return out


def _sex_of(text: str) -> int:
    return next((_SEX.get(word, 0) for word in words_of(text)[:1]), 0)
