"""Entities, evidence and neighbourhoods as answers."""

from collections.abc import Iterator

from orjson import Fragment

from api.answers import json_line
from api.errors import not_found
from api.fragments import Fragments
from api.read import Read
from api.shapes import Shaper
from graphcore.access import highest_marking
from graphcore.evidence.ledger import RecordView
from graphcore.evidence.ledger.register import RegisterVersion, SourceRegister
from graphcore.model import Entity, Neighbourhood, iso_utc
from graphcore.store.query import ExpandQuery

MAX_RECORDS = 500


def must(read: Read, uid: str) -> Entity:
    """The entity.

    Raises:
        ProblemError: it does not exist for this reader.
    """
    entity = read.view.entity(uid)
    if entity is None:
        raise not_found()
    return entity


def entity(read: Read, uid: str) -> dict[str, object]:
    """One entity and the source items behind it."""
    found = must(read, uid)
    shaper = Shaper(read.view)
    read.entry.done(count=1, shown=[uid])
    origins = [
        {"source": origin.source, "entity_type": origin.entity_type, "reference": origin.reference}
        for origin in read.evidence.origins(uid)
    ]
    return {"entity": shaper.entity(found), "origins": origins, "marking": shaper.marking(found.labels)}


def evidence(read: Read, rids: tuple[str, ...], register: SourceRegister) -> dict[str, object]:
    """Records as they were received, and who owns their sources."""
    records = read.evidence.records(rids[:MAX_RECORDS])
    owners = register.known({record.source for record in records}, read.context)
    read.entry.done(count=len(records))
    return {
        "records": [_record(record) for record in records],
        "sources": [_owner(version) for version in owners],
        "truncated": len(rids) > MAX_RECORDS,
        "marking": highest_marking(record.label for record in records),
    }


def link_rids(read: Read, lid: str) -> tuple[str, ...]:
    """Records behind a link.

    Raises:
        ProblemError: it does not exist for this reader.
    """
    link = read.view.link(lid)
    if link is None:
        raise not_found()
    return link.rids


def neighbours(read: Read, uid: str, query: ExpandQuery, fragments: Fragments) -> Fragment:
    """The neighbourhood of one entity, as the bytes of its answer."""
    return fragments.neighbourhood(Shaper(read.view), around(read, uid, query))


def around(read: Read, uid: str, query: ExpandQuery) -> Neighbourhood:
    """The neighbourhood, put down in the audit log.

    Raises:
        ProblemError: the start does not exist for this reader.
    """
    found = read.view.expand((uid,), query)
    if not found.entities:
        raise not_found()
    read.entry.done(
        count=len(found.entities) + len(found.links), shown=[entity.uid for entity in found.entities]
    )
    return found


def lines(read: Read, found: Neighbourhood) -> Iterator[bytes]:
    """A neighbourhood as NDJSON: entities, links, and a last line that says whether it is whole."""
    shaper = Shaper(read.view)
    for hop, item in zip(found.hops, found.entities, strict=True):
        yield json_line({"entity": shaper.entity(item), "hop": hop})
    for link in found.links:
        yield json_line({"link": shaper.link(link)})
    marking = shaper.banner((*found.entities, *found.links))
    counts = {"entities": len(found.entities), "links": len(found.links)}
    yield json_line({"end": {**counts, "truncated": found.truncated, "marking": marking}})


def _owner(version: RegisterVersion) -> dict[str, object]:
    entry = version.entry
    return {
        "source": version.source,
        "organisation": entry.organisation,
        "contact": entry.contact,
        "lawful_basis": entry.lawful_basis,
        "retention_group": entry.retention_group,
    }


def _record(record: RecordView) -> dict[str, object]:
    label, grading, valid = record.label, record.grading, record.valid
    return {
        "rid": record.rid,
        "kind": record.kind,
        "type": record.type,
        "source": record.source,
        "reference": record.reference,
        "properties": record.properties,
        "original": record.original,
        "grading": {"scheme": grading.scheme, "code": grading.code, "words": grading.describe()}
        if grading
        else None,
        "marking": label.marking,
        "handling": f"{label.handling_scheme} {label.handling_code}".strip(),
        "conditions": label.handling_conditions,
        "compartment": label.compartment,
        "originator": label.originator,
        "valid_from": iso_utc(valid.start) if valid.start else None,
        "valid_to": iso_utc(valid.end) if valid.end else None,
        "known_at": iso_utc(record.known_at),
        "file": record.file,
        "row": record.row,
    }
