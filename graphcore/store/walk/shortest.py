"""The k shortest loopless paths, exactly in order of (length, uids), over a batch-wise fetch of neighbours.

Two breadth-first balls grow from both ends until their radii add up to a length: every path of that length then lies
inside what was fetched, and distances to the target are known wherever such a path can run. Yen's method takes paths in
order by A* over those distances; the balls grow further only when longer paths are asked for. Neighbours are fetched once
a query. Parallel links count as one step: the one with the smallest lid is shown.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from graphcore.store.query import PathQuery
from graphcore.store.walk.step import Fetch

_CHUNK = 512


@dataclass(frozen=True, slots=True)
class Route:
    """A path as ids: n uids and the n-1 lids between them."""

    uids: tuple[str, ...]
    lids: tuple[str, ...]


def shortest_paths(
    source: str, target: str, query: PathQuery, fetch: Fetch
) -> tuple[tuple[Route, ...], bool]:
    """Paths between two visible entities, and whether the node budget ran out first.

    Args:
        source: First entity of every path.
        target: Last entity; the same as ``source`` gives the one path without links.
        query: Its types and times are the business of ``fetch``.
        fetch: Steps either way, leaving out entities of ``avoid_types`` other than ``source`` and ``target``.
    """
    if source == target:
        return (Route((source,), ()),), False
    web = _Web(fetch, query.node_budget)
    found: list[tuple[str, ...]] = []
    truncated = False
    try:
        _collect(found, query, _Field(source, target, web))
    except _BudgetSpentError:
        truncated = True
    return tuple(Route(uids, web.lids(uids)) for uids in found), truncated


class _BudgetSpentError(Exception):
    pass


@dataclass(slots=True)
class _Web:
    """Neighbours by uid, fetched once, with the smallest lid for each."""

    fetch: Fetch
    budget: int
    near: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    seen: set[str] = field(default_factory=set[str])

    def load(self, uids: Iterable[str]) -> None:
        missing = [uid for uid in uids if uid not in self.near]
        for begin in range(0, len(missing), _CHUNK):
            chunk = missing[begin : begin + _CHUNK]
            found = self.fetch(chunk, None)
            for uid in chunk:
                # ascending by lid: written backwards, the smallest lid stays
                near = {far: lid for lid, far in reversed(found.get(uid, ()))}
                near.pop(uid, None)
                self.near[uid] = near
                self.seen.add(uid)
                self.seen.update(near)
            if len(self.seen) > self.budget:
                raise _BudgetSpentError

    def lids(self, uids: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.near[a][b] for a, b in pairwise(uids))


@dataclass(slots=True)
class _Ball:
    """Entities within ``radius`` links of one end; all but those of the frontier have their neighbours fetched."""

    at: dict[str, int]
    frontier: list[str]
    radius: int = 0

    def grow(self, web: _Web) -> None:
        web.load(self.frontier)
        self.radius += 1
        fresh = {far for uid in self.frontier for far in web.near[uid] if far not in self.at}
        self.at.update(dict.fromkeys(fresh, self.radius))
        self.frontier = sorted(fresh)


class _Field:
    """Distances to the target, exact for every entity that lies on a path of at most ``reach`` links."""

    def __init__(self, source: str, target: str, web: _Web) -> None:
        self.source, self.target, self.web = source, target, web
        self.reach = 0
        self.to_target: dict[str, int] = {}
        self._near, self._far = _Ball({source: 0}, [source]), _Ball({target: 0}, [target])

    def shortest(self, most: int) -> int | None:
        """Length of the shortest path, None where there is none of at most ``most`` links."""
        while self._near.radius + self._far.radius < most:
            grown = self._grow()
            if grown is None:
                return None
            if any(uid in self._other(grown).at for uid in grown.frontier):
                return self._near.radius + self._far.radius
        return None

    def extend(self, reach: int) -> None:
        """See to it that paths of ``reach`` links lie inside."""
        if reach <= self.reach:
            return
        while self._near.radius + self._far.radius < reach and self._grow() is not None:
            pass
        self.web.load(sorted(uid for uid in self._near.frontier if self._far.at.get(uid) == self._far.radius))
        self.reach = reach
        self.to_target = self._distances()

    def _grow(self) -> _Ball | None:
        """Grow the ball that has the smaller frontier; an end that is used up leaves the other to grow."""
        balls = [ball for ball in (self._near, self._far) if ball.frontier]
        if len(balls) < 2 and not self.reach:
            return None  # one end's whole component is known, and the balls have not met: apart
        ball = min(balls, key=lambda each: len(each.frontier), default=None)
        if ball is not None:
            ball.grow(self.web)
        return ball

    def _other(self, ball: _Ball) -> _Ball:
        return self._far if ball is self._near else self._near

    def _distances(self) -> dict[str, int]:
        """From the target's ball on into the source's, along what was fetched."""
        known = dict(self._far.at)
        inside = [uid for uid in self._near.at if uid not in known and uid in self.web.near]
        radius = self._far.radius
        layer = [uid for uid in inside if any(known.get(far) == radius for far in self.web.near[uid])]
        rest = set(inside)
        while layer:
            radius += 1
            known.update(dict.fromkeys(layer, radius))
            rest.difference_update(layer)
            layer = [uid for uid in {far for near in layer for far in self.web.near[near]} if uid in rest]
        return known


# a heap entry: (length or its lower bound, 0 for a spur still to be searched and 1 for a path, uids, length of the root)
_Entry = tuple[int, int, tuple[str, ...], int]


def _collect(found: list[tuple[str, ...]], query: PathQuery, distances: _Field) -> None:
    """Yen: fill ``found`` in order. A spur is searched only when its lower bound is the smallest there is."""
    shortest = distances.shortest(query.max_links)
    heap: list[_Entry] = [] if shortest is None else [(shortest, 0, (distances.source,), 1)]
    while heap and len(found) < query.k:
        length, is_path, uids, rooted = heapq.heappop(heap)
        if is_path:
            found.append(uids)
            for size in range(rooted, len(uids)):
                bound = size - 1 + distances.to_target[uids[size - 1]]
                heapq.heappush(heap, (max(length, bound), 0, uids[:size], size))
            continue
        distances.extend(length)
        path, more = _spur(uids, length, _taken(found, uids), distances)
        if path is not None:
            heapq.heappush(heap, (len(path) - 1, 1, path, rooted))
        elif more and length < query.max_links:
            heapq.heappush(heap, (length + 1, 0, uids, rooted))


def _taken(found: Sequence[tuple[str, ...]], root: tuple[str, ...]) -> set[str]:
    """Where the paths found so far go on from ``root``."""
    return {path[len(root)] for path in found if len(path) > len(root) and path[: len(root)] == root}


def _spur(
    root: tuple[str, ...], most: int, taken: set[str], distances: _Field
) -> tuple[tuple[str, ...] | None, bool]:
    """The first path on from ``root`` of at most ``most`` links; failing that, whether there may be a longer one.

    Entries of equal estimate leave the heap in order of their uids, so the first to arrive is the first in order.
    """
    closed = set(root[:-1])
    heap: list[tuple[int, tuple[str, ...]]] = [(0, root)]
    to_target, near = distances.to_target, distances.web.near
    more = False
    while heap:
        _, path = heapq.heappop(heap)
        last = path[-1]
        if last == distances.target:
            return path, False
        if last in closed:
            continue
        closed.add(last)
        for far in near[last]:
            if far in closed or (len(path) == len(root) and far in taken):
                continue
            length = len(path) + to_target.get(far, most)
            if length <= most:
                heapq.heappush(heap, (length, (*path, far)))
            else:
                more = True
    return None, more
