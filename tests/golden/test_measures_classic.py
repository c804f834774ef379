"""Figures from the literature: Krackhardt's kite (1990) and Zachary's karate club (1977)."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from analytics.engine import igraph_engine, networkx_engine
from analytics.engine.csr import Csr, csr_from_edges
from analytics.measures import find_communities, rank
from tests.unit.analytics.memory_view import MemoryView

KITE = ("Andre", "Beverly", "Carol", "Diane", "Ed", "Fernando", "Garth", "Heather", "Ike", "Jane")


def csr(graph: nx.Graph) -> Csr:
    edges = np.array(list(graph.edges()), dtype=np.int64)
    return csr_from_edges(len(graph), edges[:, 0], edges[:, 1], np.ones(len(edges)))


def kite_view() -> MemoryView:
    made = MemoryView()
    for at, name in enumerate(KITE):
        made.add(f"n{at}", caption=name)
    for one, other in nx.krackhardt_kite_graph().edges():
        made.join("ASSOCIATE_OF", f"n{one}", f"n{other}")
    return made


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("degree", [("Diane", 6), ("Fernando", 5), ("Garth", 5)]),
        (
            "betweenness",
            [("Heather", 14), ("Fernando", 25 / 3), ("Garth", 25 / 3), ("Ike", 8), ("Diane", 11 / 3)],
        ),
        ("closeness", [("Fernando", 9 / 14), ("Garth", 9 / 14), ("Diane", 0.6), ("Heather", 0.6)]),
        ("eigenvector", [("Diane", 1), ("Fernando", 0.8268), ("Garth", 0.8268)]),
        ("k_core", [("Andre", 3), ("Beverly", 3), ("Carol", 3)]),
        ("articulation", [("Heather", 1), ("Ike", 1), ("Andre", 0)]),
        ("triangles", [("Diane", 8), ("Fernando", 5), ("Garth", 5)]),
    ],
)
def test_krackhardt_kite(measure: str, expected: list[tuple[str, float]]) -> None:
    ranking = rank(kite_view(), measure, "Person", top=len(expected))
    assert [row.caption for row in ranking.rows] == [name for name, _ in expected]
    assert [row.value for row in ranking.rows] == pytest.approx([value for _, value in expected], abs=1e-4)


@pytest.mark.parametrize("engine", [igraph_engine, networkx_engine])
def test_zachary_karate_club(engine: type[object]) -> None:
    graph = csr(nx.karate_club_graph())
    assert (graph.n, graph.m) == (34, 78)
    betweenness = engine.betweenness(graph)  # type: ignore[attr-defined]
    assert betweenness[[0, 33, 32]] == pytest.approx([231.0714, 160.5516, 76.6905], abs=1e-4)
    assert engine.pagerank(graph)[[33, 0]] == pytest.approx([0.10092, 0.09700], abs=1e-5)  # type: ignore[attr-defined]
    assert engine.closeness(graph)[0] == pytest.approx(0.5690, abs=1e-4)  # type: ignore[attr-defined]
    triangles = engine.triangles(graph)  # type: ignore[attr-defined]
    assert (triangles.sum() / 3, triangles[0], triangles[33]) == (45, 18, 15)
    assert engine.core(graph).max() == 4  # type: ignore[attr-defined]
    assert engine.articulation(graph)[0] == 2  # type: ignore[attr-defined]


def test_leiden_finds_the_best_known_division_of_the_karate_club() -> None:
    made = MemoryView()
    for at in range(34):
        made.add(f"n{at:02d}")
    for one, other in nx.karate_club_graph().edges():
        made.join("ASSOCIATE_OF", f"n{one:02d}", f"n{other:02d}")
    found = find_communities(made)
    assert found.modularity == pytest.approx(0.4198, abs=1e-4)
    assert [community.size for community in found.communities] == [12, 11, 6, 5]
    assert found.labels["n00"] != found.labels["n33"]
