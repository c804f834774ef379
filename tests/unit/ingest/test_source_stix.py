"""STIX bundles: types, typed ends, and markings that never come out more open than they went in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.errors import FileRefusedError
from ingest.registry import SOURCES
from ingest.sources.stix.markings import Markings

SAMPLE = Path(str(SOURCES["stix"].folder)) / "sample"
GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"


def definition(reference: str, **fields: object) -> dict:
    return {"type": "marking-definition", "id": reference, **fields}


def person(number: int, *markings: str, **fields: object) -> dict:
    return {
        "type": "identity",
        "id": f"identity--{number}",
        "name": f"Person {number}",
        "identity_class": "individual",
        "object_marking_refs": list(markings or (GREEN,)),
        **fields,
    }


def bundle(*objects: dict) -> str:
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects})


def test_source_stix_sample_loads_whole_and_once(bench):
    summary = bench.load_source("stix", SAMPLE)
    assert (summary.read, summary.quarantined, summary.waiting, summary.skipped) == (16, 0, 0, 1)
    assert summary.warnings == ()
    assert bench.counts() == (8, 8)
    again = bench.load_source("stix", SAMPLE)
    assert (again.loaded, again.unchanged) == (0, 16)


def test_source_stix_objects_and_relationships(bench):
    bench.load_source("stix", SAMPLE)
    name = {e.uid: e.caption for e in bench.entities()}
    links = {(name[link.source], link.type, name[link.target]): link for link in bench.links()}
    owns = links["Ada Quillthorpe", "OWNS", "Wyvercombe Textiles Limited"]  # stood before its ends
    assert owns.valid_from == "2016-04-06T00:00:00.000000Z"
    assert ("Ada Quillthorpe", "MEMBER_OF", "Mill Row Crew") in links
    assert ("Textile works on Lark Lane", "MENTIONS", "Ada Quillthorpe") in links
    (report,) = [e for e in bench.entities("Document") if e.kind == "intelligence_report"]
    assert report.properties["written_at"] == ("2026-02-10T09:00:00.000000Z",)
    (ada,) = bench.entities("Person")
    assert "confidence 70 of 100" in ada.properties["note"]


@pytest.mark.parametrize(
    ("markings", "held"),
    [
        ([GREEN], ("green", "OFFICIAL", "P", "")),
        ([GREEN, RED], ("red", "OFFICIAL-SENSITIVE", "C", "A1")),
        (["m--amber"], ("amber", "OFFICIAL-SENSITIVE", "P", "")),
        (["m--strict"], ("amber+strict", "OFFICIAL-SENSITIVE", "C", "A1")),
        (["m--statement"], ("unknown", "OFFICIAL-SENSITIVE", "C", "A1")),
        (["m--not-there"], ("unknown", "OFFICIAL-SENSITIVE", "C", "A1")),
        (["m--secret", GREEN], ("secret", "SECRET", "C", "A1")),
        ([], ("unknown", "OFFICIAL-SENSITIVE", "C", "A1")),
        ([7], ("unknown", "OFFICIAL-SENSITIVE", "C", "A1")),
    ],
)
def test_stix_markings_are_never_more_open(markings, held):
    found = Markings(
        iter(
            [
                definition("m--amber", definition_type="tlp", definition={"tlp": "amber"}),
                definition("m--strict", extensions={"extension-definition--1": {"tlp_2_0": "amber+strict"}}),
                definition(
                    "m--statement", definition_type="statement", definition={"statement": "Copyright"}
                ),
                definition("m--secret", definition_type="statement", definition={"statement": "UK Secret"}),
                definition(GREEN, definition_type="tlp", definition={"tlp": "white"}),  # cannot be redefined
            ]
        )
    ).held({"object_marking_refs": markings})
    assert (found.label, found.marking, found.code, found.conditions) == held


def test_stix_marking_of_a_part_holds_the_whole():
    item = {
        "object_marking_refs": [GREEN],
        "granular_markings": [{"marking_ref": RED, "selectors": ["name"]}],
    }
    assert Markings(iter([])).held(item).label == "red"


def test_source_stix_secret_is_refused_and_not_kept(bench):
    secret = definition(
        "marking-definition--s", definition_type="statement", definition={"statement": "TOP SECRET"}
    )
    lost = {
        "type": "relationship", "id": "relationship--1", "relationship_type": "owns", "source_ref": "identity--1",
        "target_ref": "x--9", "object_marking_refs": ["marking-definition--s"],
    }  # fmt: skip
    text = bundle(secret, person(1, "marking-definition--s"), person(2), lost)
    summary = bench.load_source("stix", bench.put("b.json", text))
    assert (summary.loaded, summary.quarantined) == (1, 2)
    assert all("SECRET" in row.reason and not row.original for row in bench.refused())


def test_source_stix_references_to_nothing(bench):
    def related(number: int, source: str, target: str) -> dict:
        return {
            "type": "relationship", "id": f"relationship--{number}", "relationship_type": "related-to",
            "source_ref": source, "target_ref": target, "object_marking_refs": [GREEN],
        }  # fmt: skip

    text = bundle(
        related(1, "identity--1", "identity--9"),
        related(2, "identity--1", "location--9"),
        related(3, "identity--1", "identity--1"),
        person(1),
        {
            "type": "report",
            "id": "report--1",
            "name": "r",
            "object_refs": ["identity--9", "relationship--1", 5],
        },
        {"id": "nothing--1"},
    )
    summary = bench.load_source("stix", bench.put("b.json", text))
    assert [(row.row, row.field) for row in bench.refused()] == [(1, "target_ref"), (6, "id")]
    assert summary.waiting == 1  # a location can only be one
    (report,) = bench.records()[-1:]
    assert report is not None


def test_source_stix_objects_as_lines_and_as_an_array(bench):
    lines = "\n".join(json.dumps(person(n)) for n in range(3))
    assert bench.load_source("stix", bench.put("lines.jsonl", lines)).loaded == 3
    array = json.dumps([person(n) for n in range(3)])
    assert bench.load_source("stix", bench.put("array.json", array)).unchanged == 3


@pytest.mark.parametrize(
    "content", ["", "a,b\n", '{"type": "bundle"}\n', '{"type": "bundle", "objects": [', '{"objects": ' * 90]
)
def test_source_stix_other_content_is_refused(bench, content):
    with pytest.raises(FileRefusedError):
        bench.load_source("stix", bench.put("b.json", content))
