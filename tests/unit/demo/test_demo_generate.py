"""The demo generator: same bytes for the same seed, and a truth that the files can bear out."""

import csv
import json
from collections import defaultdict
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.demo.generate import DemoManifest, generate
from ingest.demo.registry import COMPANIES_HEADER

SCALE = 0.1


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoManifest:
    return generate(tmp_path_factory.mktemp("demo"), scale=SCALE)


def rows(demo: DemoManifest, name: str) -> list[dict[str, str]]:
    with (demo.folder / name).open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if None not in row]


def truth(demo: DemoManifest) -> dict:
    return json.loads((demo.folder / "truth.json").read_text(encoding="utf-8"))


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_same_seed_gives_the_same_bytes(demo: DemoManifest, tmp_path: Path) -> None:
    generate(tmp_path, scale=SCALE)
    assert hashes(tmp_path) == hashes(demo.folder)


def test_another_seed_gives_another_city(demo: DemoManifest, tmp_path: Path) -> None:
    generate(tmp_path, seed=7, scale=SCALE)
    assert hashes(tmp_path)["force_a.csv"] != hashes(demo.folder)["force_a.csv"]


@pytest.mark.parametrize("scale", [0.0, -1.0, 50.0])
def test_a_scale_that_the_number_ranges_cannot_hold_is_refused(tmp_path: Path, scale: float) -> None:
    with pytest.raises(ValueError, match="choose one within"):
        generate(tmp_path, scale=scale)


def test_manifest_counts_the_rows_that_are_in_the_files(demo: DemoManifest) -> None:
    for name, count in demo.files.items():
        text = (demo.folder / name).read_text(encoding="utf-8")
        lines = text.splitlines()
        assert len(lines) - (1 if name.endswith(".csv") else 0) == count, name


def test_full_scale_is_a_city(tmp_path: Path) -> None:
    manifest = generate(tmp_path)
    assert sum(manifest.files[name] for name in ("calls.csv", "transactions.csv")) > 65_000
    assert manifest.entities["person"] > 2_500
    assert manifest.entities["business"] > 900
    assert len(truth(manifest)["planted"]["nominees"][0]["companies"]) >= 200
    assert len(truth(manifest)["planted"]["formation_agent"]["companies"]) >= 200


def test_truth_has_the_agreed_columns_and_one_entity_of_a_type_for_a_record(demo: DemoManifest) -> None:
    found = rows(demo, "truth.csv")
    assert list(found[0]) == ["source", "record_id", "entity_type", "entity_id"]
    assert {row["entity_type"] for row in found} == {"person", "business", "vehicle", "phone", "account"}
    seen: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in found:
        seen[row["source"], row["record_id"], row["entity_type"]].add(row["entity_id"])
    assert all(len(entities) == 1 for entities in seen.values())


@pytest.mark.parametrize(
    ("name", "source", "column"),
    [
        ("force_a.csv", "force_a", "NOMINAL_REF"),
        ("force_c.csv", "force_c", "REF"),
        ("officers.csv", "companies_house", "person_number"),
    ],
)
def test_every_good_person_row_has_its_truth(demo: DemoManifest, name: str, source: str, column: str) -> None:
    known = {row["record_id"] for row in rows(demo, "truth.csv") if row["source"] == source}
    references = {row[column] for row in rows(demo, name) if row[column]}
    assert references <= known


def test_forces_know_the_same_people_more_than_once(demo: DemoManifest) -> None:
    by_person: dict[str, set[str]] = defaultdict(set)
    for row in rows(demo, "truth.csv"):
        if row["entity_type"] == "person" and row["source"].startswith("force_"):
            by_person[row["entity_id"]].add(row["source"])
    assert sum(len(forces) > 1 for forces in by_person.values()) > 20


def test_groups_name_people_phones_and_companies_that_exist(demo: DemoManifest) -> None:
    found, facts = rows(demo, "truth.csv"), truth(demo)
    people = {row["entity_id"] for row in found if row["entity_type"] == "person"}
    companies = {row["CompanyNumber"] for row in companies_of(demo)}
    called = {row["record_id"] for row in found if row["source"] == "calls"}
    assert [group["kind"] for group in facts["groups"]] == [
        "drugs supply",
        "organised crime business",
        "fraud",
    ]
    for group in facts["groups"]:
        assert {member["person"] for member in group["members"]} <= people
        assert set(group["companies"]) <= companies
        assert len(set(group["phones"]) & called) > 3


def companies_of(demo: DemoManifest) -> list[dict[str, str]]:
    return [{name.strip(): value for name, value in row.items()} for row in rows(demo, "companies.csv")]


def test_bridges_belong_to_two_groups_each(demo: DemoManifest) -> None:
    facts = truth(demo)
    members = {group["id"]: {member["person"] for member in group["members"]} for group in facts["groups"]}
    assert {bridge["role"] for bridge in facts["planted"]["bridges"]} == {
        "accountant",
        "cash broker",
        "document broker",
    }
    for bridge in facts["planted"]["bridges"]:
        assert sum(bridge["person"] in people for people in members.values()) == 2


