"""Shapes of batches, refused rows, data quality and lineage."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas import Body, Text
from graphcore.model.references import PATTERN

Reference = Annotated[str, Field(pattern=PATTERN)]


class BatchBody(BaseModel):
    """One load of one file: counts are of what you may see. ``reference`` tells neither order nor number."""

    reference: str
    source: str
    file: str
    started_at: str
    finished_at: str | None
    rows: int
    loaded: int
    unchanged: int
    waiting: int
    refused: int
    repaired: int
    state: str
    removed_by: str
    removed_at: str
    reason: str


class BatchList(BaseModel):
    """The batches of which you may see something, oldest first."""

    batches: list[BatchBody]


class RefusedBody(BaseModel):
    """A row that is still refused; what it holds is not in it."""

    reference: str
    batch: str
    file: str
    row: int
    field: str
    reason: str
    attempts: int
    corrected: bool


class ReasonBody(BaseModel):
    """How many rows are refused for a reason."""

    field: str
    reason: str
    rows: int


class RefusedList(BaseModel):
    """Refused rows in the order in which they were; ``total`` and ``reasons`` are of all that the filter takes."""

    total: int
    reasons: list[ReasonBody]
    rows: list[RefusedBody]


class RetryIn(Body):
    """Which refused rows to try again, under the present mapping."""

    reason: str = Field(min_length=1, max_length=500, examples=["The mapping was corrected"])
    batch: Reference | None = None
    rows: list[Reference] = Field(
        default=[], max_length=10_000, description="References of rows; empty: all of the batch."
    )


class ChangeIn(Body):
    """Why a batch is removed or put back."""

    reason: str = Field(min_length=1, max_length=500, examples=["Wrong file"])


class PlaceBody(BaseModel):
    """A row of a file."""

    file: str
    row: int


class MissingBody(BaseModel):
    """A mapped property that records do not give."""

    type: str
    name: str
    records: int
    missing: int
    omitted: int
    share: float


class DamagedBody(BaseModel):
    """Refused rows by field and reason."""

    field: str
    reason: str
    rows: int
    share: float


class UnlikelyBody(BaseModel):
    """Something that is seldom right, with the first rows."""

    check: str
    about: str
    count: int
    of: int
    examples: list[PlaceBody]
    share: float


class PeriodBody(BaseModel):
    """One bar of a histogram."""

    name: str
    count: int
    gap: bool


class CoverageBody(BaseModel):
    """Times that the records name."""

    dated: int
    undated: int
    first: str
    last: str
    periods: list[PeriodBody]
    weekdays: list[PeriodBody]
    hours: list[PeriodBody]


class QualityBody(BaseModel):
    """How good a batch is, of what you may see of it."""

    batch: BatchBody
    records: int
    missing: list[MissingBody]
    damaged: list[DamagedBody]
    unlikely: list[UnlikelyBody]
    duplicates: list[UnlikelyBody]
    coverage: CoverageBody


class CorrectionBody(BaseModel):
    """How the row behind a record had been corrected."""

    file: str
    row: int
    changed: list[str]
    by: str
    reason: str
    at: str


class LineageRecord(BaseModel):
    """One record with where it stood."""

    rid: str
    type: str
    source: str
    reference: str
    file: str
    row: int
    batch: str
    original: dict[str, Text]
    grading: str
    marking: str
    handling: str
    conditions: list[str]
    known_at: str
    corrections: list[CorrectionBody]


class ValueBody(BaseModel):
    """A value and the records that say it."""

    property: str
    value: Text
    rids: list[str]


class LineageAnswer(BaseModel):
    """Every value of an entity or link, back to file and row."""

    values: list[ValueBody]
    records: list[LineageRecord]
    truncated: bool
    marking: str
