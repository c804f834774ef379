"""Two workspaces, an open one and a covert one that joins it, and what is done on either side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from graphcore.access import AccessLabel
from graphcore.covert import Pulled, pull
from graphcore.evidence.ledger import Attempt, Outcome, QuarantineRow
from graphcore.evidence.record import Record
from graphcore.workspace import Workspace
from tests.property.covert.pull_walk import batch_of, follow
from tests.unit.ledger.ledger_kit import context, entity, load, ref

SAID = {"by": "ann", "reason": "a test"}
START = datetime(2026, 3, 1, tzinfo=UTC)
NOTHING = Pulled(0, 0, 0, 0, 0, 0, 0)


def pulled(base: Path) -> Pulled:
    with Workspace.open(base / "covert") as workspace:
        found = pull(workspace)
        follow(workspace)
    return found


def at(base: Path, where: str, step: Callable[[Workspace], object], *, minute: int = 0) -> None:
    with Workspace.open(base / where, clock=lambda: START + timedelta(minutes=minute)) as workspace:
        step(workspace)


def loads(name: str, *records: Record) -> Callable[[Workspace], object]:
    return lambda workspace: load(workspace.ledger, *records, file_hash=name)


def removes(name: str) -> Callable[[Workspace], object]:
    return lambda workspace: workspace.ledger.upkeep.remove_batch(batch_of(workspace, name), **SAID)


def restores(name: str) -> Callable[[Workspace], object]:
    return lambda workspace: workspace.ledger.upkeep.restore_batch(batch_of(workspace, name), **SAID)


def links_of(base: Path, where: str = "covert") -> int:
    with Workspace.open(base / where) as workspace:
        follow(workspace)
        return workspace.store().view(context(compartments=frozenset({"KESTREL"}))).counts().links


def refuses(workspace: Workspace) -> None:
    """Load one item, and a row that is refused."""
    refused = QuarantineRow("f.csv", 2, "name", "is empty", "{}", AccessLabel())
    batch = workspace.ledger.begin_batch("alpha", "f.csv", "r", "m1")
    workspace.ledger.append(batch, [entity(ref("5"))], [refused], 2)
    workspace.ledger.finish_batch(batch)


def repairs(workspace: Workspace) -> None:
    """Repair that row."""
    attempt = Attempt(batch_of(workspace, "r"), "ann", "typed", "m1")
    workspace.ledger.repair(attempt, [entity(ref("6"))], [Outcome(1, None, records=1)])
