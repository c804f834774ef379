"""What only a server can do wrong: silence, refusal, other versions; and what it must refuse itself."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace

import pytest
from neo4j import GraphDatabase

from graphcore.access import AccessLabel
from graphcore.errors import StoreError, StoreUnavailableError, Transient
from graphcore.store.neo4j import Neo4jSettings, Neo4jStore
from graphcore.store.neo4j import connection as connecting
from graphcore.store.query import ExpandQuery
from graphcore.store.state import GraphBatch
from tests.contract.world import OPEN, PLAIN, World
from tests.neo4j_fixture import Neo4jAddress

LIMIT_S = 7.0


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts and never answers."""
    held: list[socket.socket] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    held.append(listener.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in held:
        connection.close()


CALLS: dict[str, Callable[[Neo4jStore], object]] = {
    "prepare": lambda store: store.prepare(),
    "applied": lambda store: store.applied(),
    "view": lambda store: store.view(PLAIN),
    "write": lambda store: store.write(GraphBatch(1)),
    "clear": lambda store: store.clear(),
    "fingerprint": lambda store: store.fingerprint(),
}


@pytest.mark.catalogue("C16")
@pytest.mark.parametrize("call", CALLS)
def test_silent_server_is_given_up_in_time(silent_port: int, call: str) -> None:
    store = Neo4jStore(Neo4jSettings(f"bolt://127.0.0.1:{silent_port}", "neo4j", "x"))
    began = time.monotonic()
    with pytest.raises(StoreUnavailableError, match=r"does not answer.*ocb neo4j start") as caught:
        CALLS[call](store)
    assert time.monotonic() - began < LIMIT_S
    assert isinstance(caught.value, Transient)
    store.close()


@pytest.mark.catalogue("C15")
def test_refused_connection_is_told_at_once() -> None:
    store = Neo4jStore(Neo4jSettings("bolt://127.0.0.1:1", "neo4j", "x"))
    began = time.monotonic()
    with pytest.raises(StoreUnavailableError):
        store.applied()
    assert time.monotonic() - began < 2.0
    store.close()


def test_settings_do_not_show_the_password() -> None:
    assert "s3cret" not in repr(Neo4jSettings("bolt://x", "neo4j", "s3cret"))


def _settings(server: Neo4jAddress) -> Neo4jSettings:
    return Neo4jSettings(server.uri, server.user, server.password)


@pytest.mark.catalogue("C21")
@pytest.mark.neo4j
def test_wrong_password_and_database_are_named(neo4j_server: Neo4jAddress) -> None:
    for changed, words in (
        ({"password": "wrong"}, "refuses user 'neo4j'.*password"),
        ({"database": "nowhere"}, "no database"),
    ):
        store = Neo4jStore(replace(_settings(neo4j_server), **changed))  # type: ignore[arg-type]
        with closing(store), pytest.raises(StoreError, match=words):
            store.prepare()


@pytest.mark.catalogue("C21")
@pytest.mark.neo4j
def test_older_server_is_named(neo4j_server: Neo4jAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "OLDEST", (99, 0))
    store = Neo4jStore(_settings(neo4j_server))
    with closing(store), pytest.raises(StoreError, match=r"is Neo4j 5\.\d+.*needed"):
        store.prepare()


@pytest.mark.neo4j
def test_reads_cannot_write(neo4j_store: Neo4jStore) -> None:
    with pytest.raises(StoreError, match="refused write/applied"):
        neo4j_store._connection.read("write/applied", applied=5, shape=2)


@pytest.mark.neo4j
def test_read_over_its_time_says_ask_for_less(neo4j_server: Neo4jAddress, neo4j_store: Neo4jStore) -> None:
    neo4j_store.clear()
    world = World()
    for n in range(4_000):
        world.entity(f"e{n:05d}")
    world.into(neo4j_store)
    hurried = Neo4jStore(replace(_settings(neo4j_server), read_timeout_s=0.001))
    # the server looks for transactions over their time every two seconds: one of many short ones is caught
    with pytest.raises(StoreError, match=r"longer than its limit.*ask for less"):
        _again_and_again(hurried)
    hurried.close()


def _again_and_again(store: Neo4jStore) -> None:
    for _ in range(500):
        store.fingerprint()


@pytest.mark.neo4j
def test_errors_quote_no_value(neo4j_store: Neo4jStore) -> None:
    neo4j_store.clear()
    with pytest.raises(StoreError) as caught:
        neo4j_store._connection.write(
            lambda writing: writing.run(
                "write/entity",
                rows=[{"uid": "u", "type": "Person", "properties": {"name": {"Ann": "Example"}}}],
            )
        )
    assert "Example" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.neo4j
def test_read_after_the_connection_was_cut_is_tried_again(
    neo4j_server: Neo4jAddress, neo4j_store: Neo4jStore
) -> None:
    assert neo4j_store.applied() is not None
    with GraphDatabase.driver(neo4j_server.uri, auth=(neo4j_server.user, neo4j_server.password)) as other:
        for row in other.execute_query(
            "CALL dbms.listConnections() YIELD connectionId, userAgent WHERE userAgent = 'ocb-graph' RETURN connectionId"
        ).records:
            other.execute_query("CALL dbms.killConnection($id)", id=row["connectionId"])
    assert neo4j_store.applied() is not None


@pytest.mark.neo4j
def test_nodes_are_what_browser_shows(neo4j_server: Neo4jAddress, neo4j_store: Neo4jStore) -> None:
    neo4j_store.clear()
    world = World().entity("p", "Person", caption="Ada Example", name="Ada Example", oddity="kept apart")
    world.entity("b", "Business", caption="Foam Example Ltd").link(
        "o", "p", "b", "OFFICER_OF", role="director"
    )
    world.into(neo4j_store)
    with GraphDatabase.driver(neo4j_server.uri, auth=(neo4j_server.user, neo4j_server.password)) as other:
        row = other.execute_query(
            "MATCH (p:Entity:Person)-[r:OFFICER_OF]->(b:Entity:Business) RETURN p, r, b"
        ).records[0]
    assert (row["p"]["caption"], row["p"]["name"], row["p"]["uid"]) == ("Ada Example", "Ada Example", "p")
    assert "oddity" not in row["p"]
    assert "kept apart" in row["p"]["records"][0]
    assert (row["r"]["role"], row["r"]["lid"], row["r"]["rids"]) == ("director", "o", ["r003"])


@pytest.mark.neo4j
def test_type_of_an_entity_can_change(neo4j_server: Neo4jAddress, neo4j_store: Neo4jStore) -> None:
    neo4j_store.clear()
    World().entity("x", "Unknown").into(neo4j_store)
    World().entity("x", "Person").into(neo4j_store)
    with GraphDatabase.driver(neo4j_server.uri, auth=(neo4j_server.user, neo4j_server.password)) as other:
        labels = other.execute_query("MATCH (n:Entity) RETURN labels(n) AS l").records[0]["l"]
    assert sorted(labels) == ["Entity", "Person"]


@pytest.mark.catalogue("I02")
@pytest.mark.neo4j
def test_unknown_types_are_refused_and_nothing_is_written(neo4j_store: Neo4jStore) -> None:
    neo4j_store.clear()
    for world in (World().entity("x", "Starship"), World().persons("a", "b").link("l", "a", "b", "BEAMS_TO")):
        with pytest.raises(StoreError, match="schema has no"):
            world.into(neo4j_store)
    assert neo4j_store.view(PLAIN).counts().entities == 0


@pytest.mark.neo4j
def test_link_in_the_middle_of_a_rebuild_is_not_there(neo4j_store: Neo4jStore) -> None:
    world = World().persons("a", "b").link("l", "a", "b")
    world.into(neo4j_store)
    neo4j_store.clear()
    assert neo4j_store.applied() == -1
    assert neo4j_store.view(PLAIN).expand(["a"], ExpandQuery()).entities == ()
    neo4j_store.write(GraphBatch(1, labels={OPEN: AccessLabel()}))
    assert neo4j_store.applied() == 1
