"""Every source: its sample loads whole, its README says what it must, and its quirks are handled."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.registry import SOURCES, TABLE
from tests.ingest_lists import occurrences_of

OWN = [name for name in SOURCES if name != TABLE]


def sample(name: str) -> Path:
    return Path(str(SOURCES[name].folder)) / "sample"


@pytest.mark.parametrize("name", OWN)
def test_source_has_readme_mapping_and_sample(name):
    folder = Path(str(SOURCES[name].folder))
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert all(word in text for word in ("**Layout**", "**Licence**", "**Quirks**"))
    assert any(sample(name).iterdir())


@pytest.mark.parametrize(
    ("name", "read", "waiting", "graph"),
    [
        ("pole_csv", 15, 0, (8, 7)),
        ("node_link_json", 11, 0, (5, 6)),
        ("call_records", 6, 0, (2, 2)),
        ("bank", 56, 1, (17, 14)),
        ("suspicious_activity", 21, 0, (0, 0)),
        ("cash_seizures", 12, 0, (7, 5)),
        ("crypto", 12, 0, (7, 4)),
    ],
)
def test_source_sample_loads_whole_and_once(bench, name, read, waiting, graph):
    summary = bench.load_source(name, sample(name))
    assert (summary.read, summary.quarantined, summary.waiting) == (read, 0, waiting)
    assert bench.counts() == graph
    again = bench.load_source(name, sample(name))
    assert (again.loaded, again.unchanged) == (0, read)
    assert bench.counts() == graph


def by_type(bench) -> dict[str, list]:
    found: dict[str, list] = {}
    for link in bench.links():
        found.setdefault(link.type, []).append(link)
    return found


def test_source_pole_turns_calls_round_and_finds_what_is_involved(bench):
    bench.load_source("pole_csv", sample("pole_csv"))
    links = by_type(bench)["PARTY_TO"]
    entities = {entity.uid: entity for entity in bench.entities()}
    seen = sorted(
        (entities[link.source].type, link.properties["role"][0], entities[link.target].kind) for link in links
    )
    assert seen == [
        ("Object", "involved", "crime"),
        ("Person", "party", "crime"),
        ("Phone", "caller", "call"),
        ("Vehicle", "involved", "crime"),
    ]
    (call,) = [entity for entity in entities.values() if entity.kind == "call"]
    assert call.properties["occurred_at"] == ("2017-08-03T23:32:00.000000Z",)
    assert bench.entities("Phone")[0].caption == "0-(070)893-3322"


def test_source_node_link_keeps_ids_apart_and_reports_the_misspelling(bench):
    summary = bench.load_source("node_link_json", sample("node_link_json"))
    assert {(e.type, e.caption) for e in bench.entities()} >= {("Organisation", "77"), ("Unknown", "77")}
    assert any(
        "weightlcoat: attribute not in the mapping: meant is perhaps 'weight'" in w for w in summary.warnings
    )
    assert len(by_type(bench)["PARTNER_OF"]) == 2  # two directions of a symmetric type are two statements
    assert len(by_type(bench)["OWNS"]) == 3  # a cycle


def test_source_calls_of_damaged_numbers_are_quarantined(bench):
    content = "a_number,b_number,start,reference\n07700 900123,4.47E+11,2026-01-01 10:00,C1\n07700900123,07700900124,2026-03-29 01:30,C2\n07700900123,07700900124,2026-01-01 10:00,C3\n"
    summary = bench.load_source("call_records", bench.put("june.csv", content))
    assert (summary.loaded, summary.quarantined) == (3, 2)
    assert [(row.row, row.field) for row in bench.refused()] == [(1, "b_number"), (2, "start")]
    (call,) = bench.links()
    assert [seen.reference for seen in occurrences_of(bench, call)] == ["C3"]


def test_source_bank_amounts_are_pence_and_open_ends_wait(bench):
    summary = bench.load_source("bank", sample("bank"))
    assert summary.waiting == 1
    by_reference = {link.properties["reference"]: link for link in by_type(bench)["PAYS"]}
    assert by_reference["T1",].properties["amount_pence"] == (125_050,)
    bench.load_source(
        "bank",
        bench.put("accounts2.csv", "sort_code,account_number,holder_name\n009988,10000009,Fuel Example\n"),
    )
    assert len(by_type(bench)["PAYS"]) == len(by_reference) + 1
