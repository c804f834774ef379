"""The fast clustering says what the plain one says, on any groups; and likeness bounds leave out nothing that counts."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from analytics.resolution.cluster import APART, groups, strongest_trees
from analytics.resolution.columns import Column
from analytics.resolution.keys import Pairs
from analytics.resolution.likeness import jaro_winkler, scored, slips, whole
from analytics.resolution.likeness import words as in_words
from analytics.resolution.linkage import Bars, PairEvidence, link
from tests.unit.resolution.plain_clusters import plain_groups, plain_link, strongest_tree

SCORES = [APART, -9.0, -3.5, -1.0, 0.0, 0.5, 2.25, 7.0, 14.0, 28.0]


@st.composite
def squares(draw: st.DrawFn) -> np.ndarray:
    """Several symmetric matrices of scores of one size."""
    g, k = draw(st.integers(1, 6)), draw(st.integers(2, 7))
    first, second = np.triu_indices(k, 1)
    several = g * len(first)
    values = draw(st.lists(st.sampled_from(SCORES), min_size=several, max_size=several))
    out = np.zeros((g, k, k))
    out[:, first, second] = out[:, second, first] = np.array(values).reshape(g, -1)
    return out


BITS = [-6.0, -2.0, -0.5, 0.0, 1.5, 4.0, 9.0]
BARS = Bars(np.log2([2.0**-6, 1 - 2.0**-6 - 2.0**-9, 2.0**-9]), 0.0, np.array([True, False, False]))


@st.composite
def several_groups(draw: st.DrawFn) -> tuple[PairEvidence, int]:
    """Evidence on the pairs of several groups of one size, in three features."""
    g, k = draw(st.integers(1, 5)), draw(st.integers(2, 6))
    pairs = g * k * (k - 1) // 2

    def many(values: st.SearchStrategy, count: int) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=count, max_size=count)))

    said = many(st.booleans(), pairs * 3).reshape(pairs, 3)
    logs = many(st.sampled_from(BITS), pairs * 9).reshape(pairs, 3, 3) * said[..., None]
    marks = many(st.booleans(), pairs * 4).reshape(pairs, 4)
    marks[:, 2] &= marks[:, 3]
    conflict = many(st.sampled_from([False] * 9 + [True]), pairs)
    floats = (each.astype(np.float32) for each in (logs, said, marks))
    return PairEvidence(*floats, conflict), k


@settings(max_examples=200, deadline=None)
@given(several_groups())
def test_clusters_of_many_groups_are_those_of_each(made: tuple[PairEvidence, int]) -> None:
    evidence, size = made
    within = size * (size - 1) // 2
    labels = np.concatenate([linked.labels for linked in link(evidence, size, BARS)])
    for at, group in enumerate(labels):
        parts = plain_link(evidence.part(slice(at * within, (at + 1) * within)), size, BARS)
        assert [np.flatnonzero(group == part[0]).tolist() for part in parts] == parts


@given(squares())
def test_trees_of_many_clusters_are_those_of_each(scores: np.ndarray) -> None:
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


few = st.lists(st.sampled_from(["old", "mill", "lane", "mills", "flat", "kiln", "a"]), min_size=1, max_size=5)
words = st.lists(st.text("abcdeéß '-", min_size=1, max_size=9) | few.map(" ".join), min_size=2, max_size=12)


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
        (in_words(0.75), lambda a, b: fuzz.token_set_ratio(a, b) / 100, 0.75),
        (in_words(0.97), lambda a, b: fuzz.token_set_ratio(a, b) / 100, 0.97),
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
