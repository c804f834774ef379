"""Things that are known by an identifier of their own: equal identifiers are the same thing, nothing else is compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from analytics.resolution.columns import hashes_of
from analytics.resolution.keys import Words
from analytics.resolution.model import Outcome, Settings
from analytics.resolution.text import address_numbers, fold, postcode_key, words_of
from graphcore.evidence.ledger.values import OriginRecords

Keys = Callable[[OriginRecords], list[str]]


def _texts(record: OriginRecords, name: str) -> list[str]:
    return [str(value) for value in record.properties.get(name, ())]


def _of(*names: str) -> Keys:
    def keys(record: OriginRecords) -> list[str]:
        return [f"{name} {''.join(words_of(text))}" for name in names for text in _texts(record, name)]

    return keys


def _account(record: OriginRecords) -> list[str]:
    """Sort code and number together; a number alone is shared by many banks."""
    numbers = [
        f"{''.join(words_of(code))} {''.join(words_of(number))}"
        for code in _texts(record, "sort_code")
        for number in _texts(record, "account_number")
    ]
    return [*numbers, *_of("iban", "wallet")(record)]


def _email(record: OriginRecords) -> list[str]:
    return [fold(text) for text in _texts(record, "email")]


def _place(record: OriginRecords) -> list[str]:
    """House (and flat) numbers within one postcode, which covers one street or less."""
    return [
        f"{postcode_key(code)} {' '.join(sorted(numbers))}"
        for text in _texts(record, "address")
        if (numbers := address_numbers(text))
        for code in _texts(record, "postcode")
    ]


IDENTIFIERS: Final[Mapping[str, Keys]] = {
    "Phone": _of("number"),
    "Vehicle": _of("vrm", "vin"),
    "Account": _account,
    "Location": _place,
    "OnlineIdentity": _email,
    "OrganisedCrimeGroup": _of("reference"),
}


def identifier_codes(entity_type: str, record: OriginRecords) -> Words:
    """A 64-bit hash of each identifier of a record."""
    return hashes_of(sorted({*IDENTIFIERS[entity_type](record)}))


def by_identifier(entity_type: str, records: Sequence[OriginRecords], settings: Settings) -> Outcome:
    """Clusters of records that share an identifier, directly or through others."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        for key in IDENTIFIERS[entity_type](record):
            holders[key].append(number)
    parent = list(range(len(records)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    joined: list[tuple[int, int, float]] = []
    for numbers in holders.values():
        for other in numbers[1:]:
            first, second = sorted((root(numbers[0]), root(other)))
            if first != second:
                parent[second] = first
                joined.append((min(numbers[0], other), max(numbers[0], other), settings.ceiling))
    members: dict[int, list[int]] = defaultdict(list)
    for number in range(len(records)):
        members[root(number)].append(number)
    clusters = tuple(tuple(several) for several in members.values() if len(several) > 1)
    return Outcome(entity_type, clusters, tuple(sorted(joined)))
