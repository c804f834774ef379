"""Judgements: what somebody, or some rule, decided on two source items. Written to the ledger, never altered.

The ledger imports this module, so ``graphcore.identity`` must not import the ledger from its ``__init__``.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """The three answers to "is this the same thing?"."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Decision:
    """One act of judging, which can be undone as a whole: a click of a reviewer, or one run of a rule.

    ``decided_by`` names the person or the rule with its version; ``decided_at`` is aware UTC. A decision that is not
    ``reversible`` (a court or the information owner settled it) cannot be undone.
    """

    decision_id: str
    decided_by: str
    reason: str
    decided_at: datetime
    reversible: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """``left`` and ``right`` (origin ids, left < right) are the same thing, different things, or nobody can say.

    ``score`` is the likeness that led to it, 0 to 1; None where a person judged without one.
    """

    left: str
    right: str
    verdict: Verdict
    decision: Decision
    score: float | None = None

    def __post_init__(self) -> None:
        if self.left >= self.right:
            raise ValueError("a judgement is on two different origins, the lower id on the left")

    @property
    def decision_id(self) -> str:
        """Id of the decision that this judgement is part of."""
        return self.decision.decision_id
