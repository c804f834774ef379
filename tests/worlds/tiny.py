"""Tiny random worlds, each with something that is hidden: the same world can be made without it.

``tiny(seed)`` hides one kind of thing, ``tiny(seed, kinds)`` several at once; all of it stands under a compartment that the readers asked are not in. Names,
numbers and dates come from short lists, so that people are alike, are joined, or come before a reviewer.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from graphcore.access import AccessLabel
from graphcore.evidence import (
    EntityRecord,
    Evidence,
    Lineage,
    LinkRecord,
    Occurrence,
    OriginRef,
    SeriesLayout,
)
from graphcore.evidence.ledger import QuarantineRow
from graphcore.evidence.record import Record
from graphcore.evidence.suggestion import Suggested
from graphcore.model import TimeSpan

HIDDEN = AccessLabel("OFFICIAL-SENSITIVE", "3x5x2", "P", (), "KESTREL", "Northshire")
LABELS = (AccessLabel(), AccessLabel("OFFICIAL-SENSITIVE", "3x5x2", "P", (), "", "Northshire"))
KNOWN = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
LAYOUT = SeriesLayout(
    (("kind", "text"), ("duration_s", "integer")), ("duration_s",), ("start", "sec"), True, True
)
NAMES = ("William Thistlewick", "Ada Emberwick", "Bill Thistlewick", "Devlin Marrow", "Hilda Amere")
FIRMS = ("Suds and Shine Ltd", "Glimmer Holdings Ltd", "Foam Wash Ltd")
NUMBERS = ("+447700900123", "+447700900124", "+447700900125")
ROADS = (("12 Tollgate Road", "NM3 4XY"), ("9 Heron Lane", "EQ1 1AA"))
BORN = ("1980-04-09", "1991-12-01")
WAYS = (
    ("ASSOCIATE_OF", "Person", "Person"), ("FAMILY_OF", "Person", "Person"), ("OFFICER_OF", "Person", "Business"),
    ("OWNS", "Person", "Business"), ("OWNS", "Business", "Business"), ("USES_PHONE", "Person", "Phone"), ("CALLS", "Phone", "Phone"),
    ("MEMBER_OF", "Person", "OrganisedCrimeGroup"), ("PARTY_TO", "Person", "Event"), ("LIVES_AT", "Person", "Location"),
)  # fmt: skip
Values = dict[str, tuple[str | int | float, ...]]


@dataclass
class TinyWorld:
    """What everybody's world holds, and what is hidden in it. ``batch``: the hidden records come in a file of their own.

    ``judged``: somebody who is cleared joins these two afterwards. ``deeds``: what else they do, by name.
    """

    seed: int
    kind: str
    records: list[Record] = field(default_factory=list[Record])
    hidden: list[Record] = field(default_factory=list[Record])
    refused: list[QuarantineRow] = field(default_factory=list[QuarantineRow])
    refused_hidden: list[QuarantineRow] = field(default_factory=list[QuarantineRow])
    batch: bool = False
    judged: tuple[OriginRef, OriginRef] | None = None
    deeds: set[str] = field(default_factory=set[str])

    @property
    def refs(self) -> list[OriginRef]:
        """Every thing, the hidden ones last."""
        said = [*self.records, *self.hidden]
        return list(dict.fromkeys(one.origin for one in said if isinstance(one, EntityRecord)))


class _Maker:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.row = 0

    def evidence(self, label: AccessLabel) -> Evidence:
        self.row += 1
        start = datetime(self.rng.choice((2010, 2018)), 1, 1, tzinfo=UTC)
        valid = TimeSpan(start, None) if self.rng.random() < 0.3 else TimeSpan()
        known = self.rng.choice(KNOWN)
        return Evidence(
            Lineage("people.csv", self.row), label, None, {"ref": f"row {self.row}"}, valid, known
        )

    def label(self) -> AccessLabel:
        return self.rng.choice(LABELS)

    def values(self, entity_type: str) -> Values:
        pick, road = self.rng.choice, self.rng.choice(ROADS)
        person: Values = {"name": (pick(NAMES),)}
        person |= pick(
            [{}, {"birth_date": (pick(BORN),)}, {"address": (road[0],), "postcode": (road[1],)},
             {"birth_date": (pick(BORN),), "phone": (pick(NUMBERS),)}]
        )  # fmt: skip
        made: dict[str, Values] = {
            "Person": person,
            "Business": {"name": (pick(FIRMS),), "company_number": (pick(("01234567", "07654321")),)},
            "Phone": {"number": (pick(NUMBERS),)},
            "OrganisedCrimeGroup": {"name": ("Harbour group",)},
            "Event": {"title": ("Burglary",), "category": ("burglary",)},
            "Location": {"address": (road[0],), "postcode": (road[1],)},
        }
        return made[entity_type]

    def entity(self, ref: OriginRef, label: AccessLabel, values: Values | None = None) -> EntityRecord:
        kinds = {"Business": "company", "Event": "crime", "Location": "address"}
        said = values or self.values(ref.entity_type)
        return EntityRecord(ref, kinds.get(ref.entity_type, ""), said, self.evidence(label))

    def link(self, way: str, source: OriginRef, target: OriginRef, label: AccessLabel) -> LinkRecord:
        said = self.evidence(label)
        seen = None
        if way == "CALLS":
            at = KNOWN[0] + timedelta(minutes=self.rng.randrange(9999))
            said = replace(said, original={"start": f"m{self.row}", "sec": "60"}, valid=TimeSpan())
            seen = Occurrence(LAYOUT, at, at + timedelta(minutes=1), f"c{self.row}", ("voice", 60))
        share: Values = {"share_min": (0.25,), "share_max": (0.5,)} if way == "OWNS" else {}
        return LinkRecord("alpha", way, source, target, "", share, said, seen)

    def some_link(
        self, refs: Sequence[OriginRef], label: AccessLabel, end: OriginRef | None = None
    ) -> list[LinkRecord]:
        """A link of a random type between two of these (one of them ``end``), where there is a pair that fits."""
        fit = [
            (way, a, b)
            for way, first, second in WAYS
            for a in refs
            for b in refs
            if (a.entity_type, b.entity_type) == (first, second) and a != b and (end is None or end in {a, b})
        ]
        return [self.link(*self.rng.choice(fit), label)] if fit else []


_KINDS = (
    ["Person"] * 4 + ["Business"] * 2 + ["Phone"] * 2 + ["OrganisedCrimeGroup", "Event", "Location", "Person"]
)


def _base(make: _Maker, world: TinyWorld) -> None:
    counts: dict[str, int] = {}
    for entity_type in ("Person", "Phone", "Business", *make.rng.choices(_KINDS, k=make.rng.randint(2, 6))):
        counts[entity_type] = number = counts.get(entity_type, 0) + 1
        ref = OriginRef(make.rng.choice(("alpha", "beta")), entity_type, f"{entity_type[0]}{number}")
        world.records.append(make.entity(ref, make.label()))
    refs = world.refs
    for _ in range(make.rng.randint(3, 9)):
        world.records += make.some_link(refs, make.label())


def _person(make: _Maker, world: TinyWorld, values: Values | None = None) -> OriginRef:
    ref = OriginRef("covert", "Person", f"H{len(world.hidden)}")
    world.hidden.append(make.entity(ref, HIDDEN, values))
    return ref


def _entity(make: _Maker, world: TinyWorld) -> None:
    _person(make, world)


def _joined_entity(make: _Maker, world: TinyWorld) -> None:
    ref = _person(make, world)
    for _ in range(make.rng.randint(1, 3)):
        world.hidden += make.some_link([*world.refs], HIDDEN, ref)


def _link(make: _Maker, world: TinyWorld) -> None:
    world.hidden += make.some_link(world.refs, HIDDEN)


def _someone(make: _Maker, world: TinyWorld) -> EntityRecord:
    people = [
        one for one in world.records if isinstance(one, EntityRecord) and one.origin.entity_type == "Person"
    ]
    return make.rng.choice(people)


def _alias(make: _Maker, world: TinyWorld) -> None:
    known = _someone(make, world)
    world.hidden.append(
        make.entity(known.origin, HIDDEN, {**known.properties, "alias": ("Kestrel",)})  # pyright: ignore[reportArgumentType]
    )


def _property(make: _Maker, world: TinyWorld) -> None:
    said = make.rng.choice(
        [{"birth_date": ("1955-05-05",)}, {"marker": ("armed",)}, {"name": ("Zed Omega",)}]
    )
    world.hidden.append(make.entity(_someone(make, world).origin, HIDDEN, said))


def _label(make: _Maker, world: TinyWorld) -> None:
    """The same statement once more, under a label that the reader has never heard of."""
    known = make.rng.choice(world.records)
    label = replace(HIDDEN, handling_code="C", handling_conditions=("A1",))
    if isinstance(known, LinkRecord) and known.occurrence:
        world.hidden.append(make.link(known.link_type, known.source, known.target, label))
    else:
        world.hidden.append(replace(known, evidence=make.evidence(label)))


def _merge(make: _Maker, world: TinyWorld) -> None:
    """A covert record that is plainly a person whom everybody knows."""
    known = _someone(make, world).properties
    _person(make, world, {**known, "birth_date": ("1980-04-09",), "phone": (NUMBERS[0],)})  # pyright: ignore[reportArgumentType]
    world.hidden.append(make.link("USES_PHONE", world.refs[-1], world.refs[1], HIDDEN))


def _bridge(make: _Maker, world: TinyWorld) -> None:
    """A covert telephone with the numbers of two that everybody knows."""
    ref = OriginRef("covert", "Phone", "H2")
    world.hidden.append(make.entity(ref, HIDDEN, {"number": NUMBERS}))


def _review_pair(make: _Maker, world: TinyWorld) -> None:
    name = _someone(make, world).properties["name"]
    values: Values = {"name": name, "address": tuple(r[0] for r in ROADS), "postcode": tuple(r[1] for r in ROADS)}  # fmt: skip
    _person(make, world, values)


def _judged(make: _Maker, world: TinyWorld) -> None:
    known = _someone(make, world).origin
    ref = _person(make, world)
    world.hidden += make.some_link(world.refs, HIDDEN, ref)
    world.judged = (ref, known)


def _occurrence(make: _Maker, world: TinyWorld) -> None:
    """Covert calls between two telephones; half of the time there are open ones between them, too."""
    a, b = (OriginRef("alpha", "Phone", name) for name in ("T8", "T9"))
    world.records += [
        make.entity(one, LABELS[1], {"number": (number,)})
        for one, number in ((a, NUMBERS[0]), (b, NUMBERS[1]))
    ]
    world.records += [make.link("CALLS", a, b, LABELS[1]) for _ in range(make.rng.choice((0, 3)))]
    world.hidden += [make.link("CALLS", a, b, HIDDEN) for _ in range(3)]


def _suggestion(make: _Maker, world: TinyWorld) -> None:
    found = (Suggested("text", "Person", "Zed Omega", 1, 9, "met Zed Omega"),)
    for label, store, name in ((LABELS[1], world.records, "D1"), (HIDDEN, world.hidden, "D2")):
        ref = OriginRef("alpha", "Document", name)
        store.append(EntityRecord(ref, "document", {"title": (name,)}, make.evidence(label), found))
    world.batch = True


def _refused(_make: _Maker, world: TinyWorld) -> None:
    world.refused = [QuarantineRow("people.csv", 99, "name", "empty", '{"name": ""}', LABELS[1])]
    world.refused_hidden = [QuarantineRow("covert.csv", 99, "name", "empty", '{"name": ""}', HIDDEN)]
    world.batch = True


def _deed(name: str) -> Callable[[_Maker, TinyWorld], None]:
    def done(make: _Maker, world: TinyWorld) -> None:
        _joined_entity(make, world)
        world.deeds.add(name)

    return done


KINDS: dict[str, Callable[[_Maker, TinyWorld], None]] = {
    "entity": _entity, "joined entity": _joined_entity, "link": _link, "alias": _alias, "property": _property, "label": _label,
    "merge": _merge, "bridge": _bridge, "review pair": _review_pair, "judged": _judged, "occurrence": _occurrence,
    "suggestion": _suggestion, "refused row": _refused, "pointer": _deed("pointer"), "request": _deed("request"),
    "operation": _deed("operation"), "output": _deed("output"), "grant": _deed("grant"), "job": _deed("job"), "removal": _deed("removal"),
}  # fmt: skip


def tiny(seed: int, kinds: Sequence[str] = ()) -> TinyWorld:
    """World number ``seed``; without ``kinds`` it hides one, so that twenty seeds in a row hide each kind once."""
    make = _Maker(seed)
    chosen = kinds or [[*KINDS][seed % len(KINDS)]]
    world = TinyWorld(seed, ", ".join(chosen))
    _base(make, world)
    for kind in chosen:
        KINDS[kind](make, world)
    world.batch |= "removal" in world.deeds or make.rng.random() < 0.3
    return world


def mixed(world: TinyWorld, among: Sequence[Record]) -> list[Record]:
    """These records with the hidden ones anywhere among them; their own order stays."""
    rng = random.Random(world.seed)
    said = list(among)
    for one in world.hidden:
        said.insert(rng.randint(0, len(said)), one)
    return said
