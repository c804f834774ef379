"""Records as JSON and back: everything a record states, nothing more. What comes back states exactly what went out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from graphcore.access import AccessLabel, Marking
from graphcore.errors import ValueRefusedError
from graphcore.evidence import (
    EntityRecord,
    Evidence,
    Grading,
    GradingScheme,
    Lineage,
    LinkRecord,
    OriginRef,
    Record,
)
from graphcore.model import TimeSpan
from graphcore.schema import SCHEMA
from ingest.clean.evidence import handling_code, handling_conditions
from ingest.errors import CleanError

Scalar = str | int | float | bool
Text = Annotated[str, Field(max_length=100_000)]
Short = Annotated[str, Field(max_length=1_000)]
Scheme = Literal["3x5x2", "5x5x5"]


class Part(BaseModel):
    """A part of a package: unknown words are refused, nothing is coerced but times."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OriginPart(Part):
    """One source's own name for one thing."""

    source: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,127}$")]
    type: Short
    reference: Annotated[str, Field(min_length=1, max_length=1_000)]


class GradingPart(Part):
    """A grading as received."""

    scheme: Scheme
    source: str
    intelligence: str


class HandlingPart(Part):
    """A handling code with its action and sanitisation codes, as received."""

    scheme: Scheme
    code: str
    conditions: list[str]


class ProvenancePart(Part):
    """Where the origin force read it."""

    file: Short
    row: int


class RecordPart(Part):
    """What entity and link records have alike."""

    properties: dict[Short, list[Text | int | float | bool]]
    grading: GradingPart | None
    handling: HandlingPart
    marking: Literal["OFFICIAL", "OFFICIAL-SENSITIVE"]
    originator: Short
    valid_from: AwareDatetime | None
    valid_to: AwareDatetime | None
    known_at: AwareDatetime | None
    original: dict[str, Text | int | float | bool]
    provenance: ProvenancePart


class EntityPart(RecordPart):
    """What the origin said of one thing."""

    origin: OriginPart
    kind: Short


class LinkPart(RecordPart):
    """What the origin said joins two things."""

    type: Short
    stated_by: Short
    source: OriginPart
    target: OriginPart
    reference: Short


def entity_part(record: EntityRecord) -> EntityPart:
    """An entity record as JSON words."""
    return EntityPart(origin=_origin(record.origin), kind=record.kind, **_common(record))


def link_part(record: LinkRecord) -> LinkPart:
    """A link record as JSON words."""
    return LinkPart(
        type=record.link_type,
        stated_by=record.stated_by,
        source=_origin(record.source),
        target=_origin(record.target),
        reference=record.reference,
        **_common(record),
    )


def record_of(part: EntityPart | LinkPart, lineage: Lineage, prefix: str) -> Record:
    """The record that a part states, read in ``lineage``; ``prefix`` stands before the names of its sources.

    Raises:
        ValueRefusedError: a type, property, grading or handling code that does not exist.
    """
    evidence = _evidence(part, lineage)
    properties = {name: tuple(values) for name, values in part.properties.items()}
    if isinstance(part, EntityPart):
        spec = SCHEMA.entities.get(part.origin.type)
        _known(part.origin.type, spec is not None, set(properties) - set(spec.properties if spec else ()))
        return EntityRecord(_ref(part.origin, prefix), part.kind, properties, evidence)
    link = SCHEMA.links.get(part.type)
    _known(part.type, link is not None, set(properties) - set(link.properties if link else ()))
    ends = _ref(part.source, prefix), _ref(part.target, prefix)
    return LinkRecord(prefix + part.stated_by, part.type, *ends, part.reference, properties, evidence)


def _known(name: str, there: bool, unknown: set[str]) -> None:
    if not there or unknown:
        raise ValueRefusedError(f"it states a type or property that this version does not know ({name})")


def _origin(ref: OriginRef) -> OriginPart:
    return OriginPart(source=ref.source, type=ref.entity_type, reference=ref.reference)


def _ref(part: OriginPart, prefix: str) -> OriginRef:
    if part.type not in SCHEMA.entities:
        raise ValueRefusedError(f"it states a type that this version does not know ({part.type})")
    return OriginRef(prefix + part.source, part.type, part.reference)


def _common(record: Record) -> dict[str, Any]:
    evidence = record.evidence
    label, grading = evidence.label, evidence.grading
    return {
        "properties": {name: list(values) for name, values in record.properties.items()},
        "grading": None
        if grading is None
        else GradingPart(
            scheme=grading.scheme.value, source=grading.source, intelligence=grading.intelligence
        ),
        "handling": HandlingPart.model_validate(
            {
                "scheme": label.handling_scheme,
                "code": label.handling_code,
                "conditions": list(label.handling_conditions),
            }
        ),
        "marking": label.marking,
        "originator": label.originator,
        "valid_from": evidence.valid.start,
        "valid_to": evidence.valid.end,
        "known_at": evidence.known_at,
        "original": dict(evidence.original),
        "provenance": ProvenancePart(file=evidence.lineage.file, row=evidence.lineage.row),
    }


def _evidence(part: RecordPart, lineage: Lineage) -> Evidence:
    try:
        scheme = GradingScheme(part.handling.scheme)
        code = handling_code(scheme, part.handling.code)
        conditions = handling_conditions(" ".join(part.handling.conditions))
    except CleanError as error:
        raise ValueRefusedError(f"handling: {error}") from error
    label = AccessLabel(
        Marking(part.marking).value, part.handling.scheme, code, conditions, "", part.originator
    )
    given = part.grading
    grading = Grading(GradingScheme(given.scheme), given.source, given.intelligence) if given else None
    span = TimeSpan(_utc(part.valid_from), _utc(part.valid_to))
    return Evidence(lineage, label, grading, part.original, span, _utc(part.known_at))


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
