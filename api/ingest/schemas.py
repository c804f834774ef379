"""Shapes of loading."""

from pydantic import BaseModel, Field

from api.schemas import Body


class InboxLoad(Body):
    """Load a file or folder that lies in the inbox of the workspace."""

    source: str = Field(min_length=1, max_length=100, examples=["pole_csv"])
    name: str = Field(
        min_length=1, max_length=200, examples=["pole"], description="As listed by GET /v1/ingest/inbox."
    )
    mapping: str | None = Field(default=None, max_length=200, description="A mapping file in the inbox.")


class SourceBody(BaseModel):
    """A source that can be loaded."""

    name: str
    description: str
    own_mapping: bool


class SourceList(BaseModel):
    """All sources."""

    sources: list[SourceBody]


class InboxEntry(BaseModel):
    """Something in the inbox."""

    name: str
    folder: bool
    size: int | None


class InboxList(BaseModel):
    """The inbox by name."""

    entries: list[InboxEntry]
