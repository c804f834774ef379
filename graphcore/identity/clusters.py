"""Clusters from judgements: a pure function, so that the same judgements give the same clusters whatever their order.

Persons come before rules, and among equals the later decision counts. "Different" is never overruled by what other
pairs suggest: a union that would put two such origins together is left out. The canonical id of a cluster is its
member that came first, so it stays when later members join.

What a reader may not see shapes nothing that they see: of the origins and judgements that any reader sees, the clusters are
those that these alone would make (a property test holds it). A judgement belongs to those who see both its ends; what more
people see is settled first, and two clusters become one only where everybody who sees something of both sees the judgement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphcore.access.needs import Needs
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.identity.tiers import Tiers

RULE_PREFIX = "rule:"


@dataclass(frozen=True, slots=True)
class Arranged:
    """``uids``: the canonical id of every origin. ``holding``: the judgements that hold clusters together, a spanning tree of
    each. ``held_back``: those without effect, because it would show to readers who may not see why.
    """

    uids: dict[str, str]
    holding: tuple[Judgement, ...]
    held_back: tuple[Judgement, ...]


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


def partition(
    first_seqs: Mapping[str, int], judgements: Iterable[Judgement], needs: Mapping[str, Needs] | None = None
) -> dict[str, str]:
    """The canonical uid of every origin in ``first_seqs``; see :func:`arrange`."""
    return arrange(first_seqs, judgements, needs).uids


def arrange(
    first_seqs: Mapping[str, int], judgements: Iterable[Judgement], needs: Mapping[str, Needs] | None = None
) -> Arranged:
    """Clusters, with what holds them and what takes no effect.

    Args:
        first_seqs: Order of arrival of each origin; of those whom most may see the lowest of a cluster is canonical.
        judgements: Those that stand; pairs with an end outside ``first_seqs`` are ignored.
        needs: What each origin demands of its readers; None: everybody sees all of them.
    """
    counting = [
        judgement
        for judgement in effective(judgements).values()
        if judgement.left in first_seqs and judgement.right in first_seqs
    ]
    tiers = Tiers.of(needs or {})
    forest = _Forest(first_seqs, tiers)
    for mine in tiers.lowest_first(counting):
        for rules in (False, True):
            forest.take([judgement for judgement in mine if is_rule(judgement.decision) is rules])
    uids = {origin: forest.canonical(origin) for origin in first_seqs}
    return Arranged(uids, tuple(forest.holding), tuple(forest.held_back))


def _surest_first(judgement: Judgement) -> tuple[float, str, str]:
    score = 1.0 if judgement.score is None else judgement.score
    return (-score, judgement.left, judgement.right)


class _Forest:
    """Union-find that refuses to join what must stay apart, or what some would see joined without a reason."""

    def __init__(self, first_seqs: Mapping[str, int], tiers: Tiers) -> None:
        self._order = first_seqs
        self._tiers = tiers
        self._parent = {origin: origin for origin in first_seqs}
        self._apart: dict[str, set[str]] = {}
        self.holding: list[Judgement] = []
        self.held_back: list[Judgement] = []

    def canonical(self, origin: str) -> str:
        root = origin
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[origin] != root:
            self._parent[origin], origin = root, self._parent[origin]
        return root

    def take(self, judgements: Sequence[Judgement]) -> None:
        """Judgements of one tier, all of persons or all of rules: "different" first, then the surest "same"."""
        for judgement in judgements:
            if judgement.verdict is Verdict.DIFFERENT:
                self._keep_apart(judgement)
        for judgement in sorted(judgements, key=_surest_first):
            if judgement.verdict is Verdict.SAME:
                self._join(judgement)

    def _keep_apart(self, judgement: Judgement) -> None:
        a, b = self.canonical(judgement.left), self.canonical(judgement.right)
        if a != b:
            self._apart.setdefault(a, set()).add(b)
            self._apart.setdefault(b, set()).add(a)
        elif not is_rule(judgement.decision):  # both are where more readers see them: that is settled before
            self.held_back.append(judgement)

    def _join(self, judgement: Judgement) -> None:
        a, b = self.canonical(judgement.left), self.canonical(judgement.right)
        if a == b or b in self._apart.get(a, ()):
            return
        if not self._tiers.may_join(a, b, judgement):
            self.held_back.append(judgement)
            return
        keep, lose = sorted((a, b), key=lambda origin: (self._order[origin], origin))
        if self._tiers.is_lower(lose, keep):
            keep, lose = lose, keep
        self.holding.append(judgement)
        self._parent[lose] = keep
        self._tiers.join(keep, lose)
        for enemy in self._apart.pop(lose, set()):
            self._apart[enemy].discard(lose)
            self._apart[enemy].add(keep)
            self._apart.setdefault(keep, set()).add(enemy)
