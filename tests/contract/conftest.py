"""One suite, every backend: `store` is an empty store, and whatever holds for one holds for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphcore.store.embedded import EmbeddedStore
from graphcore.store.neo4j import Neo4jSettings, Neo4jStore

if TYPE_CHECKING:
    from graphcore.store.port import GraphStore
    from tests.neo4j_fixture import Neo4jAddress

BACKENDS = ("embedded", pytest.param("neo4j", marks=pytest.mark.neo4j))


@pytest.fixture(scope="session")
def neo4j_store(neo4j_server: Neo4jAddress) -> Iterator[Neo4jStore]:
    """One connection for the run; every test empties the server."""
    store = Neo4jStore(Neo4jSettings(neo4j_server.uri, neo4j_server.user, neo4j_server.password))
    store.prepare()
    yield store
    store.close()


@pytest.fixture
def reference(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """An embedded store beside the one under test, to compare answers with."""
    store = EmbeddedStore(tmp_path / "reference.sqlite3")
    store.prepare()
    yield store
    store.close()


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    """An empty, prepared store."""
    if request.param == "neo4j":
        shared: Neo4jStore = request.getfixturevalue("neo4j_store")
        shared.clear()
        yield shared
        return
    embedded = EmbeddedStore(tmp_path / "graph.sqlite3")
    embedded.prepare()
    yield embedded
    embedded.close()


@pytest.fixture(params=BACKENDS)
def store_name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a store that a workspace opens by itself; for Neo4j its address is in the environment."""
    if request.param == "neo4j":
        server: Neo4jAddress = request.getfixturevalue("neo4j_server")
        server.into(monkeypatch)
    return request.param
