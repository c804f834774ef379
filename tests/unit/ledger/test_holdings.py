"""Single records held otherwise than they came: out of the way of ordinary work, or pointed to; in views and projections."""

from dataclasses import replace
from pathlib import Path

import pytest

from graphcore.access import AccessContext, Marking, Pointer, Purpose, PurposeCode, Retention
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.holdings import STEP, shift_of
from graphcore.workspace import Workspace
from tests.api import world

READER = AccessContext(
    "ann", "Northshire", Marking.OFFICIAL_SENSITIVE, Purpose(PurposeCode.INVESTIGATION, "test")
)
AUDITING = replace(READER, purpose=Purpose(PurposeCode.AUDIT, "review"))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("held")
    return folder, world.build(folder, hidden=False)


def test_shifts_are_apart_and_ordinary_is_none() -> None:
    shifts = [shift_of(retention, pointer) for retention in Retention for pointer in Pointer]
    assert shifts == [STEP * n for n in range(12)]


def test_a_record_on_hold_is_gone_for_ordinary_purposes_and_comes_back(loaded: tuple[Path, dict]) -> None:
    folder, uids = loaded
    with Workspace.open(folder) as workspace:
        store = workspace.store()
        store.prepare()
        project = workspace.projection(store)

        def seen(context: AccessContext) -> tuple[bool, int, int, int]:
            view, evidence = store.view(context), workspace.ledger.view(context)
            batch = workspace.ledger.batches()[0].number
            records = [*evidence.iter_batch(batch)]
            return (
                view.entity(uids[world.DEV]) is not None,
                view.counts().links,
                len(records),
                len(evidence.origins(uids[world.DEV])),
            )

        before = seen(READER)
        (rid,) = store.view(READER).entity(uids[world.DEV]).rids  # type: ignore[union-attr]
        made = workspace.ledger.holdings.hold(
            [rid], Retention.HOLD, Pointer.SILENT, by="owner", reason="legal hold"
        )
        assert (made.records, made.retention) == (1, Retention.HOLD)
        project.catch_up()
        # with the person go the three links that nobody may see the end of
        assert seen(READER) == (False, before[1] - 3, before[2] - 4, 0)
        assert seen(AUDITING) == before
        (record,) = workspace.ledger.view(AUDITING).records([rid])
        assert record.label.retention == Retention.HOLD
        assert workspace.ledger.view(READER).records([rid]) == ()
        print_ = store.fingerprint()
        project.rebuild()
        assert store.fingerprint() == print_
        workspace.ledger.holdings.hold(
            [rid], Retention.CURRENT, Pointer.SILENT, by="owner", reason="hold is over"
        )
        project.catch_up()
        assert seen(READER) == before
        assert [one.reason for one in workspace.ledger.holdings.history()] == ["legal hold", "hold is over"]


def test_what_a_source_brought_may_be_held_as_a_whole(tmp_path: Path) -> None:
    world.build(tmp_path, hidden=False)
    with Workspace.open(tmp_path) as workspace:
        held = workspace.ledger.holdings
        made = held.hold_source(
            world.SOURCE, Retention.EXPIRED, Pointer.SILENT, by="owner", reason="past its time"
        )
        assert made.records == len(world.records())
        store = workspace.store()
        store.prepare()
        workspace.projection(store).catch_up()
        assert store.view(READER).counts().entities == 0
        assert store.view(AUDITING).counts().entities == 7
        for attempt in (lambda: held.hold_source("nobody", Retention.HOLD, Pointer.SILENT, by="a", reason="b"),
                        lambda: held.hold(["nothing"], Retention.HOLD, Pointer.SILENT, by="a", reason="b")):  # fmt: skip
            with pytest.raises(UnknownKeyError):
                attempt()
        assert len(held.history()) == 1
