"""Communities of a view: who has more links among themselves than chance gives, and which known groups they touch.

Labels are stable for equal input and seed: 1 is the largest community, ties go to the smallest uid. A community is an
indicator computed from what is recorded; it is not an organised crime group.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from analytics.engine import igraph_engine
from analytics.engine.apart import compute
from analytics.engine.csr import Csr, build_csr, ints
from analytics.engine.port import Labels
from analytics.errors import MeasureError
from analytics.measures.rank import order_by_value
from analytics.measures.scope import export_query
from graphcore.projection.arrays import Float64, GraphArrays
from graphcore.store.port import GraphView
from graphcore.store.query import ExportQuery

GROUP_TYPE = "OrganisedCrimeGroup"
MEMBERSHIP = "MEMBER_OF"
_MEMBERS = frozenset({"Person", "Business", "Organisation", "Unknown", GROUP_TYPE})


@dataclass(frozen=True, slots=True)
class CommunityMember:
    """One of the best joined of a community. ``inside`` is the number of members it is joined to."""

    uid: str
    caption: str
    type: str
    inside: int


@dataclass(frozen=True, slots=True)
class GroupShare:
    """A recorded organised crime group that members of the community belong to.

    ``here`` of its ``known`` visible members (in the graph that was grouped) are in this community.
    """

    uid: str
    caption: str
    here: int
    known: int


@dataclass(frozen=True, slots=True)
class Community:
    """One community. ``inside`` and ``outside`` count links within it and links that leave it (simple graph).

    ``types`` counts members by entity type; ``members`` are the best joined, by (joined inside descending, uid);
    ``groups`` by (members here descending, uid).
    """

    label: int
    size: int
    inside: int
    outside: int
    types: Mapping[str, int]
    members: tuple[CommunityMember, ...]
    groups: tuple[GroupShare, ...]


@dataclass(frozen=True, slots=True)
class Communities:
    """A grouping of a view: every entity with a link has a label; ``alone`` counts those without."""

    modularity: float
    resolution: float
    seed: int
    entities: int
    links: int
    alone: int
    communities: tuple[Community, ...]
    labels: Mapping[str, int]


def find_communities(
    view: GraphView, *, entity_types: Collection[str] | None = None, link_types: Collection[str] | None = None,
    seed: int = 0, resolution: float = 1.0, top: int = 10,
) -> Communities:  # fmt: skip
    """Leiden communities of a view's simple graph, links weighted by their records.

    Args:
        view: What the reader may see.
        entity_types: Only entities of these types and the links between them; None: all. Areas, officers and dates join
            everybody: leave them out where people are meant.
        link_types: Only links of these types; None: all.
        seed: Equal seeds give equal communities.
        resolution: Above 1 more and smaller ones, below 1 fewer and larger ones.
        top: Members named a community.

    Raises:
        ScopeError: a type that the schema does not know.
        MeasureError: ``resolution`` is not above 0.

    Source: Traag, Waltman, van Eck 2019, doi:10.1038/s41598-019-41695-z.
    """
    if not resolution > 0:
        raise MeasureError(f"resolution must be above 0, not {resolution:g}")
    arrays = view.export(export_query(entity_types, link_types))
    graph = build_csr(arrays)
    labels, modularity = compute(_grouped, graph, seed, resolution)
    found = _describe(arrays, graph, labels, _memberships(view), top)
    return Communities(
        modularity=modularity, resolution=resolution, seed=seed,
        entities=graph.n, links=graph.m, alone=int((labels == 0).sum()), communities=found,
        labels=MappingProxyType(
            {uid: label for uid, label in zip(arrays.uids, ints(labels), strict=True) if label}
        ),
    )  # fmt: skip


def _grouped(graph: Csr, seed: int, resolution: float) -> tuple[Labels, float]:
    labels = ordered_labels(graph, igraph_engine.communities(graph, seed=seed, resolution=resolution))
    return labels, igraph_engine.modularity(graph, labels, resolution)


def ordered_labels(graph: Csr, raw: Labels) -> Labels:
    """Number groups 1, 2, ... by (size descending, smallest vertex); 0 for vertices without edges."""
    joined = np.diff(graph.indptr) > 0
    labels = np.zeros(graph.n, dtype=np.int64)
    if not joined.any():
        return labels
    _, first, inverse, sizes = np.unique(
        raw[joined], return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -sizes))
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(1, len(order) + 1)
    labels[joined] = number[inverse]
    return labels


def _memberships(view: GraphView) -> dict[str, list[tuple[str, str]]]:
    """Recorded groups by member: uid -> (group uid, group caption), from the same view."""
    arrays = view.export(ExportQuery(_MEMBERS, frozenset({MEMBERSHIP})))
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for source, target in sorted(set(zip(ints(arrays.source), ints(arrays.target), strict=True))):
        if arrays.entity_types[int(arrays.kinds[target])] == GROUP_TYPE:
            groups[arrays.uids[source]].append((arrays.uids[target], arrays.captions[target]))
    return groups


def _describe(
    arrays: GraphArrays, graph: Csr, labels: Labels, memberships: dict[str, list[tuple[str, str]]], top: int
) -> tuple[Community, ...]:
    count = int(labels.max(initial=0))
    same = labels[graph.source] == labels[graph.target]
    inside = np.bincount(labels[graph.source[same]], minlength=count + 1)
    leaving = labels[np.concatenate([graph.source[~same], graph.target[~same]])]
    outside = np.bincount(leaving, minlength=count + 1)
    ends = np.concatenate([graph.source[same], graph.target[same]])
    joined = np.bincount(ends, minlength=graph.n).astype(np.float64)
    known = Counter(group for uid in arrays.uids for group in memberships.get(uid, ()))
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(1, count + 2))
    found: list[Community] = []
    for label in range(1, count + 1):
        members = ints(order[starts[label - 1] : starts[label]])
        here = Counter(group for at in members for group in memberships.get(arrays.uids[at], ()))
        shares = [
            GroupShare(uid, caption, number, known[uid, caption]) for (uid, caption), number in here.items()
        ]
        found.append(
            Community(
                label=label, size=len(members), inside=int(inside[label]), outside=int(outside[label]),
                types=_types(arrays, members), members=_best(arrays, members, joined, top),
                groups=tuple(sorted(shares, key=lambda share: (-share.here, share.uid))),
            )
        )  # fmt: skip
    return tuple(found)


def _types(arrays: GraphArrays, members: list[int]) -> Mapping[str, int]:
    counts = Counter(arrays.entity_types[int(arrays.kinds[at])] for at in members)
    return MappingProxyType(dict(sorted(counts.items())))


def _best(arrays: GraphArrays, members: list[int], joined: Float64, top: int) -> tuple[CommunityMember, ...]:
    return tuple(
        CommunityMember(
            arrays.uids[members[at]], arrays.captions[members[at]],
            arrays.entity_types[int(arrays.kinds[members[at]])], int(joined[members[at]]),
        )
        for at in order_by_value(joined[members], top)
    )  # fmt: skip
