"""What has to be judged so that the standing judgements make the clusters that a match found.

Judgements are never altered: a join that no longer holds is followed by an *unsure* one on the same pair, which counts in its
place and puts the pair before a person; undoing the match brings the join back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analytics.resolution.model import Outcome, likeness
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.identity.clusters import effective, is_rule
from graphcore.identity.judgement import Decision, Judgement, Verdict


class Difference:
    """What has to be judged so that the standing judgements make the clusters that were found."""

    def __init__(
        self, records: Sequence[OriginRecords], standing: Sequence[Judgement], decision: Decision
    ) -> None:
        self._ids = [record.origin_id for record in records]
        self._counting, self._decision = effective(standing), decision
        self._known = {(one.left, one.right) for one in standing}

    def of(self, outcome: Outcome) -> tuple[Judgement, ...]:
        """Joins that are missing, joins that no longer hold, and what a person should look at."""
        place = {one: one for one in self._ids}
        for members in outcome.clusters:
            place |= {self._ids[at]: self._ids[members[0]] for at in members}
        made: dict[tuple[str, str], Judgement] = {}
        forest = _Forest(self._ids)
        for pair, one in self._counting.items():
            if one.verdict is Verdict.SAME and pair[0] in place and pair[1] in place:
                if place[pair[0]] == place[pair[1]]:
                    forest.join(*pair)
                elif is_rule(one.decision):
                    made[pair] = Judgement(*pair, Verdict.UNSURE, self._decision, one.score)
        for low, high, bits in sorted(outcome.joined, key=lambda row: -row[2]):
            pair = (self._ids[low], self._ids[high])
            if forest.join(*pair):
                made[pair] = Judgement(*pair, Verdict.SAME, self._decision, likeness(bits))
        for low, high, bits in outcome.review:
            pair = (self._ids[low], self._ids[high])
            if pair not in self._known:
                made.setdefault(pair, Judgement(*pair, Verdict.UNSURE, self._decision, likeness(bits)))
        return tuple(made[pair] for pair in sorted(made))


class _Forest:
    def __init__(self, ids: Iterable[str]) -> None:
        self._parent = {one: one for one in ids}

    def join(self, left: str, right: str) -> bool:
        """Make two one; False where they were."""
        a, b = self._root(left), self._root(right)
        self._parent[b] = a
        return a != b

    def _root(self, one: str) -> str:
        while self._parent[one] != one:
            one = self._parent[one]
        return one
