"""Times, ids, gradings and record hashes: the small rules that everything stands on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcore.access import AccessLabel
from graphcore.errors import ValueRefusedError
from graphcore.evidence import (
    EntityRecord,
    Evidence,
    Grading,
    GradingScheme,
    Lineage,
    OriginRef,
    content_hash,
    grade_key,
)
from graphcore.model import IdMaker, TimeSpan, iso_utc, parse_iso_utc

MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(MOMENTS, MOMENTS)
def test_text_order_is_time_order(a: datetime, b: datetime) -> None:
    assert (iso_utc(a) < iso_utc(b)) == (a < b)
    assert len(iso_utc(a)) == 27
    assert parse_iso_utc(iso_utc(a)) == a


def test_a_time_needs_its_zone() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001  (the fault under test)
    for call in (lambda: iso_utc(naive), lambda: parse_iso_utc("2026-01-01T00:00:00")):
        with pytest.raises(ValueError, match="zone"):
            call()
    assert (
        iso_utc(datetime(2026, 7, 1, 1, tzinfo=timezone(timedelta(hours=1)))) == "2026-07-01T00:00:00.000000Z"
    )


def test_spans() -> None:
    day = [datetime(2026, 1, d, tzinfo=UTC) for d in (1, 2, 3, 4)]
    assert TimeSpan(day[0], day[2]).overlaps(TimeSpan(day[1], day[3]))
    assert not TimeSpan(day[0], day[1]).overlaps(TimeSpan(day[1], day[2])), "the end is exclusive"
    assert TimeSpan(None, day[1]).overlaps(TimeSpan(day[0], None))
    assert TimeSpan().overlaps(TimeSpan(day[0], day[1]))
    with pytest.raises(ValueError, match="ends before"):
        TimeSpan(day[1], day[0])


@pytest.mark.catalogue("A31")
def test_ids_are_stable_keyed_and_apart() -> None:
    one, two = IdMaker(b"k" * 32), IdMaker(b"q" * 32)
    assert one.origin("force_a", "Person", "1") == one.origin("force_a", "Person", "1")
    assert one.origin("force_a", "Person", "1") != two.origin("force_a", "Person", "1")
    assert one.origin("a", "b", "c") != one.link_origin("a", "b", "c", "")
    assert one.origin("force", "a_Person", "1") != one.origin("force_a", "Person", "1")
    assert "kkkk" not in repr(one)


@pytest.mark.parametrize(
    ("scheme", "source", "intelligence", "ok"),
    [
        ("3x5x2", "2", "B", True),
        ("3x5x2", "B", "2", False),
        ("5x5x5", "B", "2", True),
        ("5x5x5", "2", "B", False),
        ("3x5x2", "", "A", True),
    ],
)
def test_letters_and_digits_swap_between_schemes(
    scheme: str, source: str, intelligence: str, ok: bool
) -> None:
    if ok:
        assert Grading(GradingScheme(scheme), source, intelligence).code == f"{source or '-'}{intelligence}"
    else:
        with pytest.raises(ValueRefusedError):
            Grading(GradingScheme(scheme), source, intelligence)


def test_grades_read_in_words() -> None:
    assert Grading(GradingScheme.THREE_FIVE_TWO, "1", "E").describe() == "Reliable; Suspected to be false"
    assert set(grade_key(GradingScheme.FIVE_FIVE_FIVE)["source"]) == set("ABCDE")


RECORD = EntityRecord(
    OriginRef("force_a", "Person", "N1"),
    "",
    {"name": ("Ada Moor",)},
    Evidence(Lineage("a.csv", 1), original={"NAME": "MOOR, Ada"}),
)


def test_lineage_and_known_time_are_not_content() -> None:
    moved = replace(
        RECORD,
        evidence=replace(
            RECORD.evidence, lineage=Lineage("b.csv", 9), known_at=datetime(2026, 1, 1, tzinfo=UTC)
        ),
    )
    assert content_hash(moved) == content_hash(RECORD)


@pytest.mark.parametrize(
    "change",
    [
        {"label": AccessLabel(compartment="KITE")},
        {"grading": Grading(GradingScheme.THREE_FIVE_TWO, "1", "A")},
        {"valid": TimeSpan(datetime(2026, 1, 1, tzinfo=UTC))},
        {"original": {"NAME": "Moor, Ada"}},
    ],
)
def test_every_part_of_a_statement_is_content(change) -> None:
    assert content_hash(replace(RECORD, evidence=replace(RECORD.evidence, **change))) != content_hash(RECORD)
