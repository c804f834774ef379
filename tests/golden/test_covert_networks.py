"""Public covert networks: both engines give the same figures, and the published facts about each come out."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from analytics.engine import igraph_engine, networkx_engine
from analytics.engine.csr import Csr, csr_from_edges
from analytics.measures import rank
from tests.unit.analytics.memory_view import MemoryView

pytestmark = pytest.mark.shared_data
# Entities and links; the copies of Krebs and Madoff hold one self link each, which a simple graph leaves out.
NETWORKS = {
    "covert_caviar/CAVIAR_FULL": (110, 205), "covert_ciel/CIELNET": (25, 35), "covert_london_gang/LONDON_GANG": (54, 315),
    "covert_madoff/MADOFF": (61, 60), "covert_mali/MALI": (36, 67), "covert_siren/SIREN": (44, 103),
    "covert_krebs_911/9_11_HIJACKERS_ASSOCIATES": (60, 125), "covert_slumlords/FAMILYTIE_FIG3": (11, 16),
}  # fmt: skip
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


def load(stem: Path) -> tuple[list[str], list[tuple[str, str]]]:
    with Path(f"{stem}_nodes.csv").open(encoding="utf-8", newline="") as file:
        names = [row["id"] for row in csv.DictReader(file)]
    with Path(f"{stem}_edges.csv").open(encoding="utf-8", newline="") as file:
        return names, [(row["source"], row["target"]) for row in csv.DictReader(file)]


def graph_of(stem: Path) -> Csr:
    names, pairs = load(stem)
    number = {name: at for at, name in enumerate(names)}
    source, target = np.array([[number[a], number[b]] for a, b in pairs], dtype=np.int64).T
    return csr_from_edges(len(names), source, target, np.ones(len(pairs)))


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_sizes_and_both_engines_agree(shared_data: Path, name: str) -> None:
    graph = graph_of(shared_data / name)
    assert (graph.n, graph.m) == NETWORKS[name]
    for measure in VALUES:
        ours, oracle = getattr(igraph_engine, measure)(graph), getattr(networkx_engine, measure)(graph)
        np.testing.assert_allclose(ours, oracle, atol=1e-6, err_msg=f"{name} {measure}")


def test_the_importer_leads_the_caviar_network(shared_data: Path) -> None:
    """Morselli 2009: 1, the chief importer, is first in degree and betweenness, and 12, the trafficker, second."""
    names, pairs = load(shared_data / "covert_caviar" / "CAVIAR_FULL")
    made = MemoryView()
    for name in names:
        made.add(name)
    for one, other in pairs:
        made.join("CO_OFFENDS_WITH", one, other)
    for measure in ("degree", "betweenness"):
        first = [row.uid for row in rank(made, measure, "Person", top=3).rows]
        assert first[:2] == ["1", "12"], first
