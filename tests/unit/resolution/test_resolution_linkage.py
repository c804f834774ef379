"""Clusters are compared feature by feature: what may join, what must not, and what a slip may not undo."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.resolution.cluster import groups, strongest_trees
from analytics.resolution.keys import Pairs
from analytics.resolution.linkage import Bars, PairEvidence, link
from analytics.resolution.units import Said, Units

SHARES = np.log2([2.0**-10, 1 - 2.0**-10 - 2.0**-30, 2.0**-30])


def evidence(
    bits: list[list[float | None]], conflict: list[bool] | None = None, doubt: list[int] | None = None
) -> PairEvidence:
    """One pair a row, what each feature says for one entity against strangers (None: silent)."""
    said = np.array([[value is not None for value in row] for row in bits], dtype=np.float32)
    logs = np.zeros((*said.shape, 3), dtype=np.float32)
    logs[..., 0] = np.array([[value or 0.0 for value in row] for row in bits])
    marks = np.zeros((len(bits), 4), dtype=np.float32)
    if doubt is not None:
        marks[:, 2], marks[:, 3] = doubt, 1.0
    return PairEvidence(logs, said, marks, np.array(conflict or [False] * len(bits)))


def labels(said: PairEvidence, size: int, auto: float = 0.0) -> list[int]:
    bars = Bars(SHARES, auto, np.zeros(said.said.shape[1], dtype=np.bool_))
    (linked,) = link(said, size, bars)
    return linked.labels[0].tolist()


def test_what_was_known_before_counts_once_whatever_the_size_of_clusters() -> None:
    # three records: a-b agree on a number, b-c on a name, a-c on nothing: together the two features are enough for c
    said = evidence([[20.0, None], [None, None], [None, 12.0]])
    assert labels(said, 3) == [0, 0, 0]


def test_a_record_that_can_say_little_is_not_held_out_by_those_with_which_it_shares_nothing() -> None:
    # d gives the number of a; b and c have none, and fit d's one word of a name a little
    row = [[9.0, 9.0], [9.0, 9.0], [6.0, 18.0], [9.0, 9.0], [6.0, None], [6.0, None]]
    assert labels(evidence(row), 4) == [0, 0, 0, 0]


def test_one_likeness_does_not_chain_two_that_differ() -> None:
    # a-b and b-c fit, a-c do not: c stays out, because a and b together say more against it than b for it
    said = evidence([[14.0], [-30.0], [13.0]])
    assert labels(said, 3) == [0, 0, 2]


def test_what_must_stay_apart_does_and_so_does_whatever_joins_it() -> None:
    said = evidence([[20.0], [15.0], [13.0]], conflict=[True, False, False])
    assert labels(said, 3) == [0, 1, 0]


def test_what_fits_two_that_must_stay_apart_is_left_to_a_person() -> None:
    said = evidence([[20.0], [15.0], [14.5]], conflict=[True, False, False])
    bars = Bars(SHARES, 0.0, np.zeros(1, dtype=np.bool_))
    (linked,) = link(said, 3, bars)
    assert linked.labels[0].tolist() == [0, 1, 2]
    assert linked.scores[0, 2, :2] == pytest.approx([5.0, 4.5], abs=0.01)  # both are open, for review


def test_two_that_say_nothing_to_each_other_are_no_rivals() -> None:
    said = evidence([[None, 15.0], [15.0, None], [None, None]])
    assert labels(said, 3) == [0, 0, 0]


def test_a_rule_that_slips_can_break_bars_two_records_but_not_two_crowds() -> None:
    assert labels(evidence([[20.0]], doubt=[1]), 2) == [0, 1]
    pairs = [(a, b) for a in range(6) for b in range(a + 1, 6)]
    slip = [int((a, b) == (2, 5)) for a, b in pairs]  # one of nine between 012 and 345
    bits = [[30.0] if (a < 3) == (b < 3) else [14.0] for a, b in pairs]
    assert labels(evidence([*bits], doubt=slip), 6) == [0] * 6
    twins = [int((a < 3) != (b < 3)) for a, b in pairs]
    assert labels(evidence([*bits], doubt=twins), 6) == [0, 0, 0, 3, 3, 3]


def test_groups_of_one_size_do_not_touch_each_other() -> None:
    bars = Bars(SHARES, 0.0, np.zeros(1, dtype=np.bool_))
    said = evidence([[20.0], [-9.0], [-9.0], [-9.0], [20.0], [-9.0]])
    (linked,) = link(said, 3, bars)
    assert linked.labels.tolist() == [[0, 0, 2], [0, 1, 0]]
    assert linked.scores[0, 0, 2] == pytest.approx(-9.0 - 10.0, abs=0.01)
    assert np.isneginf(linked.scores[0, 0, 1])


def test_records_between_clusters_are_crossed_in_parts() -> None:
    units = Units.where(np.array([0, 0, 2, 3, 2, 3]))
    ones, others = np.array([0, 2]), np.array([2, 3])
    whole = [*units.between(ones, others, 100)]
    assert [(p.left.tolist(), p.right.tolist(), begin.tolist()) for p, begin in whole] == [
        ([0, 0, 1, 1, 2, 2, 3, 4], [2, 4, 2, 4, 3, 5, 4, 5], [0, 4])
    ]
    parts = [pairs.left.tolist() for pairs, _ in units.between(ones, others, 4)]
    assert parts == [[0, 0, 1, 1], [2, 2, 3, 4]]
    assert [*units.between(ones[:0], others[:0], 4)] == []


def test_persons_join_before_the_rules_but_never_over_their_own_no() -> None:
    said = Said.of(4, same=[(0, 1), (1, 2)], different=[(0, 2)], settled=None)
    assert said.units().of.tolist() == [0, 0, 2, 3]


def test_large_groups_fall_apart_at_a_higher_bar() -> None:
    left, right = np.arange(9), np.arange(1, 10)
    strength = np.array([5.0, 5, 5, 5, 1, 5, 5, 5, 5])
    whole, parts = (groups(Pairs(left, right), strength, 10, 0.0, most) for most in (10, 6))
    assert whole.members.tolist() == [*range(10)]
    assert len(whole) == 1
    assert next(members.tolist() for members in parts.of_size(5)) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_strongest_trees_span_clusters() -> None:
    scores = np.array([[[0, 1.0, 9.0], [1.0, 0, 8.0], [9.0, 8.0, 0]]])
    one, other = strongest_trees(scores)
    assert (one.tolist(), other.tolist()) == ([[0, 2]], [[2, 1]])
