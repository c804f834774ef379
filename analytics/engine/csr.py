"""Graphs in compressed sparse rows, built once from :class:`GraphArrays` and handed to every engine.

``Csr`` is always *simple*: parallel links between two entities become one edge whose weight is the sum of their records,
and links from an entity to itself are left out. ``Incidence`` keeps every link. Vertex numbers are those of the arrays.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from analytics.errors import EngineError
from graphcore.projection.arrays import Float64, GraphArrays, Int32
from graphcore.schema.loader import load_schema


@dataclass(frozen=True, slots=True, eq=False)
class Csr:
    """A simple graph. ``indices[indptr[v]:indptr[v + 1]]`` are the neighbours of ``v`` (successors if directed), ascending.

    ``source``, ``target`` and ``weight`` are the edge list, by (source, target); undirected edges are there once, with
    ``source < target``. ``arc_weight`` lines up with ``indices``.
    """

    n: int
    directed: bool
    indptr: Int32
    indices: Int32
    arc_weight: Float64
    source: Int32
    target: Int32
    weight: Float64

    @property
    def m(self) -> int:
        """Number of edges."""
        return len(self.source)

    def neighbours(self, vertex: int) -> Int32:
        """Neighbours of one vertex, ascending; a view into ``indices``."""
        return self.indices[self.indptr[vertex] : self.indptr[vertex + 1]]


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """Every link seen from both of its ends: a multigraph walked either way.

    For ``v`` the slots ``indptr[v]:indptr[v + 1]`` hold the far end (``other``), the link's number in the arrays (``edge``)
    and whether the link leaves ``v`` (``forward``), by (other, edge). A self link is there once.
    """

    n: int
    indptr: Int32
    other: Int32
    edge: Int32
    forward: NDArray[np.bool_]


def build_csr(arrays: GraphArrays, *, directed: bool = False) -> Csr:
    """Collapse arrays to a simple graph.

    Args:
        arrays: One view's entities and links.
        directed: False: direction is dropped too, so a link there and one back are one edge. True: direction is kept, and
            links of a symmetric type (associate of, family of, ...) run both ways.

    Raises:
        EngineError: a link names a vertex that is not in the arrays.
    """
    source, target, weight = _checked(arrays)
    if directed:
        both = _symmetric(arrays)
        source, target = np.concatenate([source, target[both]]), np.concatenate([target, source[both]])
        weight = np.concatenate([weight, weight[both]])
    return csr_from_edges(arrays.n, source, target, weight, directed=directed)


def csr_from_edges(
    n: int, source: NDArray[np.int64], target: NDArray[np.int64], weight: Float64, *, directed: bool = False
) -> Csr:
    """Collapse an edge list over vertices 0..n-1 to a simple graph, as :func:`build_csr` does."""
    keep = source != target
    low, high, weight = source[keep], target[keep], weight[keep]
    if not directed:
        low, high = np.minimum(low, high), np.maximum(low, high)
    keys, inverse = np.unique(low * max(n, 1) + high, return_inverse=True)
    summed = np.bincount(inverse, weights=weight, minlength=len(keys)).astype(np.float64)
    low, high = keys // max(n, 1), keys % max(n, 1)
    tail, head, arc = low, high, summed
    if not directed:
        tail, head, arc = (
            np.concatenate([low, high]),
            np.concatenate([high, low]),
            np.concatenate([summed, summed]),
        )
    order = np.lexsort((head, tail))
    return Csr(
        n=n, directed=directed, indptr=_pointers(n, tail), indices=head[order].astype(np.int32), arc_weight=arc[order],
        source=low.astype(np.int32), target=high.astype(np.int32), weight=summed,
    )  # fmt: skip


def build_incidence(arrays: GraphArrays) -> Incidence:
    """All links by the entities they touch.

    Raises:
        EngineError: a link names a vertex that is not in the arrays.
    """
    source, target, _ = _checked(arrays)
    edge = np.arange(arrays.m, dtype=np.int64)
    back = source != target
    tail, head = np.concatenate([source, target[back]]), np.concatenate([target, source[back]])
    number = np.concatenate([edge, edge[back]])
    forward = np.concatenate([np.ones(arrays.m, dtype=np.bool_), np.zeros(int(back.sum()), dtype=np.bool_)])
    order = np.lexsort((number, head, tail))
    return Incidence(
        n=arrays.n, indptr=_pointers(arrays.n, tail), other=head[order].astype(np.int32),
        edge=number[order].astype(np.int32), forward=forward[order],
    )  # fmt: skip


def ints(values: NDArray[np.integer[Any]]) -> list[int]:
    """An array of whole numbers as a list of Python integers (numpy's own ``tolist`` has no element type)."""
    return cast("list[int]", values.tolist())


def _checked(arrays: GraphArrays) -> tuple[NDArray[np.int64], NDArray[np.int64], Float64]:
    source, target = arrays.source.astype(np.int64), arrays.target.astype(np.int64)
    if not len(source) == len(target) == len(arrays.records) == arrays.m:
        raise EngineError("the arrays of links differ in length: export the view again")
    if arrays.m and (min(source.min(), target.min()) < 0 or max(source.max(), target.max()) >= arrays.n):
        raise EngineError(f"a link names a vertex outside 0..{arrays.n - 1}: export the view again")
    return source, target, arrays.records.astype(np.float64)


def _symmetric(arrays: GraphArrays) -> NDArray[np.bool_]:
    links = load_schema().links
    flags = [name in links and links[name].symmetric for name in arrays.link_types]
    if not flags:
        return np.zeros(arrays.m, dtype=np.bool_)
    return np.array(flags, dtype=np.bool_)[arrays.link_kinds]


def _pointers(n: int, tail: NDArray[np.int64]) -> Int32:
    counts = np.bincount(tail, minlength=n)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)]).astype(np.int32)


def induced(arrays: GraphArrays, uids: Collection[str]) -> GraphArrays:
    """The arrays of some entities and the links between them: a question asked of a list of people."""
    chosen = set(uids)
    keep = np.array([uid in chosen for uid in arrays.uids], dtype=np.bool_).reshape(arrays.n)
    links = keep[arrays.source] & keep[arrays.target]
    number = (np.cumsum(keep) - 1).astype(np.int32)
    return replace(
        arrays,
        uids=tuple(uid for uid in arrays.uids if uid in chosen),
        captions=tuple(caption for caption, kept in zip(arrays.captions, keep, strict=True) if kept),
        kinds=arrays.kinds[keep], lids=tuple(lid for lid, kept in zip(arrays.lids, links, strict=True) if kept),
        link_kinds=arrays.link_kinds[links], source=number[arrays.source[links]], target=number[arrays.target[links]],
        valid_from=arrays.valid_from[links], valid_to=arrays.valid_to[links], records=arrays.records[links],
        share_min=arrays.share_min[links], share_max=arrays.share_max[links], amount=arrays.amount[links],
    )  # fmt: skip
