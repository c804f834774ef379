"""Records: what one source said about one entity or one link, as received and as cleaned. Never altered.

A correction is a new record. A record's content hash leaves out lineage and known time, so that the same statement
in another file, or loaded again, is the same record.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from graphcore.access.label import AccessLabel
from graphcore.evidence.grading import Grading
from graphcore.evidence.series import Occurrence
from graphcore.evidence.suggestion import Suggested
from graphcore.model.graph import Value
from graphcore.model.times import TimeSpan, iso_utc


@dataclass(frozen=True, slots=True, order=True)
class OriginRef:
    """One source's own name for one thing: which source, what type of thing, and the source's reference."""

    source: str
    entity_type: str
    reference: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a record was read: file name (no folder) and row, 1 for the first row of data (or JSON item)."""

    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What every record carries beside its statement.

    ``original``: the source's own fields as received. ``valid``: when the statement held in the world. ``known_at``:
    when the source knew it (aware UTC); None: not said, the ledger then puts the time of loading.
    """

    lineage: Lineage
    label: AccessLabel = field(default_factory=AccessLabel)
    grading: Grading | None = None
    original: Mapping[str, Value] = field(default_factory=dict[str, Value])
    valid: TimeSpan = field(default_factory=TimeSpan)
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """``origin`` is (has) these ``properties``: cleaned values, each a tuple of one or more, names as in the schema.

    ``suggestions``: names that its text seems to say; no part of what it states.
    """

    origin: OriginRef
    kind: str
    properties: Mapping[str, tuple[Value, ...]]
    evidence: Evidence
    suggestions: tuple[Suggested, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """``source`` and ``target`` are joined by a link of ``link_type``.

    ``stated_by`` is the name of the source that says so. ``reference`` keeps parallel links of one pair apart (a call or
    transaction reference); "" where there is one such link at most for each value of the schema's ``distinct_by``.
    ``occurrence``: the record speaks of one event of a series; such records are gathered before they reach the ledger.
    """

    stated_by: str
    link_type: str
    source: OriginRef
    target: OriginRef
    reference: str
    properties: Mapping[str, tuple[Value, ...]]
    evidence: Evidence
    occurrence: Occurrence | None = None


Record = EntityRecord | LinkRecord


def content_hash(record: Record) -> str:
    """BLAKE2b-128 of everything a record states, hexadecimal; equal exactly for equal statements."""
    evidence = record.evidence
    valid, grading = evidence.valid, evidence.grading
    return statement_hash(
        record.kind if isinstance(record, EntityRecord) else record.stated_by,
        dict(record.properties),
        evidence.label,
        (grading.scheme, grading.source, grading.intelligence) if grading else None,
        (iso_utc(valid.start) if valid.start else None, iso_utc(valid.end) if valid.end else None),
        dict(evidence.original),
    )


def statement_hash(
    said_as: str,
    properties: Mapping[str, object],
    label: AccessLabel,
    grading: tuple[object, object, object] | None,
    valid: tuple[str | None, str | None],
    original: Mapping[str, object],
) -> str:
    """The hash of :func:`content_hash` from a record's parts, as the ledger keeps them.

    ``said_as`` is the kind of an entity, and for a link who states it; times are ISO UTC.
    """
    body = [
        said_as,
        properties,
        [label.marking, label.handling_scheme, label.handling_code, *label.handling_conditions],
        [label.compartment, label.originator],
        list(grading) if grading else None,
        *valid,
        original,
    ]
    raw = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(raw, digest_size=16).hexdigest()
