"""Every open set beside the project loads with the counts of its SOURCE.md; what is refused or folded is explained here."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.model import Link
from graphcore.store.port import GraphStore, GraphView
from graphcore.store.query import ExpandQuery
from graphcore.workspace import Workspace
from ingest.errors import FileRefusedError
from ingest.pipeline import LoadSummary, load

READER = AccessContext(
    "tester",
    "northshire",
    Marking.OFFICIAL_SENSITIVE,
    Purpose(PurposeCode.SYSTEM, "tests"),
    may_read_conditional=True,
)
NODES_AND_EDGES = """mapping: 1
source: covert
marking: {const: OFFICIAL}
files:
  - match: "*_nodes.csv"
    required: [id]
    ignore: [Age, Arrests, Birthplace, Convictions, Music, Prison, Ranking, Residence]
    entities:
      actor: {type: Person, key: id, original: row, properties: {name: name}}
  - match: "*_edges.csv"
    required: [source, target]
    may_lack: [weight]
    links:
      - {type: ASSOCIATE_OF, source: {type: Person, key: source}, target: {type: Person, key: target}, properties: {weight: weight}}
"""
EDGE_LIST = """mapping: 1
source: montagna
marking: {const: OFFICIAL}
files:
  - match: "*edgelist.csv"
    delimiter: DELIMITER
    header: [source, target, weight]
    entities:
      one: {type: Person, key: source, properties: {name: source}}
      other: {type: Person, key: target, properties: {name: target}}
    links:
      - {type: ASSOCIATE_OF, source: one, target: other, properties: {weight: weight}}
"""
FINCEN = """mapping: 1
source: fincen
marking: {const: OFFICIAL}
dates: mdy
files:
  - match: "*transactions_map.csv"
    required: [id, originator_bank_id, beneficiary_bank_id]
    ignore: [originator_iso, beneficiary_iso]
    entities:
      payer:
        {type: Account, kind: bank, key: originator_bank_id, properties: {account_number: originator_bank_id, bank: originator_bank}}
      payee:
        {type: Account, kind: bank, key: beneficiary_bank_id, properties: {account_number: beneficiary_bank_id, bank: beneficiary_bank}}
    links:
      - type: PAYS
        source: payer
        target: payee
        reference: id
        original: row
        valid_from: begin_date
        valid_to: end_date
        properties:
          reference: id
          amount: amount_transactions
          currency: {const: USD}
          occurrences: number_transactions
          description: {join: [{const: reported by}, filer_org_name]}
  - match: "*bank_connections.csv"
    required: [icij_sar_id, filer_org_name_id, entity_b_id]
    ignore: [entity_b_iso_code]
    entities:
      filer: {type: Business, kind: company, key: filer_org_name_id, properties: {name: filer_org_name}}
      bank: {type: Business, kind: company, key: entity_b_id, properties: {name: entity_b, country: entity_b_country}}
    links:
      - {type: ASSOCIATE_OF, source: filer, target: bank, reference: icij_sar_id, properties: {basis: {const: named in one report}}}
