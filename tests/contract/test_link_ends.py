"""A link shows only where each item that it joins does: what an item was made one with says nothing of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphcore.access import AccessContext, AccessLabel
from graphcore.evidence import EntityRecord, Evidence, Lineage, LinkRecord, OriginRef
from graphcore.identity.book import IdentityBook
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.store.embedded import EmbeddedStore
from graphcore.store.neo4j import Neo4jStore
from graphcore.store.port import GraphStore, GraphView
from graphcore.store.query import ChainQuery, Direction, ExpandQuery, ExportQuery, PathQuery
from graphcore.workspace import Workspace
from tests.contract.publication_world import Server
from tests.contract.world import CLEARED, COVERT, PLAIN, World, at, iso
from tests.neo4j_fixture import Neo4jAddress

WAYS: dict[str, Callable[[GraphView], bool]] = {
    "link": lambda v: v.link("k") is not None,
    "states": lambda v: bool([*v.link_states()]),
    "counts": lambda v: v.counts().links > 0,
    "expand": lambda v: bool(v.expand(["a"], ExpandQuery()).links),
    "expand within a limit": lambda v: bool(v.expand(["a"], ExpandQuery(per_entity=1)).links),
    "expand from the other end": lambda v: bool(v.expand(["x"], ExpandQuery()).links),
    "paths": lambda v: bool(v.paths("a", "x", PathQuery()).paths),
    "chain": lambda v: bool(v.chain("a", ChainQuery(Direction.OUT)).links),
    "chain up": lambda v: bool(v.chain("x", ChainQuery(Direction.IN)).links),
    "export": lambda v: bool(v.export(ExportQuery()).lids),
}


def shown(view: GraphView) -> bool:
    """Whether the one link of the world shows, the same by every way of asking."""
    found = {name: ask(view) for name, ask in WAYS.items()}
    assert len({*found.values()}) == 1, found
    return found["link"]


def cluster(world: World, label: int, known_at: str = iso(2020)) -> World:
    """``x`` is an open item and another one, under some label; the link joins the other one."""
    world.persons("a").entity(
        "x",
        "Person",
        world.say(origin_id="open", caption="Open"),
        world.say(origin_id="other", caption="Other", label=label, known_at=known_at),
    )
    return world.link("k", "a", "x", "OWNS", target_origin="other")


@pytest.mark.catalogue("A11", "A12", "A18")
def test_an_open_link_to_an_item_of_hidden_records_shows_to_the_cleared_alone(store: GraphStore) -> None:
    cluster(World(), COVERT).into(store)
    assert shown(store.view(CLEARED))
    assert not shown(store.view(PLAIN))
    # an open record of the item itself brings the link
    world = cluster(World(applied=2), COVERT)
    state = world.entities["x"]
    more = world.say(origin_id="other", caption="Other")
    world.entities["x"] = replace(state, assertions=(*state.assertions, more))
    assert shown(world.seen(store, PLAIN))


@pytest.mark.catalogue("A32")
def test_what_was_not_known_of_an_item_then_brings_no_link(store: GraphStore) -> None:
    world = cluster(World(), 1, known_at=iso(2024)).into(store)
    assert shown(world.view(PLAIN))
    assert not shown(world.view(at(PLAIN, 2022)))
    assert shown(world.view(at(PLAIN, 2025)))


def test_only_the_records_of_a_link_that_join_visible_items_are_told(store: GraphStore) -> None:
    world = cluster(World(), COVERT)
    first = world.links["k"].assertions[0]
    second = world.say(target_origin="open", role="director", rid="second")
    world.links["k"] = replace(world.links["k"], assertions=(first, second))
    link = world.seen(store, PLAIN).link("k")
    assert link is not None
    assert link.rids == ("second",)
    assert store.view(PLAIN).export(ExportQuery()).records.tolist() == [1]
    assert store.view(CLEARED).export(ExportQuery()).records.tolist() == [2]


def test_states_keep_which_items_a_link_joins(store: GraphStore) -> None:
    world = cluster(World(), COVERT)
    world.into(store)
    assert [*store.link_states()] == [*world.links.values()]
    assert [*store.misfits()] == []


ITEMS = {name: OriginRef("alpha", "Person", name) for name in "axy"}


def said(name: str, label: AccessLabel, row: int) -> EntityRecord:
    return EntityRecord(ITEMS[name], "", {"name": (f"Name {name}",)}, Evidence(Lineage("f.csv", row), label))


@pytest.mark.parametrize("backend", ["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)])
@pytest.mark.catalogue("A18", "A19")
def test_from_the_ledger_on(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    covert, plain = AccessLabel(compartment="NIGHTJAR"), AccessLabel()
    with Workspace.open(tmp_path / "ws") as workspace:
        ledger = workspace.ledger
        if backend == "neo4j":
            store: GraphStore = request.getfixturevalue("neo4j_store")
            store.clear()
        else:
            store = workspace.store("embedded")
            store.prepare()

        def load(file: str, *records: EntityRecord | LinkRecord) -> None:
            batch = ledger.begin_batch("alpha", file, file, "m")
            ledger.append(batch, records, (), len(records))
            ledger.finish_batch(batch)

        def seen(context: AccessContext) -> tuple[int, int]:
            """Links in the graph, and link records in the evidence."""
            workspace.projection(store).catch_up()
            view, evidence = store.view(context), ledger.view(context)
            pages = [*evidence.iter_links(["ASSOCIATE_OF"])]
            return view.counts().links, sum(len(page.type) for page in pages)

        link = LinkRecord(
            "alpha", "ASSOCIATE_OF", ITEMS["x"], ITEMS["a"], "", {}, Evidence(Lineage("f.csv", 9), plain)
        )
        load("open.csv", said("a", plain, 1), said("y", plain, 2), link)
        assert seen(PLAIN) == (0, 0)  # nobody has said yet who x is
        load("covert.csv", said("x", covert, 3))
        assert (seen(PLAIN), seen(CLEARED)) == ((0, 0), (1, 1))
        left, right = sorted(workspace.ids.origin("alpha", "Person", name) for name in "xy")
        decision = Decision("d", "analyst", "the same person", datetime(2026, 1, 1, tzinfo=UTC))
        IdentityBook(ledger).judge([Judgement(left, right, Verdict.SAME, decision)])
        assert store.view(CLEARED).counts().entities == 3
        # x is y now; that does not tell those who may not see x to whom it is joined
        assert (seen(PLAIN), seen(CLEARED)) == ((0, 0), (1, 1))
        assert store.view(CLEARED).counts().entities == 2
        load("known.csv", said("x", plain, 4))
        assert (seen(PLAIN), seen(CLEARED)) == ((1, 1), (1, 1))
        # with the records of x the link goes, although y stays
        for number in (2, 3):
            ledger.upkeep.remove_batch(number, by="x", reason="y")
        assert (seen(PLAIN), seen(CLEARED)) == ((0, 0), (0, 0))
        assert store.view(CLEARED).counts().entities == 2
        ledger.upkeep.restore_batch(3, by="x", reason="y")
        assert seen(PLAIN) == (1, 1)


def test_a_graph_of_the_version_before_is_built_anew(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "graph.sqlite3")
    store.prepare()
    store.close()
    with sqlite3.connect(tmp_path / "graph.sqlite3") as connection:
        connection.execute("ALTER TABLE graph_entity DROP COLUMN mixed")
        for column in ("source_origin", "target_origin"):
            connection.execute(f"ALTER TABLE graph_link_assertion DROP COLUMN {column}")
        connection.execute("UPDATE graph_state SET value = 2 WHERE name = 'tables'")
        connection.execute("INSERT INTO graph_state (name, value) VALUES ('applied', 7)")
    store = EmbeddedStore(tmp_path / "graph.sqlite3")
    store.prepare()
    assert store.applied() == -1
    assert not shown(cluster(World(), COVERT).seen(store, PLAIN))
    store.close()


@pytest.mark.neo4j
def test_a_graph_in_neo4j_of_the_shape_before_is_built_anew(
    neo4j_server: Neo4jAddress, neo4j_store: Neo4jStore
) -> None:
    neo4j_store.clear()
    cluster(World(applied=7), COVERT).into(neo4j_store)
    neo4j_store.prepare()
    assert neo4j_store.applied() == 7
    server = Server(neo4j_server)
    server.rows("MATCH (s:GraphState) REMOVE s.shape")
    server.driver.close()
    neo4j_store.prepare()
    assert neo4j_store.applied() == -1
