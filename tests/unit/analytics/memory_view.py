"""A GraphView over a dictionary, written from the port's text alone: analytics are tested without a store."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from graphcore.access import AccessContext, AccessLabel, Marking, Purpose, PurposeCode
from graphcore.model import Counts, Entity, Link, Neighbourhood, Path, TimeSpan, Value, parse_iso_utc
from graphcore.projection.arrays import GraphArrays
from graphcore.store.port import PathAnswer, SearchHit, SearchPage
from graphcore.store.query import ChainQuery, Direction, ExpandQuery, ExportQuery, PathQuery, SearchQuery

CONTEXT = AccessContext(
    subject="analyst", organisation="force", clearance=Marking.OFFICIAL_SENSITIVE,
    purpose=Purpose(PurposeCode.INVESTIGATION, "test"),
)  # fmt: skip


def _values(raw: Mapping[str, Value]) -> dict[str, tuple[Value, ...]]:
    return {name: (value,) for name, value in raw.items()}


def _seconds(text: str | None, default: float) -> float:
    return default if text is None else parse_iso_utc(text).timestamp()


class MemoryView:
    """Entities and links as given; also the maker of small test graphs (``add`` and ``join``)."""

    def __init__(self) -> None:
        self._entities: dict[str, Entity] = {}
        self._links: dict[str, Link] = {}
        self._at: dict[str, list[str]] = defaultdict(list)

    def add(
        self, uid: str, entity_type: str = "Person", caption: str | None = None, kind: str = "", **values: Value
    ) -> str:  # fmt: skip
        self._entities[uid] = Entity(
            uid,
            entity_type,
            kind,
            caption or uid,
            _values(values),
            (f"r-{uid}",),
            (0,),
            ("test",),
            ("3x5x2:1A",),
        )
        return uid

    def join(
        self, link_type: str, source: str, target: str, start: str | None = None, end: str | None = None, records: int = 1,
        **values: Value,
    ) -> str:  # fmt: skip
        lid = f"l{len(self._links):06d}"
        rids = tuple(f"r-{lid}-{at}" for at in range(records))
        self._links[lid] = Link(
            lid, link_type, source, target, _values(values), rids, (1,), ("test",), start, end
        )
        for end_uid in {source, target}:
            self._at[end_uid].append(lid)
        return lid

    @property
    def context(self) -> AccessContext:
        return CONTEXT

    @property
    def labels(self) -> Mapping[int, AccessLabel]:
        return {0: AccessLabel(), 1: AccessLabel(marking=Marking.OFFICIAL_SENSITIVE)}

    def entity(self, uid: str) -> Entity | None:
        return self._entities.get(uid)

    def entities(self, uids: Sequence[str]) -> tuple[Entity, ...]:
        return tuple(self._entities[uid] for uid in sorted(set(uids)) if uid in self._entities)

    def link(self, lid: str) -> Link | None:
        return self._links.get(lid)

    def search(self, query: SearchQuery) -> SearchPage:
        found = [e for e in self._entities.values() if query.text.lower() in e.caption.lower()]
        found = [e for e in found if query.types is None or e.type in query.types]
        hits = tuple(SearchHit(e, 100.0) for e in sorted(found, key=lambda e: e.uid))
        return SearchPage(hits[query.offset : query.offset + query.limit], len(hits))

    def _steps(
        self, uid: str, types: frozenset[str] | None, direction: Direction, during: TimeSpan | None
    ) -> list[Link]:
        links = (self._links[lid] for lid in sorted(self._at.get(uid, ())))
        return [
            link for link in links
            if (types is None or link.type in types)
            and (direction is not Direction.OUT or link.source == uid)
            and (direction is not Direction.IN or link.target == uid)
            and (during is None or during.overlaps(_span(link)))
        ]  # fmt: skip

    def expand(self, uids: Sequence[str], query: ExpandQuery) -> Neighbourhood:
        hops = {uid: 0 for uid in sorted(set(uids)) if uid in self._entities}
        links: dict[str, Link] = {}
        frontier, truncated = list(hops), False
        for hop in range(1, query.hops + 1):
            reached: list[str] = []
            for uid in frontier:
                steps = self._steps(uid, query.link_types, query.direction, query.during)
                truncated |= len(steps) > query.per_entity
                for link in steps[: query.per_entity]:
                    other = link.other(uid)
                    if (
                        query.entity_types is not None
                        and self._entities[other].type not in query.entity_types
                    ):
                        continue
                    if len(links) + len(hops) + (link.lid not in links) + (other not in hops) > query.limit:
                        truncated = True
                        continue
                    links[link.lid] = link
                    if other not in hops:
                        hops[other] = hop
                        reached.append(other)
            frontier = sorted(reached)
        order = sorted(hops, key=lambda uid: (hops[uid], uid))
        return Neighbourhood(
            tuple(self._entities[uid] for uid in order), tuple(links[lid] for lid in sorted(links)),
            tuple(hops[uid] for uid in order), truncated,
        )  # fmt: skip

    def paths(self, source: str, target: str, query: PathQuery) -> PathAnswer:
        if source not in self._entities or target not in self._entities:
            return PathAnswer(())
        found: list[Path] = []
        queue: list[tuple[int, tuple[str, ...], tuple[str, ...]]] = [(0, (source,), ())]
        while queue and len(found) < query.k:
            length, uids, lids = heapq.heappop(queue)
            if uids[-1] == target:
                found.append(
                    Path(tuple(self._entities[u] for u in uids), tuple(self._links[lid] for lid in lids))
                )
                continue
            if length == query.max_links or (length and self._entities[uids[-1]].type in query.avoid_types):
                continue
            seen: set[str] = set(uids)
            for link in self._steps(uids[-1], query.link_types, Direction.BOTH, query.during):
                other = link.other(uids[-1])
                if other not in seen:
                    seen.add(other)
                    heapq.heappush(queue, (length + 1, (*uids, other), (*lids, link.lid)))
        return PathAnswer(tuple(found))

    def chain(self, uid: str, query: ChainQuery) -> Neighbourhood:
        found = self.expand(
            [uid],
            ExpandQuery(
                query.max_depth, query.direction, query.link_types, during=query.during, limit=query.limit
            ),
        )
        walked = {link.lid for link in found.links}
        last = [e.uid for e, hop in zip(found.entities, found.hops, strict=True) if hop == query.max_depth]
        more = any(
            step.lid not in walked
            for end in last
            for step in self._steps(end, query.link_types, query.direction, query.during)
        )
        return replace(found, truncated=found.truncated or more)

    def export(self, query: ExportQuery) -> GraphArrays:
        chosen = [
            e
            for _, e in sorted(self._entities.items())
            if query.entity_types is None or e.type in query.entity_types
        ]
        number = {e.uid: at for at, e in enumerate(chosen)}
        links = [
            link for _, link in sorted(self._links.items())
            if (query.link_types is None or link.type in query.link_types)
            and link.source in number and link.target in number
        ]  # fmt: skip
        types, link_types = sorted({e.type for e in chosen}), sorted({link.type for link in links})

        def floats(name: str) -> list[float]:
            return [np.nan if (value := link.first(name)) is None else float(value) for link in links]

        return GraphArrays(
            uids=tuple(number), captions=tuple(e.caption for e in chosen), entity_types=tuple(types),
            kinds=np.array([types.index(e.type) for e in chosen], np.int16), lids=tuple(link.lid for link in links),
            link_types=tuple(link_types), link_kinds=np.array([link_types.index(k.type) for k in links], np.int16),
            source=np.array([number[link.source] for link in links], np.int32),
            target=np.array([number[link.target] for link in links], np.int32),
            valid_from=np.array([_seconds(link.valid_from, -np.inf) for link in links], np.float64),
            valid_to=np.array([_seconds(link.valid_to, np.inf) for link in links], np.float64),
            records=np.array([len(link.rids) for link in links], np.int32),
            share_min=np.array(floats("share_min"), np.float64), share_max=np.array(floats("share_max"), np.float64),
            amount=np.array(floats("amount_pence"), np.float64),
        )  # fmt: skip

    def counts(self) -> Counts:
        by_type = Counter(e.type for e in self._entities.values())
        by_link = Counter(link.type for link in self._links.values())
        return Counts(
            len(self._entities),
            len(self._links),
            dict(sorted(by_type.items())),
            dict(sorted(by_link.items())),
        )

    def iter_entities(self, entity_type: str | None = None) -> Iterator[Entity]:
        for _, entity in sorted(self._entities.items()):
            if entity_type is None or entity.type == entity_type:
                yield entity


def _span(link: Link) -> TimeSpan:
    def moment(text: str | None) -> datetime | None:
        return None if text is None else parse_iso_utc(text)

    return TimeSpan(moment(link.valid_from), moment(link.valid_to))
