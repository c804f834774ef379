"""Identity on many records: pairs a second, and how time and memory grow to a million, with Splink beside it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import orjson
from pyarrow import parquet

from analytics.resolution.comparer import Comparer
from analytics.resolution.persons import PERSONS
from graphcore.arrow import pa
from tests.perf.figure import Figure, rate_figure, time_figure
from tests.perf.identity_people import people
from tests.perf.memory import Peak
from tests.perf.world import folder

LIMIT_S = 240


def pairs_per_second() -> Iterator[Figure]:
    """Candidates compared, weighed and scored with twelve features, by seconds of one processor."""
    import recordlinkage  # pyright: ignore[reportMissingTypeStubs]

    drawn = people(100_000)
    comparer = Comparer(PERSONS, drawn.records())
    pairs = comparer.candidates()
    begun = time.process_time()
    comparer.scores(pairs)
    ours = len(pairs) / (time.process_time() - begun)
    frame = drawn.table.to_pandas()
    compare = recordlinkage.Compare()
    for name in ("given_name", "middle_name", "family_name", "address", "email"):
        compare.string(name, name, method="jarowinkler", threshold=0.85)
    for name in ("birth_date", "gender", "postcode", "phone", "occupation"):
        compare.exact(name, name)
    import pandas as pd

    some = pd.MultiIndex.from_arrays([pairs.left[:60_000], pairs.right[:60_000]])
    begun = time.process_time()
    compare.compute(some, frame)
    peer = 60_000 / (time.process_time() - begun)
    yield rate_figure(
        "identity_pairs_per_s",
        ours,
        "pairs/s a core",
        ("recordlinkage, ten comparators", peer),
        f"{len(pairs):,} candidates of 100,000 persons, {len(comparer.model.features)} comparators, weights and scores included",
    )


def resolved(n: int, engine: str) -> Iterator[Figure]:
    """Records to clusters in a process of its own."""
    told = run(n, engine)
    wall, cpu = (sum(told[name].values()) for name in ("wall_s", "cpu_s"))
    name = f"identity_{n}_{engine}"
    yield time_figure(f"{name}_s", wall, "s", ("a target", 120.0), f"{cpu:.1f} s of processor; {_said(told)}")
    yield time_figure(f"{name}_peak_mib", told["peak_mib"], "MiB", ("a target", 4096.0))


def run(n: int, engine: str) -> dict[str, Any]:
    """What the child tells, and the largest memory of it and its children."""
    words = [sys.executable, "-m", "tests.perf.identity_child", engine, str(_file(n))]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as child, Peak(child.pid) as peak:
        out, _ = child.communicate(timeout=LIMIT_S)
    if child.returncode:
        raise RuntimeError(f"{engine} ended with {child.returncode} on {n:,} records")
    return orjson.loads(out.splitlines()[-1]) | {"peak_mib": peak.mib}


def _said(told: dict[str, Any]) -> str:
    stages = ", ".join(f"{name} {seconds} s" for name, seconds in told["wall_s"].items())
    figures = f"pairs {told['pairs_f1']}, B-cubed {told['bcubed_f1']}"
    found = f"; {told['pairs']:,} candidates with recall {told['blocking_recall']}" if "pairs" in told else ""
    return f"{stages}; {figures}{found}"


@lru_cache(maxsize=4)
def _file(n: int) -> Path:
    drawn = people(n)
    path = folder() / f"people-{n}.parquet"
    parquet.write_table(drawn.table.append_column("entity", pa.array(drawn.entity)), path)
    return path


SIZES = (10_000, 100_000, 1_000_000)
CASES: dict[str, Callable[[], Iterator[Figure]]] = {
    "identity_pairs_per_s": pairs_per_second,
    **{
        f"identity_{n}_{engine}": partial(resolved, n, engine) for n in SIZES for engine in ("ours", "splink")
    },
}
