"""Measures of O(n m): exact while that is cheap, an estimate from seeded pivots beyond, and the answer says which."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analytics.engine import igraph_engine
from analytics.engine.components import component_labels
from analytics.engine.csr import Csr
from graphcore.projection.arrays import Float64

PathMeasure = Literal["betweenness", "closeness", "harmonic"]

EXACT_LIMIT = 100_000_000  # vertices times edges: two to five seconds on one core
PIVOTS = 256
_ROWS = 64  # rows of distances held at once: 64 n floats


def by_pivots(
    measure: PathMeasure, graph: Csr, seed: int, *, limit: int = EXACT_LIMIT, pivots: int = PIVOTS
) -> tuple[Float64, str]:
    """Values and the method in words.

    Args:
        measure: Which one.
        graph: n vertices, m edges. Vertices without edges cost nothing and are left out of n.
        seed: Chooses the pivots; equal seeds give equal estimates.
        limit: Exact as long as n * m is at most this.
        pivots: Vertices that paths are started from beyond the limit, drawn without replacement among those with edges.

    Source: Brandes and Pich 2007, doi:10.1142/S0218127407018403 (uniform pivots); Eppstein and Wang 2004 for closeness.
    """
    active = np.flatnonzero(np.diff(graph.indptr))
    if len(active) * graph.m <= limit or len(active) <= pivots:
        exact = {
            "betweenness": igraph_engine.betweenness,
            "closeness": igraph_engine.closeness,
            "harmonic": igraph_engine.harmonic,
        }
        return exact[measure](graph), "exact"
    chosen = np.sort(np.random.default_rng(seed).choice(active, size=pivots, replace=False))
    method = f"estimate from {pivots} pivots of {len(active)} (seed {seed})"
    if measure == "betweenness":
        # the engine scales by all vertices; those without edges were no candidates
        found = igraph_engine.betweenness(graph, chosen.tolist())
        return found * (len(active) / max(graph.n, 1)), method
    return _from_distances(measure, graph, chosen, len(active)), method


def _from_distances(measure: PathMeasure, graph: Csr, chosen: NDArray[np.int64], active: int) -> Float64:
    """Sums over all others estimated by the sums over the pivots, for undirected graphs."""
    labels = component_labels(graph)
    size = np.bincount(labels)[labels].astype(np.float64)
    near, total, seen = np.zeros(graph.n), np.zeros(graph.n), np.zeros(graph.n)
    for at in range(0, len(chosen), _ROWS):
        rows = igraph_engine.distances(graph, chosen[at : at + _ROWS].tolist())
        others = np.isfinite(rows) & (rows > 0)
        near += np.divide(1.0, rows, out=np.zeros_like(rows), where=others).sum(axis=0)
        total += np.where(others, rows, 0.0).sum(axis=0)
        seen += others.sum(axis=0)
    if measure == "harmonic":
        return near * (active / len(chosen)) / max(graph.n - 1, 1)
    mean = np.divide(total, seen, out=np.zeros(graph.n), where=seen > 0)
    inside = np.divide(1.0, mean, out=np.zeros(graph.n), where=mean > 0)
    return inside * (size - 1) / max(graph.n - 1, 1)
