"""Records turned into rows of the ledger. Pure: the same records give the same rows, in whatever batch they come."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graphcore.errors import LedgerError
from graphcore.evidence.ledger.places import LinkPlace
from graphcore.evidence.record import EntityRecord, Evidence, LinkRecord, OriginRef, Record, content_hash
from graphcore.model.graph import Value
from graphcore.model.ids import IdMaker
from graphcore.model.times import iso_utc
from graphcore.schema import SCHEMA

Row = dict[str, Any]
_PART = "\x1e"
_VALUE = "\x1d"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows of one append: records in order (``label`` is still an :class:`AccessLabel`), origins and link origins by id."""

    records: list[Row]
    origins: dict[str, Row]
    link_origins: dict[str, LinkPlace]


def discriminator(record: LinkRecord) -> str:
    """What keeps parallel links of one pair apart: the reference, and the values that the schema distinguishes by."""
    names = SCHEMA.links[record.link_type].distinct_by
    if not names:
        return record.reference
    return _PART.join([record.reference, *(_joined(record.properties.get(name, ())) for name in names)])


def _joined(values: tuple[Value, ...]) -> str:
    return _VALUE.join(map(str, values))


def prepare(
    records: Sequence[Record], ids: IdMaker, batch: int, known_at: str, origin_ids: dict[OriginRef, str]
) -> Prepared:
    """Rows for ``records``; ``known_at`` is put where a record does not say.

    ``origin_ids`` are ids made before, so that none is made twice; new ones are added.

    Raises:
        LedgerError: a record has a type that is not in the schema, or a value that is no text, number or boolean.
    """
    made = Prepared([], {}, {})
    for record in records:
        try:
            row = (
                _entity(record, ids, made, origin_ids)
                if isinstance(record, EntityRecord)
                else _link(record, ids, made, origin_ids)
            )
            row |= _evidence(record.evidence, known_at)
            row["content_hash"] = said = content_hash(record)
            row["properties"] = _said(record.properties)
        except (KeyError, TypeError) as error:
            raise _refused(record, error) from error
        row["rid"] = ids.record(row["owner"], said)
        row["batch"] = batch
        made.records.append(row)
    return made


def _entity(record: EntityRecord, ids: IdMaker, made: Prepared, origin_ids: dict[OriginRef, str]) -> Row:
    ref = record.origin
    if ref.entity_type not in SCHEMA.entities:
        raise KeyError(ref.entity_type)
    owner = _origin_id(ref, ids, origin_ids)
    made.origins.setdefault(
        owner,
        {
            "origin_id": owner,
            "source": ref.source,
            "entity_type": ref.entity_type,
            "reference": ref.reference,
            "uid": owner,
        },
    )
    return {
        "kind": "entity", "type": ref.entity_type, "entity_kind": record.kind, "owner": owner, "source": ref.source,
        "reference": ref.reference,
    }  # fmt: skip


def _link(record: LinkRecord, ids: IdMaker, made: Prepared, origin_ids: dict[OriginRef, str]) -> Row:
    source, target = (_origin_id(ref, ids, origin_ids) for ref in (record.source, record.target))
    apart = discriminator(record)
    owner = ids.link_origin(record.link_type, source, target, apart)
    made.link_origins.setdefault(
        owner,
        LinkPlace(owner, record.link_type, source, target, apart, None),
    )
    return {
        "kind": "link", "type": record.link_type, "entity_kind": "", "owner": owner, "source": record.stated_by,
        "reference": record.reference,
    }  # fmt: skip


def _origin_id(ref: OriginRef, ids: IdMaker, known: dict[OriginRef, str]) -> str:
    found = known.get(ref)
    if found is None:
        found = known[ref] = ids.origin(ref.source, ref.entity_type, ref.reference)
    return found


def _evidence(evidence: Evidence, known_at: str) -> Row:
    grading, valid = evidence.grading, evidence.valid
    return {
        "label": evidence.label,
        "original": _json(evidence.original),
        "grading_scheme": grading.scheme.value if grading else None,
        "grading_source": grading.source if grading else None,
        "grading_intelligence": grading.intelligence if grading else None,
        "valid_from": iso_utc(valid.start) if valid.start else None,
        "valid_to": iso_utc(valid.end) if valid.end else None,
        "known_at": iso_utc(evidence.known_at) if evidence.known_at else known_at,
        "file": evidence.lineage.file,
        "row": evidence.lineage.row,
    }


def _said(properties: Mapping[str, tuple[Value, ...]]) -> str:
    text = _json(properties)
    if "null" in text and any(_is_nothing(value) for values in properties.values() for value in values):
        raise TypeError("NaN, infinite or None: leave the property out")
    return text


def _is_nothing(value: Value | None) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _json(values: Mapping[str, Any]) -> str:
    return orjson.dumps(values).decode()


def _refused(record: Record, error: Exception) -> LedgerError:
    lineage = record.evidence.lineage
    return LedgerError(
        f"{lineage.file}, row {lineage.row}: the record cannot be kept ({type(error).__name__}: {error}). "
        "Its type must be in the schema and its values texts, numbers or booleans: put it into quarantine instead."
    )
