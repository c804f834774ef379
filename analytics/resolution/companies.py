"""Businesses: which pairs are worth comparing, and what each pair shows.

Two company numbers are two companies, however like they look: a phoenix rises under the old name and directors with a
new number. Records without a number are matched by name and place.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from analytics.resolution.keys import KeyColumn, Pairs
from analytics.resolution.model import SILENT, Evidence, Feature, Level, Levels, Settings
from analytics.resolution.shares import Shares, weigh
from analytics.resolution.similarity import Texts, mapped, on_distinct, same_words, word_share
from analytics.resolution.text import (
    address_numbers,
    company_marks,
    company_number_key,
    company_words,
    postcode_key,
    street_key,
)
from graphcore.evidence.ledger.values import OriginRecords

FEATURES: Final = (
    Feature("company number", (SILENT, Level("same", 20), Level("different", -20))),
    Feature("name", (SILENT, Level("same", 6, counted=True), Level("a slip apart", 5), Level("one holds the other", 3),
                     Level("alike", 1), Level("different", -5))),
    Feature("address", (SILENT, Level("same house and postcode", 5, counted=True), Level("same house and street", 5, counted=True),
                        Level("same postcode", 3, counted=True), Level("different", -2))),
    Feature("phone", (SILENT, Level("same", 8, counted=True), Level("different", -0.5))),
    Feature("e-mail", (SILENT, Level("same", 6, counted=True), Level("different", 0))),
)  # fmt: skip
_KEYS: Final = {"company number": "numbers", "phone": "phones", "e-mail": "emails"}


class Companies:
    """The businesses of one view, ready to be compared."""

    entity_type = "Business"
    features = FEATURES
    strict = True

    def __init__(self, records: Sequence[OriginRecords], settings: Settings) -> None:
        self.n = len(records)
        self._settings = settings
        self._columns = _key_columns(records)
        self._shares = Shares(self._columns, self.n, settings.share)
        words = [company_words(_first(record, "name")) for record in records]
        self._names = Texts([" ".join(several) for several in words])
        self._blocks = [KeyColumn.of_values(column) for column in _blocks(records, words)]

    def candidates(self) -> Pairs:
        """Pairs that share an identifier, a name, or a word of the name and a place."""
        columns = [self._columns[name] for name in (*_KEYS.values(), "names")]
        codes = [column.shared(self._settings.block)[0] for column in (*columns, *self._blocks)]
        return Pairs.of_codes(np.concatenate(codes), self.n)

    def evidence(self, pairs: Pairs) -> Evidence:
        """Levels and bits of every feature on every pair; two numbers are a conflict."""
        shown = {feature.name: self._levels(feature.name, pairs) for feature in FEATURES}
        levels = {name: level for name, (level, _) in shown.items()}
        bits = {feature.name: weigh(feature, *shown[feature.name]) for feature in FEATURES}
        return Evidence(pairs, levels, bits, levels["company number"] == 2)

    def _levels(self, name: str, pairs: Pairs) -> Levels:
        if name in _KEYS:
            return self._shares.levels(_KEYS[name], pairs)
        return self._shares.address(pairs) if name == "address" else self._name(pairs)

    def _name(self, pairs: Pairs) -> Levels:
        """Trading and earlier names count as the same name where one of them is shared."""
        texts = self._names
        left, right = texts.ids[pairs.left], texts.ids[pairs.right]
        like = on_distinct(left, right, texts.values, same_words)
        inside = on_distinct(left, right, texts.values, word_share)
        counts = self._shares.counts("names", pairs)
        level = np.where(like >= 0.7, 4, 5)
        level = np.where(inside >= 1.0, 3, level)
        level = np.where(like >= 0.88, 2, level)
        level = np.where(counts > 0, 1, level)
        marks = on_distinct(
            left, right, texts.values, mapped(lambda a, b: company_marks(a) == company_marks(b))
        )
        level = np.where(marks > 0, level, 5)
        level = np.where((left > 0) & (right > 0), level, 0)
        return level.astype(np.int8), self._shares.rarity(counts)


def _texts(record: OriginRecords, name: str) -> list[str]:
    return [str(value) for value in record.properties.get(name, ())]


def _first(record: OriginRecords, name: str) -> str:
    return (_texts(record, name) or [""])[0]


def _key_columns(records: Sequence[OriginRecords]) -> dict[str, KeyColumn]:
    def column(*names: str) -> KeyColumn:
        return KeyColumn.of_values(
            [[text.casefold() for name in names for text in _texts(r, name)] for r in records]
        )

    every = ("name", "trading_name", "previous_name")
    names = [
        {" ".join(company_words(text)) for key in every for text in _texts(record, key)} for record in records
    ]
    codes = [[postcode_key(text) for text in _texts(record, "postcode")] for record in records]
    places = [_texts(record, "address") for record in records]
    return {
        "numbers": KeyColumn.of_values(
            [map(company_number_key, _texts(r, "company_number")) for r in records]
        ),
        "phones": column("phone"),
        "emails": column("email", "website"),
        "names": KeyColumn.of_values(names),
        "postcodes": KeyColumn.of_values(codes),
        "streets": KeyColumn.of_values([map(street_key, several) for several in places]),
        "houses": KeyColumn.of_values(
            [
                [
                    f"{code} {numbers[-1]}"
                    for text in several
                    if (numbers := address_numbers(text))
                    for code in known
                ]
                for several, known in zip(places, codes, strict=True)
            ]
        ),
    }


def _blocks(
    records: Sequence[OriginRecords], words: Sequence[tuple[str, ...]]
) -> tuple[list[list[str]], ...]:
    """Words of the name alone where they are rare, and initials of words with a place."""
    codes = [[postcode_key(text) for text in _texts(record, "postcode")] for record in records]
    streets = [[street_key(text) for text in _texts(record, "address")] for record in records]
    pairs = [[" ".join(sorted(pair)) for pair in pairwise(several)] for several in words]
    placed = [
        [f"{place} {word[:3]}" for place in (*known, *near) for word in several if place]
        for known, near, several in zip(codes, streets, words, strict=True)
    ]
    return [list(several) for several in words], pairs, placed
