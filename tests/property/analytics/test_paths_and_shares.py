"""Cheapest paths against networkx; ownership intervals against exact shares drawn from inside them."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.business.interests import interests_in, interests_of, network_of
from analytics.business.model import Control
from analytics.paths.cheapest import Bounds, k_cheapest
from graphcore.model import Link

WIDE = Bounds(max_cost=1e9, slack=1e9)


@settings(max_examples=60, deadline=None)
@given(
    edges=st.dictionaries(
        st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]),
        st.integers(1, 4),
        max_size=18,
    ),
    k=st.integers(1, 12),
)
def test_the_k_cheapest_paths_are_those_of_the_oracle_in_total_order(
    edges: dict[tuple[int, int], int], k: int
) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(range(8))
    graph.add_weighted_edges_from((a, b, float(cost)) for (a, b), cost in edges.items())
    near = {v: {o: graph[v][o]["weight"] for o in graph[v]} for v in graph}
    found = k_cheapest(0, 7, near.__getitem__, k, WIDE)
    every = sorted(
        (nx.path_weight(graph, path, "weight"), tuple(path)) for path in nx.all_simple_paths(graph, 0, 7)
    )
    assert list(found.paths) == every[:k]
    assert not found.truncated


@st.composite
def holdings(draw: st.DrawFn) -> dict[tuple[int, int], tuple[float, float, float]]:
    """(owner, owned) -> low, true, high in 64ths; the true shares of each owned entity add up to one half at most."""
    pairs = draw(
        st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda p: p[0] != p[1]), max_size=9)
    )
    made: dict[tuple[int, int], tuple[float, float, float]] = {}
    for owned in range(5):
        left = 62
        for owner in sorted(o for o, d in pairs if d == owned):
            true = draw(st.integers(1, max(1, left // 2)))
            left -= true
            low, high = draw(st.integers(0, true)), draw(st.integers(true, 64))
            made[owner, owned] = (low / 64, true / 64, high / 64)
    return made


@settings(max_examples=150, deadline=None)
@given(shares=holdings())
def test_intervals_hold_the_true_share_rings_included(
    shares: dict[tuple[int, int], tuple[float, float, float]],
) -> None:
    links = [
        Link(f"l{a}{b}", "OWNS", str(a), str(b), {"share_min": (low,), "share_max": (high,)}, (), (), ())
        for (a, b), (low, _, high) in shares.items()
    ]
    network = network_of(links)
    matrix = np.zeros((5, 5))
    for (a, b), (_, true, _) in shares.items():
        matrix[a, b] = true
    truth = np.linalg.inv(np.eye(5) - matrix)
    for goal in range(5):
        upward, _ = interests_in(network, str(goal))
        downward, _ = interests_of(network, str(goal))
        for interest in itertools.chain(upward, downward):
            exact = min(1.0, truth[int(interest.owner), int(interest.owned)])
            assert interest.economic.low - 1e-9 <= exact <= interest.economic.high + 1e-9
            assert 0 <= interest.attributed.low <= interest.attributed.high <= 1
            assert interest.control is not Control.CERTAIN or interest.attributed.low > 0.5
        up_down = {(i.owner, i.owned): i for i in upward}
        for i in interests_of(network, "0")[0]:
            if (i.owner, i.owned) in up_down:
                other = up_down[i.owner, i.owned]
                assert (i.economic.low, i.economic.high) == pytest.approx(
                    (other.economic.low, other.economic.high)
                )
                assert (i.attributed, i.control) == (other.attributed, other.control)
