"""Persons: which pairs are worth comparing, and what each pair shows.

The table of features below is the whole scoring model. Its bits were fitted on synthetic records with known truth and
rounded, so that a reviewer can follow and question each of them. They weigh pairs that blocking has already brought
together, which is why a shared family name weighs so little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from analytics.resolution.keys import Bool, Pairs
from analytics.resolution.model import SILENT, Evidence, Feature, Level, Levels, Settings
from analytics.resolution.person_rules import (
    birth_levels,
    family_levels,
    given_levels,
    middle_levels,
    sex_levels,
)
from analytics.resolution.person_table import PersonTable
from analytics.resolution.shares import Shares, weigh
from graphcore.evidence.ledger.values import OriginRecords

FEATURES: Final = (
    Feature("family name", (SILENT, Level("same", 3, counted=True), Level("a slip apart", 3, counted=True),
                            Level("fore and family name swapped", 3.5, counted=True), Level("alike", 1.5), Level("different", -3))),
    Feature("given name", (SILENT, Level("same", 3.5, counted=True), Level("another form", 3), Level("a slip apart", 2.5),
                           Level("initial fits", 1.5), Level("middle name of the other", 0), Level("different", -5))),
    Feature("middle name", (SILENT, Level("same", 5), Level("initial fits", 1.5), Level("different", -4))),
    Feature("birth date", (SILENT, Level("same day", 5), Level("day and month swapped", 5), Level("same month", 5),
                           Level("same year", 3), Level("one part out", -0.5), Level("different", -7))),
    Feature("sex", (SILENT, Level("same", 0), Level("different", -6))),
    Feature("address", (SILENT, Level("same house and postcode", 4.5, counted=True), Level("same house and street", 4.5, counted=True),
                        Level("same postcode", 3, counted=True), Level("different", -1))),
    Feature("phone", (SILENT, Level("same", 11, counted=True), Level("different", -2))),
    Feature("e-mail", (SILENT, Level("same", 12, counted=True), Level("different", -1.5))),
    Feature("vehicle", (SILENT, Level("same", 9, counted=True), Level("different", -1.3))),
    Feature("national identifier", (SILENT, Level("same", 16), Level("different", -9))),
    Feature("alias", (SILENT, Level("same", 1.5, counted=True))),
)  # fmt: skip
_KEYS: Final = {
    "phone": "phones",
    "e-mail": "emails",
    "vehicle": "vehicles",
    "national identifier": "national_ids",
}
_RULES: Final[Mapping[str, Callable[[PersonTable, Pairs], Levels]]] = {
    "family name": family_levels,
    "given name": given_levels,
    "middle name": middle_levels,
    "birth date": birth_levels,
    "sex": sex_levels,
}


class Persons:
    """The persons of one view, ready to be compared."""

    entity_type = "Person"
    features = FEATURES
    strict = False

    def __init__(self, records: Sequence[OriginRecords], settings: Settings) -> None:
        self.n = len(records)
        self._table = PersonTable.of(records)
        self._settings = settings
        self._shares = Shares(self._table.keys, self.n, settings.share)

    def candidates(self) -> Pairs:
        """Pairs that share an identifier, or enough of name, birth date and address."""
        columns = [self._table.keys[name] for name in (*_KEYS.values(), "aliases")]
        codes = [column.shared(self._settings.block)[0] for column in (*columns, *self._table.blocks)]
        return Pairs.of_codes(np.concatenate(codes), self.n)

    def evidence(self, pairs: Pairs) -> Evidence:
        """Levels and bits of every feature on every pair."""
        shown = {feature.name: self._levels(feature.name, pairs) for feature in FEATURES}
        levels = {name: level for name, (level, _) in shown.items()}
        bits = {feature.name: weigh(feature, *shown[feature.name]) for feature in FEATURES}
        return Evidence(pairs, levels, bits, _conflicts(levels))

    def _levels(self, name: str, pairs: Pairs) -> Levels:
        if name in _KEYS:
            return self._shares.levels(_KEYS[name], pairs)
        if name == "address":
            return self._shares.address(pairs)
        if name == "alias":
            return self._aliases(pairs)
        return _RULES[name](self._table, pairs)

    def _aliases(self, pairs: Pairs) -> Levels:
        """A nickname counts where a record calls it one: two mentions of one word may be anybody's name."""
        named = self._table.nicknamed[pairs.left] | self._table.nicknamed[pairs.right]
        counts = np.where(named, self._shares.counts("aliases", pairs), 0)
        return (counts > 0).astype(np.int8), self._shares.rarity(counts)


def _conflicts(levels: Mapping[str, np.ndarray]) -> Bool:
    """Pairs that cannot be one person, whatever else they share.

    Two birth dates that no slip explains; twins: one birth date, two given names. An identifier of the nation or an
    e-mail in common lifts both rules, for then the name or the date is the more likely mistake.
    """
    number = {feature.name: feature for feature in FEATURES}

    def at(feature: str, *names: str) -> Bool:
        return np.isin(levels[feature], [number[feature].number(name) for name in names])

    lifted = at("national identifier", "same") | at("e-mail", "same")
    dates = at("birth date", "different")
    twins = at("given name", "different") & at("birth date", "same day", "same month")
    return (dates | twins) & ~lifted
