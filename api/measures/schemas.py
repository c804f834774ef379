"""Shapes of rankings and communities."""

from pydantic import BaseModel


class RankRow(BaseModel):
    """One line; ties share a rank. ``records``: how many stand behind the entity's links."""

    rank: int
    uid: str
    caption: str
    type: str
    value: float
    records: int


class RankAnswer(BaseModel):
    """A ranking with what it says and what it does not say."""

    measure: str
    entity_type: str | None
    link_types: list[str] | None
    method: str
    says: str
    does_not_say: str
    entities: int
    links: int
    rows: list[RankRow]
    marking: str


class MeasureBody(BaseModel):
    """A measure that can be asked for."""

    name: str
    description: str
    says: str
    does_not_say: str
    cost: str


class MeasureList(BaseModel):
    """All measures."""

    measures: list[MeasureBody]


class MemberBody(BaseModel):
    """One of the best joined of a community."""

    uid: str
    caption: str
    type: str
    inside: int


class GroupBody(BaseModel):
    """A recorded group whose members are in the community."""

    uid: str
    caption: str
    here: int
    known: int


class CommunityBody(BaseModel):
    """A community: an indicator that was computed, not an organised crime group."""

    label: int
    size: int
    inside: int
    outside: int
    types: dict[str, int]
    members: list[MemberBody]
    groups: list[GroupBody]


class CommunitiesAnswer(BaseModel):
    """Communities, largest first."""

    modularity: float
    resolution: float
    seed: int
    entities: int
    links: int
    alone: int
    total: int
    communities: list[CommunityBody]
    marking: str
