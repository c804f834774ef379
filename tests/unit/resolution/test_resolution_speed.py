"""What is done the quick way gives what the plain way gives: patterns of levels, keys of few records, groups, threads."""

from collections.abc import Iterable
from itertools import count

import numpy as np
import pytest

from analytics.resolution import comparer as comparing
from analytics.resolution import decide as deciding
from analytics.resolution import fit, threads
from analytics.resolution.blocking import Budget, Key, numbered
from analytics.resolution.businesses import BUSINESSES
from analytics.resolution.comparer import Comparer, Kind
from analytics.resolution.decide import decide
from analytics.resolution.model import Outcome, Settings
from analytics.resolution.persons import PERSONS
from graphcore.evidence.ledger.values import OriginRecords
from tests.perf.identity_people import people
from tests.unit.resolution.resolution_kit import person, record

CUT = Settings(component=6)  # so small that crowds are cut and looked at again


@pytest.fixture(scope="module")
def persons() -> list[OriginRecords]:
    return [*people(1_200, seed=5).records()]


@pytest.mark.parametrize("whole", [2**62, 40])
def test_patterns_are_the_distinct_rows(monkeypatch: pytest.MonkeyPatch, whole: int) -> None:
    monkeypatch.setattr(fit, "_WHOLE", whole)
    rng = np.random.default_rng(1)
    levels = (rng.integers(0, 9, (4_000, 9)) % rng.integers(1, 5, 9)).astype(np.int8)
    patterns, where = fit._patterns(levels)
    wanted, place = np.unique(levels, axis=0, return_inverse=True)
    assert patterns.tolist() == wanted.tolist()
    assert where.tolist() == place.ravel().tolist()


def told(keys: Iterable[Key]) -> list[tuple[int, int]]:
    return sorted(
        (at, code) for key in keys for at, code in zip(key.records.tolist(), key.codes.tolist(), strict=True)
    )


def test_keys_of_few_records_are_those_of_many(persons: list[OriginRecords]) -> None:
    several = person("p", "Ann Lee", phone=["+441", "+442"], email=["a@x.example", "b@x.example"])
    firms = [
        record("b1", name=["Toll Lane Haulage Ltd", "TLH"], address="4 Toll Lane", postcode="M1 4AA"),
        record("b2", name="Salt and Sons", company_number="01234567"),
    ]
    made: list[tuple[Kind, list[OriginRecords]]] = [
        (PERSONS, [*persons[:40], several]),
        (BUSINESSES, firms),
        (PERSONS, [person("nothing")]),
    ]
    for kind, records in made:
        frame = kind.frame(records)
        assert told(kind.numbered(frame)) == told(numbered(kind.keys(frame)))
    assert len(told(PERSONS.numbered(PERSONS.frame([several])))) > 10


def resolved(records: list[OriginRecords]) -> Outcome:
    return decide(Comparer(PERSONS, records, budget=Budget(all_pairs=0)), CUT)


def test_a_group_is_linked_once(monkeypatch: pytest.MonkeyPatch, persons: list[OriginRecords]) -> None:
    calls = count()
    plain = deciding._Found._link
    monkeypatch.setattr(
        deciding._Found, "_link", lambda self, members: (next(calls), plain(self, members))[1]
    )
    quick, used = resolved(persons), next(calls)
    monkeypatch.setattr(deciding._Found, "_unlinked", lambda _self, crowds: crowds)
    slow, more = resolved(persons), next(calls) - used
    assert (quick.clusters, quick.joined) == (slow.clusters, slow.joined)
    assert [row[:2] for row in quick.review] == [row[:2] for row in slow.review]
    assert np.allclose([row[2] for row in quick.review], [row[2] for row in slow.review], atol=1e-4)
    assert len(quick.clusters) > 100
    assert used < more


def test_the_number_of_threads_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, persons: list[OriginRecords]
) -> None:
    monkeypatch.setattr(comparing, "CHUNK", 500)
    monkeypatch.setattr(deciding, "MANY", 0)
    found: list[Outcome] = []
    for processors in (1, 3):
        monkeypatch.setattr(threads.os, "cpu_count", lambda processors=processors: processors)
        found.append(resolved(persons))
    assert found[0] == found[1]
