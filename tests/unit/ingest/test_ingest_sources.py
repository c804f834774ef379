"""Every source: its sample loads whole, its README says what it must, and its quirks are handled."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from ingest.registry import SOURCES, TABLE

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
        ("bank", 8, 1, (4, 3)),
        ("companies_house", 29, 0, (13, 10)),
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


def test_source_companies_house_intervals_and_unknown_owners(bench):
    bench.load_source("companies_house", sample("companies_house"))
    entities = {entity.uid: entity for entity in bench.entities()}
    control = {entities[link.source].caption: link for link in by_type(bench)["PSC_OF"]}
    ada = control["Ms Ada Quillthorpe"]
    assert (ada.properties["share_min"], ada.properties["share_max"]) == ((0.25,), (0.5,))
    assert (ada.valid_from, ada.valid_to) == ("2016-04-05T23:00:00.000000Z", "2021-12-14T00:00:00.000000Z")
    assert entities[ada.source].properties["birth_date"] == ("1961-12",)
    holding = control["MARSHBECK HOLDINGS LIMITED"]  # joined with the company's own row by its number
    assert holding.properties["indirect"] == (True,)
    assert entities[holding.source].properties["company_number"] == ("ZZ100002",)
    nominee = entities[control["Vantora Nominees SA"].source]
    assert "company_number" not in nominee.properties  # 12345678 stands in a register abroad
    assert entities[control["Owner protected (super-secure)"].source].type == "Unknown"
    assert entities[control["Owner exists but is not identified"].source].type == "Unknown"
    assert entities[control["Ministry Of Examples"].source].kind == "organisation"
    company = next(e for e in entities.values() if e.properties.get("company_number") == ("ZZ100001",))
    assert company.properties["name"] == ("QUILLTHORPE & MARSHBECK LIMITED",)
    assert company.properties["previous_name"] == ("MARSHBECK CAR WASH LIMITED",)
    assert "None Supplied" not in str([e.properties for e in entities.values()])
    assert len(by_type(bench)["REGISTERED_AT"]) == 2
    offices = {link.target for link in by_type(bench)["REGISTERED_AT"]}
    assert len(offices) == 1  # one address, two companies
    officers = {entities[link.source].caption: link for link in by_type(bench)["OFFICER_OF"]}
    assert officers["Ben MARSHBECK"].properties["role"] == ("secretary",)
    assert officers["Ben MARSHBECK"].valid_to == "2020-02-01T00:00:00.000000Z"


def test_source_companies_house_row_with_shifted_columns_is_quarantined(bench):
    text = (sample("companies_house") / "BasicCompanyData-sample.csv").read_text(encoding="utf-8")
    header, first, _ = text.splitlines()
    row = next(csv.reader(io.StringIO(first)))
    shifted = io.StringIO()
    csv.writer(shifted).writerow([*row[:30], "99999 - a fifth code", *row[30:]])
    path = bench.put("BasicCompanyData-2026-03-01.csv", f"{header}\n{shifted.getvalue()}{first}\n")
    summary = bench.load_source("companies_house", path)
    assert summary.quarantined == 1
    assert bench.refused()[0].reason == "56 fields where the header has 55"


def test_source_companies_house_real_samples(bench, shared_data, tmp_path):
    folder = tmp_path / "psc"
    folder.mkdir()
    for path in (shared_data / "uk_psc_samples").glob("*.json"):
        (folder / path.name).write_bytes(path.read_bytes())
    summary = bench.load_source("companies_house", folder)
    assert summary.counts() == {"read": 63, "loaded": 63, "unchanged": 0, "quarantined": 0, "waiting": 0}
    assert (summary.files, summary.skipped) == (17, 16)  # the totals line of each PSC file
    kinds = {(entity.type, entity.kind) for entity in bench.entities()}
    assert {
        ("Person", ""),
        ("Business", "company"),
        ("Business", "overseas_entity"),
        ("Business", "organisation"),
        ("Unknown", ""),
    } <= kinds


def test_source_psc_kinds_that_are_not_known_state_only_the_company(bench):
    lines = [
        {"company_number": "ZZ100001", "data": {"kind": "some-new-kind", "links": {"self": "/x"}}},
        {"data": {"kind": "totals#persons-of-significant-control-snapshot"}},
    ]
    summary = bench.load_source(
        "companies_house", bench.put("psc-1.jsonl", "\n".join(map(json.dumps, lines)))
    )
    assert (summary.loaded, summary.skipped) == (1, 1)


def test_source_calls_of_damaged_numbers_are_quarantined(bench):
    content = "a_number,b_number,start,reference\n07700 900123,4.47E+11,2026-01-01 10:00,C1\n07700900123,07700900124,2026-03-29 01:30,C2\n07700900123,07700900124,2026-01-01 10:00,C3\n"
    summary = bench.load_source("call_records", bench.put("june.csv", content))
    assert (summary.loaded, summary.quarantined) == (3, 2)
    assert [(row.row, row.field) for row in bench.refused()] == [(1, "b_number"), (2, "start")]
    (call,) = bench.links()
    assert call.properties["reference"] == ("C3",)


def test_source_bank_amounts_are_pence_and_open_ends_wait(bench):
    summary = bench.load_source("bank", sample("bank"))
    assert summary.waiting == 1
    (pays,) = by_type(bench)["PAYS"]
    assert pays.properties["amount_pence"] == (125_050,)
    bench.load_source(
        "bank",
        bench.put("accounts2.csv", "sort_code,account_number,holder_name\n009988,10000009,Fuel Example\n"),
    )
    assert len(by_type(bench)["PAYS"]) == 2
