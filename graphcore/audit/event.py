"""What one row of the audit log says. It names who, why and which entities; it never holds the content of a record.

The wording of a question is content, so it is kept twice: as a keyed hash (to ask "who looked for this?") and sealed
(for the auditor, with the key of the workspace).
"""

from dataclasses import dataclass
from enum import StrEnum


class Operation(StrEnum):
    """The operations that DPA 2018 s.62 wants logged, and the platform's own access events."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    ACCESS = "access"


class Phase(StrEnum):
    """``intent`` stands before the answer, ``outcome`` after it; a ``note`` stands alone (sign-in, refusal, clock)."""

    INTENT = "intent"
    OUTCOME = "outcome"
    NOTE = "note"


class Status(StrEnum):
    """How it ended. ``dropped``: the reader went away; ``cut``: a stream ended early."""

    ANSWERED = "answered"
    NOT_FOUND = "not found"
    REFUSED = "refused"
    FAILED = "failed"
    DROPPED = "dropped"
    TIMEOUT = "timeout"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One event before it has a number. ``entry`` joins an intent with its outcome.

    ``count`` and ``sent_bytes`` are what the answer held; ``entities`` are the ids asked for (intent) or shown (outcome,
    the first ``MAX_IDS``). ``gateway`` is the legal ground of a disclosure to ``recipients``.
    """

    phase: Phase
    entry: str
    operation: str
    action: str
    subject: str
    organisation: str = ""
    purpose: str = ""
    reason: str = ""
    reference: str = ""
    query_hash: str = ""
    query_sealed: bytes = b""
    entities: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    status: str = ""
    count: int = 0
    sent_bytes: int = 0
    gateway: str = ""


MAX_IDS = 200


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An event in its place: ``seq`` counts from 1 without gaps, ``at`` is ISO UTC, ``digest`` chains to the row before."""

    seq: int
    at: str
    event: AuditEvent
    digest: bytes
