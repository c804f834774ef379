"""Series in the ledger: records that count, occurrences that are kept, and what overlap, labels and removal do to both."""

from __future__ import annotations

import pickle
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graphcore.access import AccessLabel
from graphcore.errors import LedgerError
from graphcore.evidence import Evidence, Lineage, LinkRecord, Occurrence, OriginRef, SeriesLayout
from graphcore.evidence.ledger import AppendCounts, EvidenceView, Ledger
from graphcore.evidence.ledger.series_blocks import decode, encode
from graphcore.evidence.ledger.series_draft import drafted
from graphcore.evidence.ledger.series_prepare import to_rows
from graphcore.model import IdMaker
from graphcore.store.state import LinkState
from tests.unit.ledger.ledger_kit import COVERT, IDS, NOON, OPEN, context, entity, load, ref

LAYOUT = SeriesLayout(
    fields=(("kind", "text"), ("duration_s", "integer")), total=("duration_s",), original=("start", "sec"), until=True,
    reference=True,
)  # fmt: skip
A, B = ref("A", entity_type="Phone"), ref("B", entity_type="Phone")


def call(
    minute: int,
    *,
    ends: tuple[OriginRef, OriginRef] = (A, B),
    row: int | None = None,
    seconds: int | None = 60,
    kind: str | None = "voice",
    reference: str = "",
    label: AccessLabel = OPEN,
    source: str = "alpha",
    file: str = "f.csv",
) -> LinkRecord:
    at = NOON + timedelta(minutes=minute)
    until = None if seconds is None else at + timedelta(seconds=seconds)
    said = Evidence(
        Lineage(file, minute + 1 if row is None else row),
        label,
        original={"start": f"m{minute}", "sec": str(seconds)},
    )
    seen = Occurrence(LAYOUT, at, until, reference, (kind, seconds))
    return LinkRecord(source, "CALLS", *ends, "", {}, said, seen)


def phones(*, source: str = "alpha", label: AccessLabel = OPEN) -> list[Any]:
    refs = (ref(name, source=source, entity_type="Phone") for name in "AB")
    return [
        entity(origin, Evidence(Lineage("f.csv", 1), label), number=(f"+{origin.reference}",))
        for origin in refs
    ]


def view(ledger: Ledger, compartments: Collection[str] = ()) -> EvidenceView:
    return ledger.view(context(compartments=frozenset(compartments)))


def the_link(ledger: Ledger) -> LinkState:
    (state,) = ledger.link_states([*ledger.all_lids()])
    return state


def counts(ledger: Ledger) -> list[tuple[Any, ...]]:
    return [
        (a.properties["occurrences"][0], a.properties.get("duration_s", (None,))[0])
        for a in the_link(ledger).assertions
    ]


def test_calls_of_a_pair_are_one_record_that_counts_them(ledger: Ledger) -> None:
    found = load(ledger, *phones(), call(5), call(1), call(3, seconds=None))
    state = the_link(ledger)
    assert found == AppendCounts(loaded=5)
    assert dict(state.assertions[0].properties) == {
        "occurrences": (3,),
        "first_at": ("2026-03-01T12:01:00.000000Z",),
        "last_at": ("2026-03-01T12:05:00.000000Z",),
        "duration_s": (120,),
    }
    assert state.assertions[0].valid_from == "2026-03-01T12:01:00.000000Z"
    assert state.assertions[0].valid_to == "2026-03-01T12:06:00.000000Z"


def test_every_call_is_kept_with_its_row_and_its_fields_as_received(ledger: Ledger) -> None:
    load(ledger, *phones(), call(5, reference="R5"), call(1), call(3, seconds=None, kind=None))
    seen = view(ledger).occurrences(the_link(ledger).lid)
    assert [(o.row, o.reference, o.values, o.original, o.file) for o in seen] == [
        (2, "", {"kind": "voice", "duration_s": 60}, {"start": "m1", "sec": "60"}, "f.csv"),
        (4, "", {}, {"start": "m3", "sec": "None"}, "f.csv"),
        (6, "R5", {"kind": "voice", "duration_s": 60}, {"start": "m5", "sec": "60"}, "f.csv"),
    ]
    assert seen[0].at == datetime(2026, 3, 1, 12, 1, tzinfo=UTC)
    assert seen[0].until == datetime(2026, 3, 1, 12, 2, tzinfo=UTC)
    assert seen[1].until is None


