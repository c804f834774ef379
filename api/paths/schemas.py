"""Shapes of paths."""

from pydantic import BaseModel

from api.schemas import EntityBody


class StepBody(BaseModel):
    """One link of a path in words."""

    source: str
    target: str
    lid: str
    type: str
    text: str
    gradings: list[str]
    records: int


class PathBody(BaseModel):
    """Entities in order and the steps between them."""

    length: int
    entities: list[EntityBody]
    steps: list[StepBody]


class PathsAnswer(BaseModel):
    """Paths by (length, ids). ``left_out``: link types that were not walked, because they join everybody."""

    paths: list[PathBody]
    left_out: list[str]
    truncated: bool
    marking: str


class JoinBody(BaseModel):
    """One way in which a step's ends are joined."""

    kind: str
    cost: float
    lids: list[str]
    via: list[str]
    texts: list[str]
    records: int


class BusinessStepBody(BaseModel):
    """From one person or business to the next."""

    source: str
    target: str
    cost: float
    joins: list[JoinBody]


class BusinessPathBody(BaseModel):
    """One business-link path; a lower cost says more."""

    cost: float
    actors: list[EntityBody]
    steps: list[BusinessStepBody]


class HubBody(BaseModel):
    """An entity that joins so many that it was not run through."""

    uid: str
    caption: str
    kind: str
    degree: int


class BusinessPathsAnswer(BaseModel):
    """Business-link paths, most telling first."""

    paths: list[BusinessPathBody]
    hubs: list[HubBody]
    hub_limit: int
    truncated: bool
    marking: str
