"""The demo against its own truth: what is refused, what waits, who is who, and what was planted."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from analytics.resolution.evaluate import evaluate
from analytics.resolution.run import Proposal, propose, resolve, rule_decision, undo
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.identity.book import IdentityBook
from graphcore.store.port import GraphStore, GraphView
from graphcore.store.query import ChainQuery, Direction, ExpandQuery
from graphcore.workspace import Workspace
from ingest.demo.generate import DemoManifest, generate
from ingest.demo.load import load_demo
from ingest.pipeline import LoadSummary

SCALE = 0.1
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
EVERYTHING = AccessContext(
    "system",
    "Northmere Constabulary",
    Marking.OFFICIAL_SENSITIVE,
    Purpose(PurposeCode.SYSTEM, "resolution"),
    frozenset({"OP CINDERFALL", "OP MILLRACE", "OP FOOLSCAP"}),
    may_read_conditional=True,
)


@dataclass(frozen=True)
class Demo:
    """A loaded and resolved demo, with the graph's fingerprint from before identity."""

    manifest: DemoManifest
    workspace: Workspace
    store: GraphStore
    loaded: dict[str, LoadSummary]
    again: dict[str, LoadSummary]
    before: str
    after_again: str
    proposal: Proposal

    def truth(self) -> dict:
        return json.loads((self.manifest.folder / "truth.json").read_text(encoding="utf-8"))

    def view(self) -> GraphView:
        return self.store.view(EVERYTHING)

    def uid(self, entity_type: str, reference: str, source: str) -> str:
        (found,) = self.workspace.ledger.view(EVERYTHING).uid_of(entity_type, reference, source)
        return found

    def company(self, number: str) -> str:
        return self.uid("Business", number, "companies_house")

    def people(self) -> dict[str, dict[str, str]]:
        """For each true person the uid of each police record."""
        uids = {
            (found.source, found.reference): found.uid
            for found in self.workspace.ledger.view(EVERYTHING).iter_origins("Person")
        }
        records: dict[str, dict[str, str]] = defaultdict(dict)
        with (self.manifest.folder / "truth.csv").open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                key = (row["source"], row["record_id"])
                if row["entity_type"] == "person" and row["source"].startswith("force") and key in uids:
                    records[row["entity_id"]][row["record_id"]] = uids[key]
        return records


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    manifest = generate(folder / "files", scale=SCALE)
    with Workspace.open(folder / "workspace", clock=lambda: APRIL) as workspace:
        store = workspace.store()
        store.prepare()
        loaded = dict(load_demo(workspace, manifest.folder, store=store))
        before = store.fingerprint()
        again = dict(load_demo(workspace, manifest.folder, store=store))
        after_again = store.fingerprint()
        book = IdentityBook(workspace.ledger)
        proposal = propose(workspace.ledger.view(EVERYTHING), rule_decision("run 1", APRIL))
        resolve(book, proposal)
        workspace.projection(store).catch_up()
        yield Demo(manifest, workspace, store, loaded, again, before, after_again, proposal)


def test_exactly_the_damaged_rows_are_quarantined(demo: Demo) -> None:
    quarantined = {name: summary.quarantined for name, summary in demo.loaded.items() if summary.quarantined}
    assert quarantined == demo.manifest.damaged
    assert set(demo.loaded) == set(demo.manifest.files)


def test_exactly_the_dangling_links_wait(demo: Demo) -> None:
    waiting = {name: summary.waiting for name, summary in demo.loaded.items() if summary.waiting}
    assert waiting == {name: len(rows) for name, rows in demo.manifest.dangling.items()}


def test_loading_again_adds_nothing(demo: Demo) -> None:
    assert sum(summary.loaded for summary in demo.again.values()) == 0
    assert demo.after_again == demo.before


def test_identity_finds_the_truth(demo: Demo) -> None:
    view = demo.workspace.ledger.view(EVERYTHING)
    figures = evaluate(demo.manifest.folder / "truth.csv", view, demo.proposal.judgements)
    least = {"person": 0.94, "company": 0.98, "phone": 0.99, "vehicle": 0.99, "account": 1.0}
    assert set(figures) == set(least)
    for word, bar in least.items():
        assert figures[word]["pairs"]["f1"] >= bar, (word, figures[word])
        assert figures[word]["bcubed"]["f1"] >= bar, (word, figures[word])


