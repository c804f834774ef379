"""A backup of a workspace, and what its graph is told by."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graphcore.integrity.backup import create
from graphcore.workspace import Workspace

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def backed_up(source: Path, place: Path, **rest: Any) -> Any:
    with Workspace.open(source) as workspace:
        return create(workspace, place, NOW, **rest)


def fingerprint(folder: Path) -> str:
    with Workspace.open(folder) as workspace:
        store = workspace.store()
        store.prepare()
        workspace.projection(store).catch_up()
        return store.fingerprint()
