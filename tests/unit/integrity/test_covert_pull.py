"""Pulling from the open workspace: whose decision counts, and that everything comes whole."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from graphcore.access import Grantee, Scope
from graphcore.access.label import Pointer, Retention
from graphcore.covert import create, snapshot
from graphcore.evidence.ledger import RefusedFilter
from graphcore.evidence.ledger.grants import NewGrant
from graphcore.evidence.record import Record
from graphcore.identity.book import IdentityBook
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.integrity.check import check
from graphcore.workspace import LEDGER, Workspace
from tests.property.covert.pull_walk import KESTREL, contents, follow
from tests.unit.integrity import whole
from tests.unit.integrity.covert_kit import (
    NOTHING,
    SAID,
    START,
    at,
    links_of,
    loads,
    pulled,
    refuses,
    removes,
    repairs,
    restores,
)
from tests.unit.ledger.ledger_kit import context, entity, evidence, link, load, ref


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
