"""Reading in a second process: the same ledger, errors and cancelling as in one, and nothing left behind."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphcore.errors import Transient
from graphcore.workspace import Workspace
from ingest.errors import FileRefusedError, IngestError, LoadCancelledError, MappingError, ReadingEndedError
from ingest.pipeline import child as child_module
from ingest.pipeline import load
from ingest.pipeline import run as load_module
from ingest.pipeline.worker import ReadingProcess
from tests.unit.ingest.conftest import READER
from tests.unit.ingest.test_ingest_pipeline import graph_files

ROOT = Path(__file__).resolve().parents[3]
TABLES = ("record", "origin", "link_origin", "waiting", "outbox", "quarantine", "label", "batch")


@pytest.fixture
def apart(monkeypatch) -> list[ReadingProcess]:
    """However small the files are, another process reads them in small chunks; gives the processes started."""
    started: list[ReadingProcess] = []

    class Watched(ReadingProcess):
        def __enter__(self):
            started.append(self)
            return super().__enter__()

    monkeypatch.setattr(load_module, "CHILD_BYTES", 0)
    monkeypatch.setattr(load_module, "CHILD_RECORDS", 25)
    monkeypatch.setattr(load_module, "ReadingProcess", Watched)
    return started


def ended(process: ReadingProcess) -> bool:
    """True if the child is gone, and its temporary files with it."""
    return process._process.poll() is not None and not Path(process._folder.name).exists()


def contents(workspace: Workspace) -> dict[str, list[tuple]]:
    """Everything that a load writes into the ledger."""
    with sqlite3.connect(workspace.folder / "ledger.sqlite3") as connection:
        rows = {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES
        }
    connection.close()
    return rows


def test_process_gives_the_ledger_that_one_process_gives(bench, tmp_path, monkeypatch):
    mapping, clock = graph_files(bench), lambda: datetime(2026, 3, 1, tzinfo=UTC)
    found = []
    for name, least in (("one", 1 << 30), ("two", 0)):
        shutil.copytree(bench.workspace.folder / "keys", tmp_path / name / "keys")
        monkeypatch.setattr(load_module, "CHILD_BYTES", least)
        monkeypatch.setattr(load_module, "BATCH_RECORDS", 25)
        monkeypatch.setattr(load_module, "CHILD_RECORDS", 25)
        with Workspace.open(tmp_path / name, clock=clock) as workspace:
            summary = load(workspace, "table", bench.folder, mapping=mapping)
            found.append((contents(workspace), summary, workspace.store().fingerprint()))
    assert found[0] == found[1]
    assert len(found[0][0]["record"]) == 127


def test_process_ends_with_the_load(bench, apart):
    told: list[str] = []
    bench.load_source(
        "table", bench.folder, mapping=graph_files(bench), progress=lambda what, *_: told.append(what)
    )
    assert bench.counts() == (67, 60)
    assert len(apart) == 1
    assert ended(apart[0])
    assert "loading links.csv" in told


@pytest.mark.parametrize("phase", ["starting", "loading"])
def test_process_killed_says_so_and_the_load_goes_on(bench, apart, people, monkeypatch, phase):
    content = "ref,name,dob\n" + "".join(f"{n},{'Ada Example ' * 20}{n},\n" for n in range(3_000))

    def shoot(what: str, _done: int, _total: int | None) -> None:
        if what.startswith(phase) and apart[0]._process.poll() is None:
            os.kill(apart[0]._process.pid, signal.SIGKILL)

    with pytest.raises(ReadingEndedError, match=r"signal 9.*load the same again") as caught:
        bench.load(content, people, progress=shoot)
    assert isinstance(caught.value, Transient)  # a job tries again of its own accord
    assert ended(apart[0])
    monkeypatch.setattr(load_module, "CHILD_BYTES", 1 << 30)
    summary = bench.load(content, people)
    assert (summary.read, summary.loaded) == (3_000, 3_000)
    assert bench.counts() == (3_000, 0)
    assert [batch.finished_at is None for batch in bench.workspace.ledger.batches()] == [False]


@pytest.mark.catalogue("C25")
@pytest.mark.parametrize("phase", ["starting", "checking", "loading", "bringing"])
def test_process_cancelled_in_any_phase_ends_at_once(bench, apart, monkeypatch, phase):
    mapping, at = graph_files(bench), [""]

    def tell(what: str, _done: int, _total: int | None) -> None:
        at[0] = what

    begun = time.monotonic()
    with pytest.raises(LoadCancelledError, match="load it again to go on"):
        bench.load_source(
            "table", bench.folder, mapping=mapping, progress=tell, cancel=lambda: at[0].startswith(phase)
        )
    assert ended(apart[0])
    assert time.monotonic() - begun < 20  # most of it is the start of an interpreter on a busy machine
    monkeypatch.setattr(load_module, "CHILD_BYTES", 1 << 30)
    bench.load_source("table", bench.folder, mapping=mapping)
    assert bench.counts() == (67, 60)


def test_process_interrupted_by_the_keyboard_ends(bench, apart):
    def interrupt(*_step: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.load_source("table", bench.folder, mapping=graph_files(bench), progress=interrupt)
    assert ended(apart[0])


def test_process_refuses_a_file_as_one_process_does(bench, apart, people):
    with pytest.raises(FileRefusedError, match="it lacks the column 'dob'") as caught:
        bench.load("ref,name\n1,Ada\n", people)
    assert (caught.value.file, ended(apart[0])) == ("rows.csv", True)
    assert bench.workspace.ledger.batches() == []


def test_process_names_every_refused_file(bench, apart, people):
    bench.put("a.csv", "ref\n1\n")
    bench.put("b.csv", "name\n1\n")
    mapping = bench.mapping(people).rename(bench.folder.parent / "m.yaml")
    with pytest.raises(IngestError, match=r"(?s)2 files are refused.*a\.csv.*b\.csv"):
        bench.load_source("table", bench.folder, mapping=mapping)


@pytest.mark.parametrize(
    "error",
    [FileRefusedError("a.csv", "is empty", "Ask."), MappingError("m.yaml", ["one", "two"]), KeyError("x")],
)
def test_process_errors_travel_whole(error):
    import pickle

    failed = pickle.loads(pickle.dumps(child_module._failed(error)))
    assert (type(failed.error), str(failed.error)) == (type(error), str(error))
    assert getattr(failed.error, "__dict__", {}) == getattr(error, "__dict__", {})


class _RootedError(Exception):
    """An error that cannot be put into a pickle."""

    def __init__(self) -> None:
        super().__init__(lambda: None)


def test_process_error_that_cannot_travel_is_named_without_its_text():
    failed = child_module._failed(_RootedError())
    assert (failed.error, failed.name) == (None, "_RootedError")


SCRIPT = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from graphcore.evidence.ledger import deferral
from graphcore.workspace import Workspace
from ingest.pipeline import load, run, worker
run.CHILD_BYTES, run.CHILD_RECORDS, deferral.LEAST_ROWS = 0, 25, 10

def tell(what, done, total):
    if what.startswith("loading"):
        if sys.argv[3] == "die":
            os.kill(os.getpid(), 9)

started = worker.ReadingProcess.__enter__
def entered(self):
    started(self)
    print(self._process.pid, flush=True)
    return self
worker.ReadingProcess.__enter__ = entered
with Workspace.open(Path({workspace!r})) as workspace:
    print(load(workspace, "table", Path(sys.argv[1]), mapping=Path(sys.argv[2]), progress=tell).loaded)
"""


