"""How a state lies in Neo4j: one node or relationship, its assertions as parallel lists, oldest first.

``access`` and ``known_at`` are what every read filters by; ``records`` holds the rest of each assertion as JSON.
Beside them stand plain properties (caption, name, vrm, ...: the first value any record gives) for people in Neo4j
Browser and for indexes; views never answer from those, because they know no access label.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from math import isnan
from typing import Any, Final

import orjson

from graphcore.access.label import AccessLabel
from graphcore.errors import StoreError
from graphcore.model.graph import Value
from graphcore.schema import SCHEMA
from graphcore.store.assemble import in_order, link_measures, merge_properties
from graphcore.store.codec import encode_properties
from graphcore.store.ranking import search_text
from graphcore.store.state import Assertion, EntityState, LinkState

PLAIN_CHARS: Final = 1_000  # an index refuses longer keys; the whole value is in ``records``
SHAPE: Final = 2  # 2: which items a link joins stands beside its assertions
INTEGERS: Final = range(-(2**63), 2**63)
ENTITY_FIELDS: Final = frozenset({"uid", "kind", "caption", "captions", "search_text", "origins"})
MEASURES: Final = ("shares_min", "shares_max", "amounts", "counts")
ENDS: Final = ("source_origins", "target_origins")
LINK_FIELDS: Final = frozenset({"lid", "valid_from", "valid_to", "starts", "ends", *MEASURES, *ENDS})
SHARED_FIELDS: Final = frozenset({"rids", "sources", "gradings", "access", "known_at", "records"})

Row = dict[str, Any]


def entity_row(state: EntityState) -> Row:
    """Parameters of ``write/entity`` for one entity."""
    ordered = in_order(state.assertions)
    spec = SCHEMA.entities[state.type]
    properties = _plain(ordered, spec.properties) | _lists(ordered)
    properties |= {
        "uid": state.uid,
        "kind": next((a.kind for a in ordered if a.kind), ""),
        "caption": _clip(next((a.caption for a in ordered if a.caption), "")),
        "captions": [a.caption for a in ordered],
        "search_text": [search_text(state.type, a.caption, a.properties) for a in ordered],
    }
    items = [a.origin_id for a in ordered]
    if not {*items} <= {"", state.uid}:  # where it is not there the item is the uid
        properties["origins"] = items
    return {"uid": state.uid, "type": state.type, "properties": properties}


def link_row(state: LinkState) -> Row:
    """Parameters of ``write/link/TYPE`` for one link."""
    ordered = in_order(state.assertions)
    starts = [a.valid_from or "" for a in ordered]
    ends = [a.valid_to or "" for a in ordered]
    spec = SCHEMA.links[state.type]
    properties = _plain(ordered, spec.properties) | _lists(ordered)
    properties |= {"lid": state.lid, "starts": starts, "ends": ends}
    if all(starts):
        properties["valid_from"] = min(starts)
    if all(ends):
        properties["valid_to"] = max(ends)
    measured = zip(*(link_measures(state.type, a.properties) for a in ordered), strict=True)
    for name, values in zip(MEASURES, measured, strict=True):
        if not all(map(isnan, values)):
            properties[name] = list(values)
    for name, uid, items in zip(ENDS, (state.source, state.target), _ends(ordered), strict=True):
        if {*items} != {uid}:
            properties[name] = items
    return {"lid": state.lid, "source": state.source, "target": state.target, "properties": properties}


def _ends(ordered: Sequence[Assertion]) -> tuple[list[str], list[str]]:
    """The items that each assertion of a link joins."""
    return [a.source_origin for a in ordered], [a.target_origin for a in ordered]


def label_row(number: int, label: AccessLabel) -> Row:
    """Parameters of ``write/label`` for one access label."""
    return {"number": number, **asdict(label), "handling_conditions": list(label.handling_conditions)}


def label_of(row: Mapping[str, Any]) -> AccessLabel:
    """An access label from a row of ``read/labels``."""
    return AccessLabel(
        marking=row["marking"],
        handling_scheme=row["scheme"],
        handling_code=row["code"],
        handling_conditions=tuple(row["conditions"]),
        compartment=row["compartment"],
        originator=row["originator"],
        retention=row["retention"],
        pointer=row["pointer"],
    )


def assertions_of(seen: Iterable[Sequence[Any]]) -> tuple[Assertion, ...]:
    """Assertions from what statements return as ``seen``: rid, source, access, known_at, grading, record."""
    return tuple(_assertion(item) for item in seen)


def _assertion(item: Sequence[Any]) -> Assertion:
    rid, source, label, known_at, grading, record = item
    body: dict[str, Any] = orjson.loads(record)
    return Assertion(
        rid=rid,
        seq=body["seq"],
        origin_id=body["origin_id"],
        source=source,
        label=label,
        known_at=known_at,
        properties={name: tuple(values) for name, values in body["properties"].items()},
        kind=body["kind"],
        caption=body["caption"],
        valid_from=body["valid_from"],
        valid_to=body["valid_to"],
        grading=grading,
        source_origin=body.get("source_origin", ""),
        target_origin=body.get("target_origin", ""),
    )


def _lists(ordered: Sequence[Assertion]) -> Row:
    return {
        "rids": [a.rid for a in ordered],
        "sources": [a.source for a in ordered],
        "gradings": [a.grading for a in ordered],
        "access": [a.label for a in ordered],
        "known_at": [a.known_at for a in ordered],
        "records": [_record(a) for a in ordered],
    }


def _record(assertion: Assertion) -> str:
    body = {
        "seq": assertion.seq,
        "origin_id": assertion.origin_id,
        "kind": assertion.kind,
        "caption": assertion.caption,
        "valid_from": assertion.valid_from,
        "valid_to": assertion.valid_to,
        "properties": orjson.Fragment(encode_properties(assertion.properties)),
    }
    ends = {"source_origin": assertion.source_origin, "target_origin": assertion.target_origin}
    body |= {name: item for name, item in ends.items() if item}
    try:
        return orjson.dumps(body).decode()
    except orjson.JSONEncodeError as error:
        raise StoreError(
            f"record {assertion.rid} cannot be kept: {error}; clean it before it is written"
        ) from error


def _plain(ordered: Sequence[Assertion], known: Iterable[str]) -> Row:
    """First values of the schema's properties; names that the schema does not know stay in ``records`` alone."""
    first: Row = {}
    said = merge_properties(ordered)
    for name in known:
        values = said.get(name, ())
        if values:
            first[name] = _clip(values[0])
    return first


def _clip(value: Value) -> Value:
    if isinstance(value, str):
        return value[:PLAIN_CHARS]
    if isinstance(value, int) and not isinstance(value, bool) and value not in INTEGERS:
        return str(value)
    return value
