"""Occurrences of one file made into groups: one record's worth each, with the ids of its link. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

import numpy as np
import orjson

from graphcore.arrow import Table, pa
from graphcore.errors import LedgerError
from graphcore.evidence.grading import Grading
from graphcore.evidence.ledger.places import LinkPlace
from graphcore.evidence.ledger.prepare import discriminator
from graphcore.evidence.ledger.series_arrange import Int, Marks, Words, group_numbers, integers, marks_of
from graphcore.evidence.record import LinkRecord
from graphcore.evidence.series import (
    ORIGINAL,
    VALUE,
    WHOLE,
    Occurrence,
    SeriesHead,
    SeriesLayout,
    SeriesRows,
    rows_schema,
)
from graphcore.model.graph import Value
from graphcore.model.ids import IdMaker
from graphcore.model.times import iso_utc
from graphcore.schema import SCHEMA

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
COUNTS = ("occurrences", "first_at", "last_at")


@dataclass(frozen=True, slots=True)
class Listed:
    """What the groups of one file and layout are, without their rows; ``heads`` and ``links`` are by group."""

    stated_by: str
    file: str
    layout: SeriesLayout
    heads: Sequence[SeriesHead]
    links: Sequence[LinkPlace]


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows with the number of the group of each; ``other`` is by group the hash of what a head says beside link and label."""

    listed: Listed
    table: Table
    number: Int
    row: Int
    marks: Marks
    other: Words


def hash_key(ids: IdMaker) -> bytes:
    """The key of hashes that are compared within one workspace and never kept."""
    return hashlib.blake2b(b"series", key=ids.key, digest_size=16).digest()


def prepare_series(rows: SeriesRows, ids: IdMaker) -> Groups:
    """Find the groups of some rows.

    Raises:
        LedgerError: a head has a type that is not in the schema.
    """
    table = rows.table
    number, first = group_numbers([table.column(name) for name in ("head", "source", "target")])
    places = pa.array(first)
    sources = table.column("source").take(places).to_pylist()
    targets = table.column("target").take(places).to_pylist()
    codes: list[int] = integers(table.column("head").take(places)).tolist()
    apart = [_discriminator(rows, head) for head in rows.heads]
    heads = [rows.heads[code] for code in codes]
    origins = _origins(heads, sources, targets, ids)
    told = [
        (head.link_type, origins[head.source][source], origins[head.target][target], apart[code])
        for head, source, target, code in zip(heads, sources, targets, codes, strict=True)
    ]
    owners = ids.link_origins(told)
    links = [LinkPlace(owner, *link, None) for owner, link in zip(owners, told, strict=True)]
    return grouped(Listed(rows.stated_by, rows.file, rows.layout, heads, links), table, number, ids)


def grouped(listed: Listed, table: Table, number: Int, ids: IdMaker) -> Groups:
    """Rows of known groups, with what tells them apart."""
    known: dict[int, int] = {}  # of few objects: hashing each group's head costs more
    for head in listed.heads:
        if id(head) not in known:
            known[id(head)] = other_hash(head.grading, dict(head.properties))
    other = np.array([known[id(head)] for head in listed.heads], np.uint64)
    return Groups(listed, table, number, integers(table.column("row")), marks_of(table, hash_key(ids)), other)


def other_hash(grading: Grading | None, properties: Mapping[str, Sequence[Value]]) -> int:
    """Hash of what a record says of all its occurrences beside its link and label; counts and totals are left out."""
    said = {
        name: list(values)
        for name, values in properties.items()
        if name not in COUNTS and not any(type(value) is int for value in values)
    }
    body = [[grading.scheme, grading.source, grading.intelligence] if grading else None, said]
    raw = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "little")


