"""Beneficial ownership statements: all versions become one graph; what names nothing is refused, circles are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.errors import FileRefusedError
from ingest.readers.kinds import KindIndex
from ingest.registry import SOURCES

SAMPLE = Path(str(SOURCES["bods"].folder)) / "sample"


def entity(number: int) -> dict:
    return {
        "statementId": f"e{number}",
        "recordId": f"e{number}",
        "recordType": "entity",
        "recordDetails": {"entityType": {"type": "registeredEntity"}, "name": f"Corvane {number} Limited"},
    }


def owns(owner: str, owned: str) -> dict:
    return {
        "statementId": f"r-{owner}-{owned}",
        "recordId": f"r-{owner}-{owned}",
        "recordType": "relationship",
        "recordDetails": {
            "subject": owned,
            "interestedParty": owner,
            "interests": [{"type": "shareholding", "share": {"exact": 100}}],
        },
    }


def links_of(bench) -> dict[tuple[str, str, str], object]:
    name = {e.uid: e.caption for e in bench.entities()}
    return {(name[link.source], link.type, name[link.target]): link for link in bench.links()}


def test_source_bods_sample_loads_whole_and_once(bench):
    summary = bench.load_source("bods", SAMPLE)
    assert (summary.read, summary.quarantined, summary.waiting) == (22, 0, 0)
    assert summary.warnings == ()
    assert bench.counts() == (9, 12)
    again = bench.load_source("bods", SAMPLE)
    assert (again.loaded, again.unchanged) == (0, 22)


def test_source_bods_interests_become_links_with_intervals(bench):
    bench.load_source("bods", SAMPLE)
    links = links_of(bench)
    part = links["Vantora Family Trust", "OWNS", "Wyvercombe Textiles Limited"]
    assert (part.properties["share_min"], part.properties["share_max"]) == ((0.5,), (0.75,))
    votes = links["Vantora Family Trust", "CONTROLS", "Wyvercombe Textiles Limited"]
    assert (votes.properties["basis"], votes.properties["voting_min"]) == (("votingRights",), (0.5,))
    whole = links["Selka Vantorin", "OWNS", "Wyvercombe Textiles Limited"]
    assert (whole.properties["share_min"], whole.properties["indirect"]) == ((0.6,), (True,))
    office = links["Selka Vantorin", "OFFICER_OF", "Wyvercombe Textiles Limited"]
    assert office.properties["resigned_on"] == ("2026-02-20",)  # its record was closed
    old = links["Della Fennelgarth", "OWNS", "Fennelgarth Foods Limited"]
    assert (old.properties["share_min"], old.properties["share_max"]) == ((0.25,), (0.5,))
    assert old.valid_to == "2021-01-02T00:00:00.000000Z"
    assert links["Della Fennelgarth", "CONTROLS", "Fennelgarth Foods Limited"].properties["basis"] == (
        "appointmentOfBoard",
    )


def test_source_bods_owners_without_a_name_are_unknown_with_the_reason(bench):
    bench.load_source("bods", SAMPLE)
    unknown = {e.caption: e.properties["note"] for e in bench.entities("Unknown")}
    assert unknown == {
        "Not named: interestedPartyUnknown": ("beneficiary not yet traced",),
        "Owner not specified: noBeneficialOwners": ("no other owner above the threshold",),
        "Owner not specified: unknown": ("the owner is being looked for",),
    }


def test_source_bods_reference_to_nothing_is_quarantined(bench):
    rows = [
        entity(1),
        owns("e9", "e1"),
        owns("e1", "e8"),
        owns("e1", "e1"),
        {"statementId": "x", "recordId": "x"},
    ]
    summary = bench.load_source("bods", bench.put("s.json", json.dumps(rows)))
    assert [(row.row, row.field) for row in bench.refused()] == [
        (2, "recordDetails.interestedParty"),
        (3, "recordDetails.subject"),
        (5, "recordType"),
    ]
    assert (summary.loaded, bench.counts()) == (2, (1, 1))  # a company that owns itself


def test_source_bods_circle_of_ten_thousand(bench):
    size = 10_000
    rows = [owns(f"e{n}", f"e{(n + 1) % size}") for n in range(size)] + [entity(n) for n in range(size)]
    summary = bench.load_source("bods", bench.put("s.jsonl", "\n".join(map(json.dumps, rows))))
    assert (summary.loaded, summary.quarantined, summary.waiting) == (2 * size, 0, 0)
    assert bench.counts() == (size, size)


@pytest.mark.parametrize("content", ["statement,x\n1,2\n", "", "[{", '{"a": ' * 300])
def test_source_bods_other_content_is_refused(bench, content):
    with pytest.raises(FileRefusedError):
        bench.load_source("bods", bench.put("s.json", content))
    assert bench.counts() == (0, 0)


@pytest.mark.parametrize(
    "row",
    [
        {"recordType": [], "recordId": "a"},
        {"recordType": "entity", "recordId": {"a": 1}},
        {"recordType": "entity", "recordId": "a", "recordDetails": {"name": ["x"], "identifiers": "y", "addresses": [1]}},
        {"recordType": "relationship", "recordId": "a", "recordDetails": {"subject": 4, "interests": [1, {"share": []}]}},
        {"statementType": {}, "statementID": 12},
    ],
)  # fmt: skip
def test_source_bods_odd_shapes_never_crash(bench, row):
    summary = bench.load_source("bods", bench.put("s.json", json.dumps([entity(1), row])))
    assert summary.loaded >= 1
    assert summary.loaded + summary.quarantined == 2


def test_kind_index_tells_kinds_and_what_is_not_there():
    said = [(f"r{n}", ("a", "b")[n % 2]) for n in range(200_000)]
    index = KindIndex(("a", "b"), iter([*said, ("r0", "b")]))
    assert (len(index), index.kind("r0"), index.kind("r199999"), index.kind("x")) == (200_000, "a", "b", None)
    assert KindIndex(("a",), []).kind("r0") is None
