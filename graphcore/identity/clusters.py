"""Clusters from judgements: a pure function, so that the same judgements give the same clusters whatever their order.

Persons come before rules, and among equals the later decision counts. "Different" is never overruled by what other
pairs suggest: a union that would put two such origins together is left out. The canonical id of a cluster is its
member that came first, so it stays when later members join.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from graphcore.identity.judgement import Decision, Judgement, Verdict

RULE_PREFIX = "rule:"


def is_rule(decision: Decision) -> bool:
    """True if a rule decided and not a person: its ``decided_by`` begins with ``rule:``."""
    return decision.decided_by.startswith(RULE_PREFIX)


def effective(judgements: Iterable[Judgement]) -> dict[tuple[str, str], Judgement]:
    """The one judgement that counts for each pair: a person's over a rule's, then the latest."""
    chosen: dict[tuple[str, str], Judgement] = {}
    for judgement in judgements:
        pair = (judgement.left, judgement.right)
        known = chosen.get(pair)
        if known is None or _weight(judgement) > _weight(known):
            chosen[pair] = judgement
    return chosen


def _weight(judgement: Judgement) -> tuple[bool, str, str]:
    decision = judgement.decision
    return (not is_rule(decision), decision.decided_at.isoformat(), decision.decision_id)


def connected(judgements: Collection[Judgement], start: Iterable[str]) -> set[str]:
    """All origins that chains of "same" reach from ``start``: no cluster outside can change with them."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for judgement in judgements:
        if judgement.verdict is Verdict.SAME:
            neighbours[judgement.left].append(judgement.right)
            neighbours[judgement.right].append(judgement.left)
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        origin = waiting.pop()
        if origin not in reached:
            reached.add(origin)
            waiting += neighbours[origin]
    return reached


def partition(first_seqs: Mapping[str, int], judgements: Iterable[Judgement]) -> dict[str, str]:
    """The canonical uid of every origin in ``first_seqs``.

    Args:
        first_seqs: Order of arrival of each origin; the lowest of a cluster is canonical.
        judgements: Those that stand; pairs with an end outside ``first_seqs`` are ignored.
    """
    counting = [
        judgement
        for judgement in effective(judgements).values()
        if judgement.left in first_seqs and judgement.right in first_seqs
    ]
    forest = _Forest(first_seqs)
    for rules in (False, True):
        mine = [judgement for judgement in counting if is_rule(judgement.decision) is rules]
        for judgement in mine:
            if judgement.verdict is Verdict.DIFFERENT:
                forest.keep_apart(judgement.left, judgement.right)
        for judgement in sorted(mine, key=_surest_first):
            if judgement.verdict is Verdict.SAME:
                forest.join(judgement.left, judgement.right)
    return {origin: forest.canonical(origin) for origin in first_seqs}


def _surest_first(judgement: Judgement) -> tuple[float, str, str]:
    score = 1.0 if judgement.score is None else judgement.score
    return (-score, judgement.left, judgement.right)


class _Forest:
    """Union-find that refuses to join what must stay apart."""

    def __init__(self, first_seqs: Mapping[str, int]) -> None:
        self._order = first_seqs
        self._parent = {origin: origin for origin in first_seqs}
        self._apart: dict[str, set[str]] = {}

    def canonical(self, origin: str) -> str:
        root = origin
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[origin] != root:
            self._parent[origin], origin = root, self._parent[origin]
        return root

    def keep_apart(self, left: str, right: str) -> None:
        a, b = self.canonical(left), self.canonical(right)
        if a != b:  # persons have joined them already: a rule's "different" does not count then
            self._apart.setdefault(a, set()).add(b)
            self._apart.setdefault(b, set()).add(a)

    def join(self, left: str, right: str) -> None:
        a, b = self.canonical(left), self.canonical(right)
        if a == b or b in self._apart.get(a, ()):
            return
        keep, lose = sorted((a, b), key=lambda origin: (self._order[origin], origin))
        self._parent[lose] = keep
        for enemy in self._apart.pop(lose, set()):
            self._apart[enemy].discard(lose)
            self._apart[enemy].add(keep)
            self._apart.setdefault(keep, set()).add(enemy)
