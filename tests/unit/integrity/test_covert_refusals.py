"""What speaks against a pull is told with what to do, and nothing is left behind; the command, and a graph in Neo4j."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli.main import main
from graphcore.covert import create, pull, snapshot
from graphcore.errors import LedgerError
from graphcore.integrity.check import check
from graphcore.workspace import KEY, LEDGER, SETTINGS, Workspace
from tests.property.covert.pull_walk import KESTREL, contents, follow
from tests.unit.integrity import whole
from tests.unit.integrity.covert_kit import (
    NOTHING,
    at,
    loads,
    pulled,
    removes,
)
from tests.unit.ledger.ledger_kit import entity, evidence, link, ref


def _no_joins(base: Path) -> None:
    (base / "covert" / SETTINGS).unlink()


def _gone(base: Path) -> None:
    shutil.rmtree(base / "open")


def _itself(base: Path) -> None:
    (base / "covert" / SETTINGS).write_text("joins: .\n")


def _other_key(base: Path) -> None:
    shutil.rmtree(base / "open")
    at(base, "open", loads("x", entity(ref("1"))))


def _older_copy(base: Path) -> None:
    shutil.copytree(base / "open", base / "kept")
    at(base, "open", loads("b", entity(ref("3"))))
    pulled(base)
    shutil.rmtree(base / "open")
    (base / "kept").rename(base / "open")
    at(base, "open", loads("c", *(entity(ref(str(n))) for n in range(4, 8))))


def _older_decisions(base: Path) -> None:
    shutil.copytree(base / "open", base / "kept")
    at(base, "open", removes("a"))
    pulled(base)
    shutil.rmtree(base / "open")
    (base / "kept").rename(base / "open")


def _copied(base: Path) -> None:
    shutil.rmtree(base / "covert")
    shutil.copytree(base / "open", base / "covert")
    (base / "covert" / SETTINGS).write_text("joins: ../open\n")


def _version(number: str) -> Callable[[Path], None]:
    def change(base: Path) -> None:
        with sqlite3.connect(base / "open" / LEDGER) as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (number,))
        connection.close()

    return change


def _no_database(base: Path) -> None:
    (base / "open" / LEDGER).write_bytes(b"no database" * 500)


FAULTS = {
    "names no open workspace.*covert create": _no_joins,
    "there is no ledger.sqlite3 in .*mount it or correct the path.*PostgreSQL": _gone,
    "names this workspace itself": _itself,
    "has another key of ids": _other_key,
    "is not as it was when it was last pulled from": _older_copy,
    "an older copy was put in its place": _older_decisions,
    "was made from a copy": _copied,
    "schema version 0009.*use the open workspace once": _version("0009"),
    "schema version 9999.*install the version": _version("9999"),
    "cannot be read as a ledger.*graph check": _no_database,
}


@pytest.mark.catalogue("C10")
@pytest.mark.parametrize("words", FAULTS)
def test_what_speaks_against_a_pull_is_told_and_nothing_is_pulled(pair: Path, words: str) -> None:
    FAULTS[words](pair)
    with Workspace.open(pair / "covert") as workspace:
        before = workspace.ledger.last_outbox()
        with pytest.raises(LedgerError, match=words):
            pull(workspace)
        assert workspace.ledger.last_outbox() == before
    assert [path.name for path in (pair / "covert").iterdir() if path.name.startswith(".")] == []


def test_one_pull_at_a_time_and_what_a_killed_one_left_is_removed(pair: Path) -> None:
    left = pair / "covert" / ".open.0123456789ab"
    left.write_bytes(b"half")
    with (pair / "covert" / "pull.lock").open("w") as held, Workspace.open(pair / "covert") as workspace:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LedgerError, match=r"another pull into .* is running"):
            pull(workspace)
    assert left.exists()
    assert pulled(pair) == NOTHING
    assert not left.exists()


@pytest.mark.catalogue("C06")
def test_a_full_disk_leaves_everything_as_it_was(pair: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(pair, "open", loads("b", entity(ref("3"))))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Workspace.open(pair / "covert") as workspace:
        with monkeypatch.context() as patched:
            patched.setattr(snapshot, "_copy_bytes", full)
            with pytest.raises(
                LedgerError, match=r"No space left.*make room for .* bytes.*Nothing was pulled"
            ):
                pull(workspace)
        with workspace.ledger.deciding() as deciding:
            pages = deciding.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            deciding.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        at(pair, "open", loads("c", *(entity(ref(f"big {n}"), name=("x" * 3_000,)) for n in range(200))))
        with pytest.raises(LedgerError, match=r"SQLITE_FULL.*free space"):
            pull(workspace)
        with workspace.ledger.deciding() as deciding:
            deciding.connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")
        assert pull(workspace).records == 201


@pytest.mark.catalogue("C25")
def test_a_pull_can_be_cancelled_at_every_step(pair: Path) -> None:
    at(pair, "open", loads("b", entity(ref("3"))))
    steps = 0

    def stop_at(last: int) -> Callable[[str, int, int | None], None]:
        told = iter(range(last))

        def tell(_what: str, _done: int, _total: int | None) -> None:
            if next(told, None) is None:
                raise KeyboardInterrupt

        return tell

    with Workspace.open(pair / "covert") as workspace:
        before = workspace.ledger.last_outbox()
        while True:
            try:
                assert pull(workspace, progress=stop_at(steps)).records == 1
            except KeyboardInterrupt:
                steps += 1
                assert workspace.ledger.last_outbox() == before
            else:
                break
    assert steps > 4


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCB_PURPOSE", "investigation")
    monkeypatch.setenv("OCB_REASON", "a test")


@pytest.mark.catalogue("A08", "A11", "A30", "A31")
@pytest.mark.usefixtures("asking")
def test_the_command_makes_one_pulls_and_logs_it_there_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*line: str) -> tuple[int, dict[str, object]]:
        with pytest.raises(SystemExit) as ended:
            main([*line, "--json"])
        return int(ended.value.code or 0), json.loads(capsys.readouterr().out)

    opened, covert = str(tmp_path / "open"), str(tmp_path / "covert")
    whole.build(tmp_path / "open")
    (tmp_path / "open" / SETTINGS).write_text("audit_checkpoint: elsewhere\nidentity: {partners: true}\n")
    before = contents(tmp_path / "open")
    code, made = run("covert", "create", opened, covert)
    assert (code, made["joins"]) == (0, opened)
    code, found = run("--workspace", covert, "covert", "pull")
    assert (code, found["records"]) == (0, 302)
    assert contents(tmp_path / "open") == before
    with Workspace.open(tmp_path / "covert") as workspace:
        assert workspace.settings.identity.partners
        assert workspace.settings.audit_checkpoint is None
        rows = [
            (row.event.phase, row.event.operation, row.event.action, row.event.count)
            for row in workspace.audit.rows()
        ]
        assert rows[2:] == [
            ("intent", "collection", "covert.pull", 0),
            ("outcome", "collection", "covert.pull", 302),
        ]
        assert workspace.audit.verify().problems == ()
        assert workspace.audit.public_key == made["key"]
    for key in ("audit.key", "audit-sign.key"):
        assert (tmp_path / "covert" / "keys" / key).read_bytes() != (
            tmp_path / "open" / "keys" / key
        ).read_bytes()
    assert (tmp_path / "covert" / KEY).read_bytes() == (tmp_path / "open" / KEY).read_bytes()
    # on the open workspace by mistake: refused, and not even a row that it was tried
    (tmp_path / "open" / SETTINGS).write_text("")
    code, answer = run("--workspace", opened, "covert", "pull")
    assert (code, "names no open workspace" in str(answer["error"])) == (1, True)
    assert not any(b"covert" in raw for raw in contents(tmp_path / "open").values())


def test_a_covert_workspace_is_made_only_where_it_stands_apart(pair: Path) -> None:
    for folder, words in (("covert", "is there already"), ("open/inside", "lie within one another")):
        with pytest.raises(LedgerError, match=words):
            create(pair / "open", pair / folder)
    with pytest.raises(LedgerError, match="there is no workspace in"):
        create(pair / "nowhere", pair / "new")
    assert not (pair / "new").exists()
    assert not list(pair.glob(".*"))


@pytest.mark.neo4j
@pytest.mark.usefixtures("asking")
def test_a_graph_in_neo4j_follows_a_pull(
    pair: Path, neo4j_server: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    neo4j_server.into(monkeypatch)  # type: ignore[attr-defined]
    with Workspace.open(pair / "covert") as workspace:  # the server holds what another test left
        graph = workspace.store("neo4j")
        graph.prepare()
        workspace.projection(graph).rebuild()
    at(
        pair,
        "covert",
        loads(
            "k", entity(ref("9"), evidence(label=KESTREL)), link(ref("9"), ref("1"), evidence(label=KESTREL))
        ),
    )
    at(pair, "open", removes("a"))
    at(pair, "open", loads("b", entity(ref("1")), entity(ref("3"))))
    with pytest.raises(SystemExit) as ended:
        main(["--workspace", str(pair / "covert"), "--store", "neo4j", "covert", "pull", "--json"])
    assert not ended.value.code
    with Workspace.open(pair / "covert") as workspace:
        store = workspace.store("neo4j")
        workspace.projection(store).catch_up()
        assert store.fingerprint() == follow(workspace)
    assert check(pair / "covert", "neo4j").findings == ()
