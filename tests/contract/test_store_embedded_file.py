"""What is particular to the embedded store: one file, many threads, several processes, damage, and its query plans."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graphcore.errors import StoreError, StoreUnavailableError
from graphcore.store.embedded import EmbeddedStore, connections, search, statements
from graphcore.store.embedded.sql import statement
from graphcore.store.query import ExpandQuery, ExportQuery, SearchQuery
from graphcore.store.state import GraphBatch
from tests.contract.world import CLEARED, COVERT, LABELS, PLAIN, World, at


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "odd name #1 100% ?.sqlite3"


def opened(path: Path) -> EmbeddedStore:
    store = EmbeddedStore(path)
    store.prepare()
    return store


def test_the_file_survives_closing(path: Path) -> None:
    store = opened(path)
    World().persons("a", "b").chain("a-b").into(store)
    before = store.fingerprint()
    store.close()
    again = opened(path)
    assert (again.fingerprint(), again.applied()) == (before, 1)
    again.close()
    again.close()
    with pytest.raises(StoreError, match="closed"):
        again.applied()


def test_readers_cannot_write(path: Path) -> None:
    store = opened(path)
    with store._connections.read() as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM graph_entity")
    store.close()


def test_the_file_is_in_wal_and_full(path: Path) -> None:
    store = opened(path)
    with store._connections.write() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    store.close()


def test_many_threads_read_while_one_writes(path: Path) -> None:
    """Every answer belongs to one batch: entities and links of a batch are seen together or not at all."""
    store = opened(path)
    World().persons("hub").into(store)
    stop = threading.Event()

    def read() -> int:
        rounds = 0
        while not stop.is_set():
            got = store.view(CLEARED).expand(["hub"], ExpandQuery(limit=100_000))
            assert len(got.entities) == len(got.links) + 1
            assert len(got.links) % 5 == 0
            counts = store.view(CLEARED).counts()
            assert counts.links % 5 == 0
            rounds += 1
        return rounds

    with ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(read) for _ in range(6)]
        for n in range(30):
            world = World(applied=n + 2, seq=100 * n + 100)
            for i in range(5):
                world.entity(f"s{n}-{i}").link(f"l{n}-{i}", "hub", f"s{n}-{i}")
            world.into(store)
        stop.set()
        assert all(future.result(timeout=60) > 0 for future in futures)
    assert store.view(CLEARED).counts().links == 150
    store.close()


def test_two_stores_on_one_file_see_each_other(path: Path) -> None:
    one, two = opened(path), opened(path)
    World().entity("a", caption="Christopher").into(one)
    assert two.view(CLEARED).search(SearchQuery("christofer")).total == 1
    World(applied=2, seq=9).entity("b", caption="Featherstone").into(two)
    assert one.view(CLEARED).search(SearchQuery("fetherstone")).total == 1
    one.clear()
    assert two.view(CLEARED).search(SearchQuery("christofer")).total == 0
    one.close()
    two.close()


def test_a_file_in_use_is_a_transient_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BUSY_S", 0.05)
    store = opened(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="try again"):
        World().persons("a").into(store)
    assert store.view(CLEARED).counts().entities == 0
    other.execute("ROLLBACK")
    other.close()
    World().persons("a").into(store)
    store.close()


def test_a_waiting_writer_gets_its_turn(path: Path) -> None:
    store = opened(path)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.2, lambda: other.execute("ROLLBACK")).start()
    World().persons("a").into(store)
    assert store.view(CLEARED).counts().entities == 1
    store.close()
    other.close()


def test_a_damaged_file_is_a_store_error_without_content(path: Path) -> None:
    path.write_bytes(b"this is no database " * 500)
    store = EmbeddedStore(path)
    with pytest.raises(StoreError, match="SQLITE_NOTADB"):
        store.prepare()
    store.close()


def test_a_missing_file_is_not_made_by_reading(path: Path) -> None:
    store = EmbeddedStore(path)
    with pytest.raises(StoreError, match="CANTOPEN"):
        store.applied()
    assert not path.exists()
    store.close()


def test_tables_of_another_version_are_refused(path: Path) -> None:
    store = opened(path)
    with store._connections.write() as connection:
        connection.execute("UPDATE graph_state SET value = 99 WHERE name = 'tables'")
    with pytest.raises(StoreError, match="version 99"):
        store.prepare()
    store.close()


KILLED = """
import sys
from tests.contract.world import World
from graphcore.store.embedded import EmbeddedStore
from pathlib import Path
store = EmbeddedStore(Path(sys.argv[1]))
store.prepare()
print("ready", flush=True)
for n in range(1, 10_000):
    world = World(applied=n, seq=10 * n)
    for i in range(20):
        world.entity(f"e{n}-{i}").link(f"l{n}-{i}", f"e{n}-{i}", f"e{n}-0")
    world.into(store)
