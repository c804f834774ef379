"""Shapes of the audit log, for auditors."""

from pydantic import BaseModel


class RowBody(BaseModel):
    """One row. ``question`` is the opened seal; "" where there is none."""

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
    status: str
    count: int
    sent_bytes: int
    digest: str


class TrailAnswer(BaseModel):
    """Rows in order; ``next`` is the number to go on after, null at the end."""

    rows: list[RowBody]
    next: int | None


class CheckpointBody(BaseModel):
    """The signed end of the log: keep a copy on another machine."""

    seq: int
    digest: str


class VerifyAnswer(BaseModel):
    """``unknown_outcomes``: entries begun and never closed, because a process was killed in between."""

    sound: bool
    rows: int
    problems: list[str]
    unknown_outcomes: list[str]
    checkpoint: CheckpointBody | None
