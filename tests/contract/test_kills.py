"""kill -9 at random points of a run over identities, of a person's judgement and its undoing, of a migration and of the audit log:
the old state or the new one, each change once, and an audit chain that is whole.

A sample by default; ``KILLS=n pytest tests/contract/test_kills.py`` kills n times in every one of them.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from graphcore.evidence.ledger import migrate
from graphcore.store.neo4j import Neo4jSettings, Neo4jStore
from graphcore.workspace import LEDGER, Workspace
from tests.api import identity_world
from tests.contract.killing import Ended, Killer

KILLS = int(os.environ.get("KILLS", "4"))
ON_NEO4J = int(os.environ.get("KILLS", "1"))
WORK = "tests.contract.killed_work"
State = tuple[Any, ...]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with Killer(WORK, "graphcore.store.embedded", "graphcore.store.neo4j", "alembic.command") as made:
        yield made


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """People whom two sources know; nothing is resolved yet."""
    folder = tmp_path_factory.mktemp("loaded")
    with Workspace.open(folder) as workspace:
        rows = [*identity_world.hidden(), *identity_world.records()]
        batch = workspace.ledger.begin_batch("north", "people.csv", "hash", "mapping")
        workspace.ledger.append(batch, rows, (), len(rows))
        workspace.ledger.finish_batch(batch)
    return folder


@pytest.fixture(scope="module")
def resolved(loaded: Path, killer: Killer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a run."""
    folder = shutil.copytree(loaded, tmp_path_factory.mktemp("resolved") / "w")
    killer.run(f"{WORK}:identity", [str(folder), "embedded"])
    return folder


def begin(folder: Path, made: Path, store_name: str) -> Path:
    """A copy of a workspace, and for Neo4j a graph that follows it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made, folder)
    if store_name == "neo4j":
        env = os.environ
        graph = Neo4jStore(
            Neo4jSettings(env["OCB_NEO4J_URI"], env["OCB_NEO4J_USER"], env["OCB_NEO4J_PASSWORD"])
        )
        graph.prepare()
        graph.clear()
        graph.close()
    state(folder, store_name)  # brings the graph up to date
    return folder


def state(folder: Path, store_name: str) -> State:
    """What stands after a start: judgements with how often each was made and undone, who is whom, and the graph.

    The graph is what a rebuild would make, and the audit chain is whole.
    """
    with Workspace.open(folder, create=False) as workspace:
        graph = workspace.store("neo4j" if store_name == "neo4j" else "embedded")
        graph.prepare()
        workspace.projection(graph).catch_up()
        assert graph.applied() == workspace.ledger.last_outbox()
        ledger = workspace.ledger
        judged = sorted((one.left, one.right, one.verdict, one.score is None) for one in ledger.judgements())
        places = sorted((one.origin_id, one.uid) for one in ledger.clusters(_origins(folder)))
        report = workspace.audit.verify()
        assert report.sound, report.problems
        return judged, places, graph.fingerprint()


def _origins(folder: Path) -> list[str]:
    connection = sqlite3.connect(folder / LEDGER)
    found = [row[0] for row in connection.execute("SELECT origin_id FROM origin ORDER BY 1")]
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    return found


def duration(work: Callable[[float | None], Ended]) -> float:
    """Seconds that it takes when nobody kills it."""
    started = time.monotonic()
    assert not work(None).killed
    return time.monotonic() - started


def kill_between(
    killer: Killer,
    folder: Path,
    made: Path,
    store_name: str,
    asked: tuple[str, Sequence[str]],
    *,
    again: bool,
) -> None:
    """Kill the work again and again, each time from the old state; then each change is there once or not at all.

    ``again``: the same work done once more after it had its effect changes nothing.
    """
    work, texts = asked

    def once(after: float | None) -> Ended:
        return killer.run(f"{WORK}:{work}", [str(folder), store_name, *texts], after=after)

    old = state(begin(folder, made, store_name), store_name)
    takes = duration(once)
    new = state(folder, store_name)
    assert new != old
    rng, kills, seen = random.Random(23), 0, list[State]()
    begin(folder, made, store_name)
    while kills < (ON_NEO4J if store_name == "neo4j" else KILLS):
        ended = once(rng.uniform(0, takes))
        kills += ended.killed
        seen.append(state(folder, store_name))
        assert seen[-1] in (old, new), f"after kill {kills}"
        if seen[-1] == new:
            if again:
                once(None)
                assert state(folder, store_name) == new, "a change was made twice"
            begin(folder, made, store_name)
    once(None)
    assert state(folder, store_name) == new


@pytest.mark.catalogue("C03")
def test_a_killed_run_over_identities_has_happened_or_not(
    killer: Killer, loaded: Path, tmp_path: Path, store_name: str
) -> None:
    kill_between(killer, tmp_path / "w", loaded, store_name, ("identity", ()), again=True)


@pytest.mark.catalogue("C03")
def test_a_killed_judgement_has_happened_or_not(
    killer: Killer, resolved: Path, tmp_path: Path, store_name: str
) -> None:
    with Workspace.open(resolved) as workspace:
        ends = [
            workspace.ids.origin(ref.source, ref.entity_type, ref.reference)
            for ref in (identity_world.PHONE, identity_world.PHONE3)
        ]
    kill_between(killer, tmp_path / "w", resolved, store_name, ("judge", ends), again=False)


@pytest.mark.catalogue("C03")
def test_a_run_whose_undoing_is_killed_stands_or_not(
    killer: Killer, resolved: Path, tmp_path: Path, store_name: str
) -> None:
    with Workspace.open(resolved) as workspace:
        (decision,) = {one.decision_id for one in workspace.ledger.judgements()}
    kill_between(killer, tmp_path / "w", resolved, store_name, ("undo", [decision]), again=False)


def schema(path: Path) -> tuple[Any, ...]:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    tables = tuple(connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"))
    at = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    connection.close()
    return at[0], tables


def old_ledger(path: Path, revision: str) -> Path:
    """A ledger's tables as a version of long ago left them."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    return path


