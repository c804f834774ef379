"""Loads call records with every bound small, telling each step: ``python -m tests.unit.ingest.series_child FOLDER FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

from graphcore.evidence.ledger import deferral
from graphcore.store import project
from graphcore.store.embedded import absorb
from graphcore.workspace import Workspace
from ingest.pipeline import load, run, spill


def main(folder: str, file: str) -> None:
    """Load, with as many transactions as a thousand times as large a file has."""
    run.CHILD_BYTES, run.CHILD_RECORDS = 0, 150  # read by another process
    deferral.LEAST_ROWS = project.FIRST_BUILD = 100
    absorb.SPAN = 40
    spill.PART_ROWS = 300
    with Workspace.open(Path(folder)) as workspace:
        summary = load(workspace, "call_records", Path(file), progress=tell)
    sys.stdout.write(f"done {summary.rows}\n")


def tell(what: str, done: int, total: int | None) -> None:
    """One line a step, seen at once."""
    sys.stdout.write(f"{what} {done} {total}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3])
