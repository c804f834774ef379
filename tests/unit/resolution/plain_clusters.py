"""Clustering one group at a time in plain steps: slow, and what the fast way must agree with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from analytics.resolution.cluster import APART
from analytics.resolution.keys import Bool, Pairs
from analytics.resolution.model import Float64


def plain_groups(
    pairs: Pairs, wanted: Float64, least: float, most: int
) -> list[tuple[float, tuple[int, ...]]]:
    """Connected groups with the bar at which each was found, by first member: larger ones again at a higher bar."""
    found: list[tuple[float, tuple[int, ...]]] = []
    work = [(least, [*zip(pairs.left.tolist(), pairs.right.tolist(), wanted.tolist(), strict=True)])]
    while work:
        bar, rows = work.pop()
        rows = [row for row in rows if row[2] >= bar]
        for members in _components(rows):
            if len(members) <= most:
                found.append((bar, tuple(sorted(members))))
            else:
                work.append((bar + 1.0, [row for row in rows if row[0] in members]))
    return sorted(found, key=lambda row: row[1])


def _components(rows: Sequence[tuple[int, int, float]]) -> list[set[int]]:
    parts: list[set[int]] = []
    for left, right, _ in rows:
        mine = [part for part in parts if left in part or right in part]
        parts = [part for part in parts if part not in mine] + [set().union({left, right}, *mine)]
    return parts


def average_link(
    scores: Float64, bar: float, together: Iterable[tuple[int, int]] = (), speaks: Bool | None = None
) -> list[list[int]]:
    """Clusters of one symmetric score matrix, each ascending, in order of their first member."""
    said = np.ones(scores.shape, dtype=np.bool_) if speaks is None else speaks
    parts = [[at] for at in range(len(scores))]

    def link(one: list[int], other: list[int]) -> float:
        inside = np.ix_(one, other)
        if (scores[inside] <= APART).any() or not said[inside].any():
            return -np.inf
        return float(scores[inside][said[inside]].mean())

    for left, right in sorted(together):
        one, other = (next(part for part in parts if at in part) for at in (left, right))
        if one is not other and not (scores[np.ix_(one, other)] <= APART).any():
            parts = sorted([*(part for part in parts if part not in (one, other)), sorted(one + other)])
    while len(parts) > 1:
        mean, a, b = max(
            (link(parts[a], parts[b]), -a, -b) for a in range(len(parts)) for b in range(a + 1, len(parts))
        )
        if mean <= bar:
            break
        joined = sorted(parts[-a] + parts[-b])
        parts = sorted([*(part for at, part in enumerate(parts) if at not in (-a, -b)), joined])
    return parts


def strongest_tree(scores: Float64, members: Sequence[int]) -> list[tuple[int, int]]:
    """A spanning tree of the highest scores."""
    joined, open_ = [members[0]], list(members[1:])
    tree: list[tuple[int, int]] = []
    while open_:
        block = scores[np.ix_(joined, open_)]
        a, b = divmod(int(np.argmax(block)), len(open_))
        tree.append((min(joined[a], open_[b]), max(joined[a], open_[b])))
        joined.append(open_.pop(b))
    return tree


def plain_undecided(scores: Float64, parts: list[list[int]], review: float) -> dict[tuple[int, int], float]:
    """For each cluster the one it nearly joined, as the best pair between them."""
    found: dict[tuple[int, int], float] = {}
    for one in parts:
        rows = [(_link(scores, one, other), other) for other in parts if other is not one]
        mean, other = max(rows, key=lambda row: (row[0], -row[1][0]), default=(-np.inf, one))
        if mean >= review:
            block = scores[np.ix_(one, other)]
            a, b = divmod(int(np.argmax(block)), len(other))
            low, high = sorted((one[a], other[b]))
            found[low, high] = mean
    return found


def _link(scores: Float64, one: list[int], other: list[int]) -> float:
    block = scores[np.ix_(one, other)]
    return float(block.mean()) if block.min() > APART else -np.inf
