"""Shapes of the audit log, for auditors, and of its use, for supervisors."""

from pydantic import BaseModel, Field

from api.schemas import Body


class RowBody(BaseModel):
    """One row. ``question`` is the opened seal; "" where there is none. ``gateway``: legal ground of a disclosure."""

    seq: int
    at: str
    phase: str
    entry: str
    operation: str
    action: str
    subject: str
    organisation: str
    purpose: str
    reason: str
    reference: str
    question: str
    entities: list[str]
    recipients: list[str]
    gateway: str
    status: str
    count: int
    sent_bytes: int
    digest: str


class TrailAnswer(BaseModel):
    """Rows in order, without the reader's own; ``next`` is the number to go on after, null at the end."""

    rows: list[RowBody]
    next: int | None


class CheckpointBody(BaseModel):
    """The signed end of the log: keep a copy on another machine."""

    seq: int
    digest: str
    key: str = Field(description="Public key (Ed25519) that checks the signature: keep a copy elsewhere too.")
    signature: str


class VerifyAnswer(BaseModel):
    """``unknown_outcomes``: entries begun and never closed, because a process was killed in between."""

    sound: bool
    rows: int
    problems: list[str]
    unknown_outcomes: list[str]
    checkpoint: CheckpointBody | None


class TotalBody(BaseModel):
    """Entries that share one thing; ``hit_rate`` 0 to 1, null where nothing was answered."""

    name: str
    asked: int
    hits: int
    hit_rate: float | None


class UseBody(BaseModel):
    """Entries of one subject, purpose, operation and action on one day (UTC)."""

    subject: str
    organisation: str
    purpose: str
    operation: str
    action: str
    day: str
    asked: int
    answered: int
    hits: int
    not_found: int
    refused: int
    failed: int
    unknown: int
    elements: int
    sent_bytes: int


class EventBody(BaseModel):
    """How often something happened that stands alone (a sign-in, a refusal), by its end."""

    action: str
    status: str
    count: int


class UsageAnswer(BaseModel):
    """The usage report. ``totals`` by subject, purpose, operation, action and day."""

    since: str
    until: str
    asked: int
    totals: dict[str, list[TotalBody]]
    uses: list[UseBody]
    events: list[EventBody]


class AlertBody(BaseModel):
    """Unusual access of one subject. ``entry`` leads an auditor to the question; an alert accuses nobody."""

    id: str
    kind: str
    at: str
    subject: str
    said: str
    count: int
    entry: str
    entities: list[str]
    settled_at: str
    settled_by: str
    settled_because: str
    open: bool


class AlertsAnswer(BaseModel):
    """Alerts, the newest first."""

    alerts: list[AlertBody]


class SettleIn(Body):
    """What came of an alert."""

    reason: str = Field(min_length=1, max_length=500, examples=["Spoke with the officer: tasked by the SIO"])
