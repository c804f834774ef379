"""A request for detail and what has become of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where a request stands. ``escalated``: it waits for somebody higher up, and can still be answered or refused."""

    OPEN = "open"
    ESCALATED = "escalated"
    ANSWERED = "answered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done with a request; ``gateway`` is the legal ground of an answer."""

    state: State
    by: str
    at: datetime
    text: str
    gateway: str = ""


@dataclass(frozen=True, slots=True)
class DetailRequest:
    """One request. ``uid`` and ``compartment`` are for the owner; ``about`` is what the asker named.

    ``told``: ``contact`` where the asker was told whom they ask, ``exists`` where not.
    """

    id: str
    uid: str
    about: str
    organisation: str
    compartment: str
    told: str
    asked_by: str
    asker_organisation: str
    asker_team: str
    purpose: str
    reason: str
    operation: str
    question: str
    asked_at: datetime
    due_at: datetime
    steps: tuple[Step, ...] = ()

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.steps[-1].state if self.steps else State.OPEN

    @property
    def closed(self) -> bool:
        """Answered or refused."""
        return self.state in {State.ANSWERED, State.REFUSED}

    def overdue(self, now: datetime) -> bool:
        """Still waiting after its time."""
        return not self.closed and now > self.due_at

    def took_s(self) -> float | None:
        """Seconds from question to answer or refusal; None while it waits."""
        return (self.steps[-1].at - self.asked_at).total_seconds() if self.closed else None
