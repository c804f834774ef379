"""kill -9 at any step of a first large load of call records, then the same again: what one clean load leaves."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graphcore.evidence.ledger.series_blocks import decode
from graphcore.workspace import KEY, LEDGER, Workspace
from tests.perf.call_files import write_calls

ROOT = Path(__file__).resolve().parents[3]
ROWS = 2_000
KILLS = 6

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def start(folder: Path, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.unit.ingest.series_child", str(folder), str(file)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def steps_until_end(child: subprocess.Popen[str]) -> list[str]:
    with child:
        assert child.stdout is not None
        lines = child.stdout.readlines()
    assert child.returncode == 0
    return lines


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


def test_a_load_killed_at_any_step_goes_on_to_the_same_end(tmp_path: Path) -> None:
    file = write_calls(tmp_path / "calls.csv", ROWS)
    steps = steps_until_end(start(tmp_path / "clean", file.path))
    assert steps[-1] == f"done {ROWS}\n"
    clean = left(tmp_path / "clean")
    assert len(clean[1]["rows"]) == ROWS - len(clean[1]["quarantine"])
    assert any("building the graph" in step for step in steps)
    folder = tmp_path / "killed"
    for number in range(KILLS):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / KEY).parent.mkdir(parents=True)
        shutil.copy(tmp_path / "clean" / KEY, folder / KEY)
        with start(folder, file.path) as child:
            assert child.stdout is not None
            for _ in range(1 + number * (len(steps) - 2) // KILLS):
                child.stdout.readline()
            child.kill()
        steps_until_end(start(folder, file.path))
        assert left(folder) == clean, number
