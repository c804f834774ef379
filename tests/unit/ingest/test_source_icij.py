"""Offshore Leaks nodes and relationships, and the OpenCorporates-like variant of companies."""

from __future__ import annotations

from pathlib import Path

from ingest.pipeline import load
from ingest.registry import SOURCES

SAMPLE = Path(str(SOURCES["icij"].folder)) / "sample"
VARIANTS = Path(str(SOURCES["companies_house"].folder)) / "variants"


def test_source_icij_sample_loads_whole_and_once(bench):
    summary = bench.load_source("icij", SAMPLE)
    assert (summary.read, summary.quarantined, summary.waiting) == (15, 0, 0)
    assert summary.warnings == ()
    assert bench.counts() == (7, 8)
    again = bench.load_source("icij", SAMPLE)
    assert (again.loaded, again.unchanged) == (0, 15)


def test_source_icij_links_say_what_the_leak_says(bench):
    bench.load_source("icij", SAMPLE)
    name = {e.uid: e.caption for e in bench.entities()}
    links = {(name[link.source], link.type, name[link.target]): link for link in bench.links()}
    owns = links["Selka Vantorin", "OWNS", "VANTORA HOLDINGS INC."]
    assert (owns.valid_from, owns.valid_to) == ("2006-03-31T23:00:00.000000Z", "2013-01-01T00:00:00.000000Z")
    assert links["Selka Vantorin", "OFFICER_OF", "VANTORA HOLDINGS INC."].properties["role"] == (
        "director of",
    )
    assert ("FENNELGARTH & PARTNERS", "SUPPLIES", "VANTORA HOLDINGS INC.") in links
    assert {e.type for e in bench.entities() if e.caption == "Selka Vantorin"} == {"Unknown"}


def test_source_icij_relationship_without_its_node_is_quarantined(bench):
    folder = bench.folder / "leak"
    folder.mkdir()
    for path in SAMPLE.iterdir():
        if path.name != "nodes-others.csv":
            (folder / path.name).write_bytes(path.read_bytes())
    summary = bench.load_source("icij", folder)
    assert summary.quarantined == 1
    assert bench.refused()[0].field == "node_id_end"


def test_variant_opencorporates_keys_by_jurisdiction_and_number(bench):
    summary = load(
        bench.workspace, "table", VARIANTS / "sample" / "companies.csv",
        mapping=VARIANTS / "opencorporates.yaml", store=bench.store,
    )  # fmt: skip
    assert (summary.loaded, summary.quarantined) == (2, 0)
    ours, foreign = sorted(bench.entities("Business"), key=lambda e: e.caption, reverse=True)
    assert ours.properties["company_number"] == ("ZZ100009",)
    assert "company_number" not in foreign.properties
    assert foreign.properties["status"] == ("inactive",)
