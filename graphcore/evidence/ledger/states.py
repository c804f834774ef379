"""Whole current states of entities and links, as the projection writes them into a graph store.

A state is made of all records that are not withdrawn. A record of a link counts only while some record speaks of each item
that it joins: what those became one with does not make up for it.
"""

from collections.abc import Collection, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Executable, select

from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.holdings import shifts_now
from graphcore.evidence.ledger.places import any_withdrawn, is_withdrawn
from graphcore.evidence.ledger.tables import link_origin, origin, record
from graphcore.model.graph import Value
from graphcore.schema import SCHEMA
from graphcore.store.state import Assertion, EntityState, LinkState

Properties = dict[str, tuple[Value, ...]]

# the order that _assertion unpacks
_RECORD = (
    record.c.seq,
    record.c.rid,
    record.c.owner,
    record.c.source,
    record.c.label,
    record.c.known_at,
    record.c.properties,
    record.c.valid_from,
    record.c.valid_to,
    record.c.grading_scheme,
    record.c.grading_source,
    record.c.grading_intelligence,
    record.c.entity_kind,
    record.c.type,
    record.c.reference,
)
_LABEL = _RECORD.index(record.c.label)
_canonical = origin.alias("canonical")
_ENTITIES = (
    select(origin.c.uid, _canonical.c.entity_type, *_RECORD)
    .join_from(origin, _canonical, _canonical.c.origin_id == origin.c.uid)
    .join(record, record.c.owner == origin.c.origin_id)
    .where(origin.c.uid.in_(items_of("keys")), ~is_withdrawn())
)
_a = origin.alias("a")
_b = origin.alias("b")
_LINKS = (
    select(
        link_origin.c.lid,
        _a.c.uid,
        _b.c.uid,
        *_RECORD,
        link_origin.c.source_origin,
        link_origin.c.target_origin,
    )
    .join_from(link_origin, _a, _a.c.origin_id == link_origin.c.source_origin)
    .join(_b, _b.c.origin_id == link_origin.c.target_origin)
    .join(record, record.c.owner == link_origin.c.id)
    .where(link_origin.c.lid.in_(items_of("keys")), ~is_withdrawn())
)


def _present(item: ColumnElement[str]) -> ColumnElement[bool]:
    said = record.alias()
    return select(said.c.seq).where(said.c.owner == item, ~is_withdrawn(said)).exists()


_LINKS_WITH_ENDS = _LINKS.where(_present(_a.c.origin_id), _present(_b.c.origin_id))


def entity_states(connection: Connection, uids: Collection[str]) -> list[EntityState]:
    """States ascending by uid; a uid with nothing to say is left out."""
    return [
        EntityState(uid, rows[0][1], tuple(_assertion(row[2:]) for row in rows))
        for uid, rows in _grouped(connection, _ENTITIES, uids)
    ]


def link_states(connection: Connection, lids: Collection[str]) -> list[LinkState]:
    """States ascending by lid; a lid with nothing to say, or with an absent end, is left out."""
    statement = _LINKS_WITH_ENDS if any_withdrawn(connection) else _LINKS
    states: list[LinkState] = []
    for lid, rows in _grouped(connection, statement, lids):
        _, source, target, *said = rows[0]
        link_type: str = said[13]
        if SCHEMA.links[link_type].symmetric and source > target:
            source, target = target, source
        assertions = tuple(_assertion(row[3:-2], _ends(row, source)) for row in rows)
        states.append(LinkState(lid, link_type, source, target, assertions))
    return states


def _ends(row: Sequence[Any], source: str) -> tuple[str, str]:
    """The items that one record joins, that of ``source`` first: of a symmetric link either may be named first."""
    first, second = row[-2:]
    return (first, second) if row[1] == source else (second, first)


def _grouped(
    connection: Connection, statement: Executable, keys: Collection[str]
) -> list[tuple[str, list[Sequence[Any]]]]:
    if not keys:
        return []
    rows: Sequence[Any] = connection.execute(statement, {"keys": key_list([*dict.fromkeys(keys)])}).all()
    seq = 2 if statement is _ENTITIES else 3
    if shifts := shifts_now(connection, [row[seq] for row in rows]):
        at = seq + _LABEL
        rows = [(*row[:at], row[at] + shifts.get(row[seq], 0), *row[at + 1 :]) for row in rows]
    ordered = sorted(rows, key=itemgetter(0, seq))
    return [(key, [*group]) for key, group in groupby(ordered, key=itemgetter(0))]


def _assertion(said: Sequence[Any], ends: tuple[str, str] | None = None) -> Assertion:
    """``ends`` None: of an entity."""
    (
        seq, rid, owner, source, label, known_at, raw, valid_from, valid_to, scheme, grade_source, grade_intelligence,
        kind, entity_type, reference,
    ) = said  # fmt: skip
    values = properties(raw)
    return Assertion(
        rid=rid,
        seq=seq,
        origin_id=owner,
        source=source,
        label=label,
        known_at=known_at,
        properties=values,
        kind=kind,
        caption=caption(entity_type, values, reference) if ends is None else "",
        valid_from=valid_from,
        valid_to=valid_to,
        grading=f"{scheme}:{grade_source or '-'}{grade_intelligence or '-'}" if scheme else "",
        source_origin=ends[0] if ends else "",
        target_origin=ends[1] if ends else "",
    )


def properties(raw: str) -> Properties:
    """Properties as the record gave them."""
    return {name: tuple(values) for name, values in orjson.loads(raw).items()}


def caption(entity_type: str, values: Properties, reference: str) -> str:
    """What a record calls its entity: the first caption property it gives, else the source's own reference."""
    for name in SCHEMA.entities[entity_type].caption:
        given = values.get(name)
        if given:
            return str(given[0])
    return reference
