"""Tier by tier: what most readers may see is decided first, from what all of them may see, and then left as it is.

A turn belongs to the readers of one tier. Its decisions use the records that all of them see, and only join what could not
be joined in an earlier turn: so what fewer may see moves nothing that more may see. A type whose records all demand the
same of their readers, which is the common case, has one turn and is read as if there were no tiers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import combinations_with_replacement
from typing import Protocol, runtime_checkable

import numpy as np

from analytics.resolution.settled import Settled
from graphcore.access.needs import Needs, either
from graphcore.evidence.ledger.values import OriginPlace, OriginRecords
from graphcore.identity.tiers import may_become_one


class OriginReader(Protocol):
    """What a run reads through: an evidence view, filtered for whoever runs it."""

    def iter_origins(self, entity_type: str) -> Iterator[OriginRecords]:
        """The visible origins of a type, ascending by id."""
        ...

    def iter_places(self, entity_type: str) -> Iterator[OriginPlace]:
        """The same origins without what is said of them."""
        ...


@runtime_checkable
class TieredReader(OriginReader, Protocol):
    """A reader whose records demand different things of their readers."""

    def demanded(self) -> tuple[Needs, dict[str, frozenset[Needs]]]:
        """What most records demand, and all that the records of the other origins demand."""
        ...

    def narrowed(self, needs: Needs) -> TieredReader:
        """The records that all who meet ``needs`` may see."""
        ...

    def origin_records(self, origin_ids: Collection[str]) -> Iterator[OriginRecords]:
        """Some origins."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """Records of one tier, ascending by id: where they are, and :meth:`read` what is said of them. ``settled`` None: nothing was decided on them before. ``below``: places of the
    earlier turns whose records are all among these; ``tier``: what they demand of readers, "" where nobody said; ``reader``
    sees what all of the tier see.
    """

    places: Sequence[OriginPlace]
    read: Callable[[], Iterator[OriginRecords]]
    settled: Settled | None
    reader: OriginReader
    below: tuple[int, ...] = ()
    tier: str = ""

    @property
    def new(self) -> int:
        """How many records have something to be decided on them in this turn."""
        return len(self.places) if self.settled is None else self.settled.new


class Turns:
    """The turns of a run. What is said of records is read once a turn, and is not held: it takes most of the memory."""

    def __init__(self, reader: OriginReader) -> None:
        self._reader = reader
        self._most: Needs | None = None
        self._others: Mapping[str, frozenset[Needs]] = {}
        if isinstance(reader, TieredReader):
            self._most, self._others = reader.demanded()

    def of(self, entity_type: str) -> TypeTurns:
        """The turns of one type."""
        places = [*self._reader.iter_places(entity_type)]
        demands = {
            one.origin_id: self._others[one.origin_id] for one in places if one.origin_id in self._others
        }
        return TypeTurns(self._reader, entity_type, places, (self._most, demands))


class TypeTurns:
    """The turns of one type, in order. :meth:`joined` tells what a turn decided before the next is asked for."""

    def __init__(
        self,
        reader: OriginReader,
        entity_type: str,
        places: Sequence[OriginPlace],
        demanded: tuple[Needs | None, Mapping[str, frozenset[Needs]]],
    ) -> None:
        """``demanded``: what most records demand, and what those of other origins do."""
        self._reader, self._type, self.places = reader, entity_type, places
        most, demands = demanded
        self._demands = demands
        self._needs = {origin: either(several) for origin, several in demands.items()}
        self._mixed = sorted(origin for origin, several in demands.items() if len(several) > 1)
        self._most = most
        self._decided: dict[str, str] = {}

    def __iter__(self) -> Iterator[Turn]:
        """Each turn, the one with most readers first."""
        if self._most is None or not self._demands:
            # narrowed all the same: links may demand more than all records at their ends do
            tier = self._most.name if self._most else ""
            yield Turn(self.places, self._whole, None, self._narrowed(self._most), tier=tier)
            return
        needs = {one for several in self._demands.values() for one in several}
        if len(self._demands) < len(self.places):
            needs.add(self._most)
        earlier: list[Needs] = []
        for tier in _tiers(needs):
            yield self._turn(tier, earlier)
            earlier.append(tier)

    def joined(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Origins that a turn decided to be one, whether or not they were before."""
        _unite(self._decided, pairs)

    def clusters(self) -> int:
        """How many entities hold more than one record now."""
        now = dict(self._decided)
        _unite(now, ((one.uid, one.origin_id) for one in self.places))  # what was one before the run stays it
        return sum(count > 1 for count in Counter(_root(now, one.origin_id) for one in self.places).values())

    def _turn(self, tier: Needs, earlier: Sequence[Needs]) -> Turn:
        mixed, several = set(self._mixed), list[OriginRecords]()
        reader = self._narrowed(tier)
        whole = [one for one in self.places if one.origin_id not in mixed and self._of(one) <= tier]
        if mixed and isinstance(reader, TieredReader):
            several = sorted(reader.origin_records(self._mixed), key=_by_id)
        some = (OriginPlace(one.origin_id, one.uid, one.first_seq) for one in several)
        places = sorted([*whole, *some], key=_by_id)
        below = tuple(at for at, one in enumerate(earlier) if one <= tier)

        def read() -> Iterator[OriginRecords]:
            return merge(along(whole, self._reader.iter_origins(self._type)), several, key=_by_id)

        return Turn(places, read, self._settled(places, tier, earlier), reader, below, tier.name)

    def _whole(self) -> Iterator[OriginRecords]:
        return along(self.places, self._reader.iter_origins(self._type))

    def _narrowed(self, tier: Needs | None) -> OriginReader:
        """What everybody sees who sees all records of a tier."""
        if tier is None or not isinstance(self._reader, TieredReader):
            return self._reader
        return self._reader.narrowed(tier)

    def _of(self, record: OriginPlace) -> Needs:
        assert self._most is not None  # noqa: S101 -- there are tiers only where it is known
        return self._needs.get(record.origin_id, self._most)

    def _settled(
        self, records: Sequence[OriginPlace], tier: Needs, earlier: Sequence[Needs]
    ) -> Settled | None:
        """The clusters that earlier turns decided, and which kinds of them meet for the first time in this turn.

        What an earlier run joined does not count: it was decided from these records too, and a run that began with it would
        decide differently each time.
        """
        if not any(one <= tier for one in earlier):
            return None
        keys = [_root(self._decided, one.origin_id) for one in records]
        held: dict[str, set[Needs]] = defaultdict(set)
        for key, one in zip(keys, records, strict=True):
            held[key].add(self._of(one))
        root_of = {key: either(several) for key, several in held.items()}
        kinds = [*dict.fromkeys(root_of.values())]
        number = {key: at for at, key in enumerate(root_of)}
        may = np.array([[_first_here(one, other, tier, earlier) for other in kinds] for one in kinds])
        return Settled(
            np.array([number[key] for key in keys], dtype=np.int64),
            np.array([kinds.index(root_of[key]) for key in keys], dtype=np.int64),
            may.reshape(len(kinds), len(kinds)),
        )


