"""The fast clustering says what the plain one says, on any groups; and likeness bounds leave out nothing that counts."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from analytics.resolution.cluster import APART, clusters_of, groups, strongest_trees
from analytics.resolution.columns import Column
from analytics.resolution.keys import Pairs
from analytics.resolution.likeness import jaro_winkler, scored, slips, whole
from analytics.resolution.undecided import undecided
from tests.unit.resolution.plain_clusters import average_link, plain_groups, plain_undecided, strongest_tree

SCORES = [APART, -9.0, -3.5, -1.0, 0.0, 0.5, 2.25, 7.0, 14.0, 28.0]


@st.composite
def squares(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Several groups of one size: scores, which pairs speak, which are joined before all else."""
    g, k = draw(st.integers(1, 6)), draw(st.integers(2, 7))
    first, second = np.triu_indices(k, 1)

    def symmetric(values: list[float] | list[bool], dtype: type) -> np.ndarray:
        out = np.zeros((g, k, k), dtype=dtype)
        out[:, first, second] = out[:, second, first] = np.array(values, dtype=dtype).reshape(g, -1)
        return out

    several = g * len(first)
    scores = symmetric(
        draw(st.lists(st.sampled_from(SCORES), min_size=several, max_size=several)), np.float64
    )
    speaks = symmetric(draw(st.lists(st.booleans(), min_size=several, max_size=several)), np.bool_)
    said = symmetric(
        draw(st.lists(st.sampled_from([False] * 9 + [True]), min_size=several, max_size=several)), np.bool_
    )
    return scores, speaks | (scores <= APART), said


@settings(max_examples=300, deadline=None)
@given(squares())
def test_clusters_of_many_groups_are_those_of_each(made: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    scores, speaks, said = made
    labels = clusters_of(scores, speaks, said | (scores >= 14.0), -0.5)
    members = np.arange(labels.size).reshape(labels.shape)
    found = undecided(members, scores, labels, -4.0)
    open_ = {pair[:2]: pair[2] for pair in found.ordered()}
    wanted: dict[tuple[int, int], float] = {}
    for at in range(len(scores)):
        together = [*map(tuple, np.argwhere(np.triu(said[at] | (scores[at] >= 14.0))).tolist())]
        parts = average_link(scores[at], -0.5, together, speaks[at])
        assert [np.flatnonzero(labels[at] == part[0]).tolist() for part in parts] == parts
        start = members[at, 0]
        wanted |= {
            (a + start, b + start): mean for (a, b), mean in plain_undecided(scores[at], parts, -4.0).items()
        }
    assert set(open_) == set(wanted)
    assert all(abs(open_[pair] - mean) < 1e-9 for pair, mean in wanted.items())


@given(squares())
def test_trees_of_many_clusters_are_those_of_each(made: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    scores = made[0]
    one, other = strongest_trees(scores)
    for at, matrix in enumerate(scores):
        pairs = [(min(a, b), max(a, b)) for a, b in zip(one[at].tolist(), other[at].tolist(), strict=True)]
        assert pairs == strongest_tree(matrix, range(len(matrix)))


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 14), st.integers(0, 14)).filter(lambda pair: pair[0] < pair[1]),
        st.sampled_from([-9.0, -4.0, -3.5, -2.0, -1.0, 0.0, 3.0]),
        max_size=40,
    ),
    st.integers(2, 8),
)
def test_groups_are_the_connected_ones_and_no_larger_than_allowed(
    scores: dict[tuple[int, int], float], most: int
) -> None:
    pairs = Pairs.of_codes(np.array([low * 15 + high for low, high in sorted(scores)], dtype=np.int64), 15)
    wanted = np.array([scores[pair] for pair in sorted(scores)])
    found = groups(pairs, wanted, 15, -4.0, most)
    parts = (
        [
            (bar, tuple(part.tolist()))
            for bar, part in zip(
                found.bars.tolist(), np.split(found.members, found.starts[1:-1]), strict=True
            )
            if len(part)
        ]
        if len(found.members)
        else []
    )
    assert parts == plain_groups(pairs, wanted, -4.0, most)


words = st.lists(st.text("abcdeéß '-", min_size=1, max_size=9), min_size=2, max_size=12)


@settings(max_examples=200, deadline=None)
@given(words)
def test_a_bound_leaves_out_nothing_that_reaches_its_cutoff(texts: list[str]) -> None:
    column = Column.of([[text] for text in texts])
    left, right = (side.astype(np.int32) for side in np.triu_indices(len(column.values), 1))
    left, right = left[left > 0], right[left > 0]
    for score, plain, cutoff in (
        (jaro_winkler(0.66), JaroWinkler.normalized_similarity, 0.66),
        (jaro_winkler(0.92), JaroWinkler.normalized_similarity, 0.92),
        (whole(0.85), lambda a, b: fuzz.ratio(a, b) / 100, 0.85),
    ):
        exact = np.array(
            [plain(column.values[a], column.values[b]) for a, b in zip(left, right, strict=True)]
        )
        given_ = scored(column, left, column, right, score)
        sure = np.abs(exact - cutoff) > 1e-3  # on the cutoff itself either may be
        assert np.allclose(given_[sure], np.where(exact >= cutoff, exact, 0.0)[sure], atol=1e-5)
    exact = np.array(
        [min(OSA.distance(column.values[a], column.values[b]), 4) for a, b in zip(left, right, strict=True)]
    )
    assert (scored(column, left, column, right, slips) == exact).all()
