"""The default engine and the oracle give the same figures on any graph; numbering changes nothing but the numbering."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.engine import igraph_engine, networkx_engine
from analytics.engine.csr import Csr, csr_from_edges
from analytics.engine.port import Engine

FUNCTIONS = [name for name, _ in inspect.getmembers(Engine, inspect.isfunction) if not name.startswith("_")]
VALUES = [
    "betweenness",
    "pagerank",
    "eigenvector",
    "closeness",
    "harmonic",
    "triangles",
    "clustering",
    "core",
    "articulation",
]


@st.composite
def graphs(draw: st.DrawFn) -> Csr:
    n = draw(st.integers(1, 14))
    vertex = st.integers(0, n - 1)
    edges = np.array(draw(st.lists(st.tuples(vertex, vertex), max_size=40)), dtype=np.int64).reshape(-1, 2)
    weight = np.array(
        draw(st.lists(st.integers(1, 5), min_size=len(edges), max_size=len(edges))), dtype=np.float64
    )
    return csr_from_edges(n, edges[:, 0], edges[:, 1], weight)


@settings(max_examples=60, deadline=None)
@given(graph=graphs(), name=st.sampled_from(VALUES))
def test_both_engines_give_the_same_values(graph: Csr, name: str) -> None:
    ours, oracle = getattr(igraph_engine, name)(graph), getattr(networkx_engine, name)(graph)
    assert ours.shape == oracle.shape == (graph.n,)
    assert ours.dtype == oracle.dtype == np.float64
    np.testing.assert_allclose(ours, oracle, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(graph=graphs(), data=st.data())
def test_both_engines_agree_from_some_sources(graph: Csr, data: st.DataObject) -> None:
    sources = sorted(data.draw(st.sets(st.integers(0, graph.n - 1), min_size=1)))
    np.testing.assert_allclose(
        igraph_engine.betweenness(graph, sources), networkx_engine.betweenness(graph, sources), atol=1e-9
    )
    np.testing.assert_array_equal(
        igraph_engine.distances(graph, sources), networkx_engine.distances(graph, sources)
    )


@settings(max_examples=40, deadline=None)
@given(graph=graphs())
def test_components_and_modularity_agree(graph: Csr) -> None:
    labels = igraph_engine.components(graph)
    np.testing.assert_array_equal(labels, networkx_engine.components(graph))
    assert igraph_engine.modularity(graph, labels) == pytest.approx(
        networkx_engine.modularity(graph, labels), abs=1e-12
    )


@settings(max_examples=40, deadline=None)
@given(graph=graphs(), seed=st.integers(0, 5))
def test_communities_repeat_and_are_as_good_as_the_components(graph: Csr, seed: int) -> None:
    found = igraph_engine.communities(graph, seed=seed)
    np.testing.assert_array_equal(found, igraph_engine.communities(graph, seed=seed))
    assert (
        igraph_engine.modularity(graph, found)
        >= igraph_engine.modularity(graph, igraph_engine.components(graph)) - 1e-9
    )
    other = networkx_engine.communities(graph, seed=seed)
    assert abs(igraph_engine.modularity(graph, found) - networkx_engine.modularity(graph, other)) < 0.12


@settings(max_examples=40, deadline=None)
@given(graph=graphs(), name=st.sampled_from(VALUES), data=st.data())
def test_renumbering_renumbers_the_values(graph: Csr, name: str, data: st.DataObject) -> None:
    order = np.array(data.draw(st.permutations(range(graph.n))), dtype=np.int64)
    renamed = csr_from_edges(graph.n, order[graph.source], order[graph.target], graph.weight)
    before, after = getattr(igraph_engine, name)(graph), getattr(igraph_engine, name)(renamed)
    np.testing.assert_allclose(after[order], before, atol=1e-6)


@pytest.mark.parametrize("engine", [igraph_engine, networkx_engine])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_engines_have_the_port_with_the_same_signatures(engine: object, name: str) -> None:
    wanted = inspect.signature(getattr(Engine, name))
    assert inspect.signature(getattr(engine, name)) == wanted


@settings(max_examples=10, deadline=None)
@given(graph=graphs(), seed=st.integers(0, 3))
def test_layouts_repeat_and_place_every_vertex(graph: Csr, seed: int) -> None:
    place = igraph_engine.force_layout(graph, seed=seed)
    assert place.shape == (graph.n, 2)
    assert np.isfinite(place).all()
    np.testing.assert_array_equal(place, igraph_engine.force_layout(graph, seed=seed))
