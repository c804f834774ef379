"""The sets that identity is measured on, and the addresses, load with the counts of their SOURCE.md; what is refused is explained.

The open sets stand in test_shared_open_sets, the two large graphs in test_pole_manchester_load and test_vast2023_load.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from graphcore.workspace import Workspace
from ingest.pipeline import LoadSummary, load
from tests.unit.ingest.conftest import READER

pytestmark = pytest.mark.shared_data
FAKE = """mapping: 1
source: fake_1000
marking: {const: OFFICIAL}
files:
  - match: fake_1000.csv
    required: [unique_id, cluster]
    entities:
      person:
        type: Person
        key: unique_id
        unique: true
        original: row
        properties:
          name: {join: [first_name, surname], with: " "}
          birth_date: dob
          email: {column: email, on_error: keep}
          address: city
          note: cluster
"""
PAYMENTS = """mapping: 1
source: payments
marking: {const: OFFICIAL}
files:
  - match: "transactions_SIDE.parquet"
    format: parquet
    source: SIDE
    required: [unique_id, amount, transaction_date]
    ignore: [ground_truth]
    entities:
      payment:
        type: Event
        kind: transaction
        key: unique_id
        unique: true
        properties:
          title: memo
          occurred_on: transaction_date
          amount_pence: {column: amount, clean: pence}
          currency: {const: GBP}
"""
ADDRESSES = """mapping: 1
source: fhrs
marking: {const: OFFICIAL}
files:
  - match: "*.parquet"
    format: parquet
    required: [unique_id, address_concat]
    ignore: [source_dataset]
    entities:
      place:
        type: Location
        kind: address
        key: unique_id
        unique: true
        original: row
        properties:
          address: {join: [address_concat, postcode], with: ", "}
          postcode: postcode
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as opened:
        opened.store().prepare()
        yield opened


def put(workspace: Workspace, path: Path, mapping: str) -> LoadSummary:
    place = workspace.folder / "mapping.yaml"
    place.write_text(mapping, encoding="utf-8")
    return load(workspace, "table", path, mapping=place)


def entities(workspace: Workspace, entity_type: str) -> list:
    return list(workspace.store().view(READER).iter_entities(entity_type))


def test_fake_1000_has_its_records_and_clusters(workspace, shared_data):
    summary = put(workspace, shared_data / "er_fake_1000" / "fake_1000.csv", FAKE)
    assert summary.counts() == {
        "read": 1_000,
        "loaded": 1_000,
        "unchanged": 0,
        "quarantined": 0,
        "waiting": 0,
    }
    people = entities(workspace, "Person")
    assert len(people) == 1_000
    assert len({person.properties["note"] for person in people}) == 251
    with (shared_data / "er_fake_1000" / "fake_1000.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert sum("birth_date" in p.properties for p in people) == sum(bool(row["dob"]) for row in rows)
    # damaged addresses are kept as they were received, but for one without an @: the original row has it
    assert [line.partition(" email: ")[2].partition(",")[0] for line in summary.warnings] == [
        "kept as received: not an e-mail address (27 times",
        "left out: not an e-mail address (1 times",
    ]
    assert sum("email" in p.properties for p in people) == sum(bool(row["email"]) for row in rows) - 1


@pytest.mark.slow
@pytest.mark.parametrize("side", ["origin", "destination"])
def test_transactions_are_exact_to_the_penny(workspace, shared_data, side):
    path = shared_data / "er_transactions" / f"transactions_{side}.parquet"
    summary = put(workspace, path, PAYMENTS.replace("SIDE", side))
    assert (summary.read, summary.loaded, summary.quarantined) == (45_326, 45_326, 0)
    table = pq.read_table(path)
    events = entities(workspace, "Event")
    assert sum(event.properties["amount_pence"][0] for event in events) == sum(
        round(amount * 100) for amount in table["amount"].to_pylist()
    )
    days = Counter(day.isoformat() for day in table["transaction_date"].to_pylist())
    assert Counter(event.properties["occurred_on"][0] for event in events) == days


def test_addresses_but_the_one_with_half_a_postcode(workspace, shared_data):
    path = shared_data / "uk_addresses" / "fhrs_addresses_sample.parquet"
    summary = put(workspace, path, ADDRESSES)
    assert summary.counts() == {
        "read": 5_000,
        "loaded": 4_999,
        "unchanged": 0,
        "quarantined": 1,
        "waiting": 0,
    }
    (refused,) = workspace.ledger.quarantine()
    assert (refused.row, refused.field) == (1_713, "postcode")
    rows = pq.read_table(path).to_pylist()
    assert rows[1_712]["postcode"] == "MK43"  # a district, no postcode
    said = Counter(row["postcode"].replace(" ", "") for row in rows if row["postcode"] != "MK43")
    places = entities(workspace, "Location")
    assert Counter(place.properties["postcode"][0].replace(" ", "") for place in places) == said


@pytest.mark.slow
def test_ukpole_loads_every_record_of_every_file(workspace, shared_data):
    folder = shared_data / "er_ukpole_dev"
    summary = load(workspace, "ukpole", folder)
    assert (summary.rows, summary.quarantined, summary.waiting, summary.files) == (15_318, 0, 0, 9)
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as stream:
        truth = list(csv.DictReader(stream))
    assert len({row["entity_id"] for row in truth}) == 3_827
    batches = {batch.file: batch.counts for batch in workspace.ledger.batches()}
    files = Counter(row["source"] for row in truth)
    assert {name.partition(".")[0] for name in batches} == set(files)
    view = workspace.ledger.view(READER)
    kinds = {"person": "Person", "company": "Business"}
    some = truth[::40]  # test_demo_truth asks for all of them
    lost = [r for r in some if len(view.uid_of(kinds[r["entity_type"]], r["record_id"], r["source"])) != 1]
    assert json.dumps(lost[:3]) == "[]"


def test_every_set_has_a_test(shared_data):
    shown = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    sets = {path.name for path in shared_data.iterdir() if (path / "SOURCE.md").is_file()}
    assert {name for name in sets if name not in shown} == set()