def along(places: Iterable[OriginPlace], records: Iterator[OriginRecords]) -> Iterator[OriginRecords]:
    """What is said of each place, in order; nothing of one that is not among ``records``, because it went meanwhile.

    Args:
        places: Ascending by id.
        records: Ascending by id; what came meanwhile is passed over.
    """
    one = next(records, None)
    for place in places:
        while one is not None and one.origin_id < place.origin_id:
            one = next(records, None)
        if one is not None and one.origin_id == place.origin_id:
            yield one
        else:
            yield OriginRecords(place.origin_id, place.uid, "", "", place.first_seq, {})


def _by_id(one: OriginPlace | OriginRecords) -> str:
    return one.origin_id


def _tiers(needs: Collection[Needs]) -> list[Needs]:
    """All that pairs of origins can demand where they may become one entity, the least demanding first."""
    pairs = combinations_with_replacement(sorted(needs, key=lambda one: one.order), 2)
    found = {one | other for one, other in pairs if may_become_one(one, other)}
    return sorted(found, key=lambda one: one.order)


def _first_here(one: Needs, other: Needs, tier: Needs, earlier: Sequence[Needs]) -> bool:
    both = one | other
    return may_become_one(one, other) and both <= tier and not any(both <= before for before in earlier)


def _root(parent: Mapping[str, str], key: str) -> str:
    while key in parent:
        key = parent[key]
    return key


def _unite(parent: dict[str, str], pairs: Iterable[tuple[str, str]]) -> None:
    """Make both of each pair one."""
    for left, right in pairs:
        keep, lose = _root(parent, left), _root(parent, right)
        if keep != lose:
            parent[lose] = keep
