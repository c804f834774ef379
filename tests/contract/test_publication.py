"""The published graph of an audience is what its view shows, to the last property, and holds nothing of what is hidden."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from cypher import statement
from graphcore.errors import StoreError
from graphcore.store.embedded import EmbeddedStore
from graphcore.store.neo4j import Neo4jStore
from graphcore.store.neo4j.connection import Connection
from graphcore.store.neo4j.publication import COMPLETE, UNDER_WAY, Mark, Publication, Published
from graphcore.store.port import GraphStore, GraphView
from graphcore.store.query import ExportQuery, SearchQuery
from graphcore.store.state import GraphBatch
from tests.contract.publication_world import Server
from tests.contract.test_store_noninterference import (
    NAMES,
    READER,
    UIDS,
    plain,
    without_hidden,
    worlds,
)
from tests.contract.world import CLEARED, COVERT, OPEN, PLAIN, World
from tests.neo4j_fixture import Neo4jAddress

pytestmark = pytest.mark.neo4j
MARK = Mark("analysts", "workspace-token")
NOW = "2026-01-01T00:00:00.000000Z"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server(neo4j_server: Neo4jAddress) -> Iterator[Server]:
    """An empty server, and empty afterwards: other suites refuse a published one."""
    server = Server(neo4j_server)
    server.empty()
    yield server
    server.empty()
    server.driver.close()


def published(server: Server, view: GraphView, *, now: str = NOW, batch: int = 2_000) -> Published:
    publication = Publication(server.settings, MARK, batch=batch)
    try:
        if not server.prepared:
            publication.prepare()
        server.prepared = True
        return publication.bring(view, now)
    finally:
        publication.close()


def filled(store: GraphStore, world: GraphBatch) -> GraphStore:
    store.clear()
    store.write(world)
    return store


def answers(view: GraphView) -> dict[str, Any]:
    """What a view says, its label numbers as what they stand for."""

    def said(found: Any) -> Any:
        return found and replace(found, labels=tuple(sorted(view.labels[number] for number in found.labels)))

    return {
        "entities": [said(entity) for entity in view.iter_entities()],
        "links": [said(view.link(state.lid)) for state in view.link_states()],
        "counts": view.counts(),
        "arrays": plain(view.export(ExportQuery())),
        "found": [
            [(said(hit.entity), hit.score) for hit in view.search(SearchQuery(name)).hits] for name in NAMES
        ],
        "one by one": [said(view.entity(uid)) for uid in UIDS],
    }


def of_server(server: Server) -> dict[str, Any]:
    """The published graph through a view that sees all of it."""
    store = Neo4jStore(server.settings)
    try:
        return answers(store.view(CLEARED))
    finally:
        store.close()


CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.catalogue("A23", "A35")
@given(before=worlds(), after=worlds())
@settings(
    max_examples=3, deadline=None, derandomize=True, suppress_health_check=CALM, phases=[Phase.generate]
)
def test_the_published_graph_is_the_view_of_its_audience(
    server: Server, reference: GraphStore, before: GraphBatch, after: GraphBatch
) -> None:
    server.empty()
    published(server, filled(reference, before).view(READER))
    # whatever was published before, a run leaves what is to be seen now, and nothing else
    view = filled(reference, after).view(READER)
    published(server, view, batch=3)
    assert of_server(server) == answers(view)
    there = server.dump()
    assert published(server, view).changed == 0
    # and that is, to the last property, what would be there had nothing hidden ever been in any store
    server.empty()
    published(server, filled(reference, without_hidden(after)).view(READER))
    assert server.dump() == there


def covert_world() -> World:
    world = World(seq=4_700).persons("a", "b").chain("a-b")
    world.entity("b", "Person", world.say(caption="b", name="b"), world.say(label=COVERT, name="Quill Veil"))
    world.entity("covert-uid", label=COVERT, source="covert-source", caption="Quill Veil")
    world.link("covert-lid", "a", "covert-uid", label=COVERT, rid="covert-rid")
    world.link("open-to-covert", "a", "covert-uid", rid="open-rid")
    return world.link("a-b-2", "a", "b", "OWNS", world.say(label=COVERT, rid="covert-rid-2"))


@pytest.mark.catalogue("A07", "A23", "A31")
def test_covert_things_leave_no_trace_in_the_database(server: Server, reference: GraphStore) -> None:
    view = covert_world().into(reference).view(PLAIN)
    done = published(server, view)
    assert (done.entities.written, done.links.written) == (2, 1)
    text = server.everything()
    assert '"a"' in text
    for planted in (
        "covert",
        "Quill",
        "quill",
        "Veil",
        "NIGHTJAR",
        "open-to-covert",
        "open-rid",
        "GraphState",
    ):
        assert planted not in text, planted
    # numbers of the workspace would tell how much lies between two of them
    assert re.search(r"(?<![\w-])47\d\d(?![\w-])", server.contents()) is None
    for word in ("quill", "veil"):
        asked = "CALL db.index.fulltext.queryNodes('entity_text', $word) YIELD node RETURN node.uid AS uid"
        assert server.rows(asked, word=word) == []


@pytest.mark.catalogue("A35")
def test_what_may_not_be_seen_any_more_goes_with_its_label(server: Server, reference: GraphStore) -> None:
    world = covert_world()
    cleared, plain_reader = (replace(CLEARED, may_read_conditional=False), PLAIN)
    world.into(reference)
    first = published(server, reference.view(cleared))
    assert (first.entities.written, first.links.written) == (3, 4)
    assert "NIGHTJAR" in server.everything()
    second = published(server, reference.view(plain_reader))
    assert (second.entities.written, second.entities.removed, second.entities.unchanged) == (1, 1, 1)
    assert (second.links.written, second.links.removed, second.links.unchanged) == (0, 3, 1)
    text = server.everything()
    assert not any(planted in text for planted in ("covert", "Quill", "NIGHTJAR"))


def test_a_second_run_writes_nothing_and_says_so(
    server: Server, reference: GraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = covert_world().into(reference).view(PLAIN)
    published(server, view)
    there = server.dump()
    begun: list[object] = []
    monkeypatch.setattr(Connection, "write", lambda _self, work: begun.append(work))
    again = published(server, view, now="2026-02-01T00:00:00.000000Z")
    assert (again.changed, again.entities.unchanged, again.links.unchanged) == (0, 2, 1)
    assert begun == []
    assert server.dump() == there


def test_what_people_changed_in_it_is_put_right_and_what_they_made_is_told(
    server: Server, reference: GraphStore
) -> None:
    view = covert_world().into(reference).view(PLAIN)
    published(server, view)
    there = server.dump()
    server.rows("MATCH (n:Entity {uid: 'a'}) SET n.caption = 'X', n.note = 'seen', n:Marked")
    server.rows(
        "MATCH (a:Entity {uid: 'a'}), (b:Entity {uid: 'b'}) CREATE (b)-[:MINE]->(a) SET b.known_at = []"
    )
    server.rows("MATCH (l:AccessLabel) SET l.marking = 'OFFICIAL-SENSITIVE'")
    server.rows("CREATE (:Note {text: 'mine'})")
    done = published(server, view)
    assert (done.entities.written, done.links.removed, done.strangers) == (2, 1, 1)
    server.rows("MATCH (n:Note) DELETE n")
    assert server.dump() == there


def test_a_published_database_is_no_store_and_a_store_no_published_database(
    server: Server, reference: GraphStore
) -> None:
    view = covert_world().into(reference).view(PLAIN)
    published(server, view)
    there = server.dump()
    store = Neo4jStore(server.settings)
    for attempt in (store.prepare, store.clear, lambda: store.write(covert_world().batch())):
        with pytest.raises(StoreError, match="published to an audience"):
            attempt()
    other = Publication(server.settings, replace(MARK, audience="others"))
    with pytest.raises(StoreError, match="published to 'analysts'"):
        other.prepare()
    assert server.dump() == there
    server.empty()
    store.prepare()
    store.write(covert_world().batch())
    there = server.dump()
    server.prepared = False
    with pytest.raises(StoreError, match="no publication"):
        published(server, view)
    assert server.dump() == there
    store.close()
    other.close()


def large(store: GraphStore, *, later: bool) -> GraphStore:
    """Sixty people in a ring; later a third is hidden, a third is known better, and links have moved."""
    world, people = World(), [f"p{n:02d}" for n in range(60)]
    for n, uid in enumerate(people):
        label = COVERT if later and n % 3 == 0 else OPEN
        world.entity(uid, label=label, caption=f"{uid} {'known' if later and n % 3 == 1 else 'seen'}")
    for n, uid in enumerate(people):
        world.link(f"l{n:02d}", uid, people[(n + (3 if later else 1)) % 60])
    return filled(store, world.batch())


def state(server: Server) -> str:
    (row,) = server.rows("MATCH (p:Publication) RETURN p.state AS state, p.caption AS caption")
    (told,) = server.rows(statement("analyst/published").text)
    assert (told["audience"], told["state"]) == ("analysts", row["state"])
    assert (row["state"] == UNDER_WAY) == ("INCOMPLETE" in row["caption"])
    return row["state"]


def killed_after(steps: int, file: Path, server: Server) -> bool:
    """Publish in another process and kill it behind some steps; False where it came to its end before."""
    at = server.address
    command = [sys.executable, "-m", "tests.contract.publication_child", str(file), at.uri, at.user]
    told = {**os.environ, "OCB_TEST_PASSWORD": at.password}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=told) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(steps)]
        child.kill()
        rest = child.stdout.read()
    assert all(lines), "the child failed"
    return "done\n" not in (*lines, rest)


@pytest.mark.catalogue("C01")
def test_a_killed_run_leaves_each_element_old_or_new_and_the_next_ends_it(
    server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "graph.sqlite3"
    store = EmbeddedStore(file)
    store.prepare()
    published(server, large(store, later=False).view(PLAIN))
    old = server.elements()
    assert (state(server), len(old)) == (COMPLETE, 120)
    large(store, later=True)
    between: list[dict[str, str]] = []
    # each starts where the one before was killed: what is there already is passed by quickly
    for steps in (1, 8, 18):
        if killed_after(steps, file, server):
            between.append(server.elements())
            assert state(server) == UNDER_WAY
    last = published(server, store.view(PLAIN))
    new = server.elements()
    assert (state(server), len(new), len(between) >= 2) == (COMPLETE, 80, True)
    assert last.changed < 20 + 20 + 20 + 40
    stays = old.keys() & new.keys()
    for found in between:
        assert stays <= found.keys() <= old.keys()
        assert all(text in {old[key], new.get(key)} for key, text in found.items())
    assert any({old[key], new[key]} & {found[key]} == {new[key]} for found in between for key in stays)
    assert any(found[key] == old[key] != new[key] for found in between for key in stays)
    store.close()
