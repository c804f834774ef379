"""Shapes of a preview."""

from pydantic import BaseModel, Field

from api.schemas import Body


class PreviewAsked(Body):
    """Preview a file that lies in the inbox of the workspace."""

    name: str = Field(min_length=1, max_length=200, examples=["calls.csv"])
    source: str = Field(
        default="", max_length=100, description="Left out: the source that fits best, or a draft."
    )
    mapping: str | None = Field(default=None, max_length=200, description="A mapping file in the inbox.")
    rows: int = Field(default=200, ge=1, le=2_000, description="Rows of each file that are read at most.")
    draft: bool = Field(default=False, description="Give a mapping draft also where a source fits.")


class GuessBody(BaseModel):
    """What a file is, and what tells so."""

    file: str
    form: str
    encoding: str
    delimiter: str
    header: bool
    dates: str
    columns: list[str]
    evidence: list[str]
    items: str
    above: int


class FitBody(BaseModel):
    """How well a section of a source's mapping fits."""

    source: str
    section: int
    score: float
    loads: bool
    lacking: list[str]


class TallyBody(BaseModel):
    """Records of one type by what they would be."""

    new: int
    same: int
    more: int
    changed: int


class ChangeBody(BaseModel):
    """A property that the file says otherwise."""

    name: str
    old: list[str]
    new: list[str]


class ShownBody(BaseModel):
    """One entity or link that a row states."""

    file: str
    row: int
    type: str
    reference: str
    target: str
    properties: dict[str, list[str]]
    state: str
    changes: list[ChangeBody]


class RefusedBody(BaseModel):
    """A row that would go to quarantine."""

    file: str
    row: int
    field: str
    reason: str


class PreviewBody(BaseModel):
    """What a load would bring. ``chosen``: a source, a mapping, or ``draft``; ``withheld`` records are above the caller."""

    chosen: str
    source: str
    whole: bool
    rows: int
    records: int
    skipped: int
    refused: int
    withheld: int
    file_refused: str
    guesses: list[GuessBody]
    fits: list[FitBody]
    entities: dict[str, TallyBody]
    links: dict[str, TallyBody]
    examples: list[ShownBody]
    changed: list[ShownBody]
    refused_examples: list[RefusedBody]
    warnings: list[str]
    draft: str
