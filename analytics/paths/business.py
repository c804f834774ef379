"""Business-link paths: how two people or businesses are joined in business, cheapest (most telling) first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from analytics.errors import ScopeError, SubjectError
from analytics.paths.cheapest import Bounds, k_cheapest
from analytics.paths.explain import sentence
from analytics.paths.joins import ACTORS, EXPORT, HUB_LIMIT, Hub, Join, JoinGraph
from graphcore.model import Entity, Link
from graphcore.projection.arrays import GraphArrays
from graphcore.store.port import GraphView

MAX_PATHS = 100


@dataclass(frozen=True, slots=True)
class BusinessJoin:
    """One way in which a step's two ends are joined: ``kind`` in words, the links, what lies in between, sentences."""

    kind: str
    cost: float
    lids: tuple[str, ...]
    via: tuple[str, ...]
    texts: tuple[str, ...]
    rids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BusinessStep:
    """From one actor to the next. ``joins``: all ways that were found, cheapest first; the first sets ``cost``."""

    source: str
    target: str
    cost: float
    joins: tuple[BusinessJoin, ...]


@dataclass(frozen=True, slots=True)
class BusinessPath:
    """One path. ``actors`` are its persons and businesses in order; ``rids`` all records it rests on, in order."""

    cost: float
    actors: tuple[Entity, ...]
    steps: tuple[BusinessStep, ...]
    rids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BusinessPaths:
    """Paths by (cost, uids); ``hubs`` were not run through; ``truncated``: a bound of the search was met."""

    paths: tuple[BusinessPath, ...]
    hubs: tuple[Hub, ...]
    hub_limit: int
    truncated: bool


@dataclass(frozen=True, slots=True)
class BusinessPathQuery:
    """``k`` paths, 1 to 100. What joins more than ``hub_limit`` others is not run through. ``bounds`` end the search."""

    k: int = 5
    hub_limit: int = HUB_LIMIT
    bounds: Bounds = field(default_factory=Bounds)


def business_paths(
    view: GraphView,
    source: str,
    target: str,
    query: BusinessPathQuery | None = None,
    *,
    arrays: GraphArrays | None = None,
) -> BusinessPaths:
    """How two persons or businesses are joined in business; every path between two persons runs through a business.

    The rule of cost and the treatment of hubs stand in :mod:`analytics.paths.joins`.

    Args:
        view: What the reader may see.
        source: Uid of a person, business, organisation or owner of unknown kind.
        target: Uid of another.
        query: How many paths, and the limits; None: the defaults.
        arrays: ``view.export(analytics.paths.joins.EXPORT)`` where the caller has it already.

    Raises:
        SubjectError: one of the two does not exist for this reader, is of another type, or both are one.
        ScopeError: ``k`` or ``hub_limit`` out of range.
    """
    asked = query or BusinessPathQuery()
    if not 1 <= asked.k <= MAX_PATHS or asked.hub_limit < 1:
        raise ScopeError(f"k must be 1 to {MAX_PATHS} and hub_limit at least 1")
    _require_actors(view, source, target)
    exported = arrays if arrays is not None else view.export(EXPORT)
    ends = exported.uids.index(source), exported.uids.index(target)
    graph = JoinGraph(exported, frozenset(ends), asked.hub_limit)
    found = k_cheapest(*ends, graph.neighbours, asked.k, asked.bounds)
    reader = _Reader(view, exported)
    paths = tuple(_describe(reader, graph, cost, vertices) for cost, vertices in found.paths)
    return BusinessPaths(paths, graph.hubs_met(), asked.hub_limit, found.truncated)


def _require_actors(view: GraphView, source: str, target: str) -> None:
    for uid in (source, target):
        entity = view.entity(uid)
        if entity is None:
            raise SubjectError("no such entity: check the id, or search for it again")
        if entity.type not in ACTORS:
            raise SubjectError(f"a business-link path joins {', '.join(sorted(ACTORS))}, not {entity.type}")
    if source == target:
        raise SubjectError("both ends are the same entity: give two")


class _Reader:
    """Links and captions of the paths found, each fetched once."""

    def __init__(self, view: GraphView, arrays: GraphArrays) -> None:
        self.view, self.arrays = view, arrays
        self._links: dict[int, Link | None] = {}

    def links(self, edges: Iterable[int]) -> list[Link]:
        for edge in edges:
            if edge not in self._links:
                self._links[edge] = self.view.link(self.arrays.lids[edge])
        return [link for edge in edges if (link := self._links[edge]) is not None]

    def caption(self, vertex: int) -> tuple[str, str]:
        return self.arrays.uids[vertex], self.arrays.captions[vertex]


def _describe(reader: _Reader, graph: JoinGraph, cost: float, vertices: tuple[int, ...]) -> BusinessPath:
    steps = tuple(
        _step(reader, before, after, graph.joins(before)[after]) for before, after in pairwise(vertices)
    )
    uids = [reader.arrays.uids[vertex] for vertex in vertices]
    by_uid = {entity.uid: entity for entity in reader.view.entities(uids)}
    rids = dict.fromkeys(rid for step in steps for join in step.joins for rid in join.rids)
    return BusinessPath(cost, tuple(by_uid[uid] for uid in uids), steps, tuple(rids))


def _step(reader: _Reader, before: int, after: int, joins: tuple[Join, ...]) -> BusinessStep:
    described: list[BusinessJoin] = []
    for join in joins:
        captions = dict(reader.caption(vertex) for vertex in (before, *join.via, after))
        links = reader.links(join.edges)
        described.append(
            BusinessJoin(
                kind=join.kind, cost=join.cost, lids=tuple(link.lid for link in links),
                via=tuple(reader.arrays.uids[vertex] for vertex in join.via),
                texts=tuple(sentence(link, captions) for link in links),
                rids=tuple(dict.fromkeys(rid for link in links for rid in link.rids)),
            )
        )  # fmt: skip
    uids = reader.arrays.uids
    return BusinessStep(uids[before], uids[after], joins[0].cost, tuple(described))
