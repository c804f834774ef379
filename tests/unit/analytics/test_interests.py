"""Ownership arithmetic worked by hand: intervals, dilution, control undiluted, several chains, rings."""

from __future__ import annotations

import pytest

from analytics.business.interests import Network, controlled, interests_in, interests_of, network_of
from analytics.business.model import UNSTATED, Control, Interest, Share
from analytics.business.rings import components, shortest_ring
from analytics.business.shares import holding, majority, share_of
from graphcore.model import Link

Row = tuple[str, str, str, float | None, float | None]
BANDS = {"25-50": (0.25, 0.5), "50-75": (0.5, 0.75), "75-100": (0.75, 1.0)}


def link(
    at: int, kind: str, owner: str, owned: str, low: float | None, high: float | None, **more: object
) -> Link:
    values = {
        name: (value,) for name, value in (("share_min", low), ("share_max", high)) if value is not None
    }
    return Link(f"l{at}", kind, owner, owned, values | {k: (v,) for k, v in more.items()}, (), (), ())  # type: ignore[arg-type]


def network(*rows: tuple[str, str, object], kind: str = "OWNS") -> Network:
    """Rows of (owner, owned, share): a number is an exact share, a text a PSC band, None is not stated."""
    links: list[Link] = []
    for at, (owner, owned, share) in enumerate(rows):
        if isinstance(share, str):
            links.append(link(at, "PSC_OF", owner, owned, *BANDS[share]))
        else:
            links.append(link(at, kind, owner, owned, share, share))  # type: ignore[arg-type]
    return network_of(links)


def up(made: Network, owned: str) -> dict[str, Interest]:
    return {interest.owner: interest for interest in interests_in(made, owned)[0]}


def test_one_chain_multiplies_and_a_majority_passes_undiluted() -> None:
    # A 60 % of B, B 30 % of C: 18 % economically; A commands all of B's 30 %.
    a = up(network(("A", "B", 0.6), ("B", "C", 0.3)), "C")["A"]
    assert (a.economic, a.attributed, a.control) == (Share(0.18, 0.18), Share(0.3, 0.3), Control.NONE)
    assert a.chains[0].uids == ("A", "B", "C")
    assert a.rule == "one chain: intervals multiplied along it"


def test_a_minority_passes_diluted_and_commands_nothing() -> None:
    a = up(network(("A", "B", 0.4), ("B", "C", 1.0)), "C")["A"]
    assert (a.economic, a.attributed, a.control) == (Share(0.4, 0.4), Share(0.0, 0.0), Control.NONE)


def test_psc_bands_give_intervals() -> None:
    # 50-75 of B, which has 75-100 of C: 37.5 to 75 %, control certain ("more than 50 %").
    a = up(network(("A", "B", "50-75"), ("B", "C", "75-100")), "C")["A"]
    assert (a.economic, a.attributed, a.control) == (Share(0.375, 0.75), Share(0.75, 1.0), Control.CERTAIN)
    assert a.economic.text() == "37.5-75 %"


def test_direct_holdings_over_two_chains_add_up() -> None:
    # A: 20 % directly and 50 % of B which has 40 %: 20 + 20 = 40 %. Half of B is no control.
    a = up(network(("A", "C", 0.2), ("A", "B", 0.5), ("B", "C", 0.4)), "C")["A"]
    assert (a.economic, a.attributed) == (Share(0.4, 0.4), Share(0.2, 0.2))
    assert a.rule.startswith("2 chains of direct holdings")


def test_bands_over_two_chains_may_state_one_holding_twice() -> None:
    # "directly or indirectly": the direct 25-50 may contain what runs through B (75-100 of 25-50).
    a = up(network(("A", "C", "25-50"), ("A", "B", "75-100"), ("B", "C", "25-50")), "C")["A"]
    assert a.economic == Share(0.25, 1.0)
    assert a.attributed == Share(0.25, 1.0)
    assert a.control is Control.POSSIBLE
    assert "state one holding twice" in a.rule


def test_what_several_controlled_entities_hold_counts_together() -> None:
    # A controls B (60 %); B has 25 %, A 30 % of C: 55 % together, so A controls C.
    a = up(network(("A", "B", 0.6), ("B", "C", 0.25), ("A", "C", 0.3)), "C")["A"]
    assert (a.economic, a.attributed, a.control) == (Share(0.45, 0.45), Share(0.55, 0.55), Control.CERTAIN)


def test_joint_ownership_in_halves_is_no_control_for_either() -> None:
    found = up(network(("A", "C", 0.5), ("B", "C", 0.5)), "C")
    assert [(i.economic, i.control) for i in found.values()] == [(Share(0.5, 0.5), Control.NONE)] * 2


def test_a_band_from_one_half_is_a_majority_and_an_estimate_from_one_half_may_be() -> None:
    assert majority(Share(0.5, 0.75), banded=True) is Control.CERTAIN
    assert majority(Share(0.5, 0.75), banded=False) is Control.POSSIBLE
    assert majority(Share(0.25, 0.5), banded=True) is Control.NONE


def test_a_share_that_nobody_states_is_anything() -> None:
    a = up(network(("A", "B", None), ("B", "C", 0.8)), "C")["A"]
    assert (a.economic, a.control) == (Share(0.0, 0.8, stated=False), Control.POSSIBLE)
    assert UNSTATED.text() == "share not stated"
    assert Share(1, 1).text() == "100 %"
    assert Share(1, 1).exact


