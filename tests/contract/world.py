"""Small graphs in few words. Five access labels, from open to closed, and the contexts that see more or less of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from graphcore.access import AccessContext, AccessLabel, Marking, Purpose, PurposeCode
from graphcore.store.port import GraphStore, GraphView
from graphcore.store.state import Assertion, EntityState, GraphBatch, LinkState

OPEN, SENSITIVE, COVERT, CONDITIONAL, NOBODY = 1, 2, 3, 4, 5
LABELS = {
    OPEN: AccessLabel(),
    SENSITIVE: AccessLabel(marking="OFFICIAL-SENSITIVE", handling_scheme="3x5x2", handling_code="P"),
    COVERT: AccessLabel(compartment="NIGHTJAR"),
    CONDITIONAL: AccessLabel(handling_scheme="3x5x2", handling_code="C", handling_conditions=("A1", "S2")),
    NOBODY: AccessLabel(marking="SECRET"),
}
PURPOSE = Purpose(PurposeCode.INVESTIGATION, "contract suite")
PLAIN = AccessContext("officer", "force-a", Marking.OFFICIAL, PURPOSE)
CLEARED = replace(
    PLAIN,
    clearance=Marking.OFFICIAL_SENSITIVE,
    compartments=frozenset({"NIGHTJAR"}),
    may_read_conditional=True,
)


def day(year: int, month: int = 1, date: int = 1) -> datetime:
    return datetime(year, month, date, tzinfo=UTC)


def iso(year: int, month: int = 1, date: int = 1) -> str:
    return f"{year:04d}-{month:02d}-{date:02d}T00:00:00.000000Z"


def at(context: AccessContext, year: int) -> AccessContext:
    """The same context as at the start of a year."""
    return replace(context, as_at=day(year))


@dataclass
class World:
    """Builds one batch; records are numbered in the order in which they are said."""

    applied: int = 1
    seq: int = 0
    entities: dict[str, EntityState] = field(default_factory=dict)
    links: dict[str, LinkState] = field(default_factory=dict)

    def say(self, **given: Any) -> Assertion:
        """One assertion: label OPEN, known since 2020, everything else as given (properties by name)."""
        self.seq += 1
        fields = {
            "rid": f"r{self.seq:03d}",
            "seq": self.seq,
            "origin_id": f"o{self.seq:03d}",
            "source": "register",
            "label": OPEN,
            "known_at": iso(2020),
        }
        names = {*Assertion.__slots__}
        properties = {k: v if isinstance(v, tuple) else (v,) for k, v in given.items() if k not in names}
        properties = given.get("properties", properties)
        return Assertion(
            **{**fields, **{k: v for k, v in given.items() if k in names}, "properties": properties}
        )

    def entity(self, uid: str, kind: str = "Person", /, *said: Assertion, **given: Any) -> World:
        """An entity; with no assertion given one is made, its caption the uid unless given."""
        if not said:
            said = (self.say(**{"caption": uid, "name": given.get("caption", uid), **given}),)
        self.entities[uid] = EntityState(uid, kind, said)
        return self

    def link(
        self, lid: str, start: str, end: str, kind: str = "ASSOCIATE_OF", /, *said: Assertion, **given: Any
    ) -> World:
        """A link; with no assertion given one is made."""
        self.links[lid] = LinkState(lid, kind, start, end, said or (self.say(**given),))
        return self

    def persons(self, *uids: str) -> World:
        for uid in uids:
            self.entity(uid)
        return self

    def chain(self, *pairs: str) -> World:
        """Links from texts such as ``"a-b"``; the lid is the text."""
        for pair in pairs:
            source, target = pair.split("-")
            self.link(pair, source, target)
        return self

    def batch(self, **changes: Any) -> GraphBatch:
        whole = GraphBatch(
            self.applied, tuple(self.entities.values()), tuple(self.links.values()), labels=LABELS
        )
        return replace(whole, **changes)

    def into(self, store: GraphStore) -> GraphStore:
        store.write(self.batch())
        return store

    def seen(self, store: GraphStore, context: AccessContext = CLEARED) -> GraphView:
        return self.into(store).view(context)


def uids(neighbourhood: Any) -> list[str]:
    return [entity.uid for entity in neighbourhood.entities]


def lids(neighbourhood: Any) -> list[str]:
    return [link.lid for link in neighbourhood.links]
