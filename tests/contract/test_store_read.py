"""Entities and links as one context sees them, and what a hidden record must not change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphcore.access import AccessContext, Purpose, PurposeCode
from graphcore.errors import AccessDeniedError
from graphcore.model import Counts, Entity, Link
from graphcore.store.port import GraphStore
from tests.contract.world import (
    CLEARED,
    CONDITIONAL,
    COVERT,
    LABELS,
    NOBODY,
    OPEN,
    PLAIN,
    SENSITIVE,
    World,
    at,
    iso,
)


def layered() -> World:
    """One person told of by five records, under five labels, and links told of likewise."""
    w = World()
    w.entity(
        "p",
        "Person",
        w.say(
            caption="Night Owl",
            name="Night Owl",
            alias="Owl",
            label=COVERT,
            known_at=iso(2021),
            source="chis",
            grading="3x5x2:1A",
        ),
        w.say(caption="J Example", name=("J Example", "Jo Example"), known_at=iso(2022), grading="3x5x2:2B"),
        w.say(
            caption="Jo Example",
            name="Jo Example",
            gender="F",
            label=SENSITIVE,
            known_at=iso(2023),
            source="force-b",
        ),
        w.say(caption="", phone="07700900001", label=CONDITIONAL, source="tip"),
        w.say(caption="Never", label=NOBODY, secret="s"),
    )
    w.entity("q").entity("hidden", label=COVERT).entity("late", known_at=iso(2024))
    w.link(
        "p-q", "p", "q", "ASSOCIATE_OF",
        w.say(label=COVERT, basis="met at the quay", valid_from=iso(2010), valid_to=iso(2011), source="chis"),
        w.say(basis="neighbours", valid_from=iso(2012), valid_to=iso(2013), known_at=iso(2022), grading="5x5x5:B2"),
        w.say(label=SENSITIVE, valid_from=iso(2015), known_at=iso(2023)),
    )  # fmt: skip
    w.link("p-hidden", "p", "hidden").link("q-covert", "p", "q", "FAMILY_OF", label=COVERT)
    return w.link("p-late", "p", "late").link("q-q", "q", "q", "MENTIONS", known_at=iso(2023))


def test_an_entity_is_what_its_visible_records_say(store: GraphStore) -> None:
    view = layered().seen(store, PLAIN)
    assert view.entity("p") == Entity(
        uid="p",
        type="Person",
        kind="",
        caption="J Example",
        properties={"name": ("J Example", "Jo Example")},
        rids=("r002",),
        labels=(OPEN,),
        sources=("register",),
        gradings=("3x5x2:2B",),
    )


def test_more_clearance_shows_more_records(store: GraphStore) -> None:
    view = layered().seen(store, CLEARED)
    assert view.entity("p") == Entity(
        uid="p",
        type="Person",
        kind="",
        caption="Night Owl",
        properties={
            "alias": ("Owl",),
            "gender": ("F",),
            "name": ("Night Owl", "J Example", "Jo Example"),
            "phone": ("07700900001",),
        },
        rids=("r001", "r002", "r003", "r004"),
        labels=(OPEN, SENSITIVE, COVERT, CONDITIONAL),
        sources=("chis", "force-b", "register", "tip"),
        gradings=("3x5x2:1A", "3x5x2:2B"),
    )


def test_as_at_shows_what_was_known_then(store: GraphStore) -> None:
    store = layered().into(store)
    then = store.view(at(CLEARED, 2022))
    p = then.entity("p")
    assert p is not None
    assert p.rids == ("r001", "r002", "r004")  # known on the very moment counts
    before = store.view(at(PLAIN, 2021))
    assert (before.entity("p"), before.entity("late"), before.link("p-q")) == (None, None, None)
    assert before.counts() == Counts(1, 0, {"Person": 1}, {})


def test_a_link_is_what_its_visible_records_say(store: GraphStore) -> None:
    store = layered().into(store)
    plain = store.view(PLAIN).link("p-q")
    assert plain == Link(
        lid="p-q",
        type="ASSOCIATE_OF",
        source="p",
        target="q",
        properties={"basis": ("neighbours",)},
        rids=("r010",),
        labels=(OPEN,),
        sources=("register",),
        valid_from=iso(2012),
        valid_to=iso(2013),
        gradings=("5x5x5:B2",),
    )
    full = store.view(CLEARED).link("p-q")
    assert full is not None
    assert (full.valid_from, full.valid_to, full.rids) == (iso(2010), None, ("r009", "r010", "r011"))
    assert full.properties == {"basis": ("met at the quay", "neighbours")}


def test_a_link_needs_both_its_ends(store: GraphStore) -> None:
    store = layered().into(store)
    assert store.view(PLAIN).link("p-hidden") is None
    assert store.view(CLEARED).link("p-hidden") is not None
    assert store.view(at(CLEARED, 2023)).link("p-late") is None


@pytest.mark.parametrize("uid", ["hidden", "unknown", "", "p'--", "\x00", "p\x00", "\ud800", "p ", "P"])
def test_hidden_and_unknown_ids_get_the_same_answer(store: GraphStore, uid: str) -> None:
    view = layered().seen(store, PLAIN)
    assert view.entity(uid) is None
    assert view.entities([uid]) == ()
    assert view.link(uid) is None


def test_entities_come_once_and_in_order(store: GraphStore) -> None:
    view = layered().seen(store, PLAIN)
    assert [e.uid for e in view.entities(["q", "hidden", "p", "q", "nobody", "late"])] == ["late", "p", "q"]
    assert view.entities([]) == ()


def test_counts_count_what_is_seen(store: GraphStore) -> None:
    store = layered().entity("f", "Phone").into(store)
    assert store.view(PLAIN).counts() == Counts(
        4, 3, {"Person": 3, "Phone": 1}, {"ASSOCIATE_OF": 2, "MENTIONS": 1}
    )
    assert store.view(CLEARED).counts() == Counts(
        5, 5, {"Person": 4, "Phone": 1}, {"ASSOCIATE_OF": 3, "FAMILY_OF": 1, "MENTIONS": 1}
    )
    assert list(store.view(CLEARED).counts().links_by_type) == ["ASSOCIATE_OF", "FAMILY_OF", "MENTIONS"]


def test_iter_entities_gives_every_visible_one_in_order(store: GraphStore) -> None:
    store = layered().entity("f", "Phone").into(store)
    plain = store.view(PLAIN)
    assert [e.uid for e in plain.iter_entities()] == ["f", "late", "p", "q"]
    assert [e.uid for e in plain.iter_entities("Phone")] == ["f"]
    assert next(plain.iter_entities("Person")) == plain.entity("late")
    assert list(plain.iter_entities("Vehicle")) == []


def test_iter_entities_goes_past_one_page(store: GraphStore) -> None:
    world = World()
    for n in range(2_345):
        world.entity(f"n{n:05d}", label=COVERT if n % 5 == 0 else OPEN)
    seen = [e.uid for e in world.seen(store, PLAIN).iter_entities()]
    assert seen == [f"n{n:05d}" for n in range(2_345) if n % 5]


def test_a_view_names_the_labels_it_lets_through(store: GraphStore) -> None:
    store = layered().into(store)
    assert store.view(PLAIN).labels == {OPEN: LABELS[OPEN]}
    assert sorted(store.view(CLEARED).labels) == [OPEN, SENSITIVE, COVERT, CONDITIONAL]
    assert store.view(CLEARED).context == CLEARED


def test_a_view_sees_what_is_written_after_it_was_made_under_the_labels_it_knew(store: GraphStore) -> None:
    view = layered().seen(store, PLAIN)
    late = World(applied=2, seq=90)
    late.entity("new").entity("new-hidden", "Person", late.say(label=COVERT), late.say(label=SENSITIVE))
    late.link("new-p", "new", "p").into(store)
    assert view.entity("new") is not None
    assert view.entity("new-hidden") is None
    assert view.counts().entities == 4


@pytest.mark.parametrize(
    "context",
    [
        replace(CLEARED, purpose=None),
        replace(CLEARED, purpose=Purpose(PurposeCode.INVESTIGATION, "  ")),
        replace(CLEARED, subject=""),
    ],
    ids=["no purpose", "no reason", "no subject"],
)
def test_no_view_without_purpose(store: GraphStore, context: AccessContext) -> None:
    layered().into(store)
    with pytest.raises(AccessDeniedError):
        store.view(context)


def test_distinct_values_are_told_apart_by_kind(store: GraphStore) -> None:
    w = World()
    w.entity("e", "Person", w.say(age=1, note=(True, "1", 1.5)), w.say(age=1, note=(1, 1.0, "1", False)))
    entity = w.seen(store).entity("e")
    assert entity is not None
    assert entity.properties["age"] == (1,)
    assert [(type(v), v) for v in entity.properties["note"]] == [
        (bool, True), (str, "1"), (float, 1.5), (int, 1), (float, 1.0), (bool, False),
    ]  # fmt: skip


def test_caption_and_kind_are_those_of_the_oldest_record_that_has_one(store: GraphStore) -> None:
    w = World()
    w.entity(
        "b",
        "Business",
        w.say(postcode="ZZ1 1ZZ"),
        w.say(caption="Foam Ltd", kind="company"),
        w.say(caption="Other", kind="charity"),
    )
    entity = w.seen(store).entity("b")
    assert entity is not None
    assert (entity.caption, entity.kind) == ("Foam Ltd", "company")