def test_companies_file_has_the_layout_of_the_register() -> None:
    assert len(COMPANIES_HEADER) == 55
    assert any(name.startswith(" ") for name in COMPANIES_HEADER)


def test_ownership_shapes_are_in_the_psc_file(demo: DemoManifest) -> None:
    planted = truth(demo)["planted"]
    owners, statements = defaultdict(set), set()
    for line in (demo.folder / "psc.jsonl").read_text(encoding="utf-8").splitlines():
        if line.endswith("}"):
            row = json.loads(line)
            body = row["data"]
            if body["kind"].endswith("statement"):
                statements.add((row["company_number"], body["statement"]))
            owners[row.get("company_number")].add(body.get("identification", {}).get("registration_number"))
    cycle = planted["ownership_cycle"]
    assert all(cycle[at - 1] in owners[number] for at, number in enumerate(cycle))
    assert (planted["unknown_owner"], "psc-exists-but-not-identified") in statements
    assert planted["overseas_owner"]["owner"] in owners[planted["overseas_owner"]["owns"]]
    assert planted["franchise"]["owners_up"][0] in owners[planted["franchise"]["franchisor"]]
    assert len(planted["franchise"]["franchisees"]) >= 8
    assert len(planted["phoenix"]["companies"]) == 3


def test_laundered_money_passes_every_stage(demo: DemoManifest) -> None:
    planted = truth(demo)["planted"]
    paid = {row["reference"]: row for row in rows(demo, "transactions.csv")}
    stages = list(planted["layering"])
    assert stages == ["placement", "layer1", "layer2", "layer3", "integration"]
    for lower, upper in pairwise(stages):
        references = planted["layering_payments"][upper]
        assert references
        assert {paid[ref]["from_account"] for ref in references} <= set(planted["layering"][lower])
        assert {paid[ref]["to_account"] for ref in references} <= set(planted["layering"][upper])


def test_references_point_at_something_but_for_the_planted_ones(demo: DemoManifest) -> None:
    accounts = {f"{row['sort_code']} {row['account_number']}" for row in rows(demo, "accounts.csv")}
    loose = [
        row["reference"]
        for row in rows(demo, "transactions.csv")
        if not {row["from_account"], row["to_account"]} <= accounts
    ]
    assert loose == demo.dangling["transactions.csv"]
    numbers = {row["CompanyNumber"] for row in companies_of(demo)}
    officers = [
        row["appointment_ref"] for row in rows(demo, "officers.csv") if row["company_number"] not in numbers
    ]
    assert officers == demo.dangling["officers.csv"]
    nominals = {row["NOMINAL_REF"] for row in rows(demo, "force_a.csv")}
    parties = [row["party_ref"] for row in rows(demo, "parties_a.csv") if row["nominal_ref"] not in nominals]
    assert parties == demo.dangling["parties_a.csv"]


def test_intelligence_is_graded_and_some_of_it_is_closely_held(demo: DemoManifest) -> None:
    read = [json.loads(line) for line in lines(demo, "intelligence.jsonl") if line.endswith("}")]
    items = [item for item in read if item["marking"] != "SECRET"]
    old = [json.loads(line) for line in lines(demo, "intelligence_legacy.jsonl")]
    assert {item["source_grade"] for item in items} <= set("123")
    assert {item["source_grade"] for item in old} <= set("ABCDE")
    assert {item["handling"] for item in items} == {"P", "C"}
    assert {item["handling"] for item in old} <= set("12345")
    assert all(item["conditions"] for item in items if item["handling"] == "C")
    assert len({item.get("compartment") for item in items}) > 1
    assert {"associate", "member_of", "uses_phone", "uses_vehicle", "controls"} == {
        item["kind"] for item in items
    }


def lines(demo: DemoManifest, name: str) -> list[str]:
    return (demo.folder / name).read_text(encoding="utf-8").splitlines()


def test_identifiers_are_unmistakably_invented(demo: DemoManifest) -> None:
    assert all(row["vrm"].upper().startswith("Q") for row in rows(demo, "vehicle_keepers.csv") if row["vrm"])
    assert all(
        row["CompanyNumber"].startswith(("99", "OE9")) for row in companies_of(demo) if row["CompanyNumber"]
    )
    assert all(row["a_number"].startswith("4477009") for row in rows(demo, "calls.csv") if row["a_number"])
    assert all(row["sort_code"].startswith("00") for row in rows(demo, "accounts.csv"))


def test_hard_negatives_are_on_police_systems(demo: DemoManifest) -> None:
    planted = truth(demo)["planted"]
    on_file = {row["entity_id"] for row in rows(demo, "truth.csv") if row["source"].startswith("force_")}
    for pairs in (planted["twins"], planted["parent_and_child"], planted["namesakes"]):
        assert pairs
        assert sum(set(pair) <= on_file for pair in pairs) >= len(pairs) // 2
