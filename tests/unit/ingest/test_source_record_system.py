"""Force record systems in three shapes: markers, merged and deleted nominals, validity, and damaged rows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest.pipeline import load
from ingest.registry import SOURCES

FOLDER = Path(str(SOURCES["record_system"].folder))
SHAPES = {
    "canonical": (FOLDER / "sample", None, 61),
    "niche": (FOLDER / "variants/sample/niche", FOLDER / "variants/niche.yaml", 33),
    "athena": (FOLDER / "variants/sample/athena", FOLDER / "variants/athena.yaml", 34),
}


def loaded(bench, shape, folder=None):
    sample, mapping, _ = SHAPES[shape]
    return load(
        bench.workspace,
        "northmere" if mapping else "record_system",
        folder or sample,
        mapping=mapping,
        store=bench.store,
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_record_system_shape_loads_whole_and_once(bench, shape):
    summary = loaded(bench, shape)
    assert (summary.read, summary.quarantined, summary.waiting) == (SHAPES[shape][2], 0, 0)
    graph = bench.counts()
    assert loaded(bench, shape).loaded == 0
    assert bench.counts() == graph


@pytest.mark.parametrize("shape", SHAPES)
def test_record_system_shape_says_the_same_of_ben(bench, shape):
    loaded(bench, shape)
    people = {e.caption.casefold(): e for e in bench.entities("Person")}
    ben, merged = people["ben marshbeck"], people["ben marshbek"]
    assert ben.properties["birth_date"] == ("1979",)
    assert ben.properties["record_status"] == ("live",)
    assert merged.properties["record_status"] == ("merged at source",)
    assert merged.properties["merged_into"][0] in {"Northmere Constabulary/N101", "70002", "E/N/2"}
    assert merged.uid != ben.uid  # what a source says of a merge joins nothing by itself
    roles = {
        link.properties["role"][0].casefold()
        for link in bench.links()
        if link.type == "PARTY_TO" and link.source == ben.uid
    }
    assert roles == {"suspect", "detained"}
    custody = next(e for e in bench.entities("Event") if e.kind == "custody")
    assert custody.properties["ended_at"] == ("2024-03-05T08:40:00.000000Z",)


@pytest.mark.parametrize("shape", SHAPES)
def test_record_system_marker_has_owner_contact_and_subject(bench, shape):
    loaded(bench, shape)
    markers = [e for e in bench.entities("Document") if e.kind == "marker"]
    assert markers
    assert all(marker.properties["owner"] and marker.properties["contact"] for marker in markers)
    warned = {link.target for link in bench.links() if link.source in {marker.uid for marker in markers}}
    marked = {e.uid for e in bench.entities() if e.type in ("Person", "Vehicle") and "marker" in e.properties}
    assert warned <= marked
    assert warned


def test_record_system_addresses_keep_their_dates(bench):
    loaded(bench, "canonical")
    homes = sorted(
        (link.valid_from or "", link.valid_to or "") for link in bench.links() if link.type == "LIVES_AT"
    )
    assert homes == [
        ("2020-01-01T00:00:00.000000Z", "2024-01-01T00:00:00.000000Z"),
        ("2024-01-01T00:00:00.000000Z", ""),
    ]
    assert [link.properties["basis"] for link in bench.links() if link.type == "HAS_ADDRESS"] == [
        ("BUSINESS",)
    ]


def test_record_system_two_forces_with_one_reference_are_two_people(bench):
    loaded(bench, "canonical")
    people = {e.caption for e in bench.entities("Person")}
    assert {"ADA MAY QUILLTHORPE", "DEE THORNGATE"} <= people
    assert len(people) == 5


def test_record_system_mo_and_intelligence_mention_identifiers(bench):
    loaded(bench, "canonical")
    kinds = {(e.type, e.caption) for e in bench.entities()}
    assert {
        ("Phone", "+447700900789"),
        ("Vehicle", "YY22XYZ"),
        ("Account", "12345678"),
        ("Location", "LS2 2ZZ"),
    } <= kinds


DAMAGED = [
    (
        "nominals.csv",
        "LIVE,,01/03/2024,OFFICIAL-SENSITIVE",
        "LIVE,,01/03/2024,SECRET",
        "marking",
        "SECRET",
    ),
    ("nominals.csv", "LIVE,,01/03/2024,OFFICIAL-SENSITIVE", "LIVE,,01/03/2024,", "marking", "empty"),
    ("nominals.csv", "LIVE,,01/03/2024", "PURGED,,01/03/2024", "status", "table of values"),
    ("markers.csv", "01/03/2025,P", "01/03/2025,Q", "handling", "unknown handling code"),
    ("markers.csv", "01/03/2025,P", "01/02/2024,P", "valid_from+expires_on", "ends before"),
    ("markers.csv", "C,A1 S2", "C,A9", "conditions", "unknown handling condition"),
    ("intelligence.csv", ",2C,P", ",C2,P", "grade", "grading"),
    ("intelligence.csv", ",2C,P", ",2C,", "handling", "empty"),
    ("crimes.csv", "02/03/2024 23:00", "32/03/2024 23:00", "occurred_from", "does not exist"),
    ("custody.csv", ",N101,", ",,", "nominal_ref", "empty"),
    ("involvements.csv", "N101,13240001234", "N101,", "crime_number", "empty"),
]


@pytest.mark.parametrize("damage", DAMAGED, ids=lambda damage: f"{damage[0]} {damage[3]} {damage[4]}")
def test_record_system_damaged_row_is_refused_with_its_field(bench, tmp_path, damage):
    name, old, new, field, reason = damage
    folder = tmp_path / "damaged"
    shutil.copytree(FOLDER / "sample", folder)
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert loaded(bench, "canonical", folder).quarantined == 1
    (row,) = bench.refused()
    assert (row.file, row.field) == (name, field)
    assert reason in row.reason
    if "SECRET" in reason:
        assert row.original == "(withheld)"


def test_record_system_niche_secret_letter_is_withheld(bench, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(SHAPES["niche"][0], folder)
    path = folder / "GFLAG_20240601.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("||OS", "||S"), encoding="utf-8")
    assert loaded(bench, "niche", folder).quarantined == 1
    assert bench.refused()[0].original == "(withheld)"