def test_pages_go_on_where_the_last_one_ended(ledger: Ledger) -> None:
    load(ledger, *phones(), *(call(minute % 7, row=minute, reference=str(minute)) for minute in range(40)))
    reader, lid = view(ledger), the_link(ledger).lid
    whole = reader.occurrences(lid)
    paged, after = [], None
    while page := reader.occurrences(lid, limit=9, after=after):
        paged += page
        after = page[-1].cursor
    assert len(whole) == 40
    assert paged == whole


def test_the_same_file_again_adds_nothing(ledger: Ledger) -> None:
    said = [call(minute) for minute in range(4)]
    load(ledger, *phones(), *said)
    before = the_link(ledger)
    assert load(ledger, *phones(), *said) == AppendCounts(unchanged=6)
    assert the_link(ledger) == before


def test_of_a_longer_export_only_the_new_calls_count(ledger: Ledger) -> None:
    load(ledger, *phones(), *(call(minute) for minute in range(4)))
    found = load(ledger, *(call(minute, row=minute + 10, file="longer.csv") for minute in range(6)))
    assert found == AppendCounts(loaded=2, unchanged=4)
    assert counts(ledger) == [(4, 240), (2, 120)]
    assert len(view(ledger).occurrences(the_link(ledger).lid)) == 6


def test_a_call_said_twice_with_other_values_is_kept_and_counts_once(ledger: Ledger) -> None:
    found = load(
        ledger, *phones(), call(1, row=7, seconds=60), call(1, row=3, seconds=61), call(1, row=9, seconds=61)
    )
    assert found == AppendCounts(loaded=4, unchanged=1)
    assert counts(ledger) == [(1, 61)]
    seen = view(ledger).occurrences(the_link(ledger).lid)
    assert [(o.row, o.counts) for o in seen] == [(3, True), (7, False)]
    load(ledger, call(1, row=1, seconds=62))
    assert counts(ledger) == [(1, 61), (0, None)]


def test_another_source_and_another_label_count_for_themselves(ledger: Ledger) -> None:
    load(ledger, *phones(), call(1))
    load(ledger, call(1, source="beta"))
    load(ledger, call(1, label=COVERT))
    assert counts(ledger) == [(1, 60)] * 3
    assert len(view(ledger).occurrences(the_link(ledger).lid)) == 1


def test_hidden_calls_cannot_be_told_from_none(ledger: Ledger) -> None:
    load(ledger, *phones(), call(1), call(2, label=COVERT))
    lid = the_link(ledger).lid
    assert [o.row for o in view(ledger).occurrences(lid)] == [2]
    assert [o.row for o in view(ledger, compartments={"LARCH"}).occurrences(lid)] == [2, 3]
    assert len(view(ledger).contacts().at) == 1


def test_calls_of_hidden_phones_do_not_show(ledger: Ledger) -> None:
    load(ledger, *phones(label=COVERT), call(1))
    lid = the_link(ledger).lid
    assert view(ledger).occurrences(lid) == []
    assert len(view(ledger, compartments={"LARCH"}).occurrences(lid)) == 1
    assert len(view(ledger).contacts().at) == 0


def test_a_withdrawn_source_comes_back_as_it_was(ledger: Ledger) -> None:
    said = [call(minute) for minute in range(4)]
    load(ledger, *phones(), *said)
    before = the_link(ledger)
    ledger.withdraw_source("alpha")
    assert ledger.link_states([before.lid]) == []
    assert view(ledger).occurrences(before.lid) == []
    assert load(ledger, *phones(), *said) == AppendCounts(loaded=6)
    assert the_link(ledger) == before
    assert len(view(ledger).occurrences(before.lid)) == 4


