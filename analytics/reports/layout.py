"""Positions on paper. Who computes the shape of a chart is the caller's choice; here it is scaled and pulled apart.

Everything is deterministic: equal arrays give equal pixels.
"""

from typing import Protocol

import numpy as np

from analytics.reports.errors import ChartError
from graphcore.projection.arrays import Float64, Int32

SPACING = 185.0
NEAREST = 124.0
_ROUNDS = 60


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
    """Whole-pixel positions, centred on 0, neighbours about 185 px apart; items closer than 124 px are pushed apart.

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
    """Make the median distance to the nearest neighbour SPACING."""
    if len(points) == 1:
        return np.zeros((1, 2))
    distance = _distances(points)
    np.fill_diagonal(distance, np.inf)
    nearest = distance.min(axis=1)
    middle = float(np.median(nearest[nearest > 0])) if (nearest > 0).any() else 1.0
    return points * (SPACING / middle)


def _distances(points: Float64) -> Float64:
    gap = points[:, None, :] - points[None, :, :]
    return np.sqrt((gap**2).sum(axis=2))


def _pull_apart(points: Float64) -> Float64:
    """Push items that lie on one another apart, a few rounds; items at one place part along a fixed spiral."""
    turn = np.arange(len(points)) * 2.399963  # golden angle: no two directions alike
    moved = points + np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(_ROUNDS):
        gap = moved[:, None, :] - moved[None, :, :]
        distance = np.sqrt((gap**2).sum(axis=2))
        np.fill_diagonal(distance, 2 * NEAREST)
        close = distance < NEAREST
        if not close.any():
            break
        push = np.where(close, (NEAREST - distance) / np.maximum(distance, 1e-9) / 2, 0.0)
        moved = moved + (gap * push[:, :, None]).sum(axis=1)
    return moved
