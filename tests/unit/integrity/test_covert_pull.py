"""Pulling from the open workspace: what is decided on either side, what is refused with what to do, and nothing left behind."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from api.cli.main import main
from graphcore.access import AccessLabel, Grantee, Scope
from graphcore.access.label import Pointer, Retention
from graphcore.covert import Pulled, create, pull, snapshot
from graphcore.errors import LedgerError
from graphcore.evidence.ledger import Attempt, Outcome, QuarantineRow, RefusedFilter
from graphcore.evidence.ledger.grants import NewGrant
from graphcore.evidence.record import Record
from graphcore.identity.book import IdentityBook
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.integrity.check import check
from graphcore.workspace import KEY, LEDGER, SETTINGS, Workspace
from tests.property.covert.pull_walk import KESTREL, batch_of, contents, follow
from tests.unit.integrity import whole
from tests.unit.ledger.ledger_kit import context, entity, evidence, link, load, ref

SAID = {"by": "ann", "reason": "a test"}
START = datetime(2026, 3, 1, tzinfo=UTC)
NOTHING = Pulled(0, 0, 0, 0, 0, 0, 0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("made")
    with Workspace.open(base / "open") as workspace:
        load(workspace.ledger, entity(ref("1")), entity(ref("2")), link(ref("1"), ref("2")), file_hash="a")
    create(base / "open", base / "covert")
    pulled(base)
    return base


@pytest.fixture
def pair(made: Path, tmp_path: Path) -> Path:
    """``open`` with one batch (a), ``covert`` that has pulled it; gives their folder."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    (tmp_path / "covert" / SETTINGS).write_text("joins: ../open\n")
    return tmp_path


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


def test_what_the_covert_side_removed_stays_out_and_what_it_put_back_stays_in(pair: Path) -> None:
    at(pair, "covert", removes("a"))
    at(pair, "open", loads("b", entity(ref("3"))))
    assert pulled(pair).records == 1
    assert links_of(pair) == 0
    # the open side removes it too, and puts it back: the covert side's own removal still counts
    at(pair, "open", removes("a"))
    pulled(pair)
    at(pair, "open", restores("a"))
    pulled(pair)
    assert links_of(pair) == 0
    at(pair, "covert", restores("a"))
    assert links_of(pair) == 1
    # put back here while it is out there
    at(pair, "open", removes("a"))
    assert pulled(pair).withdrawn == 3
    at(pair, "covert", restores("a"))
    assert pulled(pair) == NOTHING
    assert (links_of(pair), links_of(pair, "open")) == (1, 0)
    assert check(pair / "covert").findings == ()


def test_a_batch_that_is_replaced_there_is_replaced_here_but_for_what_a_covert_file_says_too(
    pair: Path,
) -> None:
    at(pair, "covert", loads("k", entity(ref("1")), entity(ref("9"), evidence(label=KESTREL))))
    at(pair, "open", removes("a"))
    at(pair, "open", loads("a again", entity(ref("1")), entity(ref("2"), name=("Corrected",))))
    found = pulled(pair)
    assert (found.batches, found.records, found.withdrawn) == (1, 1, 2)  # the link, and what was said of 2
    at(pair, "covert", removes("k"))
    with Workspace.open(pair / "covert") as workspace:
        follow(workspace)
        captions = {one.caption for one in workspace.store().view(context()).iter_entities()}
    assert captions == {"Name of 1", "Corrected"}


def test_an_item_that_comes_back_in_other_words_brings_its_links_back(pair: Path) -> None:
    at(pair, "open", loads("b", entity(ref("1")), link(ref("1"), ref("2"))))
    at(pair, "open", removes("a"))
    pulled(pair)
    assert links_of(pair) == 0
    at(pair, "open", loads("c", entity(ref("2"), name=("Another",))))
    pulled(pair)
    assert links_of(pair) == links_of(pair, "open") == 1


def test_an_entity_comes_apart_and_back_with_what_is_known_of_its_items(pair: Path) -> None:
    def judges(workspace: Workspace) -> None:
        one, two = sorted(workspace.ids.origin("alpha", "Person", number) for number in "23")
        IdentityBook(workspace.ledger).judge(
            [Judgement(one, two, Verdict.SAME, Decision("d1", "ann", "a test", START))]
        )

    at(pair, "open", loads("b", entity(ref("3")), link(ref("1"), ref("3"), reference="x")))
    at(pair, "open", judges)
    found = pulled(pair)
    assert (found.judgements, found.moved) == (1, 1)
    assert (links_of(pair), check(pair / "covert").findings) == (2, ())
    at(pair, "open", removes("b"))
    assert pulled(pair).moved == 1
    assert (links_of(pair), check(pair / "covert").findings) == (1, ())
    # said anew, in other words: the link that another batch says is there again with it
    at(pair, "open", loads("c", link(ref("1"), ref("3"), reference="x")))
    assert pulled(pair).restored == 1
    assert links_of(pair) == 1
    at(pair, "open", loads("d", entity(ref("3"), name=("Another",))))
    assert pulled(pair).moved == 1
    assert (links_of(pair), check(pair / "covert").findings) == (2, ())