def test_things_with_an_identifier_are_found_and_none_is_taken_for_another(demo: Demo) -> None:
    """The truth knows phones from eight sources, vehicles from five, and accounts from the bank alone."""
    view = demo.workspace.ledger.view(EVERYTHING)
    figures = evaluate(demo.manifest.folder / "truth.csv", view, demo.proposal.judgements)
    with (demo.manifest.folder / "truth.csv").open(encoding="utf-8", newline="") as handle:
        rows = [(row["entity_type"], row["entity_id"]) for row in csv.DictReader(handle)]
    for word, joined in (("phone", 700), ("vehicle", 100), ("account", 0)):
        found = figures[word]
        true = {entity for kind, entity in rows if kind == word}
        assert found["records"] == sum(kind == word for kind, _ in rows) >= 300
        assert found["missing"] <= sum(demo.manifest.damaged.values())  # rows that were refused
        assert found["pairs"]["precision"] == found["auto"]["precision"] == 1.0 or not joined
        assert found["auto"]["judged"] >= joined
        assert found["auto"]["wrong"] == 0.0
        assert abs(found["entities"] - len(true)) <= found["missing"]
    assert (
        figures["account"]["auto"]["judged"] == 0
    )  # each is told by one record, so none has anything to be joined with


@pytest.mark.parametrize("kind", ["twins", "parent_and_child", "namesakes"])
def test_people_who_look_alike_are_kept_apart(demo: Demo, kind: str) -> None:
    people = demo.people()
    pairs = [pair for pair in demo.truth()["planted"][kind] if set(pair) <= set(people)]
    joined = [pair for pair in pairs if set(people[pair[0]].values()) & set(people[pair[1]].values())]
    assert pairs
    assert len(joined) <= len(pairs) // 4, joined


def test_the_franchise_is_found_by_climbing_from_a_car_wash(demo: Demo) -> None:
    planted = demo.truth()["planted"]["franchise"]
    wash = planted["franchisees"][0]
    chain = demo.view().chain(demo.company(wash), ChainQuery(Direction.IN))
    found = {entity.uid for entity in chain.entities}
    assert {demo.company(number) for number in (planted["franchisor"], *planted["owners_up"][:2])} <= found
    names = {str(entity.first("name")).upper() for entity in chain.entities}
    assert "CORVANE OVERSEAS S.A." in names


def test_franchisees_and_supply_chain_are_linked(demo: Demo) -> None:
    planted = demo.truth()["planted"]
    query = ExpandQuery(link_types=frozenset({"FRANCHISE_OF"}))
    around = demo.view().expand([demo.company(planted["franchise"]["franchisor"])], query)
    assert len(around.links) == len(planted["franchise"]["franchisees"])
    supplier = planted["supply_chain"][0]
    around = demo.view().expand(
        [demo.company(supplier["supplier"])], ExpandQuery(link_types=frozenset({"SUPPLIES"}))
    )
    assert {demo.company(number) for number in supplier["to"]} <= {entity.uid for entity in around.entities}


def test_the_ownership_cycle_is_a_cycle(demo: Demo) -> None:
    ring = demo.truth()["planted"]["ownership_cycle"]
    chain = demo.view().chain(demo.company(ring[0]), ChainQuery(Direction.IN))
    assert {demo.company(number) for number in ring} == {entity.uid for entity in chain.entities}
    assert len(chain.links) == len(ring)


def test_phoenix_companies_stay_three(demo: Demo) -> None:
    numbers = demo.truth()["planted"]["phoenix"]["companies"]
    assert len({demo.company(number) for number in numbers}) == 3


def test_members_of_a_group_meet_in_it(demo: Demo) -> None:
    view = demo.view()
    for group in demo.truth()["groups"]:
        uid = demo.uid("OrganisedCrimeGroup", group["reference"], "intel")
        around = view.expand([uid], ExpandQuery(link_types=frozenset({"MEMBER_OF"})))
        people = [entity for entity in around.entities if entity.type == "Person"]
        assert len(people) >= len(group["members"]) * 0.7


def test_undoing_the_run_gives_back_the_graph(demo: Demo) -> None:
    book = IdentityBook(demo.workspace.ledger)
    undo(book, "run 1", undone_by="analyst")
    demo.workspace.projection(demo.store).catch_up()
    undone = demo.store.fingerprint()
    resolve(book, propose(demo.workspace.ledger.view(EVERYTHING), rule_decision("run 2", APRIL)))
    demo.workspace.projection(demo.store).catch_up()
    assert undone == demo.before
