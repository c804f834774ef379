"""The graph helps to resolve: what a reader sees around records, and the second pass that weighs it.

A first pass compares what records say of themselves, and what their sources state as links to a telephone, a vehicle, a
place or an e-mail address: both are the same facts, in the same columns, and count once. Its clusters say what businesses
and people records have in common; a second pass weighs that as features of their own, by degree. Everything is read through
one reader, so that what it does not see shapes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from analytics.resolution.businesses import BUSINESSES
from analytics.resolution.columns import Column
from analytics.resolution.comparer import Comparer
from analytics.resolution.decide import decide
from analytics.resolution.exact import by_identifier
from analytics.resolution.keys import Int64, distinct
from analytics.resolution.links import LinkReader, Links, grouped, things
from analytics.resolution.model import Outcome, Settings
from analytics.resolution.persons import PERSONS
from analytics.resolution.turns import OriginReader, along
from graphcore.evidence.ledger.values import OriginRecords, Placed
from graphcore.model.graph import Value

_BUSINESS: Final = frozenset({"OFFICER_OF", "PSC_OF", "OWNS", "CONTROLS", "EMPLOYS"})
_PEOPLE: Final = frozenset({"FAMILY_OF", "ASSOCIATE_OF", "CO_OFFENDS_WITH", "PARTNER_OF"})
_ACCOUNT: Final = frozenset({"HOLDS_ACCOUNT", "OWNS", "CONTROLS"})
_STATED: Final[Mapping[str, tuple[frozenset[str], Mapping[str, str]]]] = {
    "Phone": (frozenset({"USES_PHONE"}), {"number": "phone"}),
    "Vehicle": (frozenset({"KEEPER_OF", "USES_VEHICLE", "OWNS"}), {"vrm": "vrm"}),
    "OnlineIdentity": (frozenset({"USES_IDENTITY"}), {"email": "email"}),
    "Location": (
        frozenset({"LIVES_AT", "HAS_ADDRESS", "REGISTERED_AT", "TRADES_FROM"}),
        {"address": "address", "postcode": "postcode"},
    ),
}
_TYPES: Final = frozenset[str]().union(
    _BUSINESS, _PEOPLE, _ACCOUNT, *(types for types, _ in _STATED.values())
)
_KINDS: Final = {kind.entity_type: kind for kind in (PERSONS, BUSINESSES)}
NO_PERIODS: Final[Mapping[int, tuple[str, str]]] = MappingProxyType({})
CLOSE: Final = 20  # people of one business, up to whom they count as people in common
Unit = tuple[Sequence[str], Int64]
Judge = Callable[[Comparer], Outcome]


@dataclass(frozen=True, slots=True, eq=False)
class _Stated:
    """What links to things of one type state. Row ``r`` has the places from ``starts[r]`` to ``starts[r + 1]`` of ``others``
    (numbers in ``said``) and ``links``; ``names``: under which name what a thing says of itself is said of the row.
    """

    names: Mapping[str, str]
    starts: Int64
    others: Int64
    links: Int64
    said: Sequence[Mapping[str, tuple[Value, ...]]]
    periods: Mapping[int, tuple[str, str]]

    def of(self, row: int) -> Iterator[tuple[str, tuple[Value, ...]]]:
        """By name, what is stated of a row."""
        for place in range(int(self.starts[row]), int(self.starts[row + 1])):
            said = self.said[int(self.others[place])]
            for name, column in self.names.items():
                if name in said:
                    yield column, said[name]
            period = self.periods.get(int(self.links[place]))
            if period:
                numbers = said.get("number", ())
                yield "phone periods", tuple("\t".join((str(number), *period)) for number in numbers)


def _told(records: Iterable[OriginRecords], stated: Sequence[_Stated]) -> Iterator[OriginRecords]:
    for row, record in enumerate(records):
        more: dict[str, list[Value]] = defaultdict(list[Value])
        for one in stated:
            for name, values in one.of(row):
                more[name] += values
        yield _with(record, more) if more else record


class Surroundings:
    """What one reader sees around records: links, what they state, and clusters as far as they are known."""

    def __init__(self, reader: OriginReader) -> None:
        self.reader = reader
        self._links: Links | None = None
        self._units: dict[str, Unit] = {}

    @property
    def links(self) -> Links | None:
        """The links; None where the reader has none to read."""
        if self._links is None and isinstance(self.reader, LinkReader):
            self._links = Links.read(self.reader, _TYPES)
        return self._links if self._links is not None and len(self._links) else None

    def told(self, places: Sequence[Placed], records: Iterable[OriginRecords]) -> Iterable[OriginRecords]:
        """Records with what their sources state of them as links, one at a time.

        Args:
            places: Where the records are.
            records: In the same order; read once.
        """
        if self.links is None:
            return records
        at = self.links.places([place.origin_id for place in places])
        stated = [self._stated(entity_type, at, len(places)) for entity_type in _STATED]
        return _told(records, stated)

    def _stated(self, entity_type: str, at: Int64, n: int) -> _Stated:
        assert self.links is not None  # noqa: S101 -- asked for by its only caller
        types, names = _STATED[entity_type]
        found: list[OriginRecords] = [*self.reader.iter_origins(entity_type)]
        rows, others, links = self.links.joining(
            types, at, self.links.places([one.origin_id for one in found])
        )
        order = np.lexsort((links, others, rows))
        said = [{name: one.properties[name] for name in names if name in one.properties} for one in found]
        periods = self.links.periods if entity_type == "Phone" else NO_PERIODS
        starts = np.searchsorted(rows[order], np.arange(n + 1))
        return _Stated(names, starts, others[order], links[order], said, periods)

    def knows(self, entity_type: str, records: Sequence[Placed], outcome: Outcome) -> None:
        """What records of a type are one, for the records of other types around them."""
        self._units[entity_type] = _unit(records, outcome)

    def linked(
        self, link_types: Collection[str], one: Sequence[str], other: Sequence[str]
    ) -> list[tuple[str, str]]:
        """Origins of ``one`` and of ``other`` between which a link of some types is."""
        if self.links is None:
            return []
        left, right, _ = self.links.joining(link_types, self.links.places(one), self.links.places(other))
        ends: list[list[int]] = np.stack([left, right], axis=1).tolist()
        return [(one[a], other[b]) for a, b in ends]

    def related(self, entity_type: str, records: Sequence[Placed], outcome: Outcome) -> dict[str, Column]:
        """Columns of what records have through links, by name; nothing where no record has anything."""
        if self.links is None:
            return {}
        unit = grouped(outcome.clusters, len(records))
        at = self.links.places([record.origin_id for record in records])
        columns = {"accounts": self._held(at, unit, "Account", _ACCOUNT)}
        if entity_type == PERSONS.entity_type:
            columns["businesses"] = self._held(at, unit, BUSINESSES.entity_type, _BUSINESS)
            columns["people"] = self._people(at, unit, [record.origin_id for record in records])
        else:
            columns["people"] = self._held(at, unit, PERSONS.entity_type, _BUSINESS)
        return {name: column for name, column in columns.items() if bool(column.present().any())}

    def _held(self, at: Int64, unit: Int64, entity_type: str, types: Collection[str]) -> Column:
        rows, held, names = self._holdings(at, entity_type, types)
        return things(rows, held, unit, names)

    def _holdings(
        self, at: Int64, entity_type: str, types: Collection[str]
    ) -> tuple[Int64, Int64, Sequence[str]]:
        """Rows and the entities of a type that they are linked to, as the lowest record of each."""
        assert self.links is not None  # noqa: S101 -- asked for by its callers
        names, of = self._unit_of(entity_type)
        rows, others, _ = self.links.joining(types, at, self.links.places(names))
        return rows, of[others], names

    def _people(self, at: Int64, unit: Int64, names: Sequence[str]) -> Column:
        """People whom a record is linked to, and those with whom it shares a business of few."""
        assert self.links is not None  # noqa: S101 -- asked for by its only caller
        rows, others, _ = self.links.joining(_PEOPLE, at, at)
        business_rows, businesses, _ = self._holdings(at, BUSINESSES.entity_type, _BUSINESS)
        more_rows, more = _beside(business_rows, businesses, unit)
        rows, held = np.r_[rows, more_rows], np.r_[unit[others], more]
        return things(rows, held, unit, names, own=unit[rows] == held)

    def _unit_of(self, entity_type: str) -> Unit:
        """The clusters of a type: those that are known, else those of a first pass."""
        if entity_type not in self._units:
            places = [*self.reader.iter_places(entity_type)]
            records = along(places, self.reader.iter_origins(entity_type))
            kind = _KINDS.get(entity_type)
            if kind is None or not places:
                outcome = by_identifier(entity_type, [*records], Settings())
            else:
                outcome = decide(Comparer(kind, self.told(places, records)))
            self._units[entity_type] = _unit(places, outcome)
        return self._units[entity_type]


def two_passes(
    comparer: Comparer, records: Sequence[Placed], around: Surroundings, judge: Judge
) -> tuple[Comparer, Outcome]:
    """The first pass, and the second where there is anything around the records.

    Args:
        comparer: Of the records as ``around`` tells them.
        records: In the order of the comparer.
        around: Told of the outcome.
        judge: Clusters of what a comparer compares.
    """
    kind = comparer.kind.entity_type
    outcome = judge(comparer)
    related = around.related(kind, records, outcome)
    if related:
        comparer = comparer.beside(related)
        outcome = judge(comparer)
    around.knows(kind, records, outcome)
    return comparer, outcome


def _unit(records: Sequence[Placed], outcome: Outcome) -> Unit:
    return [record.origin_id for record in records], grouped(outcome.clusters, len(records))


def _with(record: OriginRecords, more: Mapping[str, Iterable[Value]]) -> OriginRecords:
    """A record and what links state of it; an address that it states itself is not stated again by its links."""
    said = dict(record.properties)
    for name, values in more.items():
        if name in ("address", "postcode") and said.get(name):
            continue
        said[name] = tuple(dict.fromkeys((*said.get(name, ()), *values)))
    return replace(record, properties=said)


def _beside(rows: Int64, businesses: Int64, unit: Int64) -> tuple[Int64, Int64]:
    """Each row with each entity of its businesses that few have."""
    n = len(unit)
    codes = distinct(businesses * n + unit[rows]) if len(rows) else rows
    of, members = np.divmod(codes, n) if len(codes) else (codes, codes)
    sizes = np.bincount(of, minlength=int(businesses.max(initial=0)) + 1)
    starts = np.cumsum(sizes) - sizes
    close = sizes[businesses] <= CLOSE
    rows, businesses = rows[close], businesses[close]
    many = sizes[businesses]
    repeated = np.repeat(np.arange(len(rows)), many)
    inside = np.arange(len(repeated)) - np.repeat(np.cumsum(many) - many, many)
    return rows[repeated], members[starts[businesses][repeated] + inside]