def test_the_later_decision_on_how_a_record_is_held_counts_whichever_side_made_it(pair: Path) -> None:
    with Workspace.open(pair / "open") as workspace:
        follow(workspace)
        one, two = sorted(entity.rids[0] for entity in workspace.store().view(context()).iter_entities())

    def holds(rid: str, state: Retention) -> Callable[[Workspace], object]:
        return lambda workspace: workspace.ledger.holdings.hold([rid], state, Pointer.SILENT, **SAID)

    at(pair, "covert", holds(one, Retention.EXPIRED), minute=1)
    at(pair, "covert", holds(two, Retention.HOLD), minute=3)
    for rid in (one, two):
        at(pair, "open", holds(rid, Retention.REVIEW), minute=2)
    assert pulled(pair).held == 1
    with Workspace.open(pair / "covert") as workspace:
        follow(workspace)
        states = {
            assertion.rid: workspace.ledger.labels()[assertion.label].retention
            for state in workspace.store().entity_states()
            for assertion in state.assertions
        }
    assert states == {one: Retention.REVIEW, two: Retention.HOLD}


def test_grants_and_their_ends_come_and_those_given_here_stay(pair: Path) -> None:
    def gives(name: str) -> Callable[[Workspace], object]:
        until = datetime.now(UTC) + timedelta(days=9)
        new = NewGrant(Grantee.SUBJECT, name, Scope.COMPARTMENT, "LARCH", "Larkspur", until)
        return lambda workspace: workspace.ledger.grants.give(new, **SAID)

    at(pair, "open", gives("ann"))
    at(pair, "covert", gives("bob"))
    pulled(pair)
    with Workspace.open(pair / "open") as workspace:
        (given,) = workspace.ledger.grants.history()
        workspace.ledger.grants.revoke(given.grant.grant_id, **SAID)
    pulled(pair)
    with Workspace.open(pair / "covert") as workspace:
        history = workspace.ledger.grants.history()
    assert sorted((one.grant.name, bool(one.revoked_by)) for one in history) == [
        ("ann", True),
        ("bob", False),
    ]


def test_a_row_repaired_here_stays_repaired_and_goes_with_its_batch(pair: Path) -> None:
    refused = QuarantineRow("f.csv", 2, "name", "is empty", "{}", AccessLabel())

    def refuses(workspace: Workspace) -> None:
        batch = workspace.ledger.begin_batch("alpha", "f.csv", "r", "m1")
        workspace.ledger.append(batch, [entity(ref("5"))], [refused], 2)
        workspace.ledger.finish_batch(batch)

    def repairs(workspace: Workspace) -> None:
        attempt = Attempt(batch_of(workspace, "r"), "ann", "typed", "m1")
        workspace.ledger.repair(attempt, [entity(ref("6"))], [Outcome(1, None, records=1)])

    at(pair, "open", refuses)
    pulled(pair)
    at(pair, "covert", repairs)
    at(pair, "open", repairs)
    assert pulled(pair).records == 0  # the same row says the same
    with Workspace.open(pair / "covert") as workspace:
        assert workspace.ledger.view(context()).refused(RefusedFilter()) == []
    at(pair, "open", removes("r"))
    assert pulled(pair).withdrawn == 2
    at(pair, "open", restores("r"))
    assert pulled(pair).restored == 2
    assert pulled(pair) == NOTHING
    assert check(pair / "covert").findings == ()


def test_a_row_repaired_here_alone_goes_and_comes_with_its_batch(pair: Path) -> None:
    refused = QuarantineRow("f.csv", 2, "name", "is empty", "{}", AccessLabel())

    def refuses(workspace: Workspace) -> None:
        batch = workspace.ledger.begin_batch("alpha", "f.csv", "r", "m1")
        workspace.ledger.append(batch, [entity(ref("5"))], [refused], 2)
        workspace.ledger.finish_batch(batch)

    def repairs(workspace: Workspace) -> None:
        attempt = Attempt(batch_of(workspace, "r"), "ann", "typed", "m1")
        workspace.ledger.repair(attempt, [entity(ref("6"))], [Outcome(1, None, records=1)])

    at(pair, "open", refuses)
    pulled(pair)
    at(pair, "covert", repairs)
    assert pulled(pair) == NOTHING
    at(pair, "open", removes("r"))
    assert pulled(pair).withdrawn == 2
    at(pair, "open", restores("r"))
    assert pulled(pair).restored == 2


