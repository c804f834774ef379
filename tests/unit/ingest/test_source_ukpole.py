"""The nine-file set: loads whole, finds its truth's records, and keeps what keying has spoilt."""

from __future__ import annotations

import csv
import json
import random
import shutil
from pathlib import Path

import pytest

from ingest.registry import SOURCES
from tests.unit.ingest.conftest import READER

SAMPLE = Path(str(SOURCES["ukpole"].folder)) / "sample"
ROWS = 12


def test_ukpole_sample_loads_whole_and_once(bench):
    summary = bench.load_source("ukpole", SAMPLE)
    assert (summary.quarantined, summary.waiting, summary.files, summary.rows) == (0, 0, 9, ROWS)
    graph = bench.counts()
    again = bench.load_source("ukpole", SAMPLE)
    assert (again.loaded, again.unchanged) == (0, summary.read)
    assert bench.counts() == graph


def test_ukpole_origins_are_named_as_the_truth_names_them(bench):
    bench.load_source("ukpole", SAMPLE)
    view = bench.workspace.ledger.view(READER)
    for source in ("force_a", "force_b", "force_c", "bank", "dvla", "intel", "ch_officers"):
        assert len(view.uid_of("Person", f"{source}-000001", source)) == 1, source
    for source in ("ch_companies", "supplier"):
        assert len(view.uid_of("Business", f"{source}-000001", source)) == 1, source


def test_ukpole_keeps_damaged_values_but_makes_no_entity_of_them(bench):
    summary = bench.load_source("ukpole", SAMPLE)
    ben = next(e for e in bench.entities("Person") if e.caption == "BEN MARSHBECK")
    assert ben.properties["postcode"] == ("LS1 1ZZZ",)
    assert ben.properties["phone"] == ("4.47E+11",)
    assert ben.properties["birth_date"] == ("1979",)
    ada = next(
        e for e in bench.entities("Person") if e.caption == "Ada Quillthorpe" and "alias" in e.properties
    )
    assert ada.properties["phone"] == ("+447700900123",)  # N/A beside it is no value
    assert {phone.caption for phone in bench.entities("Phone")} == {"+447700900123", "+447700900456"}
    assert any("TEL: kept as received" in line for line in summary.warnings)
    assert any("phones: left out" in line for line in summary.warnings)


def test_ukpole_states_what_relational_evidence_needs(bench):
    bench.load_source("ukpole", SAMPLE)
    types = {link.type for link in bench.links()}
    assert types == {
        "LIVES_AT", "USES_PHONE", "USES_VEHICLE", "USES_IDENTITY", "KEEPER_OF", "OFFICER_OF", "TRADES_FROM", "REGISTERED_AT", "HAS_ADDRESS",
    }  # fmt: skip
    grades = [record.grading for record in bench.records() if record.source == "intel"]
    assert {grade.code for grade in grades if grade} == {"B2"}
    assert None in grades  # Z9 is no grade: left out, kept in the original


def test_ukpole_addresses_without_a_postcode_are_not_shared(bench, tmp_path):
    folder = tmp_path / "two"
    folder.mkdir()
    head = "record_id,trading_name,co_no,tel,addr,pcode\n"
    rows = "supplier-1,One,,,10 Mill Lane,\nsupplier-2,Two,,,10 Mill Lane,\nsupplier-3,Three,,,5 Low Road,LS1 1ZZ\nsupplier-4,Four,,,5 low road,ls1 1zz\n"
    (folder / "supplier.csv").write_text(head + rows, encoding="utf-8")
    bench.load_source("ukpole", folder)
    assert len(bench.entities("Location")) == 3


@pytest.mark.parametrize("seed", range(5))
def test_ukpole_noise_in_values_loses_no_record(bench, tmp_path, seed):
    """Letters and digits struck, doubled or turned in every field but the reference: all records load."""
    rng = random.Random(seed)
    folder = tmp_path / "noisy"
    shutil.copytree(SAMPLE, folder)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            header, *rows = list(csv.reader(handle))
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(
                [header, *([row[0], *(_spoilt(v, rng) for v in row[1:])] for row in rows)]
            )
    path = folder / "force_b.jsonl"
    people = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("\n".join(json.dumps(_deep(p, rng)) for p in people), encoding="utf-8")
    summary = bench.load_source("ukpole", folder)
    assert (summary.quarantined, summary.rows) == (0, ROWS)
    named = {
        (r.source, r.reference)
        for t in ("Person", "Business")
        for r in bench.workspace.ledger.view(READER).iter_origins(t)
    }
    assert sum(reference.rpartition("-")[0] == source for source, reference in named) == ROWS


def _spoilt(value: str, rng: random.Random) -> str:
    if not value:
        return value
    at = rng.randrange(len(value))
    how = rng.randrange(6)
    if how == 0:
        return value[:at] + value[at + 1 :]
    if how == 1:
        return value[:at] + value[at] * 2 + value[at + 1 :]
    if how == 2:
        return value[:at] + rng.choice("abcXYZ019?'\u00e9 ") + value[at + 1 :]
    return "" if how == 3 else value[::-1] if how == 4 else value


def _deep(value: object, rng: random.Random, key: str = "") -> object:
    if isinstance(value, dict):
        return {name: _deep(inner, rng, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_deep(inner, rng) for inner in value]
    return _spoilt(value, rng) if isinstance(value, str) and key != "record_id" else value
