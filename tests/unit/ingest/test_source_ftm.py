"""FollowTheMoney: the table of schemata against the standard's own, tolerance, statements, shares in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphcore.schema.loader import load_schema
from ingest.clean.shares import share_from, share_to
from ingest.errors import CleanError, FileRefusedError
from ingest.registry import SOURCES
from ingest.sources.ftm.schemata import EDGES, NODES, TIES

SAMPLE = Path(str(SOURCES["ftm"].folder)) / "sample"
# the schemata of versions 3.8 and 4.11 that are not abstract
STANDARD = [
    "Address",
    "Airplane",
    "Article",
    "Assessment",
    "Asset",
    "Associate",
    "Audio",
    "BankAccount",
    "Call",
    "CallForTenders",
    "Company",
    "Contract",
    "ContractAward",
    "Control",
    "CourtCase",
    "CourtCaseParty",
    "CryptoWallet",
    "Debt",
    "Directorship",
    "Document",
    "Documentation",
    "EconomicActivity",
    "Email",
    "Employment",
    "Event",
    "Family",
    "Folder",
    "HyperText",
    "Identification",
    "Image",
    "LegalEntity",
    "License",
    "Membership",
    "Mention",
    "Message",
    "Note",
    "Occupancy",
    "Organization",
    "Ownership",
    "Package",
    "Page",
    "Pages",
    "Passport",
    "Payment",
    "Person",
    "PlainText",
    "Position",
    "Post",
    "Project",
    "ProjectParticipant",
    "PublicBody",
    "RealEstate",
    "Representation",
    "Risk",
    "Sanction",
    "Security",
    "Succession",
    "Table",
    "TaxRoll",
    "Territory",
    "Trip",
    "UnknownLink",
    "UserAccount",
    "Vehicle",
    "Vessel",
    "Video",
    "Workbook",
]


def load(bench, *rows: dict, name: str = "x.ftm.json"):
    return bench.load_source("ftm", bench.put(name, "\n".join(map(json.dumps, rows))))


def entity(reference: str, schema: str, **properties: object) -> dict:
    listed = {k: v if isinstance(v, list) else [v] for k, v in properties.items()}
    return {"id": reference, "schema": schema, "properties": listed}


def test_source_ftm_table_covers_both_versions_and_fits_our_schema():
    assert [name for name in STANDARD if name not in NODES and name not in EDGES] == []
    schema = load_schema()
    for entity_type, kind in NODES.values():
        assert kind in (*schema.entities[entity_type].kinds, "")
    assert {tie.type for tie in (*EDGES.values(), *TIES.values())} <= set(schema.links)


def test_source_ftm_sample_loads_whole_and_once(bench):
    summary = bench.load_source("ftm", SAMPLE)
    assert (summary.read, summary.quarantined, summary.waiting) == (33, 0, 0)
    assert bench.counts() == (15, 18)
    again = bench.load_source("ftm", SAMPLE)
    assert (again.loaded, again.unchanged) == (0, 33)


def test_source_ftm_links_have_types_periods_and_shares(bench):
    bench.load_source("ftm", SAMPLE)
    name = {e.uid: e.caption for e in bench.entities()}
    links = {(name[link.source], link.type, name[link.target]): link for link in bench.links()}
    owns = links["Selka Vantorin", "OWNS", "Wyvercombe Textiles Limited"]
    assert (owns.properties["share_min"], owns.properties["share_max"]) == ((0.25,), (0.5,))
    assert (owns.valid_from, owns.valid_to) == ("2016-03-31T23:00:00.000000Z", "2022-01-01T00:00:00.000000Z")
    assert ("Wyvercombe Textiles Limited", "OWNS", "Northmere Star") in links
    assert ("Selka Vantorin", "PARTY_TO", "VT-SAN") in links
    assert ("Selka Vantorin", "HOLDS_ACCOUNT", "vtwallet0001") in links
    assert links["Della Fennelgarth", "OWNS", "Fennelgarth Foods"].properties["share_min"] == (0.75,)
    (foods,) = [e for e in bench.entities("Business") if e.properties.get("company_number") == ("ZZ100010",)]
    assert foods.kind == "company"  # a statement that said LegalEntity was less precise


def test_source_ftm_ends_that_are_not_there(bench):
    summary = load(
        bench,
        entity("p", "Person", name="Ada Example", addressEntity="a-elsewhere", unheardOf="kept"),
        entity("w", "CryptoWallet", publicKey="k", holder="nobody"),
        entity("f", "Family", person="p", relative="p-elsewhere"),
        entity("o", "Ownership", owner="p", asset="nothing"),
        entity("d", "Directorship", director="p"),
        entity("s", "Similar", candidate="p", match="w"),
        entity("n", "NewSchema", name="x"),
    )
    refused = [(row.row, row.field) for row in bench.refused()]
    assert refused == [(4, "properties.owner"), (5, "properties.director"), (6, "schema"), (7, "schema")]
    assert (summary.loaded, summary.waiting) == (4, 2)  # an address and a person can only be what they are
    (wallet,) = bench.entities("Account")
    assert wallet.properties["note"] == ("names something that the file does not hold holder",)


def test_source_ftm_circle_of_ten_thousand(bench):
    size = 10_000
    rows = [entity(f"o{n}", "Ownership", owner=f"c{n}", asset=f"c{(n + 1) % size}") for n in range(size)]
    rows += [entity(f"c{n}", "Company", name=f"Corvane {n}") for n in range(size)]
    summary = load(bench, *rows)
    assert (summary.quarantined, summary.waiting, bench.counts()) == (0, 0, (size, size))


def test_source_ftm_statements_that_are_scattered_come_in_parts(bench):
    rows = [
        {"canonical_id": "x", "entity_id": "1", "prop": "name", "schema": "Person", "value": "Ada Example"},
        {"canonical_id": "y", "entity_id": "2", "prop": "name", "schema": "Person", "value": "Bob Sample"},
        {"canonical_id": "x", "entity_id": "1", "prop": "birthDate", "schema": "Person", "value": "1980"},
        {"prop": "name", "value": 7},
    ]
    summary = load(bench, *rows)
    assert (summary.loaded, summary.quarantined) == (3, 1)
    assert bench.entities("Person")[0].properties == {"name": ("Ada Example",), "birth_date": ("1980",)}


@pytest.mark.parametrize(
    "row",
    [
        {"id": "a", "schema": "Person", "properties": []},
        {
            "id": "a",
            "schema": "Person",
            "properties": {"name": {"x": 1}, "birthDate": [None, ["1980"]], "email": "x"},
        },
        {"id": "a", "schema": ["Person"]},
        {"id": 7, "schema": "Person"},
        {"id": "a", "schema": "Ownership", "properties": {"owner": [{}], "asset": 1}},
    ],
)
def test_source_ftm_odd_shapes_never_crash(bench, row):
    summary = load(bench, entity("b", "Person", name="Ada Example"), row)
    assert summary.loaded + summary.quarantined == 2


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "", "[{", "just text"])
def test_source_ftm_other_content_is_refused(bench, content):
    with pytest.raises(FileRefusedError):
        bench.load_source("ftm", bench.put("x.json", content))


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("100", (1.0, 1.0)),
        ("33.3 %", (0.333, 0.333)),
        ("33,3%", (0.333, 0.333)),
        ("25\u201350%", (0.25, 0.5)),
        ("25% - 50%", (0.25, 0.5)),
        ("between 25 and 50", (0.25, 0.5)),
        ("> 75 %", (0.75, 1.0)),
        ("more than 25%", (0.25, 1.0)),
        ("75% or more", (0.75, 1.0)),
        ("up to 10 %", (0.0, 0.1)),
        ("<5", (0.0, 0.05)),
    ],
)
def test_shares_in_words(text, interval):
    assert (share_from(text), share_to(text)) == interval


@pytest.mark.parametrize(
    "text", ["majority", "150", "50-25", "25;50", "1/3", "-5", "9" * 5000, "1" + " " * 5000 + "-"]
)
def test_shares_that_are_not_understood_are_no_guess(text):
    with pytest.raises(CleanError):
        share_from(text)
