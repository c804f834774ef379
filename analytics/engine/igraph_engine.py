"""The default engine: python-igraph. The only file that imports it, behind a typed wrapper.

igraph ships no type marker, so what is used of it is written down in ``_Graph``. Its random numbers come from one global
generator: :func:`_seeded` holds a lock while a seeded call runs, so that threads cannot spoil each other's results.
"""

import random
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast

import igraph  # pyright: ignore[reportMissingTypeStubs]
import numpy as np
from numpy.typing import NDArray

from analytics.engine.components import component_labels, eigenvector_by_component
from analytics.engine.csr import Csr
from analytics.engine.port import Labels
from graphcore.projection.arrays import Float64

_RANDOM = threading.Lock()
_PASSES = 10
_ROWS_A_CALL = 16  # distances come back as Python lists: bounds their size


class _Graph(Protocol):
    """The part of ``igraph.Graph`` that this module uses."""

    def betweenness(self, *, directed: bool, sources: Sequence[int] | None) -> list[float]: ...
    def pagerank(self, *, directed: bool, damping: float) -> list[float]: ...
    def closeness(self, *, normalized: bool) -> list[float]: ...
    def harmonic_centrality(self, *, normalized: bool) -> list[float]: ...
    def distances(self, source: Sequence[int]) -> list[list[float]]: ...
    def transitivity_local_undirected(self, *, mode: str) -> list[float]: ...
    def coreness(self) -> list[int]: ...
    def community_leiden(
        self, objective_function: str, *, weights: list[float], resolution: float, n_iterations: int
    ) -> Sequence[Sequence[int]]: ...
    def modularity(self, membership: list[int], *, weights: list[float], resolution: float) -> float: ...
    def biconnected_components(self, *, return_articulation_points: bool) -> Sequence[Sequence[int]]: ...
    def eigenvector_centrality(
        self, *, scale: bool, return_eigenvalue: bool
    ) -> tuple[list[float], float]: ...
    def layout_fruchterman_reingold(self, *, niter: int) -> Sequence[Sequence[float]]: ...


def _graph(n: int, edges: NDArray[Any], *, directed: bool = False) -> _Graph:
    made: object = igraph.Graph(n=n, edges=edges, directed=directed)
    return cast("_Graph", made)


def _of(graph: Csr) -> _Graph:
    return _graph(
        graph.n, np.column_stack([graph.source, graph.target]).astype(np.int64), directed=graph.directed
    )


@contextmanager
def _seeded(seed: int) -> Generator[None]:
    set_generator: Any = vars(igraph)["set_random_number_generator"]
    with _RANDOM:
        set_generator(random.Random(seed))  # noqa: S311 - layouts and groupings, no secret
        try:
            yield
        finally:
            set_generator(random)


def betweenness(graph: Csr, sources: Sequence[int] | None = None) -> Float64:
    """See :meth:`Engine.betweenness`."""
    values = np.array(_of(graph).betweenness(directed=graph.directed, sources=sources), dtype=np.float64)
    # igraph halves undirected counts also for some sources, where every ordered pair is met from one end only
    return values if sources is None else values * (graph.n / max(len(sources), 1))


def pagerank(graph: Csr, damping: float = 0.85) -> Float64:
    """See :meth:`Engine.pagerank`."""
    return np.array(_of(graph).pagerank(directed=graph.directed, damping=damping), dtype=np.float64)


def eigenvector(graph: Csr) -> Float64:
    """See :meth:`Engine.eigenvector`; one ARPACK call a component."""

    def principal(n: int, edges: NDArray[np.int64]) -> tuple[Float64, float]:
        values, eigenvalue = _graph(n, edges).eigenvector_centrality(scale=True, return_eigenvalue=True)
        return np.array(values, dtype=np.float64), eigenvalue

    return eigenvector_by_component(graph, principal)


def closeness(graph: Csr) -> Float64:
    """See :meth:`Engine.closeness`."""
    labels = component_labels(graph)
    reached = np.bincount(labels, minlength=1)[labels] - 1.0
    inside = np.nan_to_num(np.array(_of(graph).closeness(normalized=True), dtype=np.float64))
    return inside * reached / max(graph.n - 1, 1)


def harmonic(graph: Csr) -> Float64:
    """See :meth:`Engine.harmonic`."""
    return np.nan_to_num(np.array(_of(graph).harmonic_centrality(normalized=True), dtype=np.float64))


def distances(graph: Csr, sources: Sequence[int]) -> Float64:
    """See :meth:`Engine.distances`."""
    made = _of(graph)
    parts = [
        np.array(made.distances(source=sources[at : at + _ROWS_A_CALL]), dtype=np.float64)
        for at in range(0, len(sources), _ROWS_A_CALL)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, graph.n), dtype=np.float64)


def triangles(graph: Csr) -> Float64:
    """See :meth:`Engine.triangles`; from local transitivity, exact below 2**52 pairs of neighbours."""
    degree = np.diff(graph.indptr).astype(np.float64)
    return np.rint(clustering(graph) * degree * (degree - 1) / 2)


def clustering(graph: Csr) -> Float64:
    """See :meth:`Engine.clustering`."""
    return np.array(_of(graph).transitivity_local_undirected(mode="zero"), dtype=np.float64)


def core(graph: Csr) -> Float64:
    """See :meth:`Engine.core`."""
    return np.array(_of(graph).coreness(), dtype=np.float64)


def articulation(graph: Csr) -> Float64:
    """See :meth:`Engine.articulation`: blocks that meet in the vertex, less one."""
    blocks = np.zeros(graph.n, dtype=np.float64)
    for block in _of(graph).biconnected_components(return_articulation_points=False):
        blocks[list(block)] += 1
    return np.maximum(blocks - 1, 0)


def components(graph: Csr) -> Labels:
    """See :meth:`Engine.components`."""
    return component_labels(graph)


def communities(graph: Csr, *, seed: int, resolution: float = 1.0) -> Labels:
    """See :meth:`Engine.communities`: Leiden, ten passes at most (61,521/105,246: 2 passes .7340, 5 .7349, no bound .7350)."""
    labels = np.zeros(graph.n, dtype=np.int64)
    with _seeded(seed):
        groups = _of(graph).community_leiden(
            "modularity", weights=graph.weight.tolist(), resolution=resolution, n_iterations=_PASSES
        )
    for number, members in enumerate(groups):
        labels[list(members)] = number
    return labels


def modularity(graph: Csr, labels: Labels, resolution: float = 1.0) -> float:
    """See :meth:`Engine.modularity`."""
    if not graph.m:
        return 0.0
    return float(_of(graph).modularity(labels.tolist(), weights=graph.weight.tolist(), resolution=resolution))


def force_layout(graph: Csr, *, seed: int, rounds: int = 500) -> Float64:
    """Positions for a chart, shape (n, 2): Fruchterman-Reingold. Equal seeds give equal pictures."""
    with _seeded(seed):
        made = _of(graph).layout_fruchterman_reingold(niter=rounds)
        return np.array([*made], dtype=np.float64).reshape(graph.n, 2)