def test_after_a_withdrawal_a_longer_export_counts_whole(ledger: Ledger) -> None:
    load(ledger, *phones(), *(call(minute) for minute in range(4)))
    ledger.withdraw_source("alpha")
    load(ledger, *phones(), *(call(minute) for minute in range(6)))
    assert counts(ledger) == [(6, 360)]


def test_a_removed_batch_leaves_what_a_longer_export_says_again(ledger: Ledger) -> None:
    load(ledger, *phones(), *(call(minute) for minute in range(4)))
    load(ledger, *phones(), *(call(minute) for minute in range(6)))
    ledger.upkeep.remove_batch(1, by="tester", reason="test")
    assert sum(count for count, _ in counts(ledger)) == 6


def test_contacts_are_the_calls_in_order_of_time(ledger: Ledger) -> None:
    load(ledger, *phones(), call(5), call(1), call(3, ends=(B, A)))
    found = view(ledger).contacts({"CALLS"})
    named = {uid: at for at, uid in enumerate(found.uids)}
    a, b = (named[IdMaker(b"0123456789abcdef").origin("alpha", "Phone", name)] for name in "AB")
    assert [*zip(found.source.tolist(), found.target.tolist(), strict=True)] == [(a, b), (b, a), (a, b)]
    assert found.at.tolist() == sorted(found.at.tolist())
    assert len(view(ledger).contacts({"PAYS"}).at) == 0


def test_a_step_is_made_once(ledger: Ledger) -> None:
    load(ledger, *phones())
    batch = ledger.begin_batch("alpha", "f.csv", "hash", "m")
    groups = [drafted(to_rows([call(1), call(2)]), IDS)]
    assert ledger.series.append(batch, "part 1", groups) == AppendCounts(loaded=2)
    assert ledger.series.append(batch, "part 1", groups) == AppendCounts()
    assert ledger.series.steps(batch) == {"part 1"}
    assert ledger.finish_batch(batch).counts.loaded == 2


def test_a_series_longer_than_a_block_is_read_whole(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphcore.evidence.ledger.series_blocks.BLOCK_ROWS", 3)
    others = (ref("C", entity_type="Phone"), B)
    load(ledger, *phones(), *(call(m) for m in range(8)), *(call(m, ends=others) for m in range(2)))
    load(ledger, entity(others[0], number=("+C",)))
    assert sorted(len(view(ledger).occurrences(lid)) for lid in ledger.all_lids()) == [2, 8]


def test_a_damaged_block_is_named() -> None:
    import pyarrow as pa

    body = encode(pa.table({"at": pa.array(range(1000), pa.int64())}))
    for damaged in (body[:100], b"", b"x" * 200):
        with pytest.raises(LedgerError, match="block of occurrences"):
            decode(damaged)


def test_calls_wait_for_their_phones(ledger: Ledger) -> None:
    found = load(ledger, call(1), call(2))
    assert found == AppendCounts(loaded=2, waiting=1)
    load(ledger, *phones())
    assert counts(ledger) == [(2, 120)]


def test_series_survive_closing_the_ledger(ledger: Ledger, tmp_path: Path) -> None:
    from tests.unit.ledger.ledger_kit import open_ledger

    load(ledger, *phones(), call(1))
    lid = the_link(ledger).lid
    ledger.close()
    again = open_ledger(tmp_path)
    assert len(view(again).occurrences(lid)) == 1
    again.close()


def test_what_a_file_says_twice_is_counted_once_beside_what_is_known(ledger: Ledger) -> None:
    load(ledger, *phones(), call(1), call(2))
    calls = [call(2, row=1), call(3, row=2), call(3, row=3), call(3, row=4), call(1, row=5)]
    batch = ledger.begin_batch("alpha", "g.csv", "other", "m1")
    sent = pickle.loads(pickle.dumps(drafted(to_rows(calls), IDS)))
    # of five calls two are known, one is new, and two say that one again
    assert ledger.series.append(batch, "part 1 of 1", [sent]) == AppendCounts(loaded=1, unchanged=4)
    assert sorted(counts(ledger)) == [(1, 60), (2, 120)]
