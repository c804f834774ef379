"""Appending: idempotent, atomic, and complete in whatever order things come."""

from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from graphcore.errors import LedgerError
from graphcore.evidence import Grading, GradingScheme, Record
from graphcore.evidence.ledger import AppendCounts, Ledger, QuarantineRow, UnknownKeyError
from graphcore.evidence.ledger.values import BatchId
from graphcore.model.times import TimeSpan, iso_utc
from tests.unit.ledger.ledger_kit import (
    IDS,
    NOON,
    captions,
    entity,
    evidence,
    link,
    load,
    open_ledger,
    ref,
    uid,
)

ANNE, BERT = ref("1"), ref("2")


def states(ledger: Ledger) -> tuple[list[str], list[tuple[str, str]]]:
    entities = ledger.entity_states([*ledger.all_uids()])
    links = ledger.link_states([*ledger.all_lids()])
    return [state.uid for state in entities], sorted((state.source, state.target) for state in links)


def test_the_same_record_again_is_unchanged(ledger: Ledger) -> None:
    said = [entity(ANNE), entity(BERT), link(ANNE, BERT)]
    assert load(ledger, *said) == AppendCounts(loaded=3)
    before, last = states(ledger), ledger.last_outbox()
    assert load(ledger, *said) == AppendCounts(unchanged=3)
    assert states(ledger) == before
    assert ledger.last_outbox() == last


def test_a_record_twice_in_one_append_is_loaded_once(ledger: Ledger) -> None:
    assert load(ledger, entity(ANNE), entity(ANNE)) == AppendCounts(loaded=1, unchanged=1)
    (state,) = ledger.entity_states([uid(ANNE)])
    assert len(state.assertions) == 1


def test_the_same_statement_on_another_row_or_at_another_time_is_the_same_record(ledger: Ledger) -> None:
    load(ledger, entity(ANNE, evidence(row=1)))
    later = datetime(2026, 5, 1, tzinfo=UTC)
    assert load(ledger, entity(ANNE, evidence(row=7, known_at=later))) == AppendCounts(unchanged=1)


def test_another_statement_of_the_same_origin_is_another_record(ledger: Ledger) -> None:
    load(ledger, entity(ANNE, name=("Anne",)))
    assert load(ledger, entity(ANNE, name=("Ann",))) == AppendCounts(loaded=1)
    (state,) = ledger.entity_states([uid(ANNE)])
    assert [a.caption for a in state.assertions] == ["Anne", "Ann"]
    assert [a.seq for a in state.assertions] == [1, 2]


def test_a_link_waits_for_its_end_and_completes_when_it_comes(ledger: Ledger) -> None:
    assert load(ledger, entity(ANNE), link(ANNE, BERT)) == AppendCounts(loaded=2, waiting=1)
    assert ledger.batches()[-1].counts.waiting == 1
    assert states(ledger)[1] == []
    load(ledger, entity(BERT))
    assert states(ledger)[1] == [tuple(sorted((uid(ANNE), uid(BERT))))]
    assert [batch.counts.waiting for batch in ledger.batches()] == [0, 0]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("restart", [False, True])
def test_ends_and_link_may_come_in_any_order_and_after_a_restart(
    tmp_path: Path, order: tuple[int, ...], restart: bool
) -> None:
    said: list[Record] = [entity(ANNE), entity(BERT), link(ANNE, BERT)]
    ledger = open_ledger(tmp_path)
    for place in order:
        load(ledger, said[place])
        if restart:
            ledger.close()
            ledger = open_ledger(tmp_path)
    entities, links = states(ledger)
    assert entities == sorted([uid(ANNE), uid(BERT)])
    assert len(links) == 1
    keys = [item.key for item in ledger.outbox(0, 100)]
    assert keys.index(next(iter(ledger.all_lids()))) > max(keys.index(uid(ANNE)), keys.index(uid(BERT)))
    ledger.close()


def test_both_ends_missing_and_a_self_link(ledger: Ledger) -> None:
    load(ledger, link(ANNE, BERT), link(ANNE, ANNE))
    load(ledger, entity(ANNE))
    assert states(ledger)[1] == [(uid(ANNE), uid(ANNE))]
    load(ledger, entity(BERT))
    assert len(states(ledger)[1]) == 2


def test_symmetric_links_said_from_either_side_are_one_link(ledger: Ledger) -> None:
    load(ledger, entity(ANNE), entity(BERT), link(ANNE, BERT), link(BERT, ANNE))
    (state,) = ledger.link_states([*ledger.all_lids()])
    assert len(state.assertions) == 2
    assert state.source < state.target


def test_directed_links_keep_their_direction(ledger: Ledger) -> None:
    firm = ref("9", entity_type="Business")
    load(ledger, entity(ANNE), entity(firm), link(ANNE, firm, link_type="OFFICER_OF"))
    (state,) = ledger.link_states([*ledger.all_lids()])
    assert (state.source, state.target) == (uid(ANNE), uid(firm))