"""


@dataclass
class Desk:
    """A workspace a test, and ways to load into it."""

    workspace: Workspace
    store: GraphStore
    folder: Path

    def load(self, source: str, path: Path, mapping: str | None = None) -> LoadSummary:
        place = None
        if mapping is not None:
            place = self.folder / "mapping.yaml"
            place.write_text(mapping, encoding="utf-8")
        return load(self.workspace, source, path, mapping=place, store=self.store)

    @property
    def view(self) -> GraphView:
        return self.store.view(READER)

    def counts(self) -> tuple[int, int]:
        counts = self.view.counts()
        return counts.entities, counts.links

    def kinds(self) -> Counter[tuple[str, str]]:
        return Counter((entity.type, entity.kind) for entity in self.view.iter_entities(None))

    def links(self) -> Counter[str]:
        return Counter(link.type for link in self.all_links())

    def all_links(self, link_type: str | None = None) -> list[Link]:
        uids = [entity.uid for entity in self.view.iter_entities()]
        found = self.view.expand(uids, ExpandQuery(hops=1, limit=50_000)).links
        return [link for link in found if link_type in (None, link.type)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Workspace.open(tmp_path / "workspace") as workspace:
        store = workspace.store()
        store.prepare()
        yield Desk(workspace, store, tmp_path)


BODS = sorted(
    [
        "bods-package",
        "bods-package-annotations",
        "bods-package-entity-owning-entity",
        "bods-package-fi-soe",
        "bods-package-linking-annotations",
        "fermcat",
        "full-pep-declaration",
        "indirect-ownership",
        "joint-ownership",
        "levent",
        "listed-company-exempt-from-disclosure",
        "mixed-direct-and-indirect-ownership",
        "multiple-indirect-ownership",
        "multiple-tax-residencies",
        "mutilple-indirect-ownership-2",
        "nomination",
        "plc-entity-statement",
        "simple-pep-declaration",
        "tecido",
    ]
)


@pytest.mark.parametrize("name", BODS)
def test_bods_example_loads_whole(desk, shared_data, name):
    """Each file on its own: the examples use one record id for different things."""
    path = shared_data / "bods_examples" / f"{name}.json"
    statements = json.loads(path.read_text(encoding="utf-8"))
    described = [s for s in statements if s["recordType"] != "relationship"]
    related = [s["recordDetails"] for s in statements if s["recordType"] == "relationship"]
    unspecified = sum(isinstance(found["interestedParty"], dict) for found in related)
    records = len(described) + unspecified + sum(len(found.get("interests") or [1]) for found in related)
    summary = desk.load("bods", path)
    # a statement that says again what was said before is one record
    assert (summary.read, summary.quarantined, summary.waiting) == (records, 0, 0)
    assert desk.counts()[0] == len({s["recordId"] for s in described}) + unspecified


def test_bods_examples_are_nineteen_files_and_119_statements(shared_data):
    found = sorted((shared_data / "bods_examples").glob("*.json"))
    assert sorted(path.stem for path in found) == BODS
    kinds = Counter(s["recordType"] for path in found for s in json.loads(path.read_text(encoding="utf-8")))
    assert kinds == {"relationship": 56, "entity": 35, "person": 28}


def test_ftm_zala_counts(desk, shared_data):
    summary = desk.load("ftm", shared_data / "ftm_samples" / "zala.ftm.json")
    assert summary.quarantined == 0
    assert desk.kinds() == {
        ("Business", "company"): 11, ("Person", ""): 6, ("Event", "other"): 41, ("Document", "document"): 1,
        ("Location", "address"): 11,
    }  # fmt: skip
    links = desk.links()
    assert {name: links[name] for name in ("OWNS", "OFFICER_OF", "FAMILY_OF", "PARTY_TO", "MENTIONS")} == {
        "OWNS": 14, "OFFICER_OF": 3, "FAMILY_OF": 4, "PARTY_TO": 41, "MENTIONS": 1,
    }  # fmt: skip
    assert summary.waiting == 16  # addresses that the sample was cut without
    owns = desk.all_links("OWNS")
    assert len({end for link in owns for end in (link.source, link.target)}) == 12
    assert len({(link.source, link.target) for link in owns}) == 11


def test_ftm_parteispenden_counts(desk, shared_data):
    summary = desk.load("ftm", shared_data / "ftm_samples" / "parteispenden.ftm.json")
    assert (summary.quarantined, summary.waiting) == (0, 0)
    assert desk.kinds() == {
        ("Event", "transaction"): 290, ("Location", "address"): 89, ("Business", "company"): 56, ("Person", ""): 22,
        ("Business", "organisation"): 18,
    }  # fmt: skip
    assert (
        desk.links()["PARTY_TO"] == 581
    )  # payer and beneficiary of each payment; one payment has two payers


def test_ftm_t1_counts(desk, shared_data):
    summary = desk.load("ftm", shared_data / "ftm_samples" / "t1.ftm.json")
    assert (summary.quarantined, summary.waiting, desk.counts()) == (
        0,
        2,
        (7, 0),
    )  # both addresses stand elsewhere


def test_psc_samples_load_with_every_kind(desk, shared_data, tmp_path):
    folder = tmp_path / "psc"
    folder.mkdir()
    for path in (shared_data / "uk_psc_samples").glob("psc-*.json"):
        (folder / path.name).write_bytes(path.read_bytes())
    summary = desk.load("psc", folder)
    assert (summary.files, summary.skipped) == (16, 16)  # each file ends with the totals line
    # 19 statements, each of which states a company, a holder and the link; none is refused
    assert summary.counts() == {"read": 57, "loaded": 56, "unchanged": 1, "quarantined": 0, "waiting": 0}
    assert desk.links() == {"PSC_OF": 19}
    assert {kind for _, kind in desk.kinds()} >= {"company", "overseas_entity", "organisation"}
    assert desk.kinds()["Unknown", ""] == 2  # a super-secure person, and a statement that there is no owner


def test_register_rows_load_as_json_and_as_the_joined_csv(desk, shared_data, tmp_path):
    samples = shared_data / "uk_psc_samples"
    summary = desk.load("companies_house", samples / "company-data-1.json")
    rows = len(json.loads((samples / "company-data-1.json").read_text(encoding="utf-8")))
    assert (summary.quarantined, desk.kinds()["Business", "company"]) == (0, rows)
    broken = samples / "basic-company-data-1.csv"
    with pytest.raises(FileRefusedError, match="cut at a fixed width") as refused:
        desk.load("companies_house", broken)
    assert "join the pieces" in refused.value.advice.lower()
    # the fixture is cut every 118 characters; a row ends with a shorter line
    joined, row = [], ""
    for line in broken.read_text(encoding="utf-8").splitlines():
        row += line
        if len(line) < 118:
            joined.append(row)
            row = ""
    whole = tmp_path / "BasicCompanyData-joined.csv"
    whole.write_text("\n".join([*joined, row]) + "\n", encoding="utf-8")
    again = desk.load("companies_house", whole)
    assert again.quarantined == 0
    assert desk.kinds()["Business", "company"] == rows  # its one company is among those of the JSON rows


COVERT = {
    "covert_caviar/CAVIAR_FULL": (110, 205), "covert_caviar/CAVIAR1": (15, 18), "covert_caviar/CAVIAR2": (24, 28),
    "covert_caviar/CAVIAR3": (33, 56), "covert_caviar/CAVIAR4": (33, 48), "covert_caviar/CAVIAR5": (32, 39),
    "covert_caviar/CAVIAR6": (27, 47), "covert_caviar/CAVIAR7": (34, 44), "covert_caviar/CAVIAR8": (42, 58),
    "covert_caviar/CAVIAR9": (34, 44), "covert_caviar/CAVIAR10": (42, 50), "covert_caviar/CAVIAR11": (41, 50),
    "covert_ciel/CIELNET": (25, 35), "covert_krebs_911/9_11_HIJACKERS_ASSOCIATES": (60, 126),
    "covert_krebs_911/9_11_HIJACKERS_PRIORCONTACTS": (19, 27), "covert_london_gang/LONDON_GANG": (54, 315),
    "covert_madoff/MADOFF": (61, 61), "covert_mali/MALI": (36, 67), "covert_siren/SIREN": (44, 103),
    "covert_slumlords/35_ALLBUSTIES": (9, 15), "covert_slumlords/BUSINTERESTS_FIG5": (22, 15),
    "covert_slumlords/FAMILYTIE_FIG3": (11, 16), "covert_slumlords/FULLFAMILY_FIG4": (13, 23),
    "covert_slumlords/OWNBUS_FIG2": (16, 11), "covert_slumlords/OWNBUS_FIG2ROWS": (11, 18),
    "covert_slumlords/SOLDTO_FIG1": (5, 4),
}  # fmt: skip


@pytest.mark.parametrize("name", COVERT)
def test_covert_network_counts(desk, shared_data, tmp_path, name):
    folder, _, stem = name.partition("/")
    own = tmp_path / "set"
    own.mkdir()
    for part in ("nodes", "edges"):
        source = shared_data / folder / f"{stem}_{part}.csv"
        (own / source.name).write_bytes(source.read_bytes())
    summary = desk.load("table", own, NODES_AND_EDGES)
    assert (summary.quarantined, summary.waiting) == (0, 0)
    assert desk.counts() == COVERT[name]


def test_covert_sets_are_all_in_the_table(shared_data):
    found = {
        f"{p.parent.name}/{p.name.removesuffix('_nodes.csv')}"
        for p in shared_data.glob("covert_*/*_nodes.csv")
    }
    assert found == set(COVERT)


@pytest.mark.parametrize(
    ("name", "rows", "counts"), [("meetings", 289, (101, 256)), ("phonecalls", 150, (100, 124))]
)
def test_montagna_counts(desk, shared_data, name, rows, counts):
    path = shared_data / "montagna_mafia" / "dataset" / f"Montagna_{name}_edgelist.csv"
    text = path.read_text(encoding="utf-8")
    summary = desk.load("table", path, EDGE_LIST.replace("DELIMITER", '"\\t"' if "\t" in text else '" "'))
    assert (summary.quarantined, summary.read) == (0, 3 * rows)
    # a pair that stands in the file from either side is one link, which keeps both weights
    assert desk.counts() == counts
    pairs: dict[frozenset[str], set[float]] = {}
    for line in text.split("\n"):
        if line.strip():
            one, other, weight = line.split()
            pairs.setdefault(frozenset((one, other)), set()).add(float(weight))
    kept = Counter(frozenset(link.properties["weight"]) for link in desk.all_links())
    assert kept == Counter(frozenset(weights) for weights in pairs.values())


def test_fincen_counts_and_sum(desk, shared_data):
    folder = shared_data / "fincen_files"
    summary = desk.load("table", folder, FINCEN)
    refused = list(desk.workspace.ledger.quarantine())
    # fifteen rows end before they begin: they are quarantined, never turned round
    assert (summary.waiting, Counter(row.reason for row in refused)) == (0, {"ends before it starts": 15})
    with (folder / "download_transactions_map.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    left = [rows[row.row - 1] for row in refused]
    pays = desk.all_links("PAYS")
    assert len(pays) + len(left) == len(rows) == 4_507
    total = sum(link.properties["amount"][0] for link in pays) + sum(
        float(r["amount_transactions"]) for r in left
    )
    assert round(total, 2) == 35_682_247_985.01
    counted = sum(link.properties["occurrences"][0] for link in pays if "occurrences" in link.properties)
    assert counted + sum(int(r["number_transactions"] or 0) for r in left) == 18_153
    ends = {(link.source, link.target) for link in pays}
    gone = {(r["originator_bank_id"], r["beneficiary_bank_id"]) for r in left}
    assert 2_690 - len(gone) <= len(ends) <= 2_690
    assert sum(link.valid_from is None for link in pays) == 6
    with (folder / "download_bank_connections.csv").open(encoding="utf-8", newline="") as stream:
        said = [(r["filer_org_name_id"], r["entity_b_id"], r["icij_sar_id"]) for r in csv.DictReader(stream)]
    assert len(said) == 5_498
    # a pair that one report names twice, or from either side, is one link
    assert desk.links()["ASSOCIATE_OF"] == len({(*sorted(ends), report) for *ends, report in said})
