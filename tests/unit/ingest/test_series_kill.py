"""kill -9 at any step of a first large load of call records, then the same again: what one clean load leaves."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graphcore.evidence.ledger.series_blocks import decode
from graphcore.workspace import KEY, LEDGER, Workspace
from tests.contract.killing import Killer
from tests.perf.call_files import write_calls

LOAD = "tests.unit.ingest.series_child:load_calls"
ROWS = 2_000
KILLS = 6

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with Killer("tests.unit.ingest.series_child", "graphcore.store.embedded") as made:
        yield made


def left(folder: Path) -> tuple[str, dict[str, Any]]:
    """The graph's fingerprint, and what the ledger holds, whatever the order in which it came."""
    with Workspace.open(folder, create=False) as workspace:
        store = workspace.store()
        assert store.applied() == workspace.ledger.last_outbox()
        print_of = store.fingerprint()
    connection = sqlite3.connect(folder / LEDGER)
    found = {
        name: sorted(connection.execute(sql).fetchall())
        for name, sql in (
            ("record", "SELECT rid, properties, content_hash, file, row FROM record"),
            ("links", "SELECT id, lid FROM link_origin"),
            ("quarantine", "SELECT file, row, field, reason, original FROM quarantine WHERE batch = 1"),
            ("batch", "SELECT rows_done, loaded, unchanged, quarantined FROM batch WHERE number = 1"),
            (
                "part",
                "SELECT r.rid, p.length, p.first_at, p.last_at FROM series_part AS p JOIN record AS r USING (seq)",
            ),
            ("index", "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"),
        )
    }
    bodies = connection.execute("SELECT body FROM series_block").fetchall()
    found["rows"] = sorted(row for (body,) in bodies for row in decode(body).column("row").to_pylist())
    connection.close()
    return print_of, found


def test_a_load_killed_at_any_step_goes_on_to_the_same_end(killer: Killer, tmp_path: Path) -> None:
    file = write_calls(tmp_path / "calls.csv", ROWS)
    steps = killer.run(LOAD, [str(tmp_path / "clean"), str(file.path), "here"]).steps
    clean = left(tmp_path / "clean")
    assert len(clean[1]["rows"]) == ROWS - len(clean[1]["quarantine"])
    assert steps > KILLS
    folder = tmp_path / "killed"
    for number in range(KILLS):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / KEY).parent.mkdir(parents=True)
        shutil.copy(tmp_path / "clean" / KEY, folder / KEY)
        at = 1 + number * (steps - 2) // KILLS
        # another process to read with takes a second to start, so it is there for one kill in the middle alone
        texts = [str(folder), str(file.path), "apart" if number == KILLS // 2 else "here"]
        assert killer.run(LOAD, texts, steps=at, after=0).killed
        killer.run(LOAD, texts)
        assert left(folder) == clean, number
