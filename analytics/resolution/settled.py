"""Clusters of lower tiers, as the records of a higher one meet them: they stay what they are, and only what is new joins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.resolution.keys import Bool, Int64, Pairs
from analytics.resolution.model import Float64


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """``group``: int64, shape (n,): the cluster of each record, the same number for those of one. ``root``: int64, shape (n,):
    the kind of its cluster; ``may``: whether clusters of two kinds may become one now.
    """

    group: Int64
    root: Int64
    may: Bool

    @property
    def new(self) -> int:
        """How many records have something to be decided on them now."""
        meeting = [at for at, row in enumerate(self.may.tolist()) if any(row)]
        return int(np.count_nonzero(np.isin(self.root, meeting)))

    def open(self, pairs: Pairs) -> Bool:
        """Pairs of two clusters that may become one now."""
        return self.may[self.root[pairs.left], self.root[pairs.right]] & ~self.together(pairs)

    def together(self, pairs: Pairs) -> Bool:
        """Pairs within one cluster."""
        return self.group[pairs.left] == self.group[pairs.right]

    def held(self, pairs: Pairs, scores: Float64, most: float, apart: float) -> Float64:
        """Scores with what is one at ``most``, and what must not become one now at ``apart``."""
        bound = np.where(self.together(pairs), most, apart)
        return np.where(self.open(pairs), scores, bound)

    def chains(self, pairs: Pairs, n: int) -> Int64:
        """Codes of pairs that bring in, with each record of ``pairs``, the others of its cluster."""
        touched = np.zeros(n, dtype=np.bool_)
        touched[np.r_[pairs.left, pairs.right]] = True
        inside = np.flatnonzero(np.isin(self.group, self.group[touched]))
        order = inside[np.argsort(self.group[inside], kind="stable")]
        follows = self.group[order[1:]] == self.group[order[:-1]]
        low, high = order[:-1][follows], order[1:][follows]
        return np.asarray(np.minimum(low, high) * n + np.maximum(low, high), dtype=np.int64)

    def joins(self, clusters: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
        """Pairs that bring the records of each cluster together as far as they may be, lower record first."""
        return [pair for members in clusters for pair in self._joins_of(members)]

    def _joins_of(self, members: Sequence[int]) -> list[tuple[int, int]]:
        pairs: list[tuple[int, int]] = []
        bases: list[list[int]] = []
        for member in sorted({int(self.group[at]): at for at in sorted(members, reverse=True)}.values()):
            base = next((base for base in bases if self._may_all(base, member)), None)
            if base is None:
                bases.append([member])
            else:
                pairs.append((min(base[0], member), max(base[0], member)))
                base.append(member)
        return pairs

    def _may_all(self, base: list[int], member: int) -> bool:
        return bool(self.may[self.root[base], self.root[member]].all())
