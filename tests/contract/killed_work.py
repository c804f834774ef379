"""What tests kill: a load, a rebuild, identity, a migration, the audit log. Each is a function of a folder and more texts."""

from __future__ import annotations

import resource
from pathlib import Path

from api.identity.service import Desk, judge_pairs, run_identity, undo_identity
from graphcore.audit import Ask, Operation
from graphcore.errors import GraphcoreError
from graphcore.evidence.ledger import Ledger
from graphcore.identity.judgement import Verdict
from graphcore.model import IdMaker
from graphcore.workspace import LEDGER, Workspace
from tests.api.identity_world import ALL
from tests.contract.killing import Tell
from tests.contract.projection_child import load


def identity(folder: str, store: str, tell: Tell) -> None:
    """One run, and the graph after it."""
    with Workspace.open(Path(folder)) as workspace:
        graph = workspace.store("neo4j" if store == "neo4j" else "embedded")
        graph.prepare()
        run_identity(workspace, graph, ALL, tell)


def judge(folder: str, store: str, left: str, right: str, tell: Tell) -> None:
    """A person joins two."""
    with Workspace.open(Path(folder)) as workspace:
        graph = workspace.store("neo4j" if store == "neo4j" else "embedded")
        graph.prepare()
        tell()
        judge_pairs(Desk(workspace, graph, ALL), [(left, right)], Verdict.SAME, "a test")


def undo(folder: str, store: str, decision: str, tell: Tell) -> None:
    """A run is taken back."""
    with Workspace.open(Path(folder)) as workspace:
        graph = workspace.store("neo4j" if store == "neo4j" else "embedded")
        graph.prepare()
        tell()
        undo_identity(workspace, graph, ALL, decision)


def migration(folder: str, tell: Tell) -> None:
    """A ledger of an old version is opened."""
    tell()
    Ledger.open(Path(folder) / LEDGER, IdMaker(b"k" * 32)).close()


def audit(folder: str, entries: str, tell: Tell) -> None:
    """Entries one after another; a step is an entry whose outcome row is written."""
    with Workspace.open(Path(folder)) as workspace:
        for number in range(int(entries)):
            entry = workspace.audit.begin(ALL, Ask("test", {"number": number}, Operation.CONSULTATION))
            entry.done(count=number)
            entry.close()
            tell()


def refused_write(folder: str, size: str, tell: Tell) -> None:
    """A load whose files cannot grow beyond ``size`` bytes: the kernel refuses the write that would. Leaves what was said."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))
    said = "done"
    try:
        load(folder, "embedded", tell)
    except (GraphcoreError, OSError) as error:
        said = f"{type(error).__name__}: {error}"
    (Path(folder) / "said").write_text(said, encoding="utf-8")
