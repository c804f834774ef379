"""Shapes of the source register."""

from pydantic import BaseModel, Field

from api.schemas import Body
from ingest.register.words import EntryWords


class RegisterChange(Body):
    """A new version of a source's entry, and why."""

    entry: EntryWords
    why: str = Field(min_length=1, max_length=500, examples=["yearly review"])


class GradingBody(BaseModel):
    """A default grading."""

    scheme: str
    source: str
    intelligence: str


class HandlingBody(BaseModel):
    """A default handling code with its conditions."""

    scheme: str
    code: str
    conditions: list[str]


class RegisterEntryBody(BaseModel):
    """One version of a source's entry: who owns it, on what basis it is held, its defaults."""

    source: str
    version: int
    organisation: str
    contact: str
    lawful_basis: str
    grading: GradingBody | None
    handling: HandlingBody | None
    marking: str
    compartment: str
    retention_group: str
    refresh_days: int | None
    note: str
    changed_by: str
    changed_at: str
    why: str


class RegisteredBody(RegisterEntryBody):
    """What counts for a source now, with its last load."""

    last_load: str | None
    overdue: bool


class RegisterList(BaseModel):
    """The register by source."""

    sources: list[RegisteredBody]


class RegisterHistory(BaseModel):
    """All versions of one source, oldest first."""

    versions: list[RegisterEntryBody]