@pytest.mark.parametrize("end", ["die", "live"])
def test_process_works_from_a_bare_script_and_ends_where_its_parent_is_killed(bench, tmp_path, end):
    script = tmp_path / "script.py"  # without a main guard: the script must not be run a second time
    script.write_text(SCRIPT.format(root=str(ROOT), workspace=str(tmp_path / "other")))
    command = [sys.executable, str(script), str(bench.folder), str(graph_files(bench)), end]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == (-9 if end == "die" else 0), done.stderr
    lines = done.stdout.split()
    assert lines[1:] == ([] if end == "die" else ["127"])
    assert _gone(int(lines[0]))
    with Workspace.open(tmp_path / "other") as workspace:  # what was put off is there, and the load goes on
        summary = load(workspace, "table", bench.folder, mapping=bench.folder.parent / "graph.yaml")
        assert (summary.read, summary.loaded + summary.unchanged) == (128, 127)
        counts = workspace.store().view(READER).counts()
        assert (counts.entities, counts.links) == (67, 60)
        with sqlite3.connect(workspace.folder / "ledger.sqlite3") as connection:
            found = "SELECT count(*) FROM sqlite_master WHERE name IN ('record_owner', 'origin_uid', 'link_origin_lid')"
            assert connection.execute(found).fetchone() == (3,)
        connection.close()


def _gone(pid: int) -> bool:
    """True once a process has ended (nobody may be there to collect it)."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.1)
    return False
