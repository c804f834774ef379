"""A Neo4j server that is killed and started again in the middle of fifty batches: the load goes on, and nothing is there twice."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from graphcore.errors import StoreUnavailableError
from graphcore.store.neo4j.server import (
    ServerSettings,
    start,
    status,
    stop,
)
from graphcore.store.port import GraphStore
from graphcore.store.project import Projection
from graphcore.workspace import Workspace
from tests.contract.projection_child import records
from tests.neo4j_fixture import Neo4jAddress, start_local

BATCHES, PAGE, RECORDS = 50, 8, 400


@dataclass(frozen=True)
class Own:
    """A server of this test alone: others of the run must not lose theirs."""

    settings: ServerSettings
    address: Neo4jAddress

    def restart(self) -> None:
        """As a machine that lost its power and came back."""
        pid = status(self.settings.home).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        stop(self.settings.home)
        start(self.settings)


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    home = tmp_path_factory.mktemp("restarted")
    try:
        yield Own(*start_local(home, heap="256m", page_cache="32m"))
    finally:
        stop(home)


@pytest.fixture
def loaded(tmp_path: Path, own: Own, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Fifty batches in the ledger; the graph in the server has none of them."""
    own.address.into(monkeypatch)
    with Workspace.open(tmp_path / "workspace") as workspace:
        said = records()[:RECORDS]
        for part in range(BATCHES):
            batch = workspace.ledger.begin_batch("alpha", f"{part}.csv", f"hash {part}", "m")
            workspace.ledger.append(batch, said[part::BATCHES], (), 1)
            workspace.ledger.finish_batch(batch)
        yield workspace


def embedded(workspace: Workspace) -> GraphStore:
    """What the same ledger gives where no server is."""
    store = workspace.store()
    store.prepare()
    workspace.projection(store).catch_up()
    return store


@pytest.mark.neo4j
@pytest.mark.catalogue("C19")
def test_a_server_that_restarts_in_a_load_of_fifty_batches_has_everything_once(
    loaded: Workspace, own: Own
) -> None:
    store, wanted = loaded.store("neo4j"), embedded(loaded)
    store.prepare()
    projection = Projection(loaded.ledger, store, batch=PAGE)
    steps: list[int] = []

    def between(_what: str, done: int, _total: int | None) -> None:
        steps.append(done)
        if len(steps) == 5:  # while the next ones are under way
            threads.append(threading.Thread(target=own.restart))
            threads[-1].start()

    threads: list[threading.Thread] = []
    for _ in range(10):
        try:
            projection.catch_up(between)
            break
        except StoreUnavailableError:
            for thread in threads:
                thread.join(120)
            applied = store.applied()
            assert 0 < applied < loaded.ledger.last_outbox(), (
                "what was applied stays, and the rest is to come"
            )
    for thread in threads:
        thread.join(120)
    assert len(threads) == 1, "it was restarted in the middle"
    assert store.applied() == loaded.ledger.last_outbox()
    assert store.fingerprint() == wanted.fingerprint()
    states = (
        [[*one.entity_states()] for one in (store, wanted)],
        [[*one.link_states()] for one in (store, wanted)],
    )
    for here, there in states:
        assert len(here) == len(there) > 10
    assert projection.catch_up() == 0
