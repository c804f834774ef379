"""Clustering one group at a time in plain steps: slow, and what the fast way must agree with."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from analytics.resolution.keys import Pairs
from analytics.resolution.linkage import MARGIN, Bars, PairEvidence, apart, bits_between
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


def plain_link(evidence: PairEvidence, size: int, bars: Bars) -> list[list[int]]:
    """Clusters of one group, each ascending, in order of their first member."""
    place = {pair: at for at, pair in enumerate(combinations(range(size), 2))}
    parts = [[at] for at in range(size)]
    left: set[str] = set()  # pairs that are left to a person

    def summed(one: list[int], other: list[int]) -> PairEvidence:
        rows = [place[min(a, b), max(a, b)] for a in one for b in other]
        tables = (evidence.logs, evidence.said, evidence.marks, evidence.conflict)
        return PairEvidence(*(table[rows] for table in tables)).summed(np.array([0]))

    def between(one: list[int], other: list[int]) -> float:
        if str(sorted((one, other))) in left:
            return -np.inf
        return float(bits_between(summed(one, other), bars)[0])

    def rivals(side: list[int], partner: list[int], best: float) -> list[list[int]]:
        others = [part for part in parts if part not in (side, partner)]
        near = [part for part in others if between(side, part) >= max(best - MARGIN, bars.auto)]
        against = [(part, summed(partner, part)) for part in near]
        return [part for part, said in against if apart(said.conflict, said.marks)[0]]

    while len(parts) > 1:
        bits, a, b = max(
            (between(parts[a], parts[b]), -a, -b) for a in range(len(parts)) for b in range(a + 1, len(parts))
        )
        if bits <= bars.auto:
            break
        one, other = parts[-a], parts[-b]
        torn = [
            (side, part)
            for side, partner in ((one, other), (other, one))
            for part in rivals(side, partner, bits)
        ]
        if torn:
            left |= {str(sorted(pair)) for pair in [*torn, (one, other)]}
            continue
        parts = sorted([*(part for part in parts if part not in (one, other)), sorted(one + other)])
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
