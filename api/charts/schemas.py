"""What a link chart is asked with."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.documents import Form
from api.schemas import UID_PATTERN, Body
from graphcore.schema import EntityType, LinkType
from graphcore.store.query import Direction

CHART_FORMS: tuple[Form, ...] = ("json", "graphml", "svg", "html")
MAX_STARTS = 50
MAX_ITEMS = 500
UidText = Annotated[str, StringConstraints(pattern=UID_PATTERN)]


class ChartIn(Body):
    """A chart around some entities. ``recipient``: to whom it goes, which makes it a disclosure; ``gateway``: its legal ground."""

    uids: list[UidText] = Field(min_length=1, max_length=MAX_STARTS, examples=[["7hq2m4zc6tq3v5x7a2b4d6fj"]])
    hops: int = Field(
        default=1, ge=0, le=3, description="0: only the entities named and the links between them."
    )
    direction: Direction = Direction.BOTH
    link_types: list[LinkType] | None = Field(default=None, max_length=40)
    entity_types: list[EntityType] | None = Field(default=None, max_length=20)
    limit: int = Field(default=200, ge=1, le=4 * MAX_ITEMS, description="Entities and links together.")
    title: str = Field(default="Link chart", min_length=1, max_length=200)
    recipient: str = Field(default="", max_length=200)
    gateway: str = Field(default="", max_length=200, examples=["DPA 2018 s.31, joint investigation"])


class ChartDocument(BaseModel):
    """A sealed chart: ``sha256`` is taken over ``content``."""

    format: str
    version: int
    id: str
    sha256: str
    content: dict[str, object]
