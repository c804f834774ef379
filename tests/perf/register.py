"""A register of owners (PSC snapshot) of three sizes into the embedded store, against bare parsers of the same file.

``OCB_BENCH_LINES`` sets the largest size; the others are a tenth and three tenths of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow.json

from tests.perf import peer_ftm
from tests.perf.figure import Figure, rate_figure, time_figure
from tests.perf.register_files import write_snapshot

LINES = int(os.environ.get("OCB_BENCH_LINES", "1000000"))


def register_load() -> Iterator[Figure]:
    """Lines a second with lineage, cleaning, graph and full text; memory; growth from 1x to 10x."""
    with tempfile.TemporaryDirectory(prefix="ocb-bench-") as name:
        folder = Path(name)
        loads: dict[int, dict[str, Any]] = {}
        for lines in (LINES // 10, LINES * 3 // 10, LINES):
            file = write_snapshot(folder / f"psc-{lines}.jsonl", lines)
            loads[lines] = _load(file, folder / f"workspace-{lines}")
            yield from _figures(lines, loads[lines], file)
        yield from _growth(loads)
        rate, note = peer_ftm.rows_per_second(folder / f"psc-{LINES // 10}.jsonl", folder)
        ours = loads[LINES // 10]
        yield rate_figure(
            f"load_psc_{LINES // 10}_rows_per_s_ftm",
            ours["rows"] / ours["wall_s"],
            "rows/s",
            ("ftm map", rate),
            note,
        )


def _load(file: Path, workspace: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.perf.register_child", "psc", str(file), str(workspace)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, Any] = orjson.loads(done.stdout.splitlines()[-1])
    if told["quarantined"]:
        raise RuntimeError(f"{told['quarantined']} lines were refused")
    return told


def _figures(lines: int, told: dict[str, Any], file: Path) -> Iterator[Figure]:
    begun = time.perf_counter()
    with file.open("rb") as stream:
        parsed = sum(1 for line in stream if orjson.loads(line))
    bare = parsed / (time.perf_counter() - begun)
    begun = time.perf_counter()
    rows = pyarrow.json.read_json(file).num_rows
    arrow = rows / (time.perf_counter() - begun)
    ours = told["rows"] / told["wall_s"]
    note = f"{told['records']:,} records, {told['cpu_s']:.0f} s CPU of both processes; the peer keeps nothing"
    yield rate_figure(f"load_psc_{lines}_rows_per_s", ours, "rows/s", ("orjson a line", bare), note)
    yield rate_figure(f"load_psc_{lines}_rows_per_s_arrow", ours, "rows/s", ("pyarrow.json", arrow), note)
    yield time_figure(
        f"load_psc_{lines}_memory_mib",
        told["rss_mib"],
        "MiB",
        ("limit", 1536.0),
        "both processes at their largest",
    )


def _growth(loads: dict[int, dict[str, Any]]) -> Iterator[Figure]:
    small, *others = loads
    each = loads[small]["wall_s"] / small
    for lines in others:
        grown = loads[lines]["wall_s"] / lines / each
        yield time_figure(
            f"load_psc_growth_{lines // small}x",
            grown,
            "time a line",
            ("1x", 1.0),
            "1 is linear, more is worse",
        )


CASES: dict[str, Callable[[], Iterator[Figure]]] = {"load_psc": register_load}
