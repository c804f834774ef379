"""Pointers: that there is something to ask for, told to those whom the rules let be told, and nothing else of it.

Only records that were decided to be held as pointers are looked at (``holdings``), and of these only those that the reader
may not see. A silent record adds nothing to an answer. What is told is who owns it, never what, how much or which entity.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, or_, select

from graphcore.access.context import AccessContext
from graphcore.access.label import AccessLabel, Pointer
from graphcore.access.policy import pointed, readable, require_purpose
from graphcore.evidence.ledger.access_tables import held_record
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.holdings import label_now
from graphcore.evidence.ledger.labels import read_labels
from graphcore.evidence.ledger.places import is_withdrawn
from graphcore.evidence.ledger.register import RegisterVersion
from graphcore.evidence.ledger.tables import link_origin, origin, record
from graphcore.model.times import iso_utc
from graphcore.schema import SCHEMA
from graphcore.store.search import as_kept

MOST = 100_000  # records held as pointers that one question looks through
_NUMBER = label_now(record, held=True).label("number")


@dataclass(frozen=True, slots=True, order=True)
class Pointed:
    """An owner that can be asked about an entity. ``uid`` and ``compartment`` are for the owner, never for who asks.

    ``contact`` is "" where only the existence is told.
    """

    uid: str
    organisation: str
    compartment: str
    answers: Pointer
    contact: str


class Pointers:
    """What one access context is told of."""

    def __init__(
        self, database: Database, context: AccessContext, register: Iterable[RegisterVersion]
    ) -> None:
        """See :meth:`Ledger.pointers`."""
        require_purpose(context)
        self._database = database
        self._sources = {version.source: version.entry for version in register}
        self._as_at = iso_utc(context.as_at) if context.as_at else None
        with database.reading() as connection:
            seen = read_labels(connection, readable(context))
            told = read_labels(connection, pointed(context))
        self._labels = {number: label for number, label in told.items() if number not in seen}

    def on(self, uid: str) -> tuple[Pointed, ...]:
        """Owners of hidden records that speak of an entity or of a link to it; none for an id that never was."""
        if not self._labels:
            return ()
        with self._database.reading() as connection:
            members = [*connection.scalars(select(origin.c.origin_id).where(origin.c.uid == uid))]
            ends = or_(link_origin.c.source_origin.in_(members), link_origin.c.target_origin.in_(members))
            owners = or_(
                record.c.owner.in_(members), record.c.owner.in_(select(link_origin.c.id).where(ends))
            )
            found = self._rows(connection, owners)
        return _merged(self._pointed(uid, source, number) for source, number, _, _ in found)

    def matching(self, entity_type: str, value: str) -> tuple[Pointed, ...]:
        """Owners of hidden records of entities that carry exactly this key (a registration mark, a number, an e-mail).

        Looks through the records of that type that are held as pointers, at most 100,000: O(their number).
        """
        if not self._labels or entity_type not in SCHEMA.entities:
            return ()
        wanted = _forms(value)
        with self._database.reading() as connection:
            found = self._rows(connection, and_(record.c.kind == "entity", record.c.type == entity_type))
            owners = [row[2] for row in found if _carries(entity_type, row[3], wanted)]
            uids: dict[str, str] = dict(
                connection.execute(
                    select(origin.c.origin_id, origin.c.uid).where(origin.c.origin_id.in_(owners))
                ).all()
            )
        return _merged(
            self._pointed(uids[owner], source, number)
            for source, number, owner, properties in found
            if owner in uids and _carries(entity_type, properties, wanted)
        )

    def _rows(self, connection: Connection, which: ColumnElement[bool]) -> list[Any]:
        wanted = (
            select(record.c.source, _NUMBER, record.c.owner, record.c.properties)
            .where(record.c.seq.in_(select(held_record.c.seq)), which, ~is_withdrawn())
            .where(label_now(record, held=True).in_([*self._labels]))
            .order_by(record.c.seq)
            .limit(MOST)
        )
        if self._as_at is not None:
            wanted = wanted.where(record.c.known_at <= self._as_at)
        return [*connection.execute(wanted)]

    def _pointed(self, uid: str, source: str, number: int) -> Pointed:
        label: AccessLabel = self._labels[number]
        entry = self._sources.get(source)
        organisation = label.originator or (entry.organisation if entry else "")
        answers = Pointer(label.pointer)
        contact = (
            (entry.contact if entry and entry.contact else organisation) if answers is Pointer.CONTACT else ""
        )
        return Pointed(uid, organisation, label.compartment, answers, contact)


def _merged(several: Iterable[Pointed]) -> tuple[Pointed, ...]:
    """One an entity and owner; it gives a contact where one of its records may."""
    best: dict[tuple[str, str, str], Pointed] = {}
    for one in sorted(several):
        key = (one.uid, one.organisation, one.compartment)
        held = best.get(key)
        if held is None or (held.answers is Pointer.EXISTS and one.answers is Pointer.CONTACT):
            best[key] = one
    return tuple(best.values())


def _forms(value: str) -> frozenset[str]:
    """The ways in which a key may be kept: as typed, as the platform keeps it, in capitals without spaces."""
    kept = as_kept(value.strip())
    return frozenset({value.strip(), kept, "".join(kept.split()).upper(), kept.lower()})


def _carries(entity_type: str, properties: str, wanted: frozenset[str]) -> bool:
    said: dict[str, list[Any]] = orjson.loads(properties)
    return any(
        str(value) in wanted for key in SCHEMA.entities[entity_type].keys for value in said.get(key, ())
    )
