"""What labels demand is what the policy says: over random readers, in both directions."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcore.access import (
    AccessContext,
    AccessLabel,
    Grant,
    Grantee,
    Marking,
    Purpose,
    PurposeCode,
    RuleSet,
    Scope,
    decide,
)
from graphcore.access.needs import Needs, needs_of, tiers
from graphcore.access.rule_file import read_rules

ORGANISATIONS = ("", "Northshire", "Portside", "Elsewhere")
COMPARTMENTS = ("KESTREL", "KITE")
labels = st.builds(
    AccessLabel,
    st.sampled_from(["OFFICIAL", "OFFICIAL-SENSITIVE", "SECRET", ""]),
    st.sampled_from(["", "3x5x2", "5x5x5", "odd"]),
    st.sampled_from(["", "P", "C", "1", "2", "4", "5", "odd"]),
    st.sampled_from([(), ("A1",), ("A1", "S2"), ("Z9",)]),
    st.sampled_from(["", *COMPARTMENTS]),
    st.sampled_from(["", "Northshire", "Portside"]),
)
READERS = [
    AccessContext(
        "reader", organisation, clearance, Purpose(PurposeCode.INVESTIGATION, "a test"), frozenset(held),
        law_enforcement=police, may_read_conditional=conditional,
    )
    for organisation, clearance, held, police, conditional in product(
        ORGANISATIONS, Marking, [(), ("KESTREL",), ("KITE",), COMPARTMENTS], (False, True), (False, True)
    )
]  # fmt: skip


class World:
    """Needs and readers where all are in law enforcement, or not all."""

    def __init__(self, *, partners: bool) -> None:
        self.partners = partners

    def needs(self, label: AccessLabel) -> Needs:
        return needs_of(label, partners=self.partners)

    def readers(self, *all_of: AccessLabel) -> set[int]:
        """Those who see every one of some labels: every kind that the policy can tell apart is among them."""
        return {
            at
            for at, reader in enumerate(READERS)
            if (reader.law_enforcement or self.partners)
            and all(decide(label, reader).allow for label in all_of)
        }


worlds = st.booleans().map(lambda partners: World(partners=partners))


@given(worlds, labels, labels)
def test_less_demanding_is_seen_by_all_who_see_more(w: World, a: AccessLabel, b: AccessLabel) -> None:
    assert (w.needs(a) <= w.needs(b)) is (w.readers(b) <= w.readers(a))
    assert (w.needs(a) == w.needs(b)) is (w.readers(b) == w.readers(a))


@given(worlds, labels, labels, labels, labels)
def test_both_and_either_are_what_they_say(
    w: World, a: AccessLabel, b: AccessLabel, c: AccessLabel, d: AccessLabel
) -> None:
    left, right = w.needs(a) | w.needs(b), w.needs(c) & w.needs(d)
    seen_left, seen_right = w.readers(a, b), w.readers(c) | w.readers(d)
    assert (left <= right) is (seen_right <= seen_left)
    assert (right <= left) is (seen_left <= seen_right)
    mixed, seen_mixed = left & right, seen_left | seen_right
    assert (mixed <= w.needs(a)) is (w.readers(a) <= seen_mixed)
    assert (mixed | w.needs(a) == mixed) is (seen_mixed <= w.readers(a))
    assert left | right == right | left
    assert left & right == right & left


@given(worlds, labels, labels, labels)
def test_their_order_puts_what_demands_less_first(
    w: World, a: AccessLabel, b: AccessLabel, c: AccessLabel
) -> None:
    several: list[Needs] = [w.needs(a), w.needs(b), w.needs(a) | w.needs(b), w.needs(b) & w.needs(c)]
    for one, other in product(several, several):
        assert not one < other or one.order < other.order
        assert (one.order == other.order) is (one == other)


@given(st.lists(labels, max_size=6))
def test_tiers_hold_every_label_once_lowest_first(several: list[AccessLabel]) -> None:
    numbered = dict(enumerate(several))
    found = tiers(numbered)
    assert sorted(number for numbers in found.values() for number in numbers) == sorted(numbered)
    order = [*found]
    assert not any(later < earlier for at, earlier in enumerate(order) for later in order[at:])


SITE = """
version: 1
name: site
markings: {OFFICIAL: OFFICIAL, OFFICIAL-SENSITIVE: OFFICIAL-SENSITIVE, RESTRICTED: OFFICIAL}
read:
  clearance: {any: [clearance covers marking]}
  compartment: {any: [no compartment, holds compartment and works on the operation, granted compartment]}
  handling code:
    by: handling
    cases: {none: [anyone], 3x5x2 P: [for safeguarding], 3x5x2 C: [granted originator, own record and for safeguarding]}
  retention: {by: retention, cases: {none: [anyone], review: [for audit], hold: [for audit], expired: [for audit]}}
