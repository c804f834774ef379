"""A bad line to the server: the right answer or an error, never a part of it; and every change once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from graphcore.errors import StoreUnavailableError
from graphcore.store.neo4j import Neo4jSettings, Neo4jStore
from graphcore.store.neo4j.connection import Writing
from graphcore.store.project import Projection
from graphcore.store.query import ExpandQuery
from graphcore.workspace import Workspace
from tests.contract.bolt_proxy import NONE, BoltProxy, Fault
from tests.contract.projection_child import load
from tests.contract.world import CLEARED, World
from tests.neo4j_fixture import Neo4jAddress

pytestmark = pytest.mark.neo4j
LIMIT_S = 7.0


@pytest.fixture
def proxy(neo4j_server: Neo4jAddress) -> Iterator[BoltProxy]:
    with BoltProxy(neo4j_server.uri) as made:
        yield made


@pytest.fixture
def settings(neo4j_server: Neo4jAddress, proxy: BoltProxy) -> Neo4jSettings:
    """Through the proxy."""
    return Neo4jSettings(proxy.uri, neo4j_server.user, neo4j_server.password)


@pytest.fixture
def ring(neo4j_store: Neo4jStore) -> None:
    """A ring of sixty with a hub."""
    neo4j_store.clear()
    world = World()
    names = [f"e{n:02d}" for n in range(60)]
    world.persons("hub", *names)
    for at, name in enumerate(names):
        world.link(f"r{name}", name, names[at - 1]).link(f"h{name}", "hub", name)
    world.into(neo4j_store)


def _ask(settings: Neo4jSettings) -> object:
    """Everything read, over connections that are new."""
    with closing(Neo4jStore(settings)) as store:
        view = store.view(CLEARED)
        return (
            view.expand(["hub"], ExpandQuery(hops=2)),
            view.counts(),
            list(store.entity_states()),
            list(store.link_states()),
        )


@pytest.mark.catalogue("C17")
@pytest.mark.parametrize("reset", [False, True], ids=["end", "reset"])
@pytest.mark.usefixtures("ring")
def test_a_line_that_is_cut_gives_an_error_or_the_whole_answer(
    proxy: BoltProxy, settings: Neo4jSettings, reset: bool
) -> None:
    proxy.set(NONE)
    expected = _ask(settings)
    whole, rng, right = proxy.answered, random.Random(17), 0
    for cut_after in (0, 1, *(rng.randrange(2, int(whole * 0.9)) for _ in range(13))):
        proxy.set(Fault(cut_after, reset=reset))
        with pytest.raises(StoreUnavailableError):
            _ask(settings)
        proxy.set(Fault(cut_after, heals=True, reset=reset))
        try:
            assert _ask(settings) == expected
            right += 1
        except StoreUnavailableError:
            pass  # cut within a stream, of which a part had been given out
    assert right, "a read is tried again"


@pytest.mark.catalogue("C17")
@pytest.mark.usefixtures("ring")
def test_a_slow_line_gives_the_same_answer(proxy: BoltProxy, settings: Neo4jSettings) -> None:
    expected = _ask(settings)
    for fault in (Fault(bytewise=True), Fault(delay_s=0.02)):
        proxy.set(fault)
        assert _ask(settings) == expected


@pytest.mark.catalogue("C17")
@pytest.mark.usefixtures("ring")
def test_two_seconds_of_latency_are_given_up_in_time(proxy: BoltProxy, settings: Neo4jSettings) -> None:
    proxy.set(Fault(delay_s=2.0))
    began = time.monotonic()
    with closing(Neo4jStore(settings)) as store, pytest.raises(StoreUnavailableError):
        store.applied()
    assert time.monotonic() - began < LIMIT_S


@pytest.mark.catalogue("C18")
def test_a_commit_whose_answer_is_lost_counts_once(
    proxy: BoltProxy, settings: Neo4jSettings, neo4j_store: Neo4jStore, tmp_path: Path
) -> None:
    load(str(tmp_path), "embedded", lambda *_: None)
    neo4j_store.clear()
    neo4j_store.write(World().batch(applied=0, entities=(), links=(), labels={}))
    proxy.set(Fault(lose_commits=True))
    with Workspace.open(tmp_path, create=False) as workspace, closing(Neo4jStore(settings)) as store:
        behind = Projection(workspace.ledger, store, batch=40)
        while neo4j_store.applied() < workspace.ledger.last_outbox():
            before = neo4j_store.applied()
            with pytest.raises(StoreUnavailableError):
                behind.catch_up()
            assert neo4j_store.applied() > before, "the server had done it"
        assert behind.catch_up() == 0
        assert proxy.commits_lost > 3
        assert neo4j_store.fingerprint() == workspace.store("embedded").fingerprint()


@pytest.mark.catalogue("C20")
def test_five_transient_errors_are_tried_again(
    proxy: BoltProxy, settings: Neo4jSettings, neo4j_store: Neo4jStore
) -> None:
    neo4j_store.clear()
    proxy.set(Fault(refuse_commits=5))
    with closing(Neo4jStore(settings)) as store:
        World().persons("a", "b").into(store)
    assert proxy.commits_refused == 5
    assert neo4j_store.view(CLEARED).counts().entities == 2


@pytest.mark.catalogue("C20")
def test_transient_errors_without_end_are_given_up(
    proxy: BoltProxy, settings: Neo4jSettings, neo4j_store: Neo4jStore
) -> None:
    neo4j_store.clear()
    proxy.set(Fault(refuse_commits=1_000))
    began = time.monotonic()
    with closing(Neo4jStore(settings)) as store, pytest.raises(StoreUnavailableError, match="try again"):
        World().persons("a", "b").into(store)
    assert time.monotonic() - began < LIMIT_S
    assert 5 < proxy.commits_refused < 10
    assert neo4j_store.view(CLEARED).counts().entities == 0


@pytest.mark.catalogue("C20")
def test_writers_that_lock_each_other_out_both_come_through(neo4j_store: Neo4jStore) -> None:
    neo4j_store.clear()
    World().persons("a", "b", "c").into(neo4j_store)
    both, tries = threading.Barrier(2), 0

    def writer(first: str, second: str) -> None:
        met = False

        def work(writing: Writing) -> None:
            nonlocal met, tries
            tries += 1
            writing.run("write/gone_entities", uids=[first])
            if not met:
                met = True
                both.wait(10)
            writing.run("write/gone_entities", uids=[second])

        neo4j_store._connection.write(work)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(writer, "a", "b"), pool.submit(writer, "b", "a")]:
            done.result(30)
    assert tries > 2, "one of them was ended by the server"
    assert [entity.uid for entity in neo4j_store.entity_states()] == ["c"]
