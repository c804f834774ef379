"""Records turned into rows of the ledger. Pure: the same records give the same rows, in whatever batch they come."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from graphcore.errors import LedgerError
from graphcore.evidence.ledger.places import LinkPlace
from graphcore.evidence.record import EntityRecord, Evidence, LinkRecord, OriginRef, Record, content_hash
from graphcore.evidence.suggestion import Suggested
from graphcore.model.graph import Value
from graphcore.model.ids import IdMaker
from graphcore.model.times import iso_utc
from graphcore.schema import SCHEMA

Row = dict[str, Any]
_PART = "\x1e"
_VALUE = "\x1d"


@dataclass(slots=True)
class Prepared:
    """Rows of one append: records in order (``label`` is still an :class:`AccessLabel`), origins and link origins by id.

    ``suggestions``: names that a record's text seems to say, with the record's id. ``occurrences`` are the records that
    speak of one event of a series: they have no row of their own.
    """

    records: list[Row]
    origins: dict[str, Row]
    link_origins: dict[str, LinkPlace]
    suggestions: list[tuple[str, Suggested]] = field(default_factory=list[tuple[str, Suggested]])
    occurrences: list[LinkRecord] = field(default_factory=list[LinkRecord])


def discriminator(link_type: str, reference: str, properties: Mapping[str, tuple[Value, ...]]) -> str:
    """What keeps parallel links of one pair apart: the reference, and the values that the schema distinguishes by."""
    names = SCHEMA.links[link_type].distinct_by
    if not names:
        return reference
    return _PART.join([reference, *(_joined(properties.get(name, ())) for name in names)])


def _joined(values: tuple[Value, ...]) -> str:
    return _VALUE.join(map(str, values))


@dataclass(slots=True)
class Preparation:
    """Collects the rows of one append. ``size`` is roughly how many characters they hold.

    ``batch`` and ``known_at`` (where a record does not say) may be left to whoever writes the rows: 0 and "".
    ``origin_ids`` are ids made before, so that none is made twice; new ones are added.
    """

    ids: IdMaker
    origin_ids: dict[OriginRef, str]
    batch: int = 0
    known_at: str = ""
    made: Prepared = field(default_factory=lambda: Prepared([], {}, {}))
    size: int = 0
    original: Mapping[str, Value] = field(default_factory=dict[str, Value])
    original_text: str = "{}"

    def text_of(self, original: Mapping[str, Value]) -> str:
        """The fields as received, as JSON: the records of one row mostly share them."""
        if original is not self.original:
            self.original, self.original_text = original, _json(original)
        return self.original_text

    def add(self, records: Sequence[Record]) -> None:
        """Make rows for ``records``.

        Raises:
            LedgerError: a record has a type that is not in the schema, or a value that is no text, number or boolean.
        """
        for record in records:
            if isinstance(record, LinkRecord) and record.occurrence is not None:
                self.made.occurrences.append(record)
                continue
            try:
                row = _row(record, self)
            except (KeyError, TypeError) as error:
                raise _refused(record, error) from error
            self.size += len(row["original"]) + len(row["properties"])
            self.made.records.append(row)


def prepare(
    records: Sequence[Record], ids: IdMaker, batch: int, known_at: str, origin_ids: dict[OriginRef, str]
) -> Prepared:
    """Rows for ``records``, all at once; see :class:`Preparation`.

    Raises:
        LedgerError: a record has a type that is not in the schema, or a value that is no text, number or boolean.
    """
    preparation = Preparation(ids, origin_ids, batch, known_at)
    preparation.add(records)
    return preparation.made


def _row(record: Record, into: Preparation) -> Row:
    made, ids = into.made, into.ids
    row = (
        _entity(record, ids, made, into.origin_ids)
        if isinstance(record, EntityRecord)
        else _link(record, ids, made, into.origin_ids)
    )
    row |= _evidence(record.evidence, into.known_at)
    row["original"] = into.text_of(record.evidence.original)
    row["content_hash"] = said = content_hash(record)
    row["properties"] = _said(record.properties)
    row["rid"] = ids.record(row["owner"], said)
    row["batch"] = into.batch
    if isinstance(record, EntityRecord) and record.suggestions:
        made.suggestions.extend((row["rid"], found) for found in record.suggestions)
    return row


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
    apart = discriminator(record.link_type, record.reference, record.properties)
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
