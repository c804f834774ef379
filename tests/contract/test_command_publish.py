"""``ocb graph publish`` from the settings to the server: grants, holds, merges and withdrawals follow, under audit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.cli.main import main
from graphcore.access import Pointer, Retention
from graphcore.audit import Operation, Phase, Status
from graphcore.errors import LedgerError
from graphcore.evidence.ledger.ledger import utc_now
from graphcore.publishing import publish
from graphcore.settings import read_settings
from graphcore.store.neo4j import Neo4jStore
from graphcore.workspace import Workspace
from tests.api import world
from tests.contract.publication_world import Server
from tests.neo4j_fixture import Neo4jAddress

SETTINGS = """
operator: {organisation: Northshire, purpose: investigation, reason: test}
audiences:
  desk: {organisation: Southshire, clearance: OFFICIAL-SENSITIVE, operation: Larkspur,
         recipients: [desk of Southshire, liaison officer], gateway: DPA 2018 s.36}
"""
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "ws"
    made.mkdir()
    (made / "settings.yaml").write_text(SETTINGS)
    world.build(made)
    return made


@pytest.fixture
def server(neo4j_server: Neo4jAddress, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server(neo4j_server)
    server.empty()
    monkeypatch.setenv("OCB_PUBLISH_URI", neo4j_server.uri)
    monkeypatch.setenv("OCB_PUBLISH_USER", neo4j_server.user)
    monkeypatch.setenv("OCB_PUBLISH_PASSWORD", neo4j_server.password)
    yield server
    server.empty()
    server.driver.close()


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*line: str, code: int = 0) -> dict[str, Any]:
        with pytest.raises(SystemExit) as ended:
            main(["--workspace", str(folder), *line, "--json"])
        printed = json.loads(capsys.readouterr().out)
        assert (ended.value.code or 0) == code, printed
        return printed

    return call


def figures(done: dict[str, Any]) -> list[tuple[int, int, int]]:
    return [tuple(done[what].values()) for what in ("entities", "links")]  # type: ignore[misc]


@pytest.mark.neo4j
@pytest.mark.catalogue("A23", "A35")
def test_what_an_audience_may_see_is_published_and_taken_back(server: Server, folder: Path, run: Run) -> None:
    line = ("graph", "publish", "--audience", "desk")
    assert figures(run(*line)) == [(7, 0, 0), (7, 0, 0)]
    assert figures(run(*line)) == [(0, 0, 7), (0, 0, 7)]
    assert not any(word in server.everything() for word in ("KESTREL", "Quentin", "Kestrel", "quentin"))
    # a grant opens a compartment to the organisation of the audience, and its end takes everything out again
    granted = ("access", "grant", "organisation:Southshire", "compartment:KESTREL", "--operation", "Larkspur")
    grant = run(*granted, "--reason", "joint operation")["id"]
    assert figures(run(*line)) == [(2, 0, 6), (2, 0, 7)]
    assert "Quentin" in server.everything()
    run("access", "revoke", grant, "--reason", "over")
    assert figures(run(*line)) == [(1, 1, 6), (0, 2, 7)]
    assert not any(word in server.everything() for word in ("KESTREL", "Quentin", "Kestrel", "quentin"))
    # two become one: the one that went is gone, and its link is the other's under a key of its own
    with Workspace.open(folder) as workspace:
        uids = {
            ref: workspace.ids.origin(ref.source, ref.entity_type, ref.reference)
            for ref in (world.DEV, world.EVIL)
        }
        run("identity", "join", *uids.values(), "--reason", "the same person")
        assert figures(run(*line)) == [(1, 1, 5), (1, 1, 6)]
        # a record that is held back is out of the way of the audience, and an expired one too
        held = ((Retention.HOLD, [world.GANG]), (Retention.EXPIRED, [world.SHELL]))
        view = workspace.store("embedded").view(_cleared(workspace))
        for retention, refs in held:
            rids = [
                rid
                for ref in refs
                for rid in view.entity(workspace.ids.origin(ref.source, ref.entity_type, ref.reference)).rids  # type: ignore[union-attr]
            ]
            workspace.ledger.holdings.hold(rids, retention, Pointer.SILENT, by="x", reason="y")
        assert figures(run(*line)) == [(0, 2, 4), (0, 3, 4)]
        workspace.ledger.withdraw_source(world.SOURCE, by="x", reason="y")
    assert figures(run(*line)) == [(0, 4, 0), (0, 4, 0)]
    (left,) = server.rows("MATCH (n) RETURN labels(n) AS labels, n.state AS state")
    assert left == {"labels": ["Publication"], "state": "complete"}


def _cleared(workspace: Workspace) -> Any:
    from tests.contract.world import CLEARED

    return workspace.admit(CLEARED)


@pytest.mark.neo4j
@pytest.mark.catalogue("A01")
def test_a_grant_that_runs_out_takes_its_things_with_it(server: Server, folder: Path, run: Run) -> None:
    granted = ("access", "grant", "organisation:Southshire", "compartment:KESTREL", "--operation", "Larkspur")
    run(*granted, "--reason", "joint operation", "--days", "2")
    assert figures(run("graph", "publish", "--audience", "desk"))[0] == (8, 0, 0)
    with Workspace.open(folder, clock=lambda: utc_now() + timedelta(days=3)) as workspace:
        done = publish(workspace, "desk", workspace.store("embedded"), server.settings)
    assert (done.entities.removed, done.links.removed) == (1, 2)
    assert "Quentin" not in server.everything()


@pytest.mark.neo4j
@pytest.mark.catalogue("U03")
def test_it_is_audited_as_a_disclosure_before_anything_is_written(
    server: Server, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("graph", "publish", "--audience", "desk")
    with Workspace.open(folder) as workspace:
        intent, outcome = (row.event for row in workspace.audit.rows()[-2:])
        question = workspace.audit.question(workspace.audit.rows()[-2])
    assert (intent.phase, intent.operation, intent.action) == (
        Phase.INTENT,
        Operation.DISCLOSURE,
        "graph.publish",
    )
    assert intent.recipients == ("desk of Southshire", "liaison officer")
    assert intent.gateway == "DPA 2018 s.36"
    assert '"audience": "desk"' in question
    assert "password" not in question.lower()
    assert (outcome.status, outcome.count) == (Status.ANSWERED, 14)
    server.empty()
    monkeypatch.setattr(Neo4jStore, "prepare", lambda _self: None)
    (folder / "audit.sqlite3").chmod(0o400)
    monkeypatch.setattr(
        "graphcore.audit.log.AuditLog.begin", lambda *_: (_ for _ in ()).throw(LedgerError("no row"))
    )
    assert run("graph", "publish", "--audience", "desk", code=1)["error"] == "no row"
    assert server.rows("MATCH (n) RETURN n") == []


def test_it_says_what_is_missing(folder: Path, run: Run) -> None:
    assert (
        "names no audience 'x' (it names desk)" in run("graph", "publish", "--audience", "x", code=1)["error"]
    )
    told = run("graph", "publish", "--audience", "desk", code=1)["error"]
    assert "OCB_PUBLISH_URI" in told
    assert "--home" in told
    (folder / "settings.yaml").write_text(
        "audiences: {'a b': {purpose: system, gateway: x, recipients: [1], compartment: [K]}, b: {}}"
    )
    with pytest.raises(LedgerError) as refused:
        read_settings(folder / "settings.yaml")
    for fault in (
        "audiences.a b.purpose is not one of",
        "audiences.a b has no setting 'compartment'",
        "audiences.a b has something in a list that is no text",
        "audiences.a b has a name",
        "audiences.b.recipients is missing",
        "audiences.b.gateway is missing",
    ):
        assert fault in str(refused.value)
