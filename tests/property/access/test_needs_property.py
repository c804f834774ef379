"""What labels demand is what the policy says: over random readers, in both directions."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from graphcore.access import AccessContext, AccessLabel, Marking, Purpose, PurposeCode, decide
from graphcore.access.needs import Needs, needs_of, tiers

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
