"""Writing whole states: once, twice, over, away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphcore.access import AccessLabel
from graphcore.errors import StoreError
from graphcore.model import Counts
from graphcore.store.fingerprint import fingerprint
from graphcore.store.port import Deleted, GraphStore
from graphcore.store.query import ExpandQuery, SearchQuery
from graphcore.store.state import GraphBatch
from tests.contract.world import CLEARED, LABELS, OPEN, SENSITIVE, World, iso, lids, uids


def three() -> World:
    return World().persons("a", "b", "c").chain("a-b", "b-c")


def test_an_empty_store_has_applied_nothing(store: GraphStore) -> None:
    store.clear()
    store.write(GraphBatch(0))
    assert store.applied() == 0
    assert store.view(CLEARED).counts() == Counts(0, 0, {}, {})


def test_prepare_can_be_called_again(store: GraphStore) -> None:
    three().into(store)
    store.prepare()
    assert store.view(CLEARED).counts().entities == 3
    assert store.applied() == 1


def test_a_batch_puts_down_its_number(store: GraphStore) -> None:
    store.write(three().batch(applied=41))
    assert store.applied() == 41
    store.write(GraphBatch(42))
    assert store.applied() == 42


def test_writing_again_changes_nothing(store: GraphStore) -> None:
    world = three()
    world.into(store)
    once, answer = store.fingerprint(), store.view(CLEARED).expand(["a"], ExpandQuery(hops=3))
    world.into(store)
    assert store.fingerprint() == once
    assert store.view(CLEARED).expand(["a"], ExpandQuery(hops=3)) == answer
    assert store.view(CLEARED).search(SearchQuery("a")).total == 1


def test_a_state_replaces_the_one_before(store: GraphStore) -> None:
    three().into(store)
    later = World(applied=2, seq=50)
    later.entity("a", "Person", caption="Ada Quill", name="Ada Quill", gender="F")
    later.into(store)
    view = store.view(CLEARED)
    entity = view.entity("a")
    assert entity is not None
    assert (entity.caption, entity.properties, entity.rids) == (
        "Ada Quill",
        {"name": ("Ada Quill",), "gender": ("F",)},
        ("r051",),
    )
    assert (
        view.search(SearchQuery("a", fuzzy=False)).total == 1
    )  # the old caption is found no longer, the new one is
    assert lids(view.expand(["a"], ExpandQuery())) == ["a-b"]


def test_a_state_may_change_its_type(store: GraphStore) -> None:
    three().into(store)
    World(applied=2, seq=50).entity("a", "Unknown").into(store)
    view = store.view(CLEARED)
    assert view.counts().by_type == {"Person": 2, "Unknown": 1}
    assert [e.uid for e in view.iter_entities("Unknown")] == ["a"]


def test_a_link_may_move_to_another_end(store: GraphStore) -> None:
    three().into(store)
    store.write(GraphBatch(2, links=(replace(three().links["a-b"], target="c"),), labels=LABELS))
    view = store.view(CLEARED)
    assert uids(view.expand(["a"], ExpandQuery())) == ["a", "c"]
    assert lids(view.expand(["b"], ExpandQuery())) == ["b-c"]
    assert view.counts().links == 2


def test_links_can_end_at_entities_of_an_earlier_batch(store: GraphStore) -> None:
    World().persons("a", "b").into(store)
    World(applied=2, seq=50).chain("a-b").into(store)
    assert store.view(CLEARED).counts().links == 1


def test_gone_links_and_entities_are_gone(store: GraphStore) -> None:
    three().into(store)
    store.write(GraphBatch(2, gone_links=("a-b", "never"), gone_entities=("never",)))
    assert store.view(CLEARED).counts().links == 1
    store.write(GraphBatch(3, gone_entities=("c",)))
    view = store.view(CLEARED)
    assert (view.entity("c"), view.link("b-c"), view.search(SearchQuery("c")).total) == (None, None, 0)
    assert view.counts() == Counts(2, 0, {"Person": 2}, {})


def test_gone_comes_before_written(store: GraphStore) -> None:
    three().into(store)
    again = World(applied=2, seq=50).entity("b", caption="new b")
    store.write(again.batch(gone_entities=("b",)))
    view = store.view(CLEARED)
    entity = view.entity("b")
    assert entity is not None
    assert entity.caption == "new b"
    assert view.counts().links == 0  # a gone entity takes its links with it


def test_a_graph_without_its_gone_items_is_the_graph_that_never_had_them(store: GraphStore) -> None:
    World().persons("a", "b").chain("a-b").into(store)
    small = store.fingerprint()
    World(applied=2, seq=50).persons("x").link("x-a", "x", "a").into(store)
    assert store.fingerprint() != small
    store.write(GraphBatch(3, gone_entities=("x",)))
    assert store.fingerprint() == small


BAD = {
    "link to nothing": three().link("a-z", "a", "z").batch(applied=9),
    "link from a gone entity": three().batch(
        applied=9, gone_entities=("z",), links=(replace(three().links["a-b"], source="z"),)
    ),
    "no assertion": three()
    .entity("d")
    .batch(applied=9, entities=(replace(three().entities["a"], assertions=()),)),
    "label not sent": three().batch(applied=9, labels={}),
    "unknown type of entity": three().entity("d", "Ghost").batch(applied=9),
    "unknown type of link": three().link("d", "a", "b", "HAUNTS").batch(applied=9),
    "label that means something else": three().batch(
        applied=9, labels={**LABELS, OPEN: AccessLabel(compartment="X")}
    ),
    "no number": three().entity("d", age=float("nan")).batch(applied=9),
    "endless number": three().entity("d", age=float("inf")).batch(applied=9),
    "number of 70 bits": three().entity("d", age=2**70).batch(applied=9),
    "name of a property that cannot be printed": three()
    .entity("d", properties={"na\x00me": ("x",)})
    .batch(applied=9),
    "half a surrogate pair in a caption": three()
    .entity("d", caption="x\ud800", properties={})
    .batch(applied=9),
    "half a surrogate pair": three().entity("d", name="x\ud800").batch(applied=9),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_batch_writes_nothing(store: GraphStore, name: str) -> None:
    World().persons("q").into(store)
    before = store.fingerprint()
    with pytest.raises(StoreError):
        store.write(BAD[name])
    assert (store.fingerprint(), store.applied()) == (before, 1)
    assert store.view(CLEARED).counts().entities == 1


def test_clear_empties_the_store_and_says_that_it_is_being_rebuilt(store: GraphStore) -> None:
    three().into(store)
    full = store.fingerprint()
    store.clear()
    view = store.view(CLEARED)
    assert store.applied() == -1
    assert (view.counts().entities, view.counts().links, view.labels) == (0, 0, {})
    assert view.search(SearchQuery("a")).total == 0
    store.write(three().batch(applied=-1))
    assert store.applied() == -1
    store.write(GraphBatch(7))
    assert (store.applied(), store.fingerprint()) == (7, full)


def test_clear_forgets_what_labels_stood_for(store: GraphStore) -> None:
    three().into(store)
    store.clear()
    other = {**LABELS, OPEN: AccessLabel(handling_scheme="3x5x2", handling_code="P")}
    store.write(three().batch(labels=other))
    assert store.view(CLEARED).labels[OPEN] == other[OPEN]


def two_sources() -> World:
    world = World()
    world.entity(
        "a",
        "Person",
        world.say(caption="Old Name", name="Old Name"),
        world.say(caption="New", source="tip", name="New"),
    )
    world.entity("b", source="tip").persons("c")
    world.link("a-b", "a", "b").link(
        "a-c", "a", "c", "FAMILY_OF", world.say(), world.say(source="tip", weight=2)
    )
    return world.link("c-a", "c", "a", source="tip")


def test_delete_source_takes_its_assertions_and_what_has_none_left(store: GraphStore) -> None:
    two_sources().into(store)
    deleted = store.delete_source("tip")
    assert (deleted.entities, deleted.links) == (1, 2)  # b; its link although the register says it; c-a
    view = store.view(CLEARED)
    a, link = view.entity("a"), view.link("a-c")
    assert a is not None
    assert link is not None
    assert (a.sources, a.properties, link.sources, link.properties) == (
        ("register",),
        {"name": ("Old Name",)},
        ("register",),
        {},
    )
    assert view.counts() == Counts(2, 1, {"Person": 2}, {"FAMILY_OF": 1})
    assert view.search(SearchQuery("new", fuzzy=False)).total == 0
    assert store.applied() == 1


def test_delete_source_leaves_the_graph_of_the_other_source(store: GraphStore) -> None:
    world = two_sources()
    world.into(store)
    store.delete_source("tip")
    left = store.fingerprint()
    store.clear()
    only = World()
    only.entity("a", "Person", *world.entities["a"].assertions[:1]).entity(
        "c", "Person", *world.entities["c"].assertions
    )
    only.link("a-c", "a", "c", "FAMILY_OF", *world.links["a-c"].assertions[:1]).into(store)
    assert store.fingerprint() == left


def test_delete_of_an_unknown_source_takes_nothing(store: GraphStore) -> None:
    two_sources().into(store)
    before = store.fingerprint()
    assert store.delete_source("' OR 1=1 --") == Deleted(0, 0, 0)
    assert store.fingerprint() == before


def test_delete_source_counts_its_assertions(store: GraphStore) -> None:
    World().persons("a", "b").entity("x", source="tip").link("l", "a", "b", source="tip").into(store)
    assert store.delete_source("tip") == Deleted(assertions=2, entities=1, links=1)


def test_the_fingerprint_leaves_out_when_and_nothing_else(store: GraphStore) -> None:
    def of(world: World) -> str:
        store.clear()
        world.into(store)
        return store.fingerprint()

    base = of(three())
    assert of(World(seq=700).persons("a", "b", "c").chain("a-b", "b-c")) != base  # other rids
    shifted = three()
    shifted.entities = {
        uid: replace(
            state, assertions=tuple(replace(a, seq=a.seq + 9, known_at=iso(2024)) for a in state.assertions)
        )
        for uid, state in reversed(shifted.entities.items())
    }
    assert of(shifted) == base
    for changed in (
        three().link("a-b", "b", "a", rid="r004", origin_id="o004"),
        three().entity("a", caption="a", rid="r001", origin_id="o001", name="a", gender="F"),
        three().entity("a", rid="r001", origin_id="o001", label=2),
        three().entity("a", rid="r001", origin_id="o001", valid_from=iso(2001)),
    ):
        assert of(changed) != base


def test_the_order_of_assertions_does_not_change_the_fingerprint(store: GraphStore) -> None:
    prints: set[str] = set()
    for turned in (False, True):
        store.clear()
        world = World()
        said = [world.say(name="A"), world.say(name="B")]
        if turned:
            said = [replace(said[0], seq=2), replace(said[1], seq=1)]
        world.entity("a", "Person", *said).into(store)
        prints.add(store.fingerprint())
    assert len(prints) == 1


def test_the_numbers_of_labels_do_not_change_the_fingerprint(store: GraphStore) -> None:
    prints: set[str] = set()
    for first, second in ((OPEN, SENSITIVE), (SENSITIVE, OPEN)):
        store.clear()
        world = World()
        world.entity("a", "Person", world.say(name="A", label=first), world.say(name="B", label=second))
        meaning = {first: LABELS[OPEN], second: LABELS[SENSITIVE]}
        store.write(world.batch(labels=meaning))
        prints.add(store.fingerprint())
    assert len(prints) == 1


def test_both_backends_have_the_same_fingerprint(store: GraphStore, reference: GraphStore) -> None:
    for each in (store, reference):
        two_sources().into(each)
    assert store.fingerprint() == reference.fingerprint()


def test_a_fingerprint_of_unordered_states_is_refused() -> None:
    states = three().entities
    with pytest.raises(StoreError, match="order"):
        fingerprint([states["b"], states["a"]], [], LABELS)
