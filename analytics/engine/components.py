"""Connected components by numpy, and what is computed one component at a time. No engine in here."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from analytics.engine.csr import Csr
from analytics.engine.port import Labels
from graphcore.projection.arrays import Float64

Principal = Callable[[int, NDArray[np.int64]], tuple[Float64, float]]


def component_labels(graph: Csr) -> Labels:
    """Component number of each vertex (direction ignored), components numbered by their smallest vertex.

    Labels shrink to the smallest vertex reached, each round jumping as far as the labels already point: a logarithmic
    number of rounds over the edge list.
    """
    root = np.arange(graph.n, dtype=np.int64)
    source, target = graph.source.astype(np.int64), graph.target.astype(np.int64)
    while True:
        low = np.minimum(root[source], root[target])
        smaller = root.copy()
        np.minimum.at(smaller, root[source], low)
        np.minimum.at(smaller, root[target], low)
        while not np.array_equal(jumped := smaller[smaller], smaller):
            smaller = jumped
        if np.array_equal(smaller, root):
            break
        root = smaller
    _, labels = np.unique(root, return_inverse=True)
    return labels.astype(np.int64)


def component_edges(graph: Csr) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """For each component with an edge: its vertices (ascending) and its edges, renumbered within it, shape (m, 2)."""
    labels = component_labels(graph)
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(int(labels.max(initial=-1)) + 2))
    position = np.empty(graph.n, dtype=np.int64)
    position[order] = np.arange(graph.n) - starts[labels[order]]
    edge_label = labels[graph.source]
    edge_order = np.argsort(edge_label, kind="stable")
    edge_starts = np.searchsorted(edge_label[edge_order], np.arange(len(starts)))
    for number in np.unique(edge_label).tolist():
        chosen = edge_order[edge_starts[number] : edge_starts[number + 1]]
        pairs = np.column_stack([position[graph.source[chosen]], position[graph.target[chosen]]])
        yield order[starts[number] : starts[number + 1]], pairs


def eigenvector_by_component(graph: Csr, principal: Principal) -> Float64:
    """Put the principal eigenvectors of the components into one scale.

    ``principal`` takes (n, edges) of a connected graph and gives its eigenvector and eigenvalue. Each vector is scaled to
    a largest entry of eigenvalue / largest eigenvalue of all: so a pair apart from the rest cannot outrank a dense core,
    which one call over a disconnected graph leaves to chance.
    """
    values = np.zeros(graph.n, dtype=np.float64)
    found: list[tuple[NDArray[np.int64], Float64, float]] = []
    for vertices, edges in component_edges(graph):
        vector, eigenvalue = principal(len(vertices), edges)
        found.append((vertices, np.abs(vector) / np.abs(vector).max(), eigenvalue))
    largest = max((eigenvalue for _, _, eigenvalue in found), default=1.0)
    for vertices, vector, eigenvalue in found:
        values[vertices] = vector * (eigenvalue / largest)
    return values
