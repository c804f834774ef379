"""Records as columns, ready to be compared: names taken apart, dates as numbers, addresses and identifiers as keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.resolution.columns import Column, Each, Int32
from analytics.resolution.keys import Bool, Int64
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
_RAW: Final = (
    "name", "given_name", "middle_name", "family_name", "alias", "gender", "title", "national_id", "address",
    "postcode", "phone", "email", "vrm", "occupation", "birth_date",
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


@dataclass(frozen=True, slots=True, eq=False)
class PersonFrame(Frame):
    """Columns over persons. ``births``: int64, shape (n, 3), year, month, day, 0 where not said;
    ``sex``: 1 male, 2 female, 0; ``lone``: the name is one word, which may be any of the names.
    """

    births: Int64
    sex: Int8
    lone: Bool
    nicknamed: Bool

    @classmethod
    def of(cls, records: Sequence[OriginRecords]) -> PersonFrame:
        """The frame of ``records``."""
        raw = {name: raw_column(records, name) for name in _RAW}
        names, lone = _names(raw, len(records))
        columns = names | place_columns(raw) | _identifiers(raw)
        address = columns["address"]
        return cls(
            n=len(records),
            columns=columns,
            places=address.each(place_text),
            house_numbers=address.each(lambda text: " ".join(address_numbers(text))),
            births=_births(raw["birth_date"]),
            sex=_sex(raw),
            lone=lone,
            nicknamed=raw["alias"].present(),
        )


def raw_column(records: Sequence[OriginRecords], name: str) -> Column:
    """The texts of one property."""
    return Column.of([tuple(map(str, record.properties.get(name, ()))) for record in records])


def one_text(rule: Callable[[str], str]) -> Callable[[str], Iterable[str]]:
    """A rule that gives one text or none, for :meth:`Column.derive`."""

    def several(text: str) -> Iterable[str]:
        made = rule(text)
        return (made,) if made else ()

    return several


def _names(raw: dict[str, Column], n: int) -> tuple[dict[str, Column], Bool]:
    """Given, middle and family name: of the parts where the source gives parts, else of the whole name."""
    whole = [raw["name"].derive(one_text(lambda text, at=at: person_name(text)[at]), 1) for at in range(3)]
    fore = raw["given_name"].derive(lambda text: name_words(text)[:1], 1)
    more = raw["given_name"].derive(lambda text: ("".join(name_words(text)[1:2]),), 1)
    middle = raw["middle_name"].derive(lambda text: ("".join(name_words(text)[:1]),), 1)
    family = raw["family_name"].derive(one_text(lambda text: "".join(name_words(text))), 1)
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
        "bone": family.derive(one_text(skeleton), 1),
        "bones": given.derive(one_text(skeleton), 1),
        "initial": given.derive(one_text(lambda text: text[:1]), 1),
        "given3": given.derive(one_text(lambda text: text[:3]), 1),
        "family3": family.derive(one_text(lambda text: text[:3]), 1),
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
    values = np.empty(len(numbers), dtype=object)
    values[:] = list(numbers)
    return Column(values, np.where(left > 0, left, right))


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
    said = raw["alias"].derive(one_text(lambda text: "".join(words_of(text))))
    named = raw["name"].derive(_single)
    return said if not named.present().any() else both_of(said, named)


def _single(text: str) -> Iterable[str]:
    found = words_of(text)
    return ("".join(found),) if len(found) == 1 or any(word.isdigit() for word in found) else ()


def place_text(text: str) -> str:
    """The words of an address without numbers and without what every flat is called."""
    return " ".join(word for word in address_words(text) if not word[0].isdigit() and word != "flat")


def place_columns(raw: dict[str, Column]) -> dict[str, Column]:
    """What addresses and postcodes say, as columns."""
    address = raw["address"]
    return {
        "address": address,
        "place": address.derive(one_text(place_text)),
        "numbers": address.derive(one_text(lambda text: " ".join(address_numbers(text)))),
        "street": address.derive(one_text(street_key)),
        "postcode": raw["postcode"].derive(one_text(postcode_key)),
        "district": raw["postcode"].derive(one_text(lambda text: postcode_key(text)[:-3])),
        "area": raw["postcode"].derive(one_text(lambda text: postcode_key(text)[:2])),
    }


def _identifiers(raw: dict[str, Column]) -> dict[str, Column]:
    email = raw["email"].derive(one_text(fold))
    return {
        "phone": raw["phone"],
        "email": email,
        "mailbox": email.derive(
            one_text(lambda text: text.split("@")[0] if len(text.split("@")[0]) > 3 else "")
        ),
        "mailhost": email.derive(one_text(lambda text: text.partition("@")[2])),
        "vehicle": raw["vrm"],
        "national_id": raw["national_id"].derive(one_text(fold)),
        "occupation": raw["occupation"].derive(one_text(lambda text: " ".join(words_of(text)))),
    }


def _births(column: Column) -> Int64:
    """The fullest birth date that each record gives."""
    parts = np.array([(0, 0, 0), *map(birth_parts, column.values[1:].tolist())], dtype=np.int64)
    fullness = np.sum(parts > 0, axis=1)
    best = np.argmax(fullness[column.ids], axis=1)
    return parts[np.take_along_axis(column.ids, best[:, None], axis=1)[:, 0]]


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


def part_codes(births: Int64, *parts: str) -> Int32:
    """Numbers for some parts of the birth dates, 0 where one is not said; day and month in either order for ``date``."""
    year, month, day = births.T
    if parts == ("date",):
        low, high = np.minimum(month, day), np.maximum(month, day)
        code = np.where(day > 0, (year * 40 + low) * 40 + high, 0)
    else:
        chosen = [{"year": year, "month": month, "day": day}[part] for part in parts]
        code = np.zeros(len(births), dtype=np.int64)
        for values in chosen:
            code = code * 4000 + values
        code = np.where(np.all([values > 0 for values in chosen], axis=0), code, 0)
    numbers = np.unique(np.r_[0, code], return_inverse=True)[1].ravel()[1:]
    return numbers.astype(np.int32)[:, None]