pointers: {any: [held as pointer]}
"""
UNTIL = datetime(2030, 1, 1, tzinfo=UTC)
SITE_READERS = [
    AccessContext(
        "reader", organisation, clearance, Purpose(purpose, "a test", "Larkspur"), frozenset(held),
        operations=frozenset(operations), now=datetime(2026, 1, 1, tzinfo=UTC),
        grants=tuple(
            Grant("g", Grantee.SUBJECT, "reader", scope, name, "Larkspur", UNTIL)
            for scope, name in (*((Scope.COMPARTMENT, name) for name in granted), (Scope.ORIGINATOR, organisation))
        ),
    )
    for organisation, clearance, held, purpose, operations, granted in product(
        ("", "Northshire"), Marking, [(), ("KESTREL",), COMPARTMENTS],
        (PurposeCode.INVESTIGATION, PurposeCode.SAFEGUARDING), ((), ("Larkspur",)), [(), ("KITE",), COMPARTMENTS],
    )
]  # fmt: skip
site_labels = st.builds(
    AccessLabel,
    st.sampled_from(["OFFICIAL", "OFFICIAL-SENSITIVE", "RESTRICTED", "odd"]),
    st.just("3x5x2"),
    st.sampled_from(["P", "C", "odd"]),
    st.just(()),
    st.sampled_from(["", *COMPARTMENTS]),
    st.sampled_from(["", "Northshire"]),
) | st.builds(AccessLabel, compartment=st.sampled_from(["", *COMPARTMENTS]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    path = tmp_path_factory.mktemp("rules") / "rules.yaml"
    path.write_text(SITE)
    return read_rules(path)


@given(site_labels, site_labels)
@settings(max_examples=60, deadline=None)
def test_needs_are_those_of_the_rules_that_count_here(site: RuleSet, a: AccessLabel, b: AccessLabel) -> None:
    seen = [
        {at for at, one in enumerate(SITE_READERS) if decide(label, replace(one, rules=site)).allow}
        for label in (a, b)
    ]
    mine, other = (needs_of(label, rules=site) for label in (a, b))
    # who is told apart by the rules is among the readers here, but for compartments that nobody here holds alone
    if mine <= other:
        assert seen[1] <= seen[0]
    if mine == other:
        assert seen[1] == seen[0]
    assert (mine <= other) is (seen[1] <= seen[0])


def test_rules_that_name_purposes_tell_apart_what_the_shipped_ones_do_not(site: RuleSet) -> None:
    held, code = (AccessLabel(compartment="KITE"), AccessLabel(handling_scheme="3x5x2", handling_code="P"))
    assert needs_of(code) == needs_of(AccessLabel())
    assert needs_of(code, rules=site) > needs_of(AccessLabel(), rules=site)
    # a grant opens a compartment off the operation too, and holding it does not
    assert len(needs_of(held).parts) == 1
    assert len(needs_of(held, rules=site).parts) == 2
    restricted = AccessLabel("RESTRICTED")
    assert needs_of(restricted, rules=site) == needs_of(AccessLabel(), rules=site)
    assert needs_of(restricted) == needs_of(AccessLabel("odd"))


def test_an_originator_counts_only_where_the_handling_rule_looks_at_it() -> None:
    assert (
        needs_of(AccessLabel(originator="bank"))
        == needs_of(AccessLabel(originator="anpr"))
        == needs_of(AccessLabel())
    )
    north, port = (AccessLabel(handling_scheme="3x5x2", handling_code="P", originator=o) for o in ("N", "S"))
    assert needs_of(north) == needs_of(port) == needs_of(AccessLabel())
    one, other = (needs_of(label, partners=True) for label in (north, port))
    assert one != other
    assert one.unowned == other.unowned == one | other


def test_nobody_sees_an_unknown_code_and_that_demands_the_most() -> None:
    unknown = needs_of(AccessLabel(handling_scheme="3x5x2", handling_code="X"))
    assert unknown == needs_of(AccessLabel(marking="SECRET"))
    assert needs_of(AccessLabel(compartment="KITE")) < unknown
