"""Who sees what of clusters while they are made: needs as small numbers, asked about once for each combination.

Where all origins demand the same of their readers nothing is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from graphcore.access.needs import Needs
from graphcore.identity.judgement import Judgement


def may_become_one(one: Needs, other: Needs) -> bool:
    """Whether clusters whose readers are these can ever be one entity for those who see both.

    The readers of one must be among those of the other, so that its canonical id is known to all of them; or the two
    differ only in whose they are, so that nobody but an owner sees one of them alone.
    """
    return one <= other or other <= one or one.unowned == other.unowned == one | other


class Tiers:
    """What the clusters of a union-find demand of their readers, by canonical origin."""

    def __init__(self, needs: Mapping[str, Needs]) -> None:
        self._numbers: dict[Needs, int] = {}
        self._needs: list[Needs] = []
        self._of = {origin: self._number(one) for origin, one in needs.items()}
        self._root = dict(self._of)
        self._both: dict[tuple[int, int], int] = {}
        self._may: dict[tuple[int, int], bool] = {}

    @classmethod
    def of(cls, needs: Mapping[str, Needs]) -> Tiers:
        """The tiers of some origins; those of one demand need none."""
        seen = set(
            map(id, needs.values())
        )  # equal ones are mostly one object, and telling them apart costs more
        return cls(needs if len(seen) > 1 else {})

    def lowest_first(self, judgements: Collection[Judgement]) -> Iterator[list[Judgement]]:
        """Judgements by those who see both ends: those of most readers first."""
        found: dict[int, list[Judgement]] = defaultdict(list)
        for judgement in judgements:
            found[self._tier(judgement)].append(judgement)
        for tier in sorted(found, key=self._order):
            yield found[tier]

    def may_join(self, a: str, b: str, judgement: Judgement) -> bool:
        """Whether everybody who sees something of both clusters sees the judgement that joins them."""
        if not self._of:
            return True
        pair = self._root[a], self._root[b]
        if pair not in self._may:
            self._may[pair] = may_become_one(*(self._needs[one] for one in pair))
        return self._may[pair] and self._joined(*pair) == self._tier(judgement)

    def is_lower(self, a: str, b: str) -> bool:
        """Whether cluster ``a`` has more readers than ``b``."""
        if not self._of:
            return False
        one, other = self._root[a], self._root[b]
        return one != other and self._joined(one, other) == other

    def join(self, keep: str, lose: str) -> None:
        """Two clusters are one: seen by those who see either."""
        if self._of and self._root[keep] != self._root[lose]:
            either = self._needs[self._root[keep]] & self._needs[self._root[lose]]
            self._root[keep] = self._number(either)

    def _tier(self, judgement: Judgement) -> int:
        return self._joined(self._of[judgement.left], self._of[judgement.right]) if self._of else 0

    def _order(self, tier: int) -> tuple[float, float, str]:
        return self._needs[tier].order if self._of else (0.0, 0.0, "")

    def _joined(self, one: int, other: int) -> int:
        if one == other:
            return one
        pair = (min(one, other), max(one, other))
        if pair not in self._both:
            self._both[pair] = self._number(self._needs[one] | self._needs[other])
        return self._both[pair]

    def _number(self, needs: Needs) -> int:
        found = self._numbers.get(needs)
        if found is None:
            found = self._numbers[needs] = len(self._needs)
            self._needs.append(needs)
        return found