def head_bytes(stated_by: str, head: SeriesHead) -> bytes:
    """What a head adds to the content of its records."""
    label, grading = head.label, head.grading
    body = [
        stated_by,
        {name: list(values) for name, values in head.properties},
        [label.marking, label.handling_scheme, label.handling_code, *label.handling_conditions],
        [label.compartment, label.originator],
        [grading.scheme, grading.source, grading.intelligence] if grading else None,
    ]
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def gathered(occurrences: Sequence[LinkRecord]) -> list[SeriesRows]:
    """Records of single occurrences as rows, one list for each source, file and layout."""
    keyed = [(r.stated_by, r.evidence.lineage.file, repr(_of(r).layout), r) for r in occurrences]
    keyed.sort(key=lambda item: item[:3])  # stable: rows stay in their order
    return [
        to_rows([record for *_, record in group]) for _, group in groupby(keyed, key=lambda item: item[:3])
    ]


def to_rows(records: Sequence[LinkRecord]) -> SeriesRows:
    """Rows of one source, file and layout."""
    layout = _of(records[0]).layout
    heads: dict[SeriesHead, int] = {}
    codes = [heads.setdefault(head_of(record), len(heads)) for record in records]
    said = [_of(record) for record in records]
    columns: dict[str, list[object]] = {
        "head": [*codes],
        "source": [record.source.reference for record in records],
        "target": [record.target.reference for record in records],
        "at": [micros(each.at) for each in said],
        "row": [record.evidence.lineage.row for record in records],
    }
    if layout.until:
        columns["until"] = [None if each.until is None else micros(each.until) for each in said]
    if layout.reference:
        columns["reference"] = [each.reference or None for each in said]
    for place, (name, _) in enumerate(layout.fields):
        columns[VALUE + name] = [each.values[place] for each in said]
    columns |= _originals(layout, [record.evidence.original for record in records])
    schema = rows_schema(layout)
    arrays = [pa.array(columns[name], schema.field(name).type) for name in schema.names]
    first = records[0]
    return SeriesRows(
        first.stated_by,
        first.evidence.lineage.file,
        layout,
        [*heads],
        pa.Table.from_arrays(arrays, schema=schema),
    )


def head_of(record: LinkRecord) -> SeriesHead:
    """What the record's occurrence shares with others."""
    evidence = record.evidence
    return SeriesHead(
        record.link_type,
        (record.source.source, record.source.entity_type),
        (record.target.source, record.target.entity_type),
        record.reference,
        tuple(sorted(record.properties.items())),
        evidence.label,
        evidence.grading,
        evidence.known_at,
    )


def _of(record: LinkRecord) -> Occurrence:
    if record.occurrence is None:
        raise LedgerError("a link that is no occurrence cannot be part of a series")
    return record.occurrence


def _originals(layout: SeriesLayout, originals: Sequence[Mapping[str, Value]]) -> dict[str, list[object]]:
    if layout.original is None:
        return {WHOLE: [orjson.dumps(dict(each)).decode() for each in originals]}
    return {
        ORIGINAL + name: [None if (v := each.get(name)) is None else str(v) for each in originals]
        for name in layout.original
    }


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (moment - EPOCH) // MICROSECOND


def _discriminator(rows: SeriesRows, head: SeriesHead) -> str:
    unknown = [kind for _, kind in (head.source, head.target) if kind not in SCHEMA.entities]
    if head.link_type not in SCHEMA.links or unknown:
        raise LedgerError(
            f"{rows.file}: {head.link_type} between {unknown} is not in the schema: correct the mapping"
        )
    return discriminator(head.link_type, head.reference, dict(head.properties))


def _origins(
    heads: Sequence[SeriesHead], sources: Sequence[str], targets: Sequence[str], ids: IdMaker
) -> dict[tuple[str, str], dict[str, str]]:
    """The origin ids of all ends, by (source, type) and reference: each made once."""
    wanted: dict[tuple[str, str], dict[str, None]] = {}
    for head, source, target in zip(heads, sources, targets, strict=True):
        wanted.setdefault(head.source, {})[source] = None
        wanted.setdefault(head.target, {})[target] = None
    return {
        side: dict(zip(references, ids.origins((*side, each) for each in references), strict=True))
        for side, references in wanted.items()
    }


def known_at_text(head: SeriesHead, otherwise: str) -> str:
    """When the source knew what a head's records say."""
    return iso_utc(head.known_at) if head.known_at else otherwise
