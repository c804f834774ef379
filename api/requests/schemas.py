"""Shapes of pointers, requests and notices."""

from typing import Literal

from pydantic import BaseModel, Field

from api.schemas import UID_PATTERN, Body
from graphcore.schema import EntityType


class PointerBody(BaseModel):
    """Somebody has something. ``contact``: whom to ask; null where only the existence is told."""

    pointer: str
    answers: Literal["exists", "contact"]
    organisation: str | None
    contact: str | None


class PointerAnswer(BaseModel):
    """Empty where there is nothing, and where what there is is silent."""

    pointers: list[PointerBody]


class Enquiry(Body):
    """What is asked about: an entity by its id, or a type and one of its keys (a registration mark, a number)."""

    uid: str = Field("", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    type: EntityType | None = None
    value: str = Field("", max_length=200)


class RequestIn(Enquiry):
    """A request for the detail behind a pointer."""

    pointer: str = Field(pattern=UID_PATTERN, description="As the question for pointers gave it.")
    question: str = Field(min_length=1, max_length=2_000, examples=["What is the marker on this car about?"])


class StepBody(BaseModel):
    """One step."""

    state: str
    by: str
    at: str
    text: str
    gateway: str


class RequestBody(BaseModel):
    """A request as its asker sees it."""

    id: str
    about: str
    organisation: str | None
    question: str
    state: Literal["open", "escalated", "answered", "refused"]
    asked_at: str
    due_at: str
    overdue: bool
    took_s: float | None
    steps: list[StepBody]


class OwnedBody(RequestBody):
    """A request as its owner sees it."""

    uid: str
    asked_by: str
    asker_organisation: str
    asker_team: str
    purpose: str
    reason: str
    operation: str


class RequestList(BaseModel):
    """Newest first."""

    requests: list[RequestBody]


class Inbox(BaseModel):
    """Newest first."""

    requests: list[OwnedBody]


class AnswerIn(Body):
    """An answer goes to the asker, and is a disclosure under a legal gateway."""

    text: str = Field(min_length=1, max_length=10_000, examples=["Keeper is known to us; call the desk."])
    gateway: str = Field(min_length=1, max_length=300, examples=["DPA 2018 Part 3, s.36"])


class WhyIn(Body):
    """Why."""

    why: str = Field(min_length=1, max_length=2_000, examples=["source at risk"])


class OperationIn(Body):
    """Whether others that look at the same nominal are told of an operation."""

    open: bool
    contact: str = Field("", max_length=300)
    why: str = Field(min_length=1, max_length=500, examples=["no covert work in it"])


class OperationBody(BaseModel):
    """What counts for an operation now."""

    operation: str
    organisation: str
    open: bool
    contact: str


class NoticeBody(BaseModel):
    """Another operation looks at a nominal that you looked at, too."""

    uid: str
    operation: str
    organisation: str
    contact: str


class NoticeList(BaseModel):
    """By uid, then operation."""

    notices: list[NoticeBody]
