"""kill -9 at any point of a load or a rebuild, then the same again: the same graph as one clean load, on every store.

A sample by default; ``KILLS=200 pytest tests/contract/test_projection_kill.py`` kills that often on each store.
"""

import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphcore.store.neo4j import Neo4jSettings, Neo4jStore
from graphcore.store.state import GraphBatch
from graphcore.workspace import KEY, Workspace
from tests.contract import projection_child
from tests.contract.killing import Killer

KILLS = int(os.environ.get("KILLS", "8"))
EACH = 8  # of one load, before it is let come to its end
LOAD, REBUILD = "tests.contract.projection_child:load", "tests.contract.projection_child:rebuild"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with Killer(
        "tests.contract.projection_child", "graphcore.store.embedded", "graphcore.store.neo4j"
    ) as made:
        yield made


@pytest.fixture(scope="module")
def clean(killer: Killer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A workspace after one load without interruption into an embedded store, and the graph's fingerprint."""
    folder = tmp_path_factory.mktemp("clean")
    assert not killer.run(LOAD, [str(folder), "embedded"]).killed
    return folder, fingerprint(folder, "embedded")


def prepared(folder: Path, clean: Path, store_name: str) -> Path:
    """A workspace that holds nothing but the key of the clean one, and an empty store."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / KEY).parent.mkdir(parents=True)
    shutil.copy(clean / KEY, folder / KEY)
    if store_name == "neo4j":
        env = os.environ
        settings = Neo4jSettings(env["OCB_NEO4J_URI"], env["OCB_NEO4J_USER"], env["OCB_NEO4J_PASSWORD"])
        graph = Neo4jStore(settings)
        graph.prepare()
        graph.clear()
        graph.write(GraphBatch(applied=0))
        graph.close()
    return folder


def fingerprint(folder: Path, store_name: str) -> str:
    with Workspace.open(folder, create=False) as workspace:
        graph = workspace.store("neo4j" if store_name == "neo4j" else "embedded")
        assert graph.applied() == workspace.ledger.last_outbox()
        return graph.fingerprint()


@pytest.mark.catalogue("C01", "C02")
def test_killed_loads_end_in_the_graph_of_a_clean_load(
    killer: Killer, clean: tuple[Path, str], store_name: str, tmp_path: Path
) -> None:
    rng, kills, tries = random.Random(7), 0, 0
    while kills < KILLS and (tries := tries + 1) <= KILLS:
        folder = prepared(tmp_path / "killed", clean[0], store_name)
        for _ in range(min(EACH, KILLS - kills)):
            # a step is told at a commit's end: the pause reaches into the next transaction
            ended = killer.run(
                LOAD, [str(folder), store_name], steps=rng.randint(0, 5), after=rng.uniform(0, 0.03)
            )
            kills += ended.killed
        killer.run(LOAD, [str(folder), store_name])
        assert fingerprint(folder, store_name) == clean[1], f"after {kills} kills"
        intact(folder)
    assert kills >= KILLS


@pytest.mark.catalogue("C01")
def test_killed_rebuilds_end_in_the_graph_of_a_clean_load(
    killer: Killer, clean: tuple[Path, str], store_name: str, tmp_path: Path
) -> None:
    folder = prepared(tmp_path / "killed", clean[0], store_name)
    shutil.copytree(clean[0], folder, dirs_exist_ok=True)
    rng, kills = random.Random(11), 0
    for _ in range(max(2, KILLS // 10)):
        kills += killer.run(
            REBUILD, [str(folder), store_name], steps=rng.randint(1, 12), after=rng.uniform(0, 0.03)
        ).killed
    assert kills >= 2
    with Workspace.open(folder) as workspace:
        graph = workspace.store("neo4j" if store_name == "neo4j" else "embedded")
        assert graph.applied() == -1
        workspace.projection(graph).catch_up()
    assert fingerprint(folder, store_name) == clean[1]
    killer.run(REBUILD, [str(folder), store_name])
    assert fingerprint(folder, store_name) == clean[1]


@pytest.mark.catalogue("C06", "C07")
def test_whichever_write_is_refused_is_told_and_the_load_goes_on_from_there(
    killer: Killer, clean: tuple[Path, str], tmp_path: Path
) -> None:
    """The disk takes no more at one size after the other; nothing acknowledged is lost, and nothing is there twice."""
    folder = prepared(tmp_path / "full", clean[0], "embedded")
    whole = (clean[0] / "ledger.sqlite3").stat().st_size
    told = list[str]()
    for size in range(whole // 9, whole, whole // 9):
        killer.run("tests.contract.killed_work:refused_write", [str(folder), str(size)])
        told.append((folder / "said").read_text(encoding="utf-8"))
    assert all(
        one.startswith(("LedgerError: ", "LedgerFullError: ", "StoreError: ", "done")) for one in told
    ), told
    assert told[0] != "done"
    killer.run(LOAD, [str(folder), "embedded"])
    assert fingerprint(folder, "embedded") == clean[1]
    intact(folder)


def intact(folder: Path) -> None:
    """The file is sound, and nothing was counted twice."""
    connection = sqlite3.connect(folder / "ledger.sqlite3")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    with Workspace.open(folder) as workspace:
        (summary,) = [batch for batch in workspace.ledger.batches() if batch.counts.loaded]
        said = projection_child.records()
        assert summary.rows_done == len(said)
        assert summary.counts.loaded + summary.counts.unchanged == len(said)
        assert (
            len(workspace.ledger.quarantine())
            == summary.counts.quarantined
            == -(-len(said) // projection_child.STEP)
        )
