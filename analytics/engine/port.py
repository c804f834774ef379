"""The engine port: what every graph engine can do, with one meaning for all of them.

An engine is a module with these functions. ``igraph_engine`` is the default; ``networkx_engine`` is slow and simple and
serves as the oracle of the tests. Every result is float64 of shape (n,) in vertex order unless said. Graphs are simple
(see :mod:`analytics.engine.csr`); edges count 1 each except where a function says that it reads weights.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analytics.engine.csr import Csr
from graphcore.projection.arrays import Float64

Labels = NDArray[np.int64]


class Engine(Protocol):
    """See the module: n vertices, m edges; direction counts only where a function says so."""

    @staticmethod
    def betweenness(graph: Csr, sources: Sequence[int] | None = None) -> Float64:
        """Sum over pairs of the share of shortest paths through each vertex; unordered pairs, range 0 to (n-1)(n-2)/2.

        With ``sources``: only paths that start there, scaled by n / len(sources). O(n m), or O(len(sources) m).
        """
        ...

    @staticmethod
    def pagerank(graph: Csr, damping: float = 0.85) -> Float64:
        """Stationary share of a walker who follows an edge or, one time in 1/(1-damping), jumps anywhere; sums to 1."""
        ...

    @staticmethod
    def eigenvector(graph: Csr) -> Float64:
        """Principal eigenvector of every component, largest entry = the component's eigenvalue over the largest of all."""
        ...

    @staticmethod
    def closeness(graph: Csr) -> Float64:
        """((r-1)/(n-1)) * ((r-1)/sum of distances), r = vertices reached with itself; range 0 to 1."""
        ...

    @staticmethod
    def harmonic(graph: Csr) -> Float64:
        """Mean of 1/distance to the n-1 others, 0 for those out of reach; range 0 to 1."""
        ...

    @staticmethod
    def distances(graph: Csr, sources: Sequence[int]) -> Float64:
        """Shape (len(sources), n): links on the shortest path, inf where there is none."""
        ...

    @staticmethod
    def triangles(graph: Csr) -> Float64:
        """Number of triangles that each vertex is a corner of."""
        ...

    @staticmethod
    def clustering(graph: Csr) -> Float64:
        """Share of pairs of neighbours that are joined; 0 below two neighbours."""
        ...

    @staticmethod
    def core(graph: Csr) -> Float64:
        """Largest k such that the vertex is in a sub-graph where all have k neighbours or more."""
        ...

    @staticmethod
    def articulation(graph: Csr) -> Float64:
        """Additional pieces that the graph falls into without the vertex; 0 for vertices that cut nothing."""
        ...

    @staticmethod
    def components(graph: Csr) -> Labels:
        """Component number of each vertex, numbered by the smallest vertex in it."""
        ...

    @staticmethod
    def communities(graph: Csr, *, seed: int, resolution: float = 1.0) -> Labels:
        """Groups with more edges inside than chance gives (modularity; reads weights). Equal seeds give equal groups."""
        ...

    @staticmethod
    def modularity(graph: Csr, labels: Labels, resolution: float = 1.0) -> float:
        """Weighted modularity of a grouping, -0.5 to 1; 0 for a graph without edges."""
        ...
