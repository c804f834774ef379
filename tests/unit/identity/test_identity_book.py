"""The book of identity on a ledger: tiers, types, two who judge at once, second eyes, and what arrives later."""

import threading
from pathlib import Path

import pytest

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.access.needs import needs_of
from graphcore.errors import LedgerError, ValueRefusedError
from graphcore.evidence.ledger import Ledger, UnknownKeyError
from graphcore.identity.book import IdentityBook
from graphcore.identity.judgement import Verdict
from tests.unit.ledger.ledger_kit import COVERT, IDS, OPEN, entity, evidence, load, open_ledger, ref
from tests.unit.resolution.resolution_kit import decision, judged

PURPOSE = Purpose(PurposeCode.INVESTIGATION, "a test")
CLEARED = AccessContext("c", "N", Marking.OFFICIAL_SENSITIVE, PURPOSE, frozenset({"LARCH"}))
BARRED = AccessContext("b", "N", Marking.OFFICIAL_SENSITIVE, PURPOSE)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A and B open, H and K covert, in this order of arrival: H A B K; and a business."""
    opened = open_ledger(tmp_path)
    load(
        opened,
        entity(ref("H"), evidence(label=COVERT)),
        entity(ref("A")),
        entity(ref("B")),
        entity(ref("K"), evidence(label=COVERT)),
        entity(ref("firm", entity_type="Business"), name=("Suds Ltd",)),
    )
    return opened


def key(reference: str, entity_type: str = "Person") -> str:
    return IDS.origin("alpha", entity_type, reference)


A, B, H, K = map(key, "ABHK")


def uid(ledger: Ledger, origin: str) -> str:
    return next(place.uid for place in ledger.clusters([origin]) if place.origin_id == origin)


def test_a_covert_origin_joins_an_open_one_and_takes_its_name(ledger: Ledger) -> None:
    IdentityBook(ledger).judge([judged(H, A)])
    assert uid(ledger, H) == uid(ledger, A) == A


def test_a_covert_origin_cannot_join_two_open_ones(ledger: Ledger) -> None:
    book = IdentityBook(ledger)
    assert book.judge([judged(H, A)]).held_back == ()
    second = judged(H, B, by=decision("d2"))
    assert book.judge([second]).held_back == (second,)
    assert uid(ledger, A) != uid(ledger, B)
    book.judge([judged(A, B, by=decision("d3"))])
    assert uid(ledger, A) == uid(ledger, B) == uid(ledger, H)


def test_an_open_record_of_a_covert_origin_is_settled_with(ledger: Ledger) -> None:
    book = IdentityBook(ledger)
    book.judge([judged(H, K), judged(K, A), judged(K, B)])
    assert uid(ledger, B) == B
    load(ledger, entity(ref("K"), name=("now open",)))
    moved = book.settle()
    assert moved.origins == 1
    assert {uid(ledger, origin) for origin in (A, B, H, K)} == {A}
    assert book.settle().origins == 0


def test_what_hung_on_a_withdrawn_record_falls_apart_and_comes_back(ledger: Ledger) -> None:
    book = IdentityBook(ledger)
    load(ledger, entity(ref("M", source="beta")))
    middle = IDS.origin("beta", "Person", "M")
    book.judge([judged(A, middle), judged(middle, B)])
    assert uid(ledger, B) == A
    ledger.withdraw_source("beta")
    book.settle()
    assert uid(ledger, B) == B
    load(ledger, entity(ref("M", source="beta")))
    book.settle()
    assert uid(ledger, B) == uid(ledger, middle) == A


def test_things_of_two_types_are_not_judged(ledger: Ledger) -> None:
    with pytest.raises(ValueRefusedError, match="Business and a Person"):
        IdentityBook(ledger).judge([judged(A, key("firm", "Business"))])
    assert ledger.judgements() == ()


def test_two_who_judge_at_once_judge_one_after_the_other(tmp_path: Path, ledger: Ledger) -> None:
    """Each joins what the other's state does not know of; a stale state would lose one of the moves."""
    keys = [key(f"x{at}") for at in range(9)]
    load(ledger, *(entity(ref(f"x{at}")) for at in range(9)))
    others = [open_ledger(tmp_path) for _ in range(4)]

    def judge(book: IdentityBook, at: int) -> None:
        for step in (at, at + 4):
            book.judge([judged(keys[step], keys[step + 1], by=decision(f"by {at} {step}"))])

    threads = [threading.Thread(target=judge, args=(IdentityBook(one), at)) for at, one in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {uid(ledger, one) for one in keys} == {keys[0]}
    for one in others:
        one.close()


def test_a_proposed_decision_waits_for_a_second_person(ledger: Ledger) -> None:
    book = IdentityBook(ledger)
    book.judge([judged(A, B)], proposed_by="ann")
    assert (uid(ledger, B), book.standing()) == (B, ())
    with pytest.raises(LedgerError, match="second person"):
        book.confirm("d1", by="ann", reason="I am sure")
    assert book.confirm("d1", by="ben", reason="checked").origins == 1
    assert uid(ledger, B) == A
    with pytest.raises(UnknownKeyError):
        book.confirm("d1", by="ben", reason="again")
    book.undo("d1", undone_by="ann")
    assert uid(ledger, B) == B


def test_a_proposal_can_be_dropped(ledger: Ledger) -> None:
    book = IdentityBook(ledger)
    book.judge([judged(A, B)], proposed_by="ann")
    assert book.undo("d1", undone_by="ann").origins == 0
    with pytest.raises(UnknownKeyError):
        book.confirm("d1", by="ben", reason="checked")


def test_what_holds_an_entity_together_is_a_tree_of_judgements(ledger: Ledger) -> None:
    book = IdentityBook(ledger)
    made = [judged(A, B), judged(A, H, score=0.5), judged(B, H, score=0.9), judged(H, K, Verdict.UNSURE)]
    book.judge(made)
    assert set(book.arranged([A]).holding) == {made[0], made[2]}


def test_a_narrowed_view_is_what_all_of_a_tier_see(ledger: Ledger) -> None:
    view = ledger.view(CLEARED)
    assert view.tiers() == (needs_of(OPEN), needs_of(COVERT))
    narrow = view.narrowed(needs_of(OPEN))
    assert {one.reference for one in narrow.iter_origins("Person")} == {"A", "B"}
    assert {one.reference for one in view.narrowed(needs_of(COVERT)).iter_origins("Person")} == set("ABHK")
    assert view.demanded() == (
        needs_of(OPEN),
        {H: frozenset({needs_of(COVERT)}), K: frozenset({needs_of(COVERT)})},
    )
    assert ledger.view(BARRED).demanded() == (needs_of(OPEN), {})


def test_members_stand_in_the_order_in_which_the_reader_could_see_them(ledger: Ledger) -> None:
    load(ledger, entity(ref("H"), name=("now open",)))
    book = IdentityBook(ledger)
    book.judge([judged(A, H)])
    assert [one.reference for one in ledger.view(BARRED).origins(A)] == ["A", "H"]
    assert [one.reference for one in ledger.view(CLEARED).origins(A)] == ["H", "A"]
