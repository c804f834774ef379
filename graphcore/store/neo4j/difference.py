"""What a published graph lacks, and what it has too much: two streams in one order, compared as they lie in Neo4j.

Whole property maps are compared, so what somebody changed by hand is put right as well.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import orjson

from graphcore.store.neo4j.connection import Connection
from graphcore.store.neo4j.stored import Row, entity_row, link_row
from graphcore.store.state import EntityState, LinkState

PAGE: Final = 2_000
State = TypeVar("State", EntityState, LinkState)
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One thing as it lies in the graph: ``key`` orders it, ``place`` is what it is taken away by, ``body`` what it says."""

    key: Key
    place: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Change(Generic[State]):
    """``state`` None: what lies at ``place`` goes. ``same``: nothing is to be done."""

    state: State | None
    place: str = ""
    same: bool = False


def differences(wanted: Iterable[State], found: Iterable[Found]) -> Iterator[Change[State]]:
    """Every wanted state, to be written or the same, and every place that is to go; both streams ascend by key."""
    there = iter(found)
    held = next(there, None)
    for state in wanted:
        key, body = _of(state)
        while held is not None and held.key < key:
            yield Change(None, held.place)
            held = next(there, None)
        same = False
        if held is not None and held.key == key:
            same = held.body == body
            held = next(there, None)
        yield Change(state, same=same)
    while held is not None:
        yield Change(None, held.place)
        held = next(there, None)


def found_entities(connection: Connection) -> Iterator[Found]:
    """What lies there, ascending by uid, a page at a time."""
    after = ""
    while rows := connection.read("upkeep/entity_rows", after=after, page=PAGE):
        for row in rows:
            uid = str(row["uid"])
            yield Found((uid,), uid, _body(row["types"], row["properties"]))
        after = str(rows[-1]["uid"])


def found_links(connection: Connection) -> Iterator[Found]:
    """What joins entities there, ascending by lid and type; only keys are held at once."""
    places = sorted(
        (row["lid"], row["type"], row["element"]) for row in connection.stream("upkeep/link_places")
    )
    for begin in range(0, len(places), PAGE):
        some = places[begin : begin + PAGE]
        rows = connection.read("upkeep/link_rows", elements=[element for _, _, element in some])
        by_place = {row["element"]: row for row in rows}
        for lid, link_type, element in some:
            if row := by_place.get(element):
                ends = [row["source"], row["target"]]
                yield Found((lid, link_type), element, _body(ends, row["properties"]))


def _of(state: EntityState | LinkState) -> tuple[Key, bytes]:
    if isinstance(state, EntityState):
        return (state.uid,), _body([state.type], entity_row(state)["properties"])
    return (state.lid, state.type), _body([state.source, state.target], link_row(state)["properties"])


def _body(head: list[str], properties: Row) -> bytes:
    """One text for equal things; NaN equals NaN, and 1, 1.0 and true are three values."""
    return orjson.dumps([head, properties], option=orjson.OPT_SORT_KEYS, default=str)
