"""Reading the embedded graph through one access context; every method is one read transaction."""

import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter

from graphcore.access.context import AccessContext
from graphcore.access.label import AccessLabel
from graphcore.model.graph import Counts, Entity, Link, Neighbourhood, Path
from graphcore.projection.arrays import GraphArrays
from graphcore.projection.cache import ArrayCache
from graphcore.store.columns import EntityRow, LinkRow, build_arrays
from graphcore.store.embedded import statements as sql
from graphcore.store.embedded.connections import Connections
from graphcore.store.embedded.kept import Kept, KeptViews, fill
from graphcore.store.embedded.rows import Row, entities_of, entity_states, link_states, links_of
from graphcore.store.embedded.search import Vocabulary, ranked
from graphcore.store.embedded.steps import StepFetch, StepFilter
from graphcore.store.embedded.visibility import Parameters, Visibility, json_list, json_list_or_null
from graphcore.store.port import PathAnswer, SearchHit, SearchPage
from graphcore.store.query import ChainQuery, ExpandQuery, ExportQuery, PathQuery, SearchQuery
from graphcore.store.state import EntityState, LinkState
from graphcore.store.walk import Reach, chain_reach, expand_reach, shortest_paths

_PAGE = 1_000
_ENTITY_ORDER = itemgetter(0, 3, 2)  # key, seq, rid
_LINK_ORDER = itemgetter(0, 5, 4)
_NOTHING = Neighbourhood((), (), (), truncated=False)


