"""Call records by the million into the embedded store, against bare parsers of the same file.

``OCB_BENCH_CALLS`` sets the largest file. Growth is shown at 1x, 3x and 10x of a smaller one. The worst shape is a file in
which every row is a new pair: one record, one link and one graph link for each row, where a usual one has one for several.
"""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow.csv

from graphcore.workspace import LEDGER
from tests.perf.call_files import CallFile, write_calls, write_strangers
from tests.perf.figure import Figure, rate_figure, time_figure
from tests.perf.memory import Peak

ROWS = int(os.environ.get("OCB_BENCH_CALLS", "5000000"))
BASE = ROWS // 50
WORST = ROWS // 10
LIMIT_MIB = 1536.0


def call_load() -> Iterator[Figure]:
    """Rows a second with lineage, cleaning, ledger and graph; memory; growth; the floor that the writes alone set."""
    with tempfile.TemporaryDirectory(prefix="ocb-bench-") as name:
        folder = Path(name)
        loads: dict[int, dict[str, Any]] = {}
        for rows in (BASE, BASE * 3, BASE * 10):
            loads[rows] = _load(write_calls(folder / "calls.csv", rows), folder / f"workspace-{rows}")
            yield _memory(f"load_calls_{rows}", loads[rows])
        yield from _growth(loads)
        file = write_calls(folder / "calls.csv", ROWS)
        told = _load(file, folder / "workspace")
        yield from _rates(f"load_calls_{ROWS}", told, file.path)
        yield _memory(f"load_calls_{ROWS}", told)
        yield _floor(folder / "workspace", told)


def stranger_load() -> Iterator[Figure]:
    """The worst shape: no pair comes twice."""
    with tempfile.TemporaryDirectory(prefix="ocb-bench-") as name:
        folder = Path(name)
        file = write_strangers(folder / "calls.csv", WORST)
        told = _load(file, folder / "workspace")
        yield from _rates(f"load_strangers_{WORST}", told, file.path)
        yield _memory(f"load_strangers_{WORST}", told)


def _load(file: CallFile, workspace: Path) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "tests.perf.register_child",
        "call_records",
        str(file.path),
        str(workspace),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child, Peak(child.pid) as peak:
        out, _ = child.communicate()
    if child.returncode:
        raise RuntimeError(f"the load ended with {child.returncode}")
    told: dict[str, Any] = orjson.loads(out.splitlines()[-1])
    if told["rows"] != file.rows or told["quarantined"] < file.damaged:
        raise RuntimeError(
            f"{told['rows']} rows of {file.rows}, {told['quarantined']} refused of {file.damaged}"
        )
    told["pss_mib"] = peak.mib
    told["links"] = _count(workspace, "graph_link")
    return told


def _rates(name: str, told: dict[str, Any], path: Path) -> Iterator[Figure]:
    ours = told["rows"] / told["wall_s"]
    begun = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as stream:
        parsed = sum(1 for _ in csv.reader(stream))
    bare = parsed / (time.perf_counter() - begun)
    begun = time.perf_counter()
    arrow = pyarrow.csv.read_csv(path, parse_options=_RAGGED).num_rows / (time.perf_counter() - begun)
    note = f"{told['links']:,} links, {told['cpu_s']:.0f} s CPU of both processes; the peer keeps nothing"
    yield rate_figure(f"{name}_rows_per_s", ours, "rows/s", ("csv", bare), note)
    yield rate_figure(f"{name}_rows_per_s_arrow", ours, "rows/s", ("pyarrow.csv", arrow), note)


def _memory(name: str, told: dict[str, Any]) -> Figure:
    note = "all processes together at their largest, shared pages once"
    return time_figure(f"{name}_memory_mib", told["pss_mib"], "MiB", ("limit", LIMIT_MIB), note)


def _growth(loads: dict[int, dict[str, Any]]) -> Iterator[Figure]:
    small, *others = loads
    each = loads[small]["wall_s"] / small
    for rows in others:
        grown = loads[rows]["wall_s"] / rows / each
        note = "1 is linear, more is worse"
        yield time_figure(f"load_calls_growth_{rows // small}x", grown, "time a row", ("1x", 1.0), note)


def _floor(workspace: Path, told: dict[str, Any]) -> Figure:
    """The rows of ledger and graph copied into another file as they are, by SQL alone, just as durable."""
    begun = time.perf_counter()
    connection = sqlite3.connect(workspace / "floor.sqlite3", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "wal_autocheckpoint=10000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("ATTACH ? AS made", (str(workspace / LEDGER),))
    schema = connection.execute("""
        SELECT type, name, sql FROM made.sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index')
            AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'graph_text%' AND name NOT LIKE 'graph_vocabulary%'
        ORDER BY type DESC
    """).fetchall()
    for kind, name, sql in schema:
        connection.execute(sql)
        if kind == "table":
            connection.execute(f"INSERT INTO main.{name} SELECT * FROM made.{name}")
    connection.close()
    floor = told["rows"] / (time.perf_counter() - begun)
    note = "value: the load; peer: its finished rows copied by SQL, one process, without reading, cleaning, ids or full text"
    ours = told["rows"] / told["wall_s"]
    return rate_figure(f"load_calls_{ROWS}_of_floor", ours, "rows/s", ("bare writes", floor), note)


def _count(workspace: Path, table: str) -> int:
    connection = sqlite3.connect(workspace / LEDGER)
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    return int(count)


_RAGGED = pyarrow.csv.ParseOptions(invalid_row_handler=lambda _row: "skip")
CASES: dict[str, Callable[[], Iterator[Figure]]] = {"load_calls": call_load, "load_strangers": stranger_load}