@pytest.mark.catalogue("C03", "C10")
def test_a_killed_migration_leaves_the_old_tables_or_the_new_ones(killer: Killer, tmp_path: Path) -> None:
    rng, kills = random.Random(5), 0
    olds = {
        revision: old_ledger(tmp_path / revision / LEDGER, revision) for revision in migrate.REVISIONS[:-1]
    }
    folder = tmp_path / "w"

    def once(after: float | None) -> Ended:
        return killer.run(f"{WORK}:migration", [str(folder)], after=after)

    shutil.copytree(olds["0001"].parent, folder)
    takes = duration(once)
    new = schema(folder / LEDGER)
    while kills < KILLS:
        shutil.rmtree(folder)
        revision = rng.choice([*olds])
        shutil.copytree(olds[revision].parent, folder)
        old = schema(folder / LEDGER)
        kills += once(rng.uniform(0, takes)).killed
        assert schema(folder / LEDGER) in (old, new), revision
        once(None)
        assert schema(folder / LEDGER) == new


@pytest.mark.catalogue("U04", "U16")
def test_a_killed_log_keeps_what_it_has_acknowledged_and_its_chain(killer: Killer, tmp_path: Path) -> None:
    rng, acknowledged, kills = random.Random(3), 0, 0
    with Workspace.open(tmp_path) as workspace:
        _ = workspace.audit, workspace.ledger
    while kills < KILLS:
        ended = killer.run(
            f"{WORK}:audit", [str(tmp_path), "100000"], steps=rng.randint(0, 9), after=rng.uniform(0, 0.05)
        )
        kills += ended.killed
        acknowledged += ended.steps
        with Workspace.open(tmp_path) as workspace:
            report = workspace.audit.verify()
            assert report.sound, report.problems
            assert report.rows >= 2 * acknowledged
            assert len(report.unknown_outcomes) <= kills
            assert workspace.audit.checkpoint().seq <= report.rows
