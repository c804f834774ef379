"""Positions on paper. Who computes the shape of a chart is the caller's choice; here it is scaled and pulled apart.

Everything is deterministic: equal arrays give equal pixels.
"""

import math
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from analytics.reports.errors import ChartError
from graphcore.projection.arrays import Float64, Int32

SPACING = 185.0
NEAREST = 124.0
ROOM, SHEET = (200.0, 280.0), 2_000.0
_ROUNDS, _GROWTH = 200, 1.002

Int64 = NDArray[np.int64]


class Layout(Protocol):
    """Positions of ``n`` vertices joined by edges ``source[i]`` - ``target[i]``: shape (n, 2), any unit, finite."""

    def __call__(self, n: int, source: Int32, target: Int32, /) -> Float64:
        """Shape (n, 2)."""
        ...


def circle_layout(n: int, source: Int32, target: Int32, /) -> Float64:
    """Vertex 0 in the middle, the others on a circle in order: needs no engine."""
    del source, target
    angle = 2 * np.pi * np.arange(max(n - 1, 0)) / max(n - 1, 1)
    ring = np.column_stack([np.sin(angle), -np.cos(angle)])
    return np.vstack([np.zeros((min(n, 1), 2)), ring]).astype(np.float64)


def place(layout: Layout, n: int, source: Int32, target: Int32) -> list[tuple[int, int]]:
    """Whole-pixel positions, centred on 0, neighbours at most about 185 px apart; items closer than 124 px are pushed apart.

    2,000 items in bunches take about a second.

    Raises:
        ChartError: the layout gave the wrong shape or a number that is not finite.
    """
    if n == 0:
        return []
    points = np.asarray(layout(n, source, target), dtype=np.float64)
    if points.shape != (n, 2) or not np.isfinite(points).all():
        raise ChartError(
            f"the layout gave shape {points.shape} for {n} items: it must give (n, 2) finite numbers"
        )
    apart = _pull_apart(_scale(points))
    centre = (apart.max(axis=0) + apart.min(axis=0)) / 2
    return [(round(x), round(y)) for x, y in (apart - centre).tolist()]


def _scale(points: Float64) -> Float64:
    """Make the median distance to the nearest neighbour SPACING, or less where the whole would grow beyond a screen.

    Where items lie in tight bunches, the first alone would spread the bunches so far that no word could be read. So each item
    gets a square whose side is within ROOM, and leaves the whole about SHEET wide and high.
    """
    if len(points) == 1:
        return np.zeros((1, 2))
    distance = _distances(points)
    np.fill_diagonal(distance, np.inf)
    nearest = distance.min(axis=1)
    middle = float(np.median(nearest[nearest > 0])) if (nearest > 0).any() else 1.0
    wide, high = (points.max(axis=0) - points.min(axis=0)).tolist()
    share = math.sqrt(wide * high / len(points))
    room = min(max(SHEET / math.sqrt(len(points)), ROOM[0]), ROOM[1])
    return points * min(SPACING / middle, room / share if share > 0 else math.inf)


def _distances(points: Float64) -> Float64:
    gap = points[:, None, :] - points[None, :, :]
    return np.sqrt((gap**2).sum(axis=2))


def _pull_apart(points: Float64) -> Float64:
    """Push items that lie on one another apart, a few rounds; items at one place part along a fixed spiral.

    O(n) a round where items lie apart: only those in the same square of the paper, or the next, are looked at.
    """
    turn = np.arange(len(points)) * 2.399963  # golden angle: no two directions alike
    moved = points + np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(_ROUNDS):
        one, other = _near(moved)
        gap = moved[one] - moved[other]
        distance = np.sqrt((gap**2).sum(axis=1))
        if not (distance < NEAREST - 1).any():
            break
        push = gap * (np.maximum(NEAREST - distance, 0) / np.maximum(distance, 1e-9) / 2)[:, None]
        for axis in (0, 1):
            moved[:, axis] += np.bincount(one, push[:, axis], len(moved))
            moved[:, axis] -= np.bincount(other, push[:, axis], len(moved))
        moved *= _GROWTH  # where there is no room, pushing alone would go on for ever
    return moved


def _near(points: Float64) -> tuple[Int64, Int64]:
    """Pairs of items in one square of NEAREST px, or in two that touch; each pair once."""
    square = np.floor((points - points.min(axis=0)) / NEAREST).astype(np.int64) + 1
    wide = int(square[:, 1].max()) + 2
    order = np.argsort(square[:, 0] * wide + square[:, 1], kind="stable")
    key = (square[:, 0] * wide + square[:, 1])[order]
    place = np.arange(len(key))
    ones: list[Int64] = []
    others: list[Int64] = []
    for step in (0, 1, wide - 1, wide, wide + 1):
        first = place + 1 if step == 0 else _bound(key, key + step, "left")
        count = np.maximum(_bound(key, key + step, "right") - first, 0)
        one = np.repeat(place, count)
        ones.append(order[one])
        others.append(order[np.arange(len(one)) - np.repeat(np.cumsum(count) - count - first, count)])
    return np.concatenate(ones), np.concatenate(others)


def _bound(key: Int64, wanted: Int64, side: Literal["left", "right"]) -> Int64:
    return np.asarray(key.searchsorted(wanted, side), np.int64)
