"""Shapes of identity."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas import Body, Text
from graphcore.access import Marking
from graphcore.identity.judgement import Verdict
from graphcore.identity.review import Band, PairState

OriginId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["7hq2m4zc6tq3v5x7a2b4d6fj"])]
Why = Annotated[
    str, Field(min_length=1, max_length=500, pattern=r"\S", examples=["Same passport, seen on 3 May"])
]
TypeName = Literal[
    "Person", "Business", "Phone", "Vehicle", "Account", "Location", "OnlineIdentity", "OrganisedCrimeGroup"
]


class PairIn(Body):
    """Two source items, by their ids."""

    left: OriginId
    right: OriginId


class JudgementIn(Body):
    """One decision on one or several pairs."""

    pairs: Annotated[list[PairIn], Field(min_length=1, max_length=500)]
    verdict: Verdict
    reason: Why


class JoinIn(Body):
    """Two entities to be made one."""

    left: OriginId
    right: OriginId
    reason: Why


class SplitIn(Body):
    """Members that go."""

    out: Annotated[list[OriginId], Field(min_length=1, max_length=500)]
    reason: Why


class ReasonIn(Body):
    """Why."""

    reason: Why


class RunIn(Body):
    """A run over some types; left out: over all."""

    types: Annotated[list[TypeName], Field(max_length=8)] | None = None
    learn: bool = Field(
        default=False,
        description="Refit the weights to what persons judged so far, whatever the settings say.",
    )


class PairOf(BaseModel):
    """Two source items."""

    left: str
    right: str


class DecidedBody(BaseModel):
    """What a decision did; ``waits``: nothing yet, a second person has to confirm it."""

    decision: str
    waits: bool
    origins: int = Field(description="Source items that moved to another entity.")
    entities_before: int
    entities_after: int
    held_back: list[PairOf]
    note: str


class EndBody(BaseModel):
    """One source item."""

    origin: str
    uid: str
    source: str
    reference: str
    name: str


class QueueItemBody(BaseModel):
    """One pair of the queue; ``effect``: records and links that would change their entity; ``pointed``: markers and crime
    groups on either side.
    """

    left: EndBody
    right: EndBody
    entity_type: str
    state: PairState
    band: Band
    score: float | None
    effect: int
    pointed: int
    decision: str
    proposed_by: str
    settled_by: str
    settled_why: str
    settled_decision: str


class QueueBody(BaseModel):
    """A page of the queue, the weightiest first."""

    pairs: list[QueueItemBody]
    total: int
    next: str | None


class JudgedBody(BaseModel):
    """One judgement and what became of its decision."""

    left: str
    right: str
    verdict: Verdict
    score: float | None
    decision: str
    decided_by: str
    reason: str
    decided_at: str
    state: Literal["standing", "proposed", "undone"]
    band: Band
    proposed_by: str
    confirmed_by: str
    confirmed_at: str
    undone_by: str
    undone_at: str


class LineBody(BaseModel):
    """One bar of the waterfall."""

    feature: str
    level: str
    bits: float


class ExplanationBody(BaseModel):
    """Why two items look alike or not, in bits: +10 makes one entity 1,024 times likelier."""

    bits: float
    mean_bits: float = Field(description="Over all pairs of members of both entities: what decides.")
    auto: float
    review: float
    wanting: float
    lines: list[LineBody]
    conflicts: list[str]
    would_help: list[LineBody]
    standing: bool = Field(description="Whether the weights of a run were used.")


class SaidBody(BaseModel):
    """One record of a side."""

    rid: str
    source: str
    file: str
    row: int
    known_at: str
    grading: str
    properties: dict[str, list[Text]]


class SideBody(BaseModel):
    """One side of a pair; ``members``: source items of its entity."""

    origin: str
    uid: str
    source: str
    reference: str
    members: int
    records: list[SaidBody]


class PairBody(BaseModel):
    """Two source items side by side."""

    entity_type: str
    one_entity: bool
    left: SideBody
    right: SideBody
    explanation: ExplanationBody | None
    why_not: list[str]
    warnings: list[str]
    judgements: list[JudgedBody]
    marking: Marking


class MemberBody(EndBody):
    """A member, with the judgement that holds it; null for the first one."""

    held_by: JudgedBody | None


class MembershipBody(BaseModel):
    """An entity's members."""

    uid: str
    entity_type: str
    members: list[MemberBody]


class IdentityHistoryBody(BaseModel):
    """Every judgement on the members of an entity, oldest first."""

    uid: str
    judgements: list[JudgedBody]


class RunBody(BaseModel):
    """One run, of what is visible."""

    run: str
    rules: str
    decided_at: str
    joined: int
    for_review: int
    state: Literal["standing", "proposed", "undone"]
    proposed_by: str
    confirmed_by: str
    undone_by: str
    undone_at: str


class RunsBody(BaseModel):
    """Runs, newest first."""

    runs: list[RunBody]
