"""What one source item says, as whole records: the document, what it is linked to, and the links between those.

Serves disclosure of an item to another force. Only records under the same label and grading as the document count, and
nothing is read past ``visible``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, select

from graphcore.access.label import AccessLabel
from graphcore.evidence.grading import Grading, GradingScheme
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.states import properties
from graphcore.evidence.ledger.tables import link_origin, origin, record
from graphcore.evidence.record import EntityRecord, Evidence, Lineage, LinkRecord, OriginRef
from graphcore.model.times import TimeSpan, parse_iso_utc


@dataclass(frozen=True, slots=True)
class ItemRecords:
    """One item: every tuple in order of arrival. ``subjects`` are the ends of ``links`` but the document itself."""

    document: tuple[EntityRecord, ...]
    subjects: tuple[EntityRecord, ...]
    links: tuple[LinkRecord, ...]


def item_origins(connection: Connection, visible: ColumnElement[bool], source: str, prefix: str) -> list[str]:
    """Ids of a source's documents whose reference begins with ``prefix``, by reference."""
    said = select(record.c.seq).where(record.c.owner == origin.c.origin_id, visible).exists()
    wanted = select(origin.c.origin_id, origin.c.reference).where(
        origin.c.source == source,
        origin.c.entity_type == "Document",
        origin.c.reference.startswith(prefix, autoescape=True),
        said,
    )
    found = connection.execute(wanted.order_by(origin.c.reference)).all()
    return [key for key, reference in found if reference.startswith(prefix)]  # LIKE of SQLite takes any case


def item_records(
    connection: Connection, visible: ColumnElement[bool], labels: dict[int, AccessLabel], document: str
) -> ItemRecords:
    """The records of the item whose document has the origin id ``document``."""
    own = _entities(connection, visible, [document], labels)
    outgoing = _links(connection, visible, labels, link_origin.c.source_origin == document)
    ends = sorted({row["target_origin"] for row, _ in outgoing} - {document})
    subjects = _entities(connection, visible, ends, labels)
    both = link_origin.c.source_origin.in_(items_of("ends")) & link_origin.c.target_origin.in_(
        items_of("ends")
    )
    between = _links(connection, visible, labels, both, ends)
    links = tuple(link for _, link in (*outgoing, *between))
    return ItemRecords(tuple(own), tuple(subjects), links)


def _entities(
    connection: Connection,
    visible: ColumnElement[bool],
    owners: Sequence[str],
    labels: dict[int, AccessLabel],
) -> list[EntityRecord]:
    wanted = select(record, origin.c.source.label("said_by"), origin.c.reference.label("called")).join_from(
        record, origin, origin.c.origin_id == record.c.owner
    )
    found = _rows(connection, wanted.where(record.c.owner.in_(items_of("owners")), visible), owners=owners)
    return [
        EntityRecord(
            OriginRef(row["said_by"], row["type"], row["called"]),
            row["entity_kind"],
            properties(row["properties"]),
            _evidence(row, labels),
        )
        for row in found
    ]


def _links(
    connection: Connection,
    visible: ColumnElement[bool],
    labels: dict[int, AccessLabel],
    which: ColumnElement[bool],
    ends: Sequence[str] = (),
) -> list[tuple[RowMapping, LinkRecord]]:
    start, end = origin.alias(), origin.alias()
    named = [
        column.label(f"{side}_{name}")
        for side, at in (("start", start), ("end", end))
        for name, column in (
            ("source", at.c.source),
            ("type", at.c.entity_type),
            ("reference", at.c.reference),
        )
    ]
    wanted = (
        select(record, link_origin.c.target_origin, *named)
        .join_from(record, link_origin, link_origin.c.id == record.c.owner)
        .join(start, start.c.origin_id == link_origin.c.source_origin)
        .join(end, end.c.origin_id == link_origin.c.target_origin)
        .where(visible, which)
    )
    return [(row, _link(row, labels)) for row in _rows(connection, wanted, ends=ends)]


def _rows(connection: Connection, wanted: Select[Any], **keys: Iterable[str]) -> Sequence[RowMapping]:
    given = {name: key_list([*values]) for name, values in keys.items()}
    return connection.execute(wanted.order_by(record.c.seq), given).mappings().all()


def _link(row: RowMapping, labels: dict[int, AccessLabel]) -> LinkRecord:
    start, end = (
        OriginRef(row[f"{side}_source"], row[f"{side}_type"], row[f"{side}_reference"])
        for side in ("start", "end")
    )
    said = properties(row["properties"])
    return LinkRecord(row["source"], row["type"], start, end, row["reference"], said, _evidence(row, labels))


def _evidence(row: RowMapping, labels: dict[int, AccessLabel]) -> Evidence:
    scheme = row["grading_scheme"]
    grade = row["grading_source"] or "", row["grading_intelligence"] or ""
    span = TimeSpan(*(parse_iso_utc(row[end]) if row[end] else None for end in ("valid_from", "valid_to")))
    return Evidence(
        Lineage(row["file"], row["row"]),
        labels[row["label"]],
        Grading(GradingScheme(scheme), *grade) if scheme else None,
        orjson.loads(row["original"]),
        span,
        parse_iso_utc(row["known_at"]),
    )
