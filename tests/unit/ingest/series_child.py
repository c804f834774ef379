"""Loads call records with every bound small, telling each step."""

from __future__ import annotations

from pathlib import Path

from graphcore.evidence.ledger import deferral
from graphcore.store import project
from graphcore.store.embedded import absorb
from graphcore.workspace import Workspace
from ingest.pipeline import load, run, spill
from tests.contract.killing import Tell


def load_calls(folder: str, file: str, reader: str, tell: Tell) -> None:
    """Load, with as many transactions as a thousand times as large a file has; ``reader`` "apart": read by another process."""
    run.CHILD_BYTES = 0 if reader == "apart" else run.CHILD_BYTES
    run.CHILD_RECORDS = run.BATCH_RECORDS = 150
    deferral.LEAST_ROWS = project.FIRST_BUILD = 100
    absorb.SPAN = 40
    spill.PART_ROWS = 300
    with Workspace.open(Path(folder)) as workspace:
        load(workspace, "call_records", Path(file), progress=tell)
