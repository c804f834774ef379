"""The book of identity: judgements go in, clusters follow, in one transaction; any decision can be taken back.

Nothing here scores: it is told what somebody, or some rule, decided. Undoing a decision gives the clusters that the
remaining judgements make, which are those from before it if nothing else was decided since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphcore.errors import LedgerError
from graphcore.evidence.ledger.ledger import Ledger
from graphcore.identity.clusters import connected, partition
from graphcore.identity.judgement import Judgement

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Moved:
    """What a decision or its undoing changed.

    ``origins`` went to another entity; the other two count the entities touched, before and after.
    """

    origins: int
    entities_before: int
    entities_after: int


class IdentityBook:
    """Judging and undoing on one ledger. Holds no state of its own."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def judge(self, judgements: Sequence[Judgement]) -> Moved:
        """Record judgements and move the origins that follow from them, all or nothing.

        Raises:
            UnknownKeyError: an origin is not in the ledger; nothing is written.
        """
        touched = {origin for judgement in judgements for origin in (judgement.left, judgement.right)}
        changes, moved = self._follow([*self._ledger.judgements(), *judgements], touched)
        self._ledger.judge(judgements, changes)
        return moved

    def undo(self, decision_id: str, *, undone_by: str) -> Moved:
        """Take a decision back with all its judgements.

        Args:
            decision_id: A click of a reviewer or one run of the rules.
            undone_by: Who takes it back; the decision itself stays on record.

        Raises:
            LedgerError: nothing of that name stands, or it was made for good.
        """
        standing = self._ledger.judgements()
        taken = [judgement for judgement in standing if judgement.decision_id == decision_id]
        if not taken:
            raise LedgerError(
                f"decision {decision_id} does not stand in this ledger: list the decisions to find its name"
            )
        touched = {origin for judgement in taken for origin in (judgement.left, judgement.right)}
        rest = [judgement for judgement in standing if judgement.decision_id != decision_id]
        changes, moved = self._follow(rest, touched | connected(standing, touched))
        self._ledger.undo(decision_id, changes, undone_by=undone_by)
        return moved

    def standing(self) -> tuple[Judgement, ...]:
        """The judgements that count now."""
        return self._ledger.judgements()

    def _follow(self, judgements: Sequence[Judgement], touched: set[str]) -> tuple[dict[str, str], Moved]:
        """Where each origin that may move belongs under ``judgements``."""
        area = connected(judgements, touched)
        places = self._places(area)
        here = {origin: uid for origin, (uid, _) in places.items()}
        wanted = partition({origin: seq for origin, (_, seq) in places.items()}, judgements)
        changes = {origin: uid for origin, uid in sorted(wanted.items()) if here[origin] != uid}
        return changes, Moved(len(changes), len(set(here.values())), len(set(wanted.values())))

    def _places(self, origins: Iterable[str]) -> Mapping[str, tuple[str, int]]:
        keys = sorted(origins)
        found: dict[str, tuple[str, int]] = {}
        for start in range(0, len(keys), CHUNK):
            for place in self._ledger.clusters(keys[start : start + CHUNK]):
                found[place.origin_id] = (place.uid, place.first_seq)
        return found
