"""kill -9 at any point of a load or a rebuild, then the same again: the same graph as one clean load, on every store."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from graphcore.store.neo4j import Neo4jSettings, Neo4jStore
from graphcore.store.state import GraphBatch
from graphcore.workspace import KEY, Workspace
from tests.contract import projection_child
from tests.neo4j_fixture import Neo4jAddress

ROOT = Path(__file__).resolve().parents[2]
KILLS = 12
Child = Callable[[str, str], subprocess.Popen[str]]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a store that is empty; for Neo4j with its address in the environment."""
    if request.param == "neo4j":
        server: Neo4jAddress = request.getfixturevalue("neo4j_server")
        monkeypatch.setenv("OCB_NEO4J_URI", server.uri)
        monkeypatch.setenv("OCB_NEO4J_USER", server.user)
        monkeypatch.setenv("OCB_NEO4J_PASSWORD", server.password)
        graph = Neo4jStore(Neo4jSettings(server.uri, server.user, server.password))
        graph.prepare()
        graph.clear()
        graph.write(GraphBatch(applied=0))
        graph.close()
    return request.param


@pytest.fixture
def clean(tmp_path: Path) -> str:
    """Fingerprint of one load without interruption, into an embedded store."""
    folder = tmp_path / "clean"
    projection_child.main(str(folder), "embedded", "load")
    return fingerprint(folder, "embedded")


@pytest.fixture
def folder(tmp_path: Path, clean: str) -> Path:
    """A workspace that holds nothing but the key of the clean one."""
    made = tmp_path / "killed"
    (made / KEY).parent.mkdir(parents=True)
    shutil.copy(tmp_path / "clean" / KEY, made / KEY)
    return made


def fingerprint(folder: Path, store: str) -> str:
    with Workspace.open(folder, create=False) as workspace:
        graph = workspace.store("neo4j" if store == "neo4j" else "embedded")
        assert graph.applied() == workspace.ledger.last_outbox()
        return graph.fingerprint()


def start(folder: Path, store: str, what: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.contract.projection_child", str(folder), store, what]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ))


def run_and_kill(child: subprocess.Popen[str], steps: int, pause_s: float) -> bool:
    """Let the child make some steps, wait a moment more, kill it; False where it came to its end before."""
    assert child.stdout is not None
    with child:
        for _ in range(steps):
            line = child.stdout.readline()
            if line == "done\n":
                assert child.wait() == 0
                return False
            assert line, "the child failed"
        time.sleep(pause_s)
        child.kill()
        child.wait()
        rest = child.stdout.read()
    return not rest.endswith("done\n")


def run(child: subprocess.Popen[str]) -> None:
    out, _ = child.communicate(timeout=120)
    assert out.endswith("done\n")
    assert child.returncode == 0


@pytest.mark.catalogue("C01", "C02")
def test_killed_loads_end_in_the_graph_of_a_clean_load(folder: Path, store: str, clean: str) -> None:
    rng, kills, tries = random.Random(7), 0, 0
    # a child may come to its end before it is killed, so there are more tries than kills wanted
    while kills < KILLS and (tries := tries + 1) <= 5 * KILLS:
        # the line is written at a commit's end: the pause reaches into the next transaction
        kills += run_and_kill(start(folder, store, "load"), rng.randint(1, 5), rng.uniform(0, 0.03))
    run(start(folder, store, "load"))
    assert kills >= 10
    assert fingerprint(folder, store) == clean
    intact(folder)


@pytest.mark.catalogue("C01")
def test_killed_rebuilds_end_in_the_graph_of_a_clean_load(folder: Path, store: str, clean: str) -> None:
    run(start(folder, store, "load"))
    rng = random.Random(11)
    kills = sum(
        run_and_kill(start(folder, store, "rebuild"), rng.randint(1, 12), rng.uniform(0, 0.03))
        for _ in range(3)
    )
    assert kills >= 2
    with Workspace.open(folder) as workspace:
        graph = workspace.store("neo4j" if store == "neo4j" else "embedded")
        assert graph.applied() == -1
        workspace.projection(graph).catch_up()
    assert fingerprint(folder, store) == clean
    run(start(folder, store, "rebuild"))
    assert fingerprint(folder, store) == clean


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
