"""Rankings: a view, a measure, the first so many. Computed on the view, so a hidden link changes no figure."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from analytics.engine.apart import compute
from analytics.engine.csr import build_csr
from analytics.errors import MeasureError
from analytics.measures.registry import Measure, computed_by, measure_named
from analytics.measures.scope import export_query
from graphcore.projection.arrays import Float64, GraphArrays
from graphcore.store.port import GraphView

MAX_TOP = 10_000
_DIGITS = 9  # values equal to so many digits are ties: engines differ in the last bits


@dataclass(frozen=True, slots=True)
class RankedEntity:
    """One line of a ranking. ``rank`` is shared by ties (1, 2, 2, 4); ``records`` is how many stand behind its links."""

    rank: int
    uid: str
    caption: str
    type: str
    value: float
    records: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first entities by one measure, by (value descending, uid).

    ``entities`` and ``links`` size the simple graph that was measured; ``method`` is "exact" or names the estimate.
    Values are rounded to nine digits of the largest.
    """

    measure: str
    entity_type: str | None
    link_types: tuple[str, ...] | None
    method: str
    says: str
    does_not_say: str
    entities: int
    links: int
    rows: tuple[RankedEntity, ...]


def rank(
    view: GraphView, measure: str, entity_type: str | None = None, link_types: Collection[str] | None = None, *,
    top: int = 20, seed: int = 0,
) -> Ranking:  # fmt: skip
    """Rank the entities of a view.

    Args:
        view: What the reader may see.
        measure: A name of ``MEASURES``.
        entity_type: The graph measured is the entities of this type and the links between two of them. None: the whole
            view. Either way parallel links count once, and direction is dropped but for ``in_degree`` and ``out_degree``.
        link_types: Only links of these types; None: all.
        top: Lines wanted, 1 to 10,000.
        seed: Chooses the pivots where a measure is estimated.

    Raises:
        MeasureError: no such measure, or ``top`` out of range.
        ScopeError: a type that the schema does not know.
    """
    chosen = measure_named(measure)
    if not 1 <= top <= MAX_TOP:
        raise MeasureError(f"top must be 1 to {MAX_TOP}, not {top}")
    query = export_query(None if entity_type is None else {entity_type}, link_types)
    return rank_arrays(
        view.export(query), chosen, entity_type=entity_type, link_types=link_types, top=top, seed=seed
    )


def rank_arrays(
    arrays: GraphArrays, measure: Measure, *, entity_type: str | None = None, link_types: Collection[str] | None = None,
    top: int = 20, seed: int = 0,
) -> Ranking:  # fmt: skip
    """As :func:`rank`, on arrays that were exported before; the two types are only repeated in the answer."""
    graph = build_csr(arrays, directed=measure.directed)
    computed = compute(computed_by, measure.name, graph, seed)
    records = _records(arrays)
    values = rounded(computed.values)
    order = order_by_value(values, top)
    ranks = _shared_ranks(values, order)
    rows = tuple(
        RankedEntity(
            rank=place, uid=arrays.uids[at], caption=arrays.captions[at],
            type=arrays.entity_types[int(arrays.kinds[at])], value=float(values[at]), records=int(records[at]),
        )
        for place, at in zip(ranks, order, strict=True)
    )  # fmt: skip
    return Ranking(
        measure=measure.name, entity_type=entity_type,
        link_types=None if link_types is None else tuple(sorted(link_types)), method=computed.method,
        says=measure.says, does_not_say=measure.does_not_say, entities=graph.n, links=graph.m, rows=rows,
    )  # fmt: skip


def order_by_value(values: Float64, top: int) -> list[int]:
    """Vertices by (value descending, number ascending), values rounded to nine digits; the first ``top``."""
    return np.argsort(-rounded(values), kind="stable")[:top].tolist()


def rounded(values: Float64) -> Float64:
    """Values to nine significant digits of the largest one, so that equal roles are ties on every engine."""
    scale = float(np.abs(values).max(initial=0.0))
    if not scale:
        return np.zeros_like(values)
    places = _DIGITS - 1 - int(np.floor(np.log10(scale)))
    return np.round(values, places)


def _shared_ranks(values: Float64, order: list[int]) -> list[int]:
    keys: list[float] = values[order].tolist()
    ranks: list[int] = []
    for place, key in enumerate(keys):
        ranks.append(ranks[-1] if place and keys[place - 1] == key else place + 1)
    return ranks


def _records(arrays: GraphArrays) -> Float64:
    proper = arrays.source != arrays.target
    ends = np.concatenate([arrays.source[proper], arrays.target[proper]])
    return np.bincount(ends, weights=np.tile(arrays.records[proper], 2), minlength=arrays.n).astype(
        np.float64
    )
