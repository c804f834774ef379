"""Intelligence reports: grading and handling of each item, damaged items, and what an item says of people."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from graphcore.evidence import GradingScheme
from ingest.errors import IngestError
from ingest.registry import SOURCES

SAMPLE = Path(str(SOURCES["intelligence_reports"].folder)) / "sample"


def reports() -> dict:
    return json.loads((SAMPLE / "reports.json").read_text(encoding="utf-8"))


def documents(bench):
    return {
        record.reference: record
        for record in bench.workspace.ledger.view(_all()).records(
            [rid for e in bench.store.view(_all()).iter_entities("Document") for rid in e.rids]
        )
    }


def _all():
    from dataclasses import replace

    from tests.unit.ingest.conftest import READER

    return replace(READER, organisation="Northmere Constabulary")


def test_reports_sample_loads_whole_and_once(bench):
    summary = bench.load_source("intelligence_reports", SAMPLE)
    assert (summary.read, summary.quarantined, summary.waiting) == (36, 0, 0)
    graph = bench.counts()
    assert bench.load_source("intelligence_reports", SAMPLE).loaded == 0
    assert bench.counts() == graph


def test_reports_each_item_has_its_own_evidence(bench):
    bench.load_source("intelligence_reports", SAMPLE / "reports.json")
    found = documents(bench)
    grades = {reference.rpartition("Constabulary/")[2]: (str(r.grading.scheme), r.grading.code, r.label.handling_code, r.label.handling_conditions, r.label.marking) for reference, r in found.items()}  # fmt: skip
    sensitive = "OFFICIAL-SENSITIVE"
    assert grades == {
        "IR-24-0007/1": ("3x5x2", "2B", "P", (), sensitive),
        "IR-24-0007/2": ("3x5x2", "1A", "C", ("A2", "S1"), sensitive),
        "IR-24-0007/3": ("3x5x2", "3D", "P", (), "OFFICIAL"),
        "IR-13-0411/1": ("5x5x5", "B2", "1", (), sensitive),
        "IR-13-0411/2": ("5x5x5", "E4", "5", (), sensitive),
    }
    assert {r.properties["thread"] for r in found.values()} == {("IR-24-0007",), ("IR-13-0411",)}


def test_reports_subjects_links_and_mentions_stand_under_their_item(bench):
    bench.load_source("intelligence_reports", SAMPLE / "reports.json")
    links = {link.type for link in bench.links()}
    assert {"MENTIONS", "ASSOCIATE_OF", "CONTROLS"} <= links
    captions = {e.caption for e in bench.entities()}
    assert {"Ben MARSHBECK", "+447700900789", "YY22XYZ", "MARSHBECK MOTORS LTD"} <= captions
    codes = {(r.type, r.grading.code) for r in bench.records() if r.type in ("Phone", "Vehicle")}
    assert codes == {("Phone", "2B"), ("Vehicle", "2B")}
    names = [s.label for s in bench.workspace.ledger.view(_all()).suggestions()]
    assert "Marshbeck Motors Ltd" in names
    assert not {e.caption for e in bench.entities()} & {"Marshbeck Motors Ltd", "Kasia Thorngate"}


def test_reports_csv_says_both_schemes(bench):
    summary = bench.load_source("intelligence_reports", SAMPLE / "items.csv")
    assert summary.quarantined == 0
    records = [r for r in bench.records() if r.type == "Document"]
    assert {r.grading.scheme for r in records} == {GradingScheme.THREE_FIVE_TWO, GradingScheme.FIVE_FIVE_FIVE}


DAMAGED = [
    ({"source_grade": ""}, "item.source_grade", "is empty"),
    ({"intelligence_grade": None}, "item.intelligence_grade", "is empty"),
    ({"source_grade": "B"}, "item.source_grade+item.intelligence_grade", "grading source"),
    ({"intelligence_grade": "3"}, "item.source_grade+item.intelligence_grade", "grading intelligence"),
    ({"handling": "1"}, "item.handling", "unknown handling code"),
    ({"handling": ""}, "item.handling", "handling code is empty"),
    (
        {"handling": "c", "action_code": "A7"},
        "item.action_code+item.sanitisation_code",
        "unknown handling condition",
    ),
    ({"marking": "SECRET"}, "item.marking", "SECRET"),
    ({"marking": "TOP SECRET STRAP"}, "item.marking", "SECRET"),
    ({"marking": "PRIVATE"}, "item.marking", "unknown marking"),
    ({"scheme": "4x4"}, "item.scheme", "unknown scheme"),
    ({"scheme": None}, "item.scheme", "unknown scheme"),
    ({"scheme": "4x4", "marking": "SECRET"}, "item.scheme", "unknown scheme"),
    ({"text": ""}, "item.text", "is empty"),
    ({"written_on": "31/02/2024"}, "item.written_on", "does not exist"),
]


@pytest.mark.parametrize(("change", "field", "reason"), DAMAGED, ids=str)
def test_reports_damaged_item_is_refused_alone(bench, change, field, reason):
    document = reports()["reports"][0]
    document["items"][0] |= change
    summary = bench.load_source("intelligence_reports", bench.put("one.json", json.dumps(document)))
    refused = bench.refused()
    assert [(row.field, reason in row.reason) for row in refused] == [(field, True)]
    assert len(documents(bench)) == 2  # the other items of the report stand
    assert summary.quarantined == len(refused)
    if "SECRET" in str(change.get("marking")):
        assert {row.original for row in refused} == {"(withheld)"}


@pytest.mark.parametrize(
    "content",
    ["", "not json", '{"urn": 1', "[1, 2", "\x00\x00", '"text"', "7", "[" * 5_000, '{"a":' * 2_000, "\ufeff"],
    ids=lambda text: repr(text[:8]),
)
def test_reports_that_are_none_are_refused_whole(bench, content):
    with pytest.raises(IngestError, match="Nothing of it was loaded"):
        bench.load_source("intelligence_reports", bench.put("one.json", content))


@pytest.mark.parametrize("report", [{"urn": "X"}, {"urn": "X", "items": []}, {"items": [7]}, [], 7, None])
def test_reports_of_wrong_shape_are_refused_rows(bench, report):
    summary = bench.load_source("intelligence_reports", bench.put("one.json", json.dumps([report])))
    assert summary.loaded == 0
    assert summary.quarantined == 1


def test_reports_csv_of_unknown_scheme_is_refused(bench):
    rows = list(csv.DictReader((SAMPLE / "items.csv").read_text(encoding="utf-8").splitlines()))
    rows[0]["scheme"] = "4x4"
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    assert bench.load_source("intelligence_reports", bench.put("items.csv", out.getvalue())).quarantined == 1
    assert bench.refused()[0].field == "scheme"