def test_a_control_link_controls_whatever_the_shares() -> None:
    a = up(network_of([link(1, "CONTROLS", "A", "B", None, None), link(2, "OWNS", "B", "C", 0.9, 0.9)]), "C")[
        "A"
    ]
    assert (a.control, a.attributed) == (Control.CERTAIN, Share(0.9, 0.9))


def test_votes_and_the_right_to_appoint_the_board_are_control() -> None:
    votes = holding([link(1, "PSC_OF", "A", "B", 0.25, 0.5, voting_min=0.75, voting_max=1.0)])
    board = holding(
        [link(1, "PSC_OF", "A", "B", None, None, natures="right-to-appoint-and-remove-directors")]
    )
    influence = holding([link(1, "PSC_OF", "A", "B", None, None, natures="significant-influence-or-control")])
    assert [h.control for h in (votes, board, influence)] == [
        Control.CERTAIN,
        Control.CERTAIN,
        Control.POSSIBLE,
    ]


def test_several_statements_on_one_pair_are_one_holding() -> None:
    both = holding([link(1, "PSC_OF", "A", "B", 0.25, 0.5), link(2, "OWNS", "A", "B", 0.4, 0.4)])
    assert (both.share, both.lids, both.direct) == (Share(0.4, 0.5), ("l1", "l2"), False)
    assert holding([link(1, "OWNS", "A", "B", 0.4, 0.4, indirect=False)]).direct
    assert not holding([link(1, "PSC_OF", "A", "B", 0.25, 0.5, indirect=False)]).direct
    assert not holding([link(1, "OWNS", "A", "B", 0.4, 0.4, indirect=True)]).direct


def test_records_that_disagree_give_their_hull_and_nonsense_is_not_stated() -> None:
    disagree = Link("l", "OWNS", "A", "B", {"share_min": (0.3, 0.2), "share_max": (0.3, 0.4)}, (), (), ())
    assert share_of(disagree) == Share(0.2, 0.4)
    assert share_of(link(1, "OWNS", "A", "B", 75.0, 75.0)) == UNSTATED
    assert share_of(Link("l", "OWNS", "A", "B", {"share_min": (0.25,)}, (), (), ())) == Share(0.25, 1.0)


def test_a_ring_that_shrinks_is_a_geometric_series() -> None:
    # C has half of B and B half of C; X has the other half of B, Y of C. All of C ends with X (1/3) and Y (2/3).
    found, rings = interests_in(
        network(("C", "B", 0.5), ("B", "C", 0.5), ("X", "B", 0.5), ("Y", "C", 0.5)), "C"
    )
    share = {interest.owner: interest.economic for interest in found}
    assert share["X"].low == pytest.approx(1 / 3)
    assert share["X"].high == pytest.approx(1 / 3)
    assert share["Y"].low == pytest.approx(2 / 3)
    assert rings == (("B", "C"),)
    assert all(interest.cyclic and "geometric series" in interest.rule for interest in found)


def test_a_ring_that_may_not_shrink_is_bounded_by_the_whole() -> None:
    found = up(
        network(("A", "B", "75-100"), ("B", "C", "75-100"), ("C", "A", "75-100"), ("X", "A", "25-50")), "C"
    )
    assert found["X"].economic == Share(pytest.approx(0.25 * 0.75 * 0.75), 1.0)
    assert found["X"].cyclic
    assert "bounded by 100 %" in found["X"].rule


def test_a_company_that_owns_itself_is_a_ring() -> None:
    found, rings = interests_in(network(("C", "C", 0.2), ("A", "C", 0.8)), "C")
    assert rings == (("C",),)
    assert found[0].economic.high == pytest.approx(1.0)


def test_downwards_is_the_same_arithmetic() -> None:
    made = network(("A", "B", 0.6), ("B", "C", 0.3), ("B", "D", 0.6), ("A", "D", 0.1))
    found, _ = interests_of(made, "A")
    assert [(i.owned, i.economic, i.attributed) for i in found] == [
        ("D", Share(0.46, 0.46), Share(0.7, 0.7)), ("B", Share(0.6, 0.6), Share(0.6, 0.6)),
        ("C", Share(0.18, 0.18), Share(0.3, 0.3)),
    ]  # fmt: skip
    assert controlled(made, "A", Control.CERTAIN) == {"A", "B", "D"}


def test_very_many_chains_are_cut_for_show_but_not_in_the_sum() -> None:
    middle = [("A", f"m{at:02d}", 1.0) for at in range(40)] + [(f"m{at:02d}", "C", 0.02) for at in range(40)]
    a = up(network(*middle), "C")["A"]
    assert (len(a.chains), a.truncated) == (20, True)
    assert a.economic == Share(0.8, 0.8)


def test_a_chain_of_two_thousand_is_no_recursion() -> None:
    rows = [(f"n{at:05d}", f"n{at + 1:05d}", 1.0) for at in range(300)]
    assert up(network(*rows), "n00300")["n00000"].economic == Share(1.0, 1.0)
    deep = {f"n{at:05d}": (f"n{at + 1:05d}",) for at in range(20_000)}
    assert len(components(deep, deep)) == 20_001


def test_the_shortest_ring_starts_at_the_smallest_uid() -> None:
    steps = {"a": ["b", "d"], "b": ["c"], "c": ["a"], "d": ["a"]}
    (part,) = components(steps, steps)
    assert shortest_ring(part, steps) == ("a", "d")
