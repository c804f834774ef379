"""The k cheapest loopless paths of an undirected graph that is only unfolded as far as it is walked.

First the cost from every vertex to the target (Dijkstra, bounded); then partial paths are taken in order of cost so far
plus that exact cost to go. Paths come out by (cost, vertices), so equal input gives equal output, ties included.
"""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Neighbours = Callable[[int], Mapping[int, float]]
_PLACES = 9  # sums of the same numbers in another order are the same cost


@dataclass(frozen=True, slots=True)
class Bounds:
    """When to stop: cost above which nothing is walked, vertices unfolded, partial paths looked at.

    ``slack``: how much dearer than the cheapest path the last one may be.
    """

    max_cost: float = 16.0
    slack: float = 6.0
    vertices: int = 50_000
    partial: int = 100_000


@dataclass(frozen=True, slots=True)
class CheapPaths:
    """Paths as (cost, vertices), ascending. ``truncated``: a bound on vertices or partial paths was met."""

    paths: tuple[tuple[float, tuple[int, ...]], ...]
    truncated: bool


def k_cheapest(
    source: int, target: int, neighbours: Neighbours, k: int, bounds: Bounds | None = None
) -> CheapPaths:
    """Cheapest paths between two different vertices.

    Args:
        source: Start.
        target: End.
        neighbours: Vertex -> neighbour -> cost (above 0), the same from either side.
        k: Paths wanted.
        bounds: When to stop; None: the defaults.
    """
    limits = bounds or Bounds()
    to_go, truncated = _costs_to(target, source, neighbours, limits)
    if source not in to_go or source == target:
        return CheapPaths((), truncated)
    most = min(limits.max_cost, to_go[source] + limits.slack)
    found: list[tuple[float, tuple[int, ...]]] = []
    queue: list[tuple[float, tuple[int, ...], float]] = [(to_go[source], (source,), 0.0)]
    looked = 0
    while queue and len(found) < k:
        total, path, so_far = heapq.heappop(queue)
        if path[-1] == target:
            found.append((total, path))
            continue
        looked += 1
        if looked > limits.partial:
            return CheapPaths(tuple(found), truncated=True)
        for vertex, cost in neighbours(path[-1]).items():
            spent = so_far + cost
            if (
                vertex in to_go
                and vertex not in path
                and (whole := round(spent + to_go[vertex], _PLACES)) <= most
            ):
                heapq.heappush(queue, (whole, (*path, vertex), spent))
    return CheapPaths(tuple(found), truncated)


def _costs_to(
    target: int, source: int, neighbours: Neighbours, limits: Bounds
) -> tuple[dict[int, float], bool]:
    """Cost to the target of every vertex that may lie on a path wanted, and whether the search was cut short."""
    settled: dict[int, float] = {}
    queue = [(0.0, target)]
    most = limits.max_cost
    while queue:
        cost, vertex = heapq.heappop(queue)
        if cost > most:
            break
        if vertex in settled:
            continue
        if len(settled) >= limits.vertices:
            return settled, True
        settled[vertex] = cost
        if vertex == source:
            most = min(most, cost + limits.slack)
        for other, more in neighbours(vertex).items():
            if other not in settled:
                heapq.heappush(queue, (round(cost + more, _PLACES), other))
    return settled, False
