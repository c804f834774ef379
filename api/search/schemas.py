"""Shapes of a search."""

from pydantic import BaseModel, Field

from api.schemas import EntityBody


class HitBody(BaseModel):
    """One hit; ``score`` is its likeness to the whole text, 0 to 100."""

    score: float
    entity: EntityBody


class SearchBody(BaseModel):
    """One page of hits. ``complete`` is false where counting stopped at a bound. ``next`` is null on the last page."""

    hits: list[HitBody]
    total: int
    complete: bool
    next: str | None = Field(description="Cursor of the next page; good for you and this question alone.")
    marking: str
