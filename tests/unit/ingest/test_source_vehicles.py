"""ANPR and keepers: reads are counted on one link, a hit is a fact of its own, a mark and a car are two things."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.clean.vehicles import vrm_doubts
from ingest.registry import SOURCES
from tests.ingest_lists import occurrences_of


def sample(name: str) -> Path:
    return Path(str(SOURCES[name].folder)) / "sample"


def joined(bench, link_type: str) -> dict[tuple[str, str], object]:
    names = {entity.uid: entity.caption for entity in bench.entities()}
    return {(names[k.source], names[k.target]): k for k in bench.links() if k.type == link_type}


@pytest.mark.parametrize("name", ["anpr", "vehicle_keepers"])
def test_vehicles_sample_loads_whole_and_once(bench, name):
    summary = bench.load_source(name, sample(name))
    assert (summary.quarantined, summary.waiting) == (0, 0)
    before = bench.counts()
    again = bench.load_source(name, sample(name))
    assert (again.loaded, bench.counts()) == (0, before)


def test_anpr_reads_of_one_camera_are_one_link(bench):
    bench.load_source("anpr", sample("anpr"))
    seen = joined(bench, "SEEN_AT")
    north = seen["AB12CDE", "A1000 northbound"]
    assert north.properties["occurrences"] == (2,)
    first, second = occurrences_of(bench, north)
    assert (first.reference, first.values["confidence"], first.values["direction"]) == ("R1", 0.97, "N")
    assert second.original["captured_at"] == "2026-03-01T09:45:00Z"
    assert first.original["received_at"] == "2026-03-01T09:30:02Z"


def test_anpr_hit_stands_by_itself_and_counts_its_read_once(bench):
    bench.load_source("anpr", sample("anpr"))
    (hit,) = bench.entities("Event")
    assert (hit.kind, hit.properties["category"]) == ("anpr_read", ("hit",))
    assert "Northshire control room" in hit.properties["note"][0]
    assert joined(bench, "SEEN_AT")["AB12CDE", "A1000 southbound"].properties["occurrences"] == (1,)


def test_anpr_possible_misread_is_told_and_not_mended(bench):
    summary = bench.load_source("anpr", sample("anpr"))
    assert [line for line in summary.warnings if "perhaps misread" in line]
    assert {e.caption for e in bench.entities("Vehicle")} == {"AB12CDE", "AB1ZCDE"}


@pytest.mark.parametrize(
    ("mark", "doubt"),
    [("AB12CDE", False), ("AB12C0E", True), ("A812CDE", False), ("AB1ZCDE", True), ("ABI2CDE", True), ("X1 ADA", False),
     ("1234", False), ("101D234", False), ("0B12CDE", True), ("QQQQQQQ", False), ("B-MW 1234", False)],
)  # fmt: skip
def test_vrm_doubts_only_where_one_slip_makes_a_usual_mark(mark, doubt):
    assert bool(vrm_doubts(mark)) is doubt


def test_keepers_cherished_transfer_keeps_cars_and_marks_apart(bench):
    bench.load_source("vehicle_keepers", sample("vehicle_keepers"))
    bears = joined(bench, "REGISTERED_AS")
    assert sorted(bears) == [
        ("WVWZZZ1JZXW000001", "AB12CDE"), ("WVWZZZ1JZXW000001", "X1ADA"), ("WVWZZZ1JZXW000002", "AB12CDE"),
    ]  # fmt: skip
    vehicles = {e.caption: e for e in bench.entities("Vehicle")}
    assert all(("vrm" in e.properties) != ("vin" in e.properties) for e in vehicles.values())
    assert vehicles["WVWZZZ1JZXW000001"].properties["status"] == ("exported 2025-02-01",)
    assert vehicles["WVWZZZ1JZXW000002"].properties["model"] == ("TWO",)


def test_keepers_history_has_its_days(bench):
    bench.load_source("vehicle_keepers", sample("vehicle_keepers"))
    kept = joined(bench, "KEEPER_OF")
    company = kept["EXAMPLE TRADING LIMITED", "AB12CDE"]
    assert (company.valid_from[:10], company.valid_to[:10]) == ("2021-06-30", "2023-03-31")  # UK summer time


def test_keepers_insurance_names_drivers(bench):
    bench.load_source("vehicle_keepers", sample("vehicle_keepers"))
    uses = {(a, str(k.properties["basis"][0])) for (a, _), k in joined(bench, "USES_VEHICLE").items()}
    assert uses == {
        ("Ada Example", "policyholder"),
        ("Bob Sample", "insured driver"),
        ("Cy Invented", "insured driver"),
    }
    assert list(joined(bench, "INSURED_BY")) == [("AB12CDE", "Example Mutual")]


def test_keepers_owner_is_not_a_keeper(bench):
    text = "keeper_ref,vrm,role,keeper_name\nO1,AB12CDE,Owner,Ada Example\nK1,AB12CDE,keeper,Bob Sample\n"
    bench.load_source("vehicle_keepers", bench.put("keepers.csv", text))
    assert list(joined(bench, "OWNS")) == [("Ada Example", "AB12CDE")]
    assert list(joined(bench, "KEEPER_OF")) == [("Bob Sample", "AB12CDE")]
