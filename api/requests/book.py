"""The requests of one workspace: asked, answered, refused, escalated, each step with who and when; nothing is altered."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Select, insert, select

from api.database import open_engine
from api.errors import ProblemError
from api.requests.deconflict import Deconfliction
from api.requests.model import DetailRequest, State, Step
from api.requests.tables import METADATA, REQUEST, STEP
from graphcore.access import AccessContext
from graphcore.evidence.ledger.pointers import Pointed
from graphcore.model import iso_utc, parse_iso_utc

FILE: Final = "requests.sqlite3"
DUE: Final = timedelta(days=5)
MOST: Final = 1_000


class RequestBook:
    """Requests in their file; safe to share between threads."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._engine = open_engine(folder / FILE, METADATA)
        self._clock = clock
        self.deconfliction = Deconfliction(self._engine, clock)

    def ask(self, context: AccessContext, pointed: Pointed, about: str, question: str) -> DetailRequest:
        """Send a request to the owner; one that still waits, of the same asker on the same thing, is given back."""
        now = self._clock()
        purpose = context.purpose
        with self._engine.begin() as connection:
            same = select(REQUEST).where(
                REQUEST.c.asked_by == context.subject,
                REQUEST.c.uid == pointed.uid,
                REQUEST.c.organisation == pointed.organisation,
                REQUEST.c.compartment == pointed.compartment,
            )
            waiting = [one for one in _read(connection, same) if not one.closed]
            if waiting:
                return waiting[-1]
            row = {
                "id": secrets.token_hex(8), "uid": pointed.uid, "about": about, "organisation": pointed.organisation,
                "told": pointed.answers.value,
                "compartment": pointed.compartment, "asked_by": context.subject,
                "asker_organisation": context.organisation, "asker_team": context.team,
                "purpose": purpose.code if purpose else "", "reason": purpose.reason if purpose else "",
                "operation": purpose.operation if purpose else "", "question": question, "asked_at": iso_utc(now),
                "due_at": iso_utc(now + DUE),
            }  # fmt: skip
            connection.execute(insert(REQUEST), row)
            return _read(connection, select(REQUEST).where(REQUEST.c.id == row["id"]))[0]

    def asked_by(self, subject: str) -> list[DetailRequest]:
        """What somebody has asked, newest first."""
        return self._list(select(REQUEST).where(REQUEST.c.asked_by == subject))

    def inbox(self, context: AccessContext) -> list[DetailRequest]:
        """What waits or waited for an owner: of their organisation, in their compartments; newest first."""
        found = self._list(select(REQUEST).where(REQUEST.c.organisation == context.organisation))
        return [one for one in found if not one.compartment or one.compartment in context.compartments]

    def all(self) -> list[DetailRequest]:
        """Every request, newest first: for the holder of the files."""
        return self._list(select(REQUEST))

    def step(
        self, request: DetailRequest, state: State, *, by: str, text: str, gateway: str = ""
    ) -> DetailRequest:
        """Answer, refuse or escalate a request.

        Raises:
            ProblemError: it was answered or refused before.
        """
        with self._engine.begin() as connection:
            wanted = select(REQUEST.c.n).where(REQUEST.c.id == request.id)
            number = connection.execute(wanted).scalar_one()
            now = _read(connection, select(REQUEST).where(REQUEST.c.n == number))[0]
            if now.closed or (state is State.ESCALATED and now.state is State.ESCALATED):
                raise ProblemError(409, "request", f"The request was {now.state} before.")
            made = {
                "request": number, "state": state.value, "by": by, "at": iso_utc(self._clock()), "text": text,
                "gateway": gateway,
            }  # fmt: skip
            connection.execute(insert(STEP), made)
            return _read(connection, select(REQUEST).where(REQUEST.c.n == number))[0]

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def _list(self, wanted: Select[Any]) -> list[DetailRequest]:
        with self._engine.connect() as connection:
            return _read(connection, wanted.order_by(REQUEST.c.n.desc()).limit(MOST))


def _read(connection: Connection, wanted: Select[Any]) -> list[DetailRequest]:
    rows = connection.execute(wanted).mappings().all()
    steps: dict[int, list[Step]] = {}
    named = select(STEP).where(STEP.c.request.in_([row["n"] for row in rows])).order_by(STEP.c.n)
    for row in connection.execute(named).mappings():
        made = Step(State(row["state"]), row["by"], parse_iso_utc(row["at"]), row["text"], row["gateway"])
        steps.setdefault(row["request"], []).append(made)
    return [replace(_request(dict(row)), steps=tuple(steps.get(row["n"], ()))) for row in rows]


def _request(row: dict[str, Any]) -> DetailRequest:
    del row["n"]
    times: dict[str, Any] = {name: parse_iso_utc(row.pop(name)) for name in ("asked_at", "due_at")}
    return DetailRequest(**row, **times)
