"""Turns of several tiers begin with what this run decided, whatever an earlier one made of the records."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from analytics.resolution.turns import Turns, along
from graphcore.access import AccessLabel
from graphcore.access.needs import Needs, needs_of
from graphcore.evidence.ledger.values import OriginPlace, OriginRecords

OPEN, COVERT = needs_of(AccessLabel()), needs_of(AccessLabel(compartment="KITE"))


class Reader:
    """Three records that all see, and two that few do."""

    def __init__(self, records: list[OriginRecords]) -> None:
        self._records = records

    def iter_origins(self, entity_type: str) -> Iterator[OriginRecords]:
        assert entity_type == "Person"
        return iter(self._records)

    def iter_places(self, entity_type: str) -> Iterator[OriginPlace]:
        return (OriginPlace(one.origin_id, one.uid, one.first_seq) for one in self.iter_origins(entity_type))

    def demanded(self) -> tuple[Needs, dict[str, frozenset[Needs]]]:
        return OPEN, {"d": frozenset({COVERT}), "e": frozenset({COVERT})}

    def narrowed(self, needs: Needs) -> "Reader":
        return self

    def origin_records(self, origin_ids: Collection[str]) -> Iterator[OriginRecords]:
        return (one for one in self._records if one.origin_id in origin_ids)


def records(**uids: str) -> list[OriginRecords]:
    found = [OriginRecords(key, key, "alpha", key, at, {"name": ("x",)}) for at, key in enumerate("abcde")]
    return [replace(one, uid=uids.get(one.origin_id, one.origin_id)) for one in found]


def second_turn(made: list[OriginRecords]) -> tuple[list[int], list[list[bool]], int]:
    turns = Turns(Reader(made)).of("Person")
    steps = iter(turns)
    first = next(steps)
    assert [one.origin_id for one in first.places] == ["a", "b", "c"]
    assert first.settled is None
    turns.joined([("a", "b")])
    settled = next(steps).settled
    assert settled is not None
    return settled.group.tolist(), settled.may.tolist(), settled.new


def test_the_second_tier_meets_what_the_first_decided_and_not_what_an_earlier_run_did() -> None:
    fresh = second_turn(records())
    assert fresh[0] == [0, 0, 1, 2, 3]
    assert second_turn(records(b="a", d="a", e="c")) == fresh


def test_entities_are_counted_with_what_was_one_before() -> None:
    turns = Turns(Reader(records(e="c"))).of("Person")
    turns.joined([("a", "b"), ("b", "d")])
    assert turns.clusters() == 2


def test_what_came_or_went_between_the_two_readings_moves_no_record_to_another_place() -> None:
    made = records()
    places = [OriginPlace(one.origin_id, one.uid, one.first_seq) for one in made if one.origin_id != "b"]
    found = [*along(places, iter([one for one in made if one.origin_id != "d"]))]
    assert [one.origin_id for one in found] == ["a", "c", "d", "e"]
    assert [bool(one.properties) for one in found] == [True, True, False, True]


def test_a_turn_reads_what_its_readers_see_in_the_order_of_its_places() -> None:
    turns = Turns(Reader(records())).of("Person")
    for turn in turns:
        assert [one.origin_id for one in turn.read()] == [one.origin_id for one in turn.places]
