"""Shapes of entities, their evidence and their neighbourhood."""

from pydantic import BaseModel

from api.schemas import EntityBody, LinkBody, Text


class GradingBody(BaseModel):
    """A grading as received, with the words of its scheme."""

    scheme: str
    code: str
    words: str


class RecordBody(BaseModel):
    """One record: what one source said, as cleaned and as received, with where it stood."""

    rid: str
    kind: str
    type: str
    source: str
    reference: str
    properties: dict[str, list[Text]]
    original: dict[str, Text]
    grading: GradingBody | None
    marking: str
    handling: str
    conditions: list[str]
    compartment: str
    originator: str
    valid_from: str | None
    valid_to: str | None
    known_at: str
    file: str
    row: int


class OriginBody(BaseModel):
    """One source's own item in the cluster."""

    source: str
    entity_type: str
    reference: str


class EntityAnswer(BaseModel):
    """An entity with the source items it is made of."""

    entity: EntityBody
    origins: list[OriginBody]
    marking: str


class OwnerBody(BaseModel):
    """Who owns a source, whom to ask, and on what basis it is held, as the source register says now."""

    source: str
    organisation: str
    contact: str
    lawful_basis: str
    retention_group: str


class EvidenceAnswer(BaseModel):
    """The visible records behind an entity or link, oldest first; ``sources``: those of them that are in the register."""

    records: list[RecordBody]
    sources: list[OwnerBody]
    truncated: bool
    marking: str


class OccurrenceBody(BaseModel):
    """One event behind a link; ``counts`` is false where it repeats a counted one with other values."""

    at: str
    until: str | None
    reference: str
    values: dict[str, Text]
    original: dict[str, Text]
    counts: bool
    rid: str
    source: str
    file: str
    row: int


class OccurrencesAnswer(BaseModel):
    """Some of the visible events behind a link by time; ``next`` is the cursor of the next page."""

    occurrences: list[OccurrenceBody]
    next: str | None
    marking: str


class NeighboursAnswer(BaseModel):
    """A sub-graph around an entity; ``hops`` is aligned with ``entities``. ``truncated``: there is more."""

    entities: list[EntityBody]
    links: list[LinkBody]
    hops: list[int]
    truncated: bool
    marking: str
