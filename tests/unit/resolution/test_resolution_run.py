"""A run on a ledger: judgements, clusters, access, undo; and what an evaluation says of it."""

from pathlib import Path

import pytest

from analytics.resolution.errors import TruthError
from analytics.resolution.evaluate import bcubed_figures, evaluate, pair_figures
from analytics.resolution.run import propose, resolve, rule_decision, undo
from graphcore.access import AccessContext, AccessLabel, Marking, Purpose, PurposeCode
from graphcore.errors import LedgerError
from graphcore.evidence import EntityRecord, Evidence, Lineage, OriginRef
from graphcore.evidence.ledger import Ledger, UnknownKeyError
from graphcore.identity.book import IdentityBook
from graphcore.identity.judgement import Verdict
from graphcore.model.ids import IdMaker
from tests.unit.resolution.resolution_kit import NOON, ListReader, decision, judged, person, record

IDS = IdMaker(b"0123456789abcdef")
COVERT = AccessLabel(compartment="LARCH")


def context(*compartments: str) -> AccessContext:
    purpose = Purpose(PurposeCode.SYSTEM, "resolution")
    return AccessContext("system", "Northmere", Marking.OFFICIAL_SENSITIVE, purpose, frozenset(compartments))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    opened = Ledger.open(tmp_path / "ledger.sqlite3", IDS, clock=lambda: NOON)
    phone = {"number": ("+447700900123",)}
    records = [
        said("a", "Phone", **phone),
        said("b", "Phone", source="beta", **phone),
        said("c", "Phone", source="gamma", label=COVERT, **phone),
        said("d", "Phone", number=("+447700900999",)),
    ]
    batch = opened.begin_batch("alpha", "f.csv", "hash", "m1")
    opened.append(batch, records, (), len(records))
    opened.finish_batch(batch)
    return opened


def said(
    key: str,
    entity_type: str,
    *,
    source: str = "alpha",
    label: AccessLabel | None = None,
    **properties: tuple[str, ...],
) -> EntityRecord:
    evidence = Evidence(Lineage("f.csv", 1), label or AccessLabel())
    return EntityRecord(OriginRef(source, entity_type, key), "", properties, evidence)


def origin(key: str, source: str = "alpha") -> str:
    return IDS.origin(source, "Phone", key)


def uids(ledger: Ledger, *compartments: str) -> dict[str, str]:
    view = ledger.view(context(*compartments))
    return {found.reference: found.uid for found in view.iter_origins("Phone")}


def run(ledger: Ledger, run_id: str = "run 1", *compartments: str) -> int:
    book = IdentityBook(ledger)
    proposal = propose(
        ledger.view(context(*compartments)), rule_decision(run_id, NOON), standing=book.standing()
    )
    resolve(book, proposal)
    return len(proposal.judgements)


def test_a_run_joins_and_the_first_seen_is_canonical(ledger: Ledger) -> None:
    assert run(ledger, "run 1", "LARCH") == 2
    found = uids(ledger, "LARCH")
    assert found["a"] == found["b"] == found["c"] == origin("a")
    assert found["d"] == origin("d")


def test_a_run_joins_only_what_it_may_see(ledger: Ledger) -> None:
    run(ledger)
    found = uids(ledger, "LARCH")
    assert found["a"] == found["b"]
    assert found["c"] == origin("c", "gamma")


def test_running_twice_judges_nothing_new(ledger: Ledger) -> None:
    assert run(ledger, "run 1", "LARCH") == 2
    assert run(ledger, "run 2", "LARCH") == 0


def test_undoing_a_run_gives_back_what_was(ledger: Ledger) -> None:
    before = uids(ledger, "LARCH")
    run(ledger, "run 1", "LARCH")
    moved = undo(IdentityBook(ledger), "run 1", undone_by="analyst")
    assert (moved.origins, moved.entities_before, moved.entities_after) == (2, 1, 3)
    assert uids(ledger, "LARCH") == before
    with pytest.raises(LedgerError, match="does not stand"):
        undo(IdentityBook(ledger), "run 1", undone_by="analyst")


def test_a_person_s_different_is_kept_by_later_runs(ledger: Ledger) -> None:
    book = IdentityBook(ledger)
    book.judge([judged(origin("a"), origin("b", "beta"), Verdict.DIFFERENT)])
    run(ledger, "run 1", "LARCH")
    found = uids(ledger, "LARCH")
    assert found["a"] != found["b"]