def test_a_load_that_goes_on_there_is_pulled_in_parts_and_not_taken_up_here(pair: Path) -> None:
    def part(*records: Record, ends: bool) -> Callable[[Workspace], object]:
        def step(workspace: Workspace) -> None:
            batch = workspace.ledger.begin_batch("alpha", "g.csv", "g", "m1")
            workspace.ledger.append(batch, records, (), batch.rows_done + len(records))
            if ends:
                workspace.ledger.finish_batch(batch)

        return step

    at(pair, "open", part(entity(ref("7")), ends=False))
    assert pulled(pair).batches == 1
    at(pair, "covert", part(entity(ref("7")), ends=True))
    at(pair, "open", part(entity(ref("8")), ends=True))
    assert pulled(pair).records == 1
    with Workspace.open(pair / "covert") as workspace:
        told = [
            (one.rows_done, one.finished_at is not None, one.counts.loaded)
            for one in workspace.ledger.batches()[1:]
        ]
    assert told == [(2, True, 2), (1, True, 0)]


def test_series_suggestions_and_everything_else_come_whole(tmp_path: Path) -> None:
    whole.build(tmp_path / "open")
    create(tmp_path / "open", tmp_path / "covert")
    assert pulled(tmp_path).records == 302
    at(tmp_path, "open", loads("more", *(entity(ref(f"more {n}")) for n in range(10))))
    pulled(tmp_path)
    with Workspace.open(tmp_path / "open") as mine, Workspace.open(tmp_path / "covert") as theirs:
        assert follow(mine) == follow(theirs)
    assert check(tmp_path / "covert").findings == ()
    with (
        sqlite3.connect(tmp_path / "open" / LEDGER) as one,
        sqlite3.connect(tmp_path / "covert" / LEDGER) as other,
    ):
        left_out = ("outbox", "setting", "pulled")
        names = [
            row[0]
            for row in one.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
        ]
        for name in (
            name for name in names if not name.startswith(("g_", "standing_")) and name not in left_out
        ):
            counts = [each.execute(f"SELECT COUNT(*) FROM {name}").fetchone() for each in (one, other)]
            assert counts[0] == counts[1], name


@pytest.mark.catalogue("C26")
def test_a_pull_while_the_open_workspace_is_written_to_is_one_moment_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open").mkdir()
    stop, started = Event(), Event()

    def write() -> None:
        with Workspace.open(tmp_path / "open") as workspace:
            number = 0
            while not stop.wait(0.01):
                names = [ref(f"{number} {n}") for n in range(20)]
                load(
                    workspace.ledger,
                    *(entity(name) for name in names),
                    link(names[0], names[1]),
                    file_hash=f"w {number}",
                )
                number += 1
                started.set()

    writer = Thread(target=write)
    writer.start()
    try:
        assert started.wait(30)
        create(tmp_path / "open", tmp_path / "covert")
        found = [pulled(tmp_path) for _ in range(2)]
        monkeypatch.setattr(snapshot, "_TRIES", 0)  # as if it were never at rest
        found += [pulled(tmp_path) for _ in range(2)]
    finally:
        stop.set()
        writer.join()
    assert all(one.records % 21 == 0 for one in found)
    assert found[0].records > 0
    pulled(tmp_path)
    with Workspace.open(tmp_path / "open") as mine, Workspace.open(tmp_path / "covert") as theirs:
        assert follow(mine) == follow(theirs)
    assert check(tmp_path / "covert").findings == ()


def test_a_log_that_was_left_by_a_kill_is_pulled_and_left_as_it_is(pair: Path) -> None:
    at(pair, "open", loads("b", entity(ref("3"))))
    ledger = pair / "open" / LEDGER
    connection = sqlite3.connect(ledger)
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("UPDATE batch SET quarantined = 7 WHERE number = 2")
    connection.commit()
    killed = pair / "killed"
    shutil.copytree(pair / "open", killed)
    connection.close()
    shutil.rmtree(pair / "open")
    killed.rename(pair / "open")
    assert (pair / "open" / f"{LEDGER}-wal").stat().st_size
    before = contents(pair / "open")
    assert pulled(pair).batches == 1
    assert contents(pair / "open") == before
    with Workspace.open(pair / "covert") as workspace:
        assert workspace.ledger.batches()[-1].counts.quarantined == 7


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
