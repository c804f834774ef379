"""The Montagna mafia networks: sizes as published, and the published collapse under attack, row by row.

Cavallaro et al. 2020, doi:10.1371/journal.pone.0236476: the share of the largest component that is left after removing one
(or five) at a time by betweenness or degree, computed anew each time. Ties as the authors broke them: a stable ascending
sort over the order in which actors first appear, taken from the end.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from analytics.engine import igraph_engine
from analytics.engine.csr import Csr, csr_from_edges
from graphcore.projection.arrays import Float64

pytestmark = pytest.mark.shared_data
FILES = {"meeting": "Montagna_meetings_edgelist.csv", "phone_calls": "Montagna_phonecalls_edgelist.csv"}
LEFT = 5


def edges(folder: Path, network: str) -> np.ndarray:
    """Edges over actors numbered in the order in which they first appear."""
    rows = [
        line.split()
        for line in (folder / "dataset" / FILES[network]).read_text(encoding="utf-8").splitlines()
    ]
    number: dict[str, int] = {}
    for row in rows:
        for name in row[:2]:
            number.setdefault(name, len(number))
    return np.array([[number[row[0]], number[row[1]]] for row in rows], dtype=np.int64)


def simple(n: int, pairs: np.ndarray) -> Csr:
    return csr_from_edges(n, pairs[:, 0], pairs[:, 1], np.ones(len(pairs)))


def degree(graph: Csr) -> Float64:
    return np.diff(graph.indptr).astype(np.float64)


def largest(graph: Csr, gone: set[int]) -> int:
    labels = igraph_engine.components(graph)
    kept = [label for vertex, label in enumerate(labels.tolist()) if vertex not in gone]
    return int(np.bincount(kept).max())


def attack(pairs: np.ndarray, measure: Callable[[Csr], Float64], block: int) -> list[float]:
    n = int(pairs.max()) + 1
    graph, gone = simple(n, pairs), set[int]()
    whole = largest(graph, gone)
    shares = [1.0]
    while n - len(gone) > LEFT:
        scores = measure(graph)
        alive = [vertex for vertex in range(n) if vertex not in gone]
        order = sorted(alive, key=lambda vertex: round(float(scores[vertex]), 9))
        gone |= set(order[-block:])
        pairs = pairs[[int(a) not in gone and int(b) not in gone for a, b in pairs]]
        graph = simple(n, pairs)
        shares.append(largest(graph, gone) / whole)
    return shares


@pytest.mark.parametrize(
    ("network", "size", "mean_degree", "clustering"),
    [("meeting", (101, 256, 5, 92), 5.07, 0.656), ("phone_calls", (100, 124, 5, 89), 2.48, 0.105)],
)
def test_sizes_are_as_published(
    shared_data: Path, network: str, size: tuple[int, int, int, int], mean_degree: float, clustering: float
) -> None:
    pairs = edges(shared_data / "montagna_mafia", network)
    graph = simple(int(pairs.max()) + 1, pairs)
    labels = igraph_engine.components(graph)
    assert (graph.n, graph.m, len(set(labels.tolist())), int(np.bincount(labels).max())) == size
    assert float(degree(graph).mean()) == pytest.approx(mean_degree, abs=0.005)
    assert float(igraph_engine.clustering(graph).mean()) == pytest.approx(clustering, abs=0.0005)


@pytest.mark.parametrize("network", ["meeting", "phone_calls"])
@pytest.mark.parametrize(("order", "block"), [("sequential", 1), ("block", 5)])
@pytest.mark.parametrize(
    ("column", "measure"), [("Betweenness", igraph_engine.betweenness), ("Degree", degree)]
)
def test_the_published_collapse_row_by_row(
    shared_data: Path, network: str, order: str, block: int, column: str, measure: Callable[[Csr], Float64]
) -> None:
    folder = shared_data / "montagna_mafia"
    table = folder / "disruption" / "results" / order / network / "df_Unweighted_5nrem.csv"
    with table.open(encoding="utf-8", newline="") as file:
        published = [float(row[column]) for row in csv.DictReader(file)]
    found = attack(edges(folder, network), measure, block)
    assert len(found) >= len(published)
    assert found[: len(published)] == pytest.approx(published, abs=1e-9)
