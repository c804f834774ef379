"""Shapes that several areas share, for the API description. Answers are not passed through them: tests hold the two together."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

Text = str | int | float | bool
Uid = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        description="Id of an entity.",
        examples=["7hq2m4zc6tq3v5x7a2b4d6fj"],
    ),
]
UidQuery = Annotated[str, Query(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of an entity.")]
UID_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"


class Body(BaseModel):
    """Base of everything that is sent in: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=10_000)


class ProblemFault(BaseModel):
    """One fault of a request; never what was sent."""

    where: str
    fault: str


class ProblemBody(BaseModel):
    """RFC 9457."""

    type: str = Field(examples=["urn:ocb-graph:problem:not-found"])
    title: str
    status: int
    detail: str
    faults: list[ProblemFault] | None = None


class EntityBody(BaseModel):
    """An entity as the reader sees it: only what visible records say."""

    uid: str
    type: str
    kind: str
    caption: str
    properties: dict[str, list[Text]]
    sources: list[str]
    gradings: list[str]
    records: int = Field(description="How many visible records stand behind it.")
    marking: str


class LinkBody(BaseModel):
    """A directed link between two entities of the same answer."""

    lid: str
    type: str
    source: str
    target: str
    properties: dict[str, list[Text]]
    valid_from: str | None
    valid_to: str | None
    sources: list[str]
    gradings: list[str]
    records: int
    marking: str