def test_reference_and_distinguishing_properties_keep_links_apart(ledger: Ledger) -> None:
    firm = ref("9", entity_type="Business")
    officer = [
        link(ANNE, firm, link_type="OFFICER_OF", reference=reference, properties={"role": (role,)})
        for reference, role in (("", "director"), ("", "secretary"), ("x", "director"))
    ]
    load(ledger, entity(ANNE), entity(firm), *officer)
    assert len([*ledger.all_lids()]) == 3


def test_grading_valid_time_and_captions_reach_the_state(ledger: Ledger) -> None:
    graded = evidence(
        grading=Grading(GradingScheme.THREE_FIVE_TWO, "2", ""),
        valid=TimeSpan(datetime(2020, 1, 1, tzinfo=UTC)),
        known_at=datetime(2021, 1, 1, tzinfo=UTC),
    )
    load(ledger, entity(ANNE, graded, name=("Anne", "Annie")), entity(BERT, gender=("m",)))
    found = ledger.entity_states([uid(ANNE), uid(BERT)])
    assert captions(found) == ["2", "Anne"]
    said = next(state for state in found if state.uid == uid(ANNE)).assertions[0]
    assert (said.grading, said.valid_from, said.valid_to) == ("3x5x2:2-", "2020-01-01T00:00:00.000000Z", None)
    assert said.known_at == "2021-01-01T00:00:00.000000Z"
    assert said.properties == {"name": ("Anne", "Annie")}


def test_an_interrupted_batch_goes_on_with_its_own_time(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    batch = ledger.begin_batch("alpha", "f.csv", "h", "m")
    ledger.append(batch, [entity(ANNE)], [QuarantineRow("f.csv", 2, "name", "empty", "{}")], 2)
    ledger.close()

    later = Ledger.open(tmp_path / "ledger.sqlite3", IDS, clock=lambda: datetime(2027, 1, 1, tzinfo=UTC))
    again = later.begin_batch("alpha", "f.csv", "h", "m")
    assert again == BatchId(batch.number, 2, iso_utc(NOON))
    later.append(again, [entity(BERT)], (), 3)
    summary = later.finish_batch(again)
    assert (summary.rows_done, summary.counts) == (3, AppendCounts(loaded=2, quarantined=1))
    assert {s.assertions[0].known_at for s in later.entity_states([uid(ANNE), uid(BERT)])} == {iso_utc(NOON)}
    assert later.begin_batch("alpha", "f.csv", "h", "m").number != batch.number
    later.close()


def test_another_mapping_or_hash_is_another_batch(ledger: Ledger) -> None:
    numbers = {ledger.begin_batch("alpha", "f", h, m).number for h in ("h1", "h2") for m in ("m1", "m2")}
    assert len(numbers) == 4


def test_quarantine_keeps_rows_in_order(ledger: Ledger) -> None:
    refused = [QuarantineRow("f.csv", n, "vrm", "not a registration mark", f"<script>{n}") for n in range(5)]
    first = ledger.begin_batch("alpha", "f", "h1", "m")
    ledger.append(first, (), refused[:3], 3)
    second = ledger.begin_batch("alpha", "f", "h2", "m")
    assert ledger.append(second, (), refused[3:], 2) == AppendCounts(quarantined=2)
    assert list(ledger.quarantine()) == refused
    assert list(ledger.quarantine(second)) == list(ledger.quarantine(second.number)) == refused[3:]
    assert list(ledger.quarantine(limit=1)) == refused[:1]


@pytest.mark.parametrize(
    "bad",
    [
        entity(ref("3", entity_type="Dragon")),
        link(ANNE, BERT, link_type="SLAYS"),
        entity(ref("3"), age=(float("nan"),)),
        entity(ref("3"), name=("\ud800",)),
        entity(ref("3"), age=(2**70,)),
    ],
)
def test_a_record_that_cannot_be_kept_names_its_row_and_nothing_is_written(
    ledger: Ledger, bad: Record
) -> None:
    with pytest.raises(LedgerError, match=r"f\.csv, row 1: .*quarantine"):
        load(ledger, entity(ANNE), bad)
    assert states(ledger) == ([], [])
    assert load(ledger, entity(ANNE)) == AppendCounts(loaded=1)


def test_finishing_an_unknown_batch_is_refused(ledger: Ledger) -> None:
    with pytest.raises(UnknownKeyError, match="no such batch"):
        ledger.finish_batch(BatchId(99, 0, ""))


def test_hostile_text_comes_back_as_it_went_in(ledger: Ledger) -> None:
    hostile = ref("'}) DETACH DELETE n //\x00")
    load(ledger, entity(hostile, name=("<script>alert(1)</script>\x00",)))
    (state,) = ledger.entity_states([uid(hostile)])
    assert state.assertions[0].caption == "<script>alert(1)</script>\x00"
