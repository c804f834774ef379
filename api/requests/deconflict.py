"""De-confliction: two operations that look at one nominal are told of each other, where both said that they may be.

An operation is silent until an owner opens it. What an open operation looked at is put down once a person; a notice goes to
those alone who looked at the nominal themselves. Nothing is put down of a silent operation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.dialects import sqlite

from api.requests.tables import INTEREST, STANCE
from graphcore.access import AccessContext
from graphcore.model import iso_utc


@dataclass(frozen=True, slots=True)
class Stance:
    """Whether an operation may be told of, by which organisation, and whom to contact."""

    operation: str
    organisation: str
    open: bool
    contact: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Another operation looks at a nominal that you looked at, too."""

    uid: str
    operation: str
    organisation: str
    contact: str


class Deconfliction:
    """Operations and what they looked at, in one file."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def stance(self, operation: str) -> Stance | None:
        """What was last said of an operation; None: nothing, so it is silent."""
        with self._engine.connect() as connection:
            return _stances(connection, [operation]).get(operation)

    def declare(self, stance: Stance, *, by: str, reason: str) -> None:
        """Open an operation to notices, or silence it."""
        row = {
            "operation": stance.operation, "organisation": stance.organisation, "open": stance.open,
            "contact": stance.contact, "by": by, "at": iso_utc(self._clock()), "reason": reason,
        }  # fmt: skip
        with self._engine.begin() as connection:
            connection.execute(insert(STANCE), row)

    def note(self, context: AccessContext, uid: str) -> None:
        """Put down that a read in an open operation looked at an entity; of a silent one nothing is put down."""
        operation = context.purpose.operation if context.purpose else ""
        found = self.stance(operation) if operation else None
        if found is None or not found.open:
            return
        row = {"uid": uid, "operation": operation, "subject": context.subject, "at": iso_utc(self._clock())}
        with self._engine.begin() as connection:
            connection.execute(sqlite.insert(INTEREST).on_conflict_do_nothing(), row)

    def notices(self, subject: str) -> list[Notice]:
        """Other open operations on what somebody looked at in an open one; by uid, then operation."""
        mine, theirs = INTEREST.alias(), INTEREST.alias()
        wanted = (
            select(mine.c.uid, mine.c.operation, theirs.c.operation)
            .join_from(mine, theirs, (theirs.c.uid == mine.c.uid) & (theirs.c.operation != mine.c.operation))
            .where(mine.c.subject == subject)
            .distinct()
        )
        with self._engine.connect() as connection:
            rows: Any = connection.execute(wanted).all()
            known = _stances(connection, [name for row in rows for name in row[1:]])
        pairs = {(uid, other) for uid, own, other in rows if known[own].open and known[other].open}
        return [
            Notice(uid, other, known[other].organisation, known[other].contact)
            for uid, other in sorted(pairs)
        ]


def _stances(connection: Connection, operations: list[str]) -> dict[str, Stance]:
    newest = (
        select(func.max(STANCE.c.n)).where(STANCE.c.operation.in_(operations)).group_by(STANCE.c.operation)
    )
    rows = connection.execute(select(STANCE).where(STANCE.c.n.in_(newest))).mappings()
    return {r["operation"]: Stance(r["operation"], r["organisation"], r["open"], r["contact"]) for r in rows}