"""


@pytest.mark.parametrize("after_s", [0.05, 0.3])
def test_a_killed_writer_leaves_whole_batches(path: Path, after_s: float) -> None:
    root = Path(__file__).resolve().parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)],
        stdout=subprocess.PIPE,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    time.sleep(after_s)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    store = opened(path)
    counts, applied = store.view(CLEARED).counts(), store.applied()
    assert (counts.entities, counts.links) == (20 * applied, 20 * applied)
    with store._connections.read() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()


@pytest.mark.parametrize("context", [CLEARED, PLAIN, at(PLAIN, 2023)], ids=["cleared", "plain", "as at"])
def test_reads_go_by_index(path: Path, context: object) -> None:
    """No statement of a walk or a look-up scans a table: only lists given as parameters are scanned."""
    store = opened(path)
    World().persons("a", "b").chain("a-b").into(store)
    one_row = {
        "entities": statements.ENTITIES,
        "links": statements.LINKS,
        "visible": statements.VISIBLE,
        **{f"steps {way}": text for way, text in statements.STEPS.items()},
        **{f"first steps {way}": text for way, text in statements.FIRST_STEPS.items()},
    }
    with store._connections.read() as connection:
        for name, text in one_row.items():
            given = dict.fromkeys(
                ("open", "allowed", "sets", "as_at", "since", "until", "keys", "uids", "frontier", "most")
            )
            given |= dict.fromkeys(("link_types", "types", "avoid", "ends", "loops_out"))
            plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + text, given)]
            assert [step for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE" not in step] == [], (
                name
            )
            assert not any("TEMP B-TREE" in step for step in plan), name
    store.close()


def test_every_read_of_entities_and_links_is_filtered() -> None:
    """A statement that a view runs names the rule of visibility for what it reads."""
    texts = {
        k: v
        for k, v in vars(statements).items()
        if k.isupper() and isinstance(v, str) and not k.startswith("_")
    }
    views = {k: v for k, v in texts.items() if k not in {"STATES", "LINK_STATES", "DATA_VERSION"}}
    assert len(views) >= 8
    assert [name for name, text in views.items() if ":allowed" not in text and ":sets" not in text] == []
    assert [name for name, text in texts.items() if "@" in text] == []


def test_rules_are_written_out_in_full() -> None:
    text = statement("SELECT 1 FROM graph_entity AS e WHERE @entity(e)")
    assert "e.labelset IN" in text
    assert "own.eid = e.eid" in text
    with pytest.raises(KeyError):
        statement("SELECT @nothing(e)")


def test_what_more_than_the_bound_match_is_cut_by_uid_and_said(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MATCH_BOUND", 10)
    store = opened(path)
    world = World()
    for n in range(30):
        world.entity(f"h{n:02d}", caption="common word", label=COVERT).entity(f"v{n:02d}", caption="common")
    view = world.seen(store, PLAIN)
    page = view.search(SearchQuery("common", limit=20))
    assert ([hit.entity.uid for hit in page.hits], page.total, page.complete) == (
        [f"v{n:02d}" for n in range(10)],
        10,
        False,
    )
    store.close()


def test_words_of_what_is_gone_leave_the_index(path: Path) -> None:
    store = opened(path)
    World().entity("a", caption="Quillfeather").entity("b", caption="Marsh", source="tip").into(store)
    World(applied=2, seq=9).entity("a", caption="Plain").into(store)
    store.delete_source("tip")
    with store._connections.read() as connection:
        assert connection.execute("SELECT term FROM graph_vocabulary").fetchall() == [("plain",)]
    store.clear()
    with store._connections.read() as connection:
        assert connection.execute("SELECT count(*) FROM graph_vocabulary").fetchone() == (0,)
    store.close()


def test_a_graph_of_some_size_is_written_and_exported(path: Path) -> None:
    store = opened(path)
    for n in range(4):
        world = World(applied=n + 1, seq=10_000 * n)
        for i in range(1_000):
            world.entity(f"e{n}-{i:04d}").link(f"l{n}-{i:04d}", f"e{n}-{i:04d}", f"e{n}-{i * 7 % 1_000:04d}")
        store.write(world.batch())
    store.write(GraphBatch(9, labels=LABELS))
    arrays = store.view(PLAIN).export(ExportQuery())
    assert (arrays.n, arrays.m, store.applied()) == (4_000, 4_000, 9)
    assert list(arrays.uids) == sorted(arrays.uids)
    assert list(arrays.lids) == sorted(arrays.lids)
    store.close()