class EmbeddedView:
    """A ``GraphView``; made by ``EmbeddedStore.view`` alone."""

    def __init__(
        self,
        connections: Connections,
        context: AccessContext,
        visibility: Visibility,
        vocabulary: Vocabulary,
        caches: tuple[ArrayCache, KeptViews],
    ) -> None:
        self._connections = connections
        self._context = context
        self._visibility = visibility
        self._vocabulary = vocabulary
        self._cache, self._kept_views = caches

    @property
    def context(self) -> AccessContext:
        """See the port."""
        return self._context

    @property
    def labels(self) -> Mapping[int, AccessLabel]:
        """See the port."""
        return self._visibility.labels

    def entity(self, uid: str) -> Entity | None:
        """See the port."""
        return next(iter(self.entities([uid])), None)

    def entities(self, uids: Sequence[str]) -> tuple[Entity, ...]:
        """See the port."""
        with self._reading() as (connection, visible):
            found = _entities(connection, visible, dict.fromkeys(uids))
        return tuple(found[uid] for uid in sorted(found))

    def link(self, lid: str) -> Link | None:
        """See the port."""
        with self._reading() as (connection, visible):
            return _links(connection, visible, [lid]).get(lid)

    def search(self, query: SearchQuery) -> SearchPage:
        """See the port."""
        with self._reading() as (connection, visible):
            found, complete = ranked(connection, visible, query, self._vocabulary)
            page = found[query.offset : query.offset + query.limit]
            entities = _entities(connection, visible, [uid for _, uid in page])
        hits = tuple(SearchHit(entities[uid], score) for score, uid in page)
        return SearchPage(hits, len(found), complete)

    def expand(self, uids: Sequence[str], query: ExpandQuery) -> Neighbourhood:
        """See the port."""
        steps = StepFilter(
            direction=query.direction,
            link_types=query.link_types,
            entity_types=query.entity_types,
            during=query.during,
        )
        with self._keeping() as (connection, kept):
            fetch = StepFetch(connection, kept, steps)

            def walk() -> Neighbourhood:
                return _neighbourhood(connection, kept, expand_reach(fetch.starts(uids), query, fetch))

            return kept.around((tuple(uids), query), walk)

    def paths(self, source: str, target: str, query: PathQuery) -> PathAnswer:
        """See the port."""
        steps = StepFilter(
            link_types=query.link_types,
            avoid_types=query.avoid_types,
            ends=(source, target),
            during=query.during,
        )
        with self._keeping() as (connection, kept):
            fetch = StepFetch(connection, kept, steps)
            if set(fetch.starts([source, target])) != {source, target}:
                return PathAnswer(())
            routes, truncated = shortest_paths(source, target, query, fetch)
            visible = kept.parameters
            entities = _entities(connection, visible, {uid for route in routes for uid in route.uids})
            links = _links(connection, visible, {lid for route in routes for lid in route.lids})
        paths = (
            Path(tuple(entities[uid] for uid in r.uids), tuple(links[lid] for lid in r.lids)) for r in routes
        )
        return PathAnswer(tuple(paths), truncated)

    def chain(self, uid: str, query: ChainQuery) -> Neighbourhood:
        """See the port."""
        steps = StepFilter(direction=query.direction, link_types=query.link_types, during=query.during)
        with self._keeping() as (connection, kept):
            fetch = StepFetch(connection, kept, steps)
            if not fetch.starts([uid]):
                return _NOTHING
            return _neighbourhood(connection, kept, chain_reach(uid, query, fetch))

    def export(self, query: ExportQuery) -> GraphArrays:
        """See the port."""
        key = (self._visibility.allowed, self._visibility.as_at, query.key)
        with self._connections.read() as connection:
            version = connection.execute(sql.DATA_VERSION).fetchone()
            return self._cache.get(key, version, lambda: self._exported(connection, query))

    def _exported(self, connection: sqlite3.Connection, query: ExportQuery) -> GraphArrays:
        wanted = {
            **self._visibility.parameters(connection),
            "types": json_list_or_null(query.entity_types),
            "link_types": json_list_or_null(query.link_types),
        }
        entities = [EntityRow(*row[:4]) for row in connection.execute(sql.EXPORT_ENTITIES, wanted)]
        inside = {row.key for row in entities}
        links = [
            LinkRow(*row)
            for row in connection.execute(sql.EXPORT_LINKS, wanted)
            if row[2] in inside and row[3] in inside
        ]
        return build_arrays(entities, links)

    def counts(self) -> Counts:
        """See the port."""
        with self._reading() as (connection, visible):
            by_type = dict(sorted(connection.execute(sql.COUNT_ENTITIES, visible)))
            links_by_type = dict(sorted(connection.execute(sql.COUNT_LINKS, visible)))
        return Counts(sum(by_type.values()), sum(links_by_type.values()), by_type, links_by_type)

    def iter_entities(self, entity_type: str | None = None) -> Iterator[Entity]:
        """See the port. Each page is a transaction of its own, so that a slow reader holds nothing open."""
        for rows in self._pages(sql.PAGE, sql.ENTITIES, entity_type):
            found = entities_of(rows)
            yield from (found[uid] for uid in sorted(found))

    def entity_states(self) -> Iterator[EntityState]:
        """See the port. As :meth:`iter_entities`, a page at a time."""
        for rows in self._pages(sql.PAGE, sql.ENTITIES):
            yield from entity_states(sorted(rows, key=_ENTITY_ORDER))

    def link_states(self) -> Iterator[LinkState]:
        """See the port. As :meth:`iter_entities`, a page at a time."""
        for rows in self._pages(sql.LINK_PAGE, sql.LINKS):
            yield from link_states(sorted(rows, key=_LINK_ORDER))

    def _pages(self, find: str, read: str, only_type: str | None = None) -> Iterator[list[Row]]:
        """Rows of the visible assertions of the next entities or links ascending by key, a page and transaction at a time."""
        after = ""
        while True:
            with self._reading() as (connection, visible):
                wanted = {**visible, "after": after, "type": only_type, "size": _PAGE}
                keys = [row[0] for row in connection.execute(find, wanted)]
                rows = connection.execute(read, {**visible, "keys": json_list(keys)}).fetchall()
            if not keys:
                return
            yield rows
            after = keys[-1]

    @contextmanager
    def _reading(self) -> Generator[tuple[sqlite3.Connection, Parameters]]:
        with self._connections.read() as connection:
            yield connection, self._visibility.parameters(connection)

    @contextmanager
    def _keeping(self) -> Generator[tuple[sqlite3.Connection, Kept]]:
        """As :meth:`_reading`, with what questions of equal rights have read of this very state."""
        key = (self._visibility.allowed, self._visibility.as_at)
        with self._connections.read() as connection:
            version = connection.execute(sql.DATA_VERSION).fetchone()
            yield (
                connection,
                self._kept_views.get(key, version, lambda: self._visibility.parameters(connection)),
            )


def _entities(connection: sqlite3.Connection, visible: Parameters, uids: Iterable[str]) -> dict[str, Entity]:
    return entities_of(connection.execute(sql.ENTITIES, {**visible, "keys": json_list(uids)}))


def _links(connection: sqlite3.Connection, visible: Parameters, lids: Iterable[str]) -> dict[str, Link]:
    return links_of(connection.execute(sql.LINKS, {**visible, "keys": json_list(lids)}))


def _neighbourhood(connection: sqlite3.Connection, kept: Kept, reach: Reach) -> Neighbourhood:
    entities, links, visible = kept.entities, kept.links, kept.parameters
    fill(entities, reach.hops, lambda missing: _entities(connection, visible, missing))
    fill(links, reach.lids, lambda missing: _links(connection, visible, missing))
    return Neighbourhood(
        entities=tuple([entities[uid] for uid in reach.hops]),
        links=tuple([links[lid] for lid in sorted(reach.lids)]),
        hops=tuple(reach.hops.values()),
        truncated=reach.truncated,
    )
