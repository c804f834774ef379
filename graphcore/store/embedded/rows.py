"""From rows to states and answers. Rows begin with what names the owner and end with the columns of an assertion (of a link, two more)."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from graphcore.model.graph import Entity, Link
from graphcore.store.assemble import build_entity, build_link
from graphcore.store.codec import decode_properties
from graphcore.store.state import Assertion, EntityState, LinkState

Row = tuple[Any, ...]  # as SQLite gives it; the statements say which column is what


def entities_of(rows: Iterable[Row]) -> dict[str, Entity]:
    """Entities by uid, from rows of visible assertions in any order."""
    held: dict[tuple[str, str], list[Assertion]] = {}
    for row in rows:
        held.setdefault((row[0], row[1]), []).append(_assertion(row[2:]))
    return {uid: build_entity(uid, kind, assertions) for (uid, kind), assertions in held.items()}


def links_of(rows: Iterable[Row]) -> dict[str, Link]:
    """Links by lid, from rows of visible assertions in any order."""
    held: dict[tuple[str, str, str, str], list[Assertion]] = {}
    for row in rows:
        held.setdefault((row[0], row[1], row[2], row[3]), []).append(_assertion(row[4:]))
    return {key[0]: build_link(key, assertions) for key, assertions in held.items()}


def entity_states(rows: Iterable[Row]) -> Iterator[EntityState]:
    """Whole states, from rows of all assertions ordered by uid."""
    for (uid, entity_type), group in groupby(rows, lambda row: (row[0], row[1])):
        yield EntityState(uid, entity_type, tuple([_assertion(row[2:]) for row in group]))


def link_states(rows: Iterable[Row]) -> Iterator[LinkState]:
    """Whole states, from rows of all assertions ordered by lid."""
    for (lid, link_type, source, target), group in groupby(rows, lambda row: row[:4]):
        yield LinkState(lid, link_type, source, target, tuple([_assertion(row[4:]) for row in group]))


def _assertion(row: Row) -> Assertion:
    rid, seq, origin_id, source, label, known_at, properties, *rest = row
    return Assertion(rid, seq, origin_id, source, label, known_at, decode_properties(properties), *rest)
