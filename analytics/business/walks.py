"""Sums over all walks of a network of holdings, rings included: exact where the rings shrink, unbounded where they do not.

With S the entity looked at, the value of a node is the sum, over every walk from it to S, of the products along the walk:
the column of (1 - H)^-1. It is solved one strongly connected component after the other, so size does not matter.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.business.rings import components, is_ring

Weights = Mapping[str, Mapping[str, float]]
_NEARLY_ONE = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Order:
    """Nodes by strongly connected component, nearest to the goal first, and which of them touch a ring on the way."""

    parts: tuple[tuple[str, ...], ...]
    rings: tuple[tuple[str, ...], ...]
    touching: frozenset[str]


def order_of(nodes: Sequence[str], toward: Mapping[str, Sequence[str]]) -> Order:
    """Work out the order once for several sums. ``toward``: node -> nodes one step nearer to the goal."""
    parts = components(nodes, toward)
    rings = tuple(part for part in parts if is_ring(part, toward))
    ringed = {node for part in rings for node in part}
    touching: set[str] = set()
    for part in parts:
        ahead = {other for node in part for other in toward.get(node, ())}
        if ringed & set(part) or touching & ahead:
            touching.update(part)
    return Order(tuple(parts), rings, frozenset(touching))


def walk_sums(goal: str, order: Order, weights: Weights) -> dict[str, float]:
    """Sum over all walks to ``goal`` for every node; infinite where a ring on the way does not shrink."""
    found: dict[str, float] = {}
    for part in order.parts:
        given = {node: 1.0 if node == goal else 0.0 for node in part}
        for node in part:
            for other, weight in weights.get(node, {}).items():
                if other not in given and weight > 0:
                    given[node] += weight * found.get(other, 0.0)
        if len(part) == 1 and part[0] not in weights.get(part[0], {}):
            found[part[0]] = given[part[0]]
        else:
            found |= _solve(part, given, weights)
    return found


def _solve(part: tuple[str, ...], given: Mapping[str, float], weights: Weights) -> dict[str, float]:
    at = {node: number for number, node in enumerate(part)}
    matrix = np.zeros((len(part), len(part)), dtype=np.float64)
    for node in part:
        for other, weight in weights.get(node, {}).items():
            if other in at:
                matrix[at[node], at[other]] = weight
    start = np.array([given[node] for node in part], dtype=np.float64)
    if not np.isfinite(start).all() or float(np.abs(np.linalg.eigvals(matrix)).max()) >= _NEARLY_ONE:
        return {node: math.inf if start.any() else 0.0 for node in part}
    values = np.linalg.solve(np.eye(len(part)) - matrix, start)
    return {node: float(values[at[node]]) for node in part}


def best_products(goal: str, order: Order, weights: Weights) -> dict[str, float]:
    """Largest product along one walk to ``goal`` for every node (weights at most 1, so going around never helps)."""
    found = {goal: 1.0}
    for part in order.parts:
        for _ in range(len(part)):
            changed = False
            for node in part:
                options = [w * found[other] for other, w in weights.get(node, {}).items() if other in found]
                best = max(options, default=0.0)
                if node != goal and best > found.get(node, 0.0):
                    found[node], changed = best, True
            if not changed:
                break
    return found
