"""Reading through one access context. Every statement gets the allowed label numbers and the as-at time as parameters
and filters by them in the server; what comes back holds visible assertions alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from graphcore.access.context import AccessContext
from graphcore.access.label import AccessLabel
from graphcore.model.graph import Counts, Entity, Link, Neighbourhood, Path
from graphcore.model.times import iso_utc
from graphcore.projection.arrays import GraphArrays
from graphcore.projection.cache import ArrayCache
from graphcore.store.assemble import build_entity, build_link, in_order
from graphcore.store.neo4j.connection import Connection
from graphcore.store.neo4j.export import export_arrays
from graphcore.store.neo4j.search import search_page
from graphcore.store.neo4j.steps import StepFetch, StepFilter
from graphcore.store.neo4j.stored import assertions_of
from graphcore.store.port import PathAnswer, SearchPage
from graphcore.store.query import ChainQuery, Direction, ExpandQuery, ExportQuery, PathQuery, SearchQuery
from graphcore.store.state import EntityState, LinkState
from graphcore.store.walk import Reach, chain_reach, expand_reach, shortest_paths

PAGE: Final = 1_000


class Neo4jView:
    """A :class:`graphcore.store.port.GraphView` on Neo4j; ``labels`` are those that the context may see."""

    def __init__(
        self,
        connection: Connection,
        labels: Mapping[int, AccessLabel],
        context: AccessContext,
        cache: ArrayCache,
    ) -> None:
        self._connection = connection
        self._context = context
        self._labels = labels
        self._cache = cache
        self._filter: dict[str, Any] = {
            "labels": list(labels),
            "as_at": iso_utc(context.as_at) if context.as_at else None,
        }

    @property
    def context(self) -> AccessContext:
        """The context this view was made for."""
        return self._context

    @property
    def labels(self) -> Mapping[int, AccessLabel]:
        """The allowed labels by number."""
        return self._labels

    def entity(self, uid: str) -> Entity | None:
        """One entity, None where it does not exist for this context."""
        found = self.entities([uid])
        return found[0] if found else None

    def entities(self, uids: Sequence[str]) -> tuple[Entity, ...]:
        """The visible ones of ``uids``, each once, ascending by uid."""
        wanted = sorted(uid for uid in set(uids) if _is_text(uid))
        found: list[Entity] = []
        for begin in range(0, len(wanted), PAGE):
            rows = self._connection.read("read/entities", uids=wanted[begin : begin + PAGE], **self._filter)
            found += [_entity(row) for row in rows]
        return tuple(sorted(found, key=lambda entity: entity.uid))

    def link(self, lid: str) -> Link | None:
        """One link, None where it does not exist for this context."""
        rows = self._connection.read("read/link", lid=lid, **self._filter) if _is_text(lid) else []
        return _link(rows[0]) if rows else None

    def search(self, query: SearchQuery) -> SearchPage:
        """Full-text search; words of the question are never query syntax."""
        return search_page(self._connection, query, self._filter, self.entities)

    def expand(self, uids: Sequence[str], query: ExpandQuery) -> Neighbourhood:
        """The neighbourhood of the visible ones of ``uids``."""
        question = StepFilter(query.direction, query.link_types, query.entity_types, during=query.during)
        fetch = StepFetch(self._connection, self._filter, question)
        starts = [entity.uid for entity in self.entities(uids)]
        return self._neighbourhood(expand_reach(starts, query, fetch), fetch)

    def chain(self, uid: str, query: ChainQuery) -> Neighbourhood:
        """Everything reached from ``uid`` along ownership and control."""
        question = StepFilter(query.direction, query.link_types, during=query.during)
        fetch = StepFetch(self._connection, self._filter, question)
        if self.entity(uid) is None:
            return Neighbourhood((), (), (), truncated=False)
        return self._neighbourhood(chain_reach(uid, query, fetch), fetch)

    def paths(self, source: str, target: str, query: PathQuery) -> PathAnswer:
        """The ``k`` shortest loopless paths between two entities."""
        ends = frozenset({source, target})
        if len(self.entities(sorted(ends))) < len(ends):
            return PathAnswer(())
        question = StepFilter(
            Direction.BOTH, query.link_types, avoid=query.avoid_types, ends=ends, during=query.during
        )
        fetch = StepFetch(self._connection, self._filter, question)
        routes, truncated = shortest_paths(source, target, query, fetch)
        entities = {e.uid: e for e in self.entities([uid for route in routes for uid in route.uids])}
        links = self._links({lid for route in routes for lid in route.lids}, fetch)
        paths = tuple(
            Path(tuple(entities[uid] for uid in route.uids), tuple(links[lid] for lid in route.lids))
            for route in routes
        )
        return PathAnswer(paths, truncated)

    def export(self, query: ExportQuery) -> GraphArrays:
        """The view as arrays for engines; kept while the graph does not change, and not while it is being built anew."""
        version = self._version()
        if version is None:
            return export_arrays(self._connection, query, self._filter)
        key = (frozenset(self._labels), self._filter["as_at"], query.key)
        return self._cache.get(
            key,
            version,
            lambda: export_arrays(self._connection, query, self._filter),
            version_now=self._version,
        )

    def _version(self) -> tuple[int, int] | None:
        rows = self._connection.read("read/applied")
        found = (int(rows[0]["applied"]), int(rows[0]["version"])) if rows else (0, 0)
        return None if found[0] < 0 else found

    def counts(self) -> Counts:
        """How many entities and links this context sees."""
        entities = self._connection.read("read/count_entities", **self._filter)
        links = self._connection.read("read/count_links", **self._filter)
        by_type = {str(row["type"]): int(row["count"]) for row in entities}
        links_by_type = {str(row["type"]): int(row["count"]) for row in links}
        return Counts(sum(by_type.values()), sum(links_by_type.values()), by_type, links_by_type)

    def iter_entities(self, entity_type: str | None = None) -> Iterator[Entity]:
        """All visible entities ascending by uid, a page at a time."""
        yield from map(_entity, self._entity_rows(entity_type))

    def entity_states(self) -> Iterator[EntityState]:
        """All visible entities ascending by uid, each with its visible assertions alone, a page at a time."""
        for row in self._entity_rows():
            yield EntityState(row["uid"], row["type"], in_order(assertions_of(row["seen"])))

    def link_states(self) -> Iterator[LinkState]:
        """All visible links ascending by lid, each with its visible assertions alone; only their keys are held at once."""
        keys = sorted(
            (row["lid"], row["element"]) for row in self._connection.stream("read/link_keys", **self._filter)
        )
        for begin in range(0, len(keys), PAGE):
            elements = [element for _, element in keys[begin : begin + PAGE]]
            for row in self._connection.read("read/links_by_element", elements=elements, **self._filter):
                yield LinkState(*_link_key(row), in_order(assertions_of(row["seen"])))

    def _entity_rows(self, entity_type: str | None = None) -> Iterator[Mapping[str, Any]]:
        after = ""
        while True:
            rows = self._connection.read(
                "read/entity_page", after=after, entity_type=entity_type, page=PAGE, **self._filter
            )
            yield from rows
            if len(rows) < PAGE:
                return
            after = str(rows[-1]["uid"])

    def _neighbourhood(self, reach: Reach, fetch: StepFetch) -> Neighbourhood:
        entities = {entity.uid: entity for entity in self.entities(list(reach.hops))}
        links = self._links(reach.lids, fetch)
        # what was taken away since the walk is left out, with the links that hung on it
        kept = [uid for uid in reach.hops if uid in entities]
        shown = [
            links[lid] for lid in sorted(links) if {links[lid].source, links[lid].target} <= entities.keys()
        ]
        hops = tuple(reach.hops[uid] for uid in kept)
        return Neighbourhood(tuple(entities[uid] for uid in kept), tuple(shown), hops, reach.truncated)

    def _links(self, lids: set[str], fetch: StepFetch) -> dict[str, Link]:
        elements = sorted(fetch.elements[lid] for lid in lids)
        found: dict[str, Link] = {}
        for begin in range(0, len(elements), PAGE):
            rows = self._connection.read(
                "read/links_by_element", elements=elements[begin : begin + PAGE], **self._filter
            )
            found |= {str(row["lid"]): _link(row) for row in rows if row["lid"] in lids}
        return found


def _entity(row: Mapping[str, Any]) -> Entity:
    return build_entity(str(row["uid"]), str(row["type"]), assertions_of(row["seen"]))


def _link(row: Mapping[str, Any]) -> Link:
    return build_link(_link_key(row), assertions_of(row["seen"]))


def _link_key(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return str(row["lid"]), str(row["type"]), str(row["source"]), str(row["target"])


def _is_text(key: str) -> bool:
    """False for half a surrogate pair: no store holds such a key, and no connection carries it."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True
