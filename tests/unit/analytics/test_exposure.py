"""People near offenders: roles that make none, kinds of event, walks of one and two steps."""

from __future__ import annotations

import pytest

from analytics.errors import MeasureError
from analytics.measures import FAMILY_FRIENDS, FRIENDS_OF_FRIENDS, associates_of_offenders
from tests.unit.analytics.memory_view import MemoryView


def view() -> MemoryView:
    made = MemoryView()
    for uid in ("child", "mother", "crook", "thief", "victim", "guest"):
        made.add(uid)
    made.add("crime", "Event", kind="crime")
    made.add("party", "Event", kind="meeting")
    made.join("PARTY_TO", "crook", "crime")
    made.join("PARTY_TO", "thief", "crime", role="suspect")
    made.join("PARTY_TO", "victim", "crime", role="Victim")
    made.join("PARTY_TO", "guest", "party")
    made.join("FAMILY_OF", "mother", "child")
    made.join("ASSOCIATE_OF", "mother", "crook")
    made.join("ASSOCIATE_OF", "crook", "thief")
    made.join("ASSOCIATE_OF", "guest", "thief")
    made.join("ASSOCIATE_OF", "victim", "guest")
    return made


def answer(**options: object) -> list[tuple[str, tuple[str, ...]]]:
    return [(line.uid, line.offenders) for line in associates_of_offenders(view(), **options)]  # type: ignore[arg-type]


def test_direct_associates_victims_are_no_offenders() -> None:
    assert answer() == [("guest", ("thief",)), ("mother", ("crook",))]


def test_friends_of_friends_count_both_steps() -> None:
    assert answer(walk=FRIENDS_OF_FRIENDS) == [
        ("guest", ("crook", "thief")), ("mother", ("crook", "thief")), ("victim", ("thief",)),
    ]  # fmt: skip


def test_family_friends_count_the_last_step_alone() -> None:
    assert answer(walk=FAMILY_FRIENDS, within=False) == [("child", ("crook",))]


def test_kind_and_top() -> None:
    assert answer(kind="meeting", top=1) == [("thief", ("guest",))]
    with pytest.raises(MeasureError, match="no step"):
        answer(walk=())
