"""One load in a process of its own, so that its memory is its own: ``python -m tests.perf.register_child SOURCE FILE FOLDER``.

Prints one JSON object: rows, seconds, CPU seconds and the largest memory of it and of its reading process.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import orjson

from graphcore.workspace import Workspace
from ingest.pipeline import load


def main(source: str, file: str, folder: str) -> None:
    """Load and tell."""
    begun, used = time.perf_counter(), sum(os.times()[:4])
    with Workspace.open(Path(folder)) as workspace:
        summary = load(workspace, source, Path(file))
    peaks = [
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    told = {
        "rows": summary.rows,
        "records": summary.read,
        "quarantined": summary.quarantined,
        "wall_s": time.perf_counter() - begun,
        "cpu_s": sum(os.times()[:4]) - used,
        "rss_mib": sum(peaks),
    }
    sys.stdout.write(orjson.dumps(told).decode() + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
