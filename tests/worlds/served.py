"""A tiny world behind the application, with or without its hidden thing, and what somebody who is cleared did with that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.app import create_app
from api.identity.service import Desk, judge_pairs, run_identity
from api.outputs.service import Output, keep
from api.requests.deconflict import Stance
from api.settings import Settings
from api.wiring import Services, open_services
from graphcore.access import AccessContext, Grantee, Marking, Pointer, Purpose, PurposeCode, Retention, Scope
from graphcore.evidence.ledger.grants import NewGrant
from graphcore.evidence.ledger.pointers import Pointed
from graphcore.identity.judgement import Verdict
from graphcore.workspace import StoreName, Workspace
from tests.api.client import WEAK, Server
from tests.worlds.tiny import TinyWorld, mixed

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CLEARED = AccessContext(
    "cleared", "Northshire", Marking.OFFICIAL_SENSITIVE, Purpose(PurposeCode.INVESTIGATION, "a test", "Covert"), frozenset({"KESTREL"}),
    may_read_conditional=True,
)  # fmt: skip
UNBOUNDED: dict[str, Any] = dict.fromkeys(("rate", "rate_burst", "address_rate", "address_burst"), 1e9)


def load(workspace: Workspace, world: TinyWorld, *, hidden: bool) -> int | None:
    """Two files, the hidden records among the first one's or in a file between; returns that file's batch."""
    half = len(world.records) // 2
    first, second = world.records[:half], world.records[half:]
    files = [
        ("people.csv", mixed(world, first) if hidden and not world.batch else first),
        ("more.csv", second),
    ]
    if hidden and world.batch:
        files.insert(1, ("covert.csv", world.hidden))  # what comes behind it has other numbers for it
    own: int | None = None
    for name, said in files:
        batch = workspace.ledger.begin_batch("alpha", name, name, "mapping")
        refused = {"people.csv": world.refused, "covert.csv": world.refused_hidden}.get(name, [])
        workspace.ledger.append(batch, said, refused, len(said) + len(refused))
        workspace.ledger.finish_batch(batch)
        own = batch.number if name == "covert.csv" else own
    return own


def uid(workspace: Workspace, ref: Any) -> str:
    return workspace.ids.origin(ref.source, ref.entity_type, ref.reference)


def afterwards(services: Services, world: TinyWorld, batch: int | None) -> None:
    """What somebody who is cleared does with the hidden thing."""
    workspace = services.workspace
    covert = [uid(workspace, ref) for ref in world.refs if ref.source == "covert"]
    if world.judged:
        ends = [uid(workspace, ref) for ref in world.judged]
        judge_pairs(Desk(workspace, services.store, CLEARED), [(ends[0], ends[1])], Verdict.SAME, "a test")
    _deeds(services, world, covert)
    if "removal" in world.deeds and batch is not None:
        workspace.ledger.upkeep.remove_batch(batch, by="cleared", reason="a test")


def _deeds(services: Services, world: TinyWorld, covert: list[str]) -> None:
    workspace = services.workspace
    if "pointer" in world.deeds:
        rids = workspace.ledger.view(CLEARED).rids(covert, 99)
        workspace.ledger.holdings.hold(rids, Retention.REVIEW, Pointer.SILENT, by="owner", reason="a test")
    if "request" in world.deeds:
        pointed = Pointed(covert[0], "Northshire", "KESTREL", Pointer.CONTACT, "Northshire")
        services.requests.ask(CLEARED, pointed, "covert", "What is behind it?")
    if "operation" in world.deeds:
        several = [*covert, *(uid(workspace, ref) for ref in world.refs)]
        for key, name, opened in [(covert[0], "Open", True), *((key, "Covert", False) for key in several)]:
            purpose = Purpose(PurposeCode.INVESTIGATION, "a test", name)
            services.requests.deconfliction.declare(
                Stance(name, "Northshire", opened, "x"), by="owner", reason="a test"
            )
            services.requests.deconfliction.note(replace(CLEARED, purpose=purpose), key)
    if "output" in world.deeds:
        output = Output("covert.json", "Zed", "chart", covert[0], "", "")
        keep(services.settings.workspace, output, b"{}", CLEARED)
    if "grant" in world.deeds:
        over = NewGrant(
            Grantee.SUBJECT, "someone", Scope.COMPARTMENT, "KESTREL", "Covert", datetime(2099, 1, 1, tzinfo=UTC)
        )  # fmt: skip
        workspace.ledger.grants.give(over, by="owner", reason="a test")
    if "job" in world.deeds:
        services.jobs.add("load", CLEARED, {"source": "pole_csv", "file": "covert.csv"})


@contextmanager
def served(
    template: tuple[Path, dict[str, str]], folder: Path, world: TinyWorld, store: StoreName, *, hidden: bool
) -> Iterator[Server]:
    """The world, loaded and resolved by somebody who sees all of it, behind the application."""
    shutil.copytree(template[0], folder)
    with Workspace.open(folder, clock=lambda: NOW) as workspace:
        batch = load(workspace, world, hidden=hidden)
        graph = workspace.store(store)
        graph.prepare()
        graph.clear()
        run_identity(workspace, graph, CLEARED, lambda *_: None)
    services = open_services(
        Settings(folder, store=store, jobs=False, **UNBOUNDED), passwords=WEAK, clock=lambda: NOW
    )
    server = Server(create_app(services.settings, services), services, template[1])
    if hidden:
        afterwards(services, world, batch)
    services.requests.deconfliction.declare(
        Stance("Larkspur", "Northshire", True, "x"), by="owner", reason="a test"
    )
    services.workspace.projection(services.store).catch_up()
    yield server
    server.close()
    shutil.rmtree(folder)