def test_a_person_can_part_what_a_run_joined(ledger: Ledger) -> None:
    run(ledger)
    moved = IdentityBook(ledger).judge([judged(origin("a"), origin("b", "beta"), Verdict.DIFFERENT)])
    assert moved.origins == 1
    assert len(set(uids(ledger).values())) == 3


def test_a_judgement_on_something_unknown_is_refused(ledger: Ledger) -> None:
    with pytest.raises(UnknownKeyError):
        IdentityBook(ledger).judge([judged(origin("a"), "nobody")])


def test_nothing_to_judge_changes_nothing() -> None:
    proposal = propose(ListReader(), rule_decision("run 1", NOON))
    assert (proposal.judgements, proposal.summary) == ((), {})


def test_unsure_pairs_are_put_to_a_person_once() -> None:
    rows = [
        person("a", "William Thistlewick", address="12 Tollgate Road", postcode="NM3 4XY"),
        person("b", "William Thistlewick", address="9 Heron Lane", postcode="EQ1 1AA"),
        *(person(f"x{at}", f"Hilda {chr(97 + at) * 3}mere{chr(97 + at) * 3}") for at in range(26)),
    ]
    first = propose(ListReader(Person=rows), rule_decision("run 1", NOON), types=["Person"])
    unsure = [judgement for judgement in first.judgements if judgement.verdict is Verdict.UNSURE]
    assert [(judgement.left, judgement.right) for judgement in unsure] == [("a", "b")]
    again = propose(
        ListReader(Person=rows), rule_decision("run 2", NOON), standing=first.judgements, types=["Person"]
    )
    assert again.judgements == ()


def test_progress_names_each_type() -> None:
    told: list[str] = []
    propose(ListReader(), rule_decision("run 1", NOON), types=["Person", "Phone"], progress=told.append)
    assert told == ["Person", "Phone"]


def test_pair_and_bcubed_figures_on_a_worked_example() -> None:
    # given {1,2,3} {4}; true {1,2} {3,4}: pairs given 3, true 2, in both 1
    given, wanted = ["A", "A", "A", "B"], ["x", "x", "y", "y"]
    assert pair_figures(given, wanted) == {"precision": 0.3333, "recall": 0.5, "f1": 0.4}
    assert bcubed_figures(given, wanted) == {"precision": 0.6667, "recall": 0.75, "f1": 0.7059}
    assert pair_figures(["A", "B"], ["x", "y"]) == {"precision": 1.0, "recall": 1.0, "f1": 1.0}


def test_evaluation_by_type_counts_what_is_missing(tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(
        "source,record_id,entity_type,entity_id\n"
        "alpha,a,business,C1\nalpha,b,company,C1\nalpha,gone,company,C1\nalpha,p,person,P1\n",
        encoding="utf-8",
    )
    reader = ListReader(Business=[record("a"), record("b", "a")], Person=[person("p")])
    figures = evaluate(truth, reader, [judged("a", "b", by=rule_decision("run 1", NOON))])
    assert set(figures) == {"company", "person"}
    assert figures["company"]["missing"] == 1
    assert figures["company"]["pairs"] == {"precision": 1.0, "recall": 0.3333, "f1": 0.5}
    assert figures["company"]["auto"] == {"judged": 1, "precision": 1.0, "wrong": 0.0, "review": 0}
    assert figures["person"]["auto"] == {"judged": 0, "precision": 0.0, "wrong": 0.0, "review": 0}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("source,record_id,entity_id\n", "lacks the columns entity_type"),
        ("source,record_id,entity_type,entity_id\na,b,ship,S1\n", "unknown entity types ship"),
        ("", "lacks the columns"),
    ],
)
def test_a_file_that_is_no_truth_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(text, encoding="utf-8")
    with pytest.raises(TruthError, match=complaint):
        evaluate(truth, ListReader())


def test_decisions_that_are_for_good_cannot_be_undone(ledger: Ledger) -> None:
    book = IdentityBook(ledger)
    final = decision("court", "court").__class__("court", "court", "settled", NOON, reversible=False)
    book.judge([judged(origin("a"), origin("b", "beta"), by=final)])
    with pytest.raises(LedgerError, match="for good"):
        book.undo("court", undone_by="analyst")
