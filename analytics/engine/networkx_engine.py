"""The oracle: networkx and dense numpy, slow and simple. Same functions and meanings as the default engine.

Nothing of the product calls it; the tests hold the default engine to it. Its communities are Louvain's, since networkx
has no Leiden of its own: groupings of the two are compared by modularity, never label by label.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from analytics.engine.components import eigenvector_by_component
from analytics.engine.csr import Csr
from analytics.engine.port import Labels
from graphcore.projection.arrays import Float64

_nx = cast("Any", nx)  # networkx has no types: everything below is told its own


def _of(graph: Csr) -> Any:
    made = _nx.DiGraph() if graph.directed else _nx.Graph()
    made.add_nodes_from(range(graph.n))
    made.add_weighted_edges_from(
        zip(graph.source.tolist(), graph.target.tolist(), graph.weight.tolist(), strict=True)
    )
    return made


def _vector(graph: Csr, values: Mapping[int, float]) -> Float64:
    return np.array([values[vertex] for vertex in range(graph.n)], dtype=np.float64)


def betweenness(graph: Csr, sources: Sequence[int] | None = None) -> Float64:
    """See :meth:`Engine.betweenness`."""
    made = _of(graph)
    if sources is None:
        return _vector(graph, _nx.betweenness_centrality(made, normalized=False))
    values = _nx.betweenness_centrality_subset(made, sources, list(range(graph.n)), normalized=False)
    return _vector(graph, values) * (graph.n / max(len(sources), 1))


def pagerank(graph: Csr, damping: float = 0.85) -> Float64:
    """See :meth:`Engine.pagerank`: the linear system, solved."""
    if not graph.n:
        return np.zeros(0, dtype=np.float64)
    matrix = cast("Float64", np.asarray(_nx.google_matrix(_of(graph), alpha=damping, weight=None)))
    system = np.vstack([matrix.T - np.eye(graph.n), np.ones((1, graph.n))])
    wanted = np.zeros(graph.n + 1)
    wanted[-1] = 1.0
    return np.linalg.lstsq(system, wanted, rcond=None)[0].astype(np.float64)


def eigenvector(graph: Csr) -> Float64:
    """See :meth:`Engine.eigenvector`; dense, one component at a time."""

    def principal(n: int, edges: NDArray[np.int64]) -> tuple[Float64, float]:
        matrix = np.zeros((n, n), dtype=np.float64)
        matrix[edges[:, 0], edges[:, 1]] = matrix[edges[:, 1], edges[:, 0]] = 1.0
        eigenvalues, vectors = np.linalg.eigh(matrix)
        return vectors[:, -1].astype(np.float64), float(eigenvalues[-1])

    return eigenvector_by_component(graph, principal)


def closeness(graph: Csr) -> Float64:
    """See :meth:`Engine.closeness`."""
    return _vector(graph, _nx.closeness_centrality(_of(graph), wf_improved=True))


def harmonic(graph: Csr) -> Float64:
    """See :meth:`Engine.harmonic`."""
    return _vector(graph, _nx.harmonic_centrality(_of(graph))) / max(graph.n - 1, 1)


def distances(graph: Csr, sources: Sequence[int]) -> Float64:
    """See :meth:`Engine.distances`."""
    made, found = _of(graph), np.full((len(sources), graph.n), np.inf)
    lengths: Callable[[Any, int], Mapping[int, int]] = _nx.single_source_shortest_path_length
    for row, source in enumerate(sources):
        for vertex, length in lengths(made, source).items():
            found[row, vertex] = length
    return found


def triangles(graph: Csr) -> Float64:
    """See :meth:`Engine.triangles`."""
    return _vector(graph, _nx.triangles(_of(graph)))


def clustering(graph: Csr) -> Float64:
    """See :meth:`Engine.clustering`."""
    return _vector(graph, _nx.clustering(_of(graph)))


def core(graph: Csr) -> Float64:
    """See :meth:`Engine.core`."""
    return _vector(graph, _nx.core_number(_of(graph)))


def articulation(graph: Csr) -> Float64:
    """See :meth:`Engine.articulation`: components counted with and without each vertex."""
    made = _of(graph)
    whole: int = _nx.number_connected_components(made)
    values = np.zeros(graph.n, dtype=np.float64)
    for vertex in range(graph.n):
        rest = made.subgraph(set(range(graph.n)) - {vertex})
        values[vertex] = max(0, _nx.number_connected_components(rest) - whole)
    return values


def components(graph: Csr) -> Labels:
    """See :meth:`Engine.components`."""
    return _labels(graph.n, sorted(_nx.connected_components(_of(graph)), key=min))


def communities(graph: Csr, *, seed: int, resolution: float = 1.0) -> Labels:
    """See :meth:`Engine.communities`: Louvain."""
    return _labels(graph.n, _nx.community.louvain_communities(_of(graph), seed=seed, resolution=resolution))


def modularity(graph: Csr, labels: Labels, resolution: float = 1.0) -> float:
    """See :meth:`Engine.modularity`."""
    if not graph.m:
        return 0.0
    groups = [set(np.flatnonzero(labels == number).tolist()) for number in np.unique(labels)]
    return float(_nx.community.modularity(_of(graph), groups, resolution=resolution))


def _labels(n: int, groups: Iterable[Iterable[int]]) -> Labels:
    labels = np.zeros(n, dtype=np.int64)
    for number, members in enumerate(groups):
        labels[list(members)] = number
    return labels
