"""What a reader may not see shapes nothing that they see of clusters: neither which they are nor what they are called."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from graphcore.access import AccessContext, AccessLabel, Marking, Purpose, PurposeCode, decide
from graphcore.access.needs import needs_of
from graphcore.identity.clusters import arrange, effective, is_rule, partition
from graphcore.identity.judgement import Decision, Judgement, Verdict

DAY = datetime(2026, 3, 1, tzinfo=UTC)
LABELS = [
    AccessLabel(),
    AccessLabel("OFFICIAL-SENSITIVE"),
    AccessLabel("OFFICIAL-SENSITIVE", compartment="KESTREL"),
    AccessLabel(compartment="KITE"),
    AccessLabel(compartment="KESTREL"),
    AccessLabel(handling_scheme="3x5x2", handling_code="P"),
    *(
        AccessLabel(handling_scheme=scheme, handling_code=code, originator=whose)
        for whose in ("Northshire", "Portside")
        for scheme, code in (("3x5x2", "P"), ("3x5x2", "C"), ("5x5x5", "4"))
    ),
    AccessLabel(compartment="KESTREL", handling_scheme="3x5x2", handling_code="P", originator="Northshire"),
]
READERS = [
    AccessContext(
        "reader", organisation, clearance, Purpose(PurposeCode.INVESTIGATION, "a test"), frozenset(held),
        law_enforcement=police, may_read_conditional=conditional,
    )
    for organisation, clearance, held, police, conditional in product(
        ("", "Northshire", "Portside"), Marking, [(), ("KESTREL",), ("KITE",), ("KESTREL", "KITE")],
        (False, True), (False, True),
    )
]  # fmt: skip
SEEN = {
    label: frozenset(at for at, one in enumerate(READERS) if decide(label, one).allow) for label in LABELS
}
OTHERS = {at for at, one in enumerate(READERS) if not one.organisation}
Worlds = tuple[dict[str, AccessLabel], dict[str, int], list[Judgement], bool]


@st.composite
def worlds(draw: st.DrawFn, labels: list[AccessLabel] = LABELS) -> Worlds:
    """Origins under a few labels, in some order of arrival, and judgements on them."""
    palette = draw(st.lists(st.sampled_from(labels), min_size=1, max_size=4, unique=True))
    origins = [f"o{at}" for at in range(draw(st.integers(3, 7)))]
    label_of = {origin: draw(st.sampled_from(palette)) for origin in origins}
    first = dict(zip(origins, draw(st.permutations(range(len(origins)))), strict=True))
    pairs = st.lists(st.sampled_from(origins), min_size=2, max_size=2, unique=True).map(sorted)
    made: list[Judgement] = []
    for left, right in draw(st.lists(pairs, max_size=12)):
        number = draw(st.integers(0, 5))
        by = f"rule:{number}" if draw(st.booleans()) else f"analyst {number}"
        decision = Decision(f"d{number}{by}", by, "because", DAY + timedelta(days=number))
        verdict = draw(
            st.sampled_from([Verdict.SAME, Verdict.SAME, Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE])
        )
        made.append(Judgement(left, right, verdict, decision, draw(st.sampled_from([None, 0.2, 0.5, 0.9]))))
    return label_of, first, made, draw(st.booleans())


def readers(*, partners: bool) -> list[int]:
    """All kinds of readers that there are."""
    return [at for at, one in enumerate(READERS) if one.law_enforcement or partners]


def groups(placed: dict[str, str], visible: set[str]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for origin in visible:
        found[placed[origin]].add(origin)
    return {frozenset(several) for several in found.values()}


@settings(max_examples=500, deadline=None)
@given(worlds())
def test_what_is_seen_of_the_clusters_is_the_clusters_of_what_is_seen(world: Worlds) -> None:
    label_of, first, made, partners = world
    needs = {origin: needs_of(label, partners=partners) for origin, label in label_of.items()}
    whole = partition(first, made, needs)
    for at in readers(partners=partners):
        visible = {origin for origin, label in label_of.items() if at in SEEN[label]}
        alone = partition({origin: first[origin] for origin in visible}, made, needs)
        assert groups(whole, visible) == groups(alone, visible)
        if at in OTHERS:  # whom nothing shows only because it is their own organisation's
            assert {origin: whole[origin] for origin in visible} == alone


@settings(max_examples=500, deadline=None)
@given(worlds())
def test_every_reader_can_be_shown_why_what_they_see_hangs_together(world: Worlds) -> None:
    label_of, first, made, partners = world
    arranged = arrange(
        first, made, {origin: needs_of(label, partners=partners) for origin, label in label_of.items()}
    )
    for at in readers(partners=partners):
        visible = {origin for origin, label in label_of.items() if at in SEEN[label]}
        tree = [one for one in arranged.holding if one.left in visible and one.right in visible]
        cited = partition({origin: first[origin] for origin in visible}, tree)
        assert groups(cited, visible) == groups(arranged.uids, visible)
    assert len(arranged.holding) == len(first) - len(set(arranged.uids.values()))


@given(worlds())
def test_a_person_s_different_holds_unless_more_readers_see_both_ends_in_one_entity(world: Worlds) -> None:
    label_of, first, made, partners = world
    needs = {origin: needs_of(label, partners=partners) for origin, label in label_of.items()}
    arranged = arrange(first, made, needs)
    for judgement in effective(made).values():
        apart = arranged.uids[judgement.left] != arranged.uids[judgement.right]
        if judgement.verdict is Verdict.DIFFERENT and not is_rule(judgement.decision) and not apart:
            tier = needs[judgement.left] | needs[judgement.right]
            assert judgement in arranged.held_back
            assert needs[judgement.left] < tier or needs[judgement.right] < tier


@given(worlds(labels=[LABELS[3]]))
def test_one_tier_is_as_if_there_were_none(world: Worlds) -> None:
    label_of, first, made, partners = world
    needs = {origin: needs_of(label, partners=partners) for origin, label in label_of.items()}
    assert arrange(first, made, needs) == arrange(first, made)
    assert not [one for one in arrange(first, made).held_back if one.verdict is Verdict.SAME]
