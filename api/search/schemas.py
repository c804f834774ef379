"""Shapes of a search."""

from pydantic import BaseModel, Field

from api.schemas import EntityBody


class HitBody(BaseModel):
    """One hit; ``score`` is its likeness to the whole text, 0 to 100."""

    score: float
    entity: EntityBody


class AddedBody(BaseModel):
    """One typed phrase and what was also looked for in its place. ``left_out``: how many more words its terms know."""

    typed: str
    words: list[str]
    terms: list[str] = Field(description="Terms of the lexicon, as list.id.")
    left_out: int


class SearchBody(BaseModel):
    """One page of hits. ``complete`` is false where counting stopped at a bound. ``next`` is null on the last page."""

    hits: list[HitBody]
    total: int
    complete: bool
    added: list[AddedBody] = Field(description="Empty without `expand`.")
    next: str | None = Field(description="Cursor of the next page; good for you and this question alone.")
    marking: str
