"""Sign-ins under way: what a browser has to bring back from the provider. Each can be taken once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from api.auth.errors import ThrottledError
from api.auth.tables import LOGIN, SEEN
from api.auth.tokens import digest
from graphcore.access import Purpose, PurposeCode
from graphcore.model import iso_utc

LIFETIME = timedelta(minutes=10)
MAX_WAITING = 10_000


@dataclass(frozen=True, slots=True)
class Secrets:
    """What goes out with a sign-in: ``state`` and ``nonce`` over the provider, ``browser`` as a cookie."""

    state: str
    nonce: str
    verifier: str
    browser: str

    @classmethod
    def by_chance(cls) -> "Secrets":
        """256 bits each; the verifier of PKCE has the 43 characters that RFC 7636 asks for at least."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(4)))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sign-in as it was begun."""

    nonce: str
    verifier: str
    purpose: Purpose
    return_to: str


class Pending:
    """The table of sign-ins under way, and of what may come once alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, made: Secrets, purpose: Purpose, return_to: str, now: datetime) -> None:
        """Keep a sign-in until its browser comes back; those that ran out of time are thrown away.

        Raises:
            ThrottledError: too many are waiting.
        """
        row = {
            "state": digest(made.state),
            "browser": digest(made.browser),
            "nonce": made.nonce,
            "verifier": made.verifier,
            "purpose_code": purpose.code.value,
            "purpose_reason": purpose.reason,
            "purpose_operation": purpose.operation,
            "return_to": return_to,
            "expires_at": iso_utc(now + LIFETIME),
        }
        with self._engine.begin() as connection:
            connection.execute(delete(LOGIN).where(LOGIN.c.expires_at <= iso_utc(now)))
            if connection.execute(select(func.count()).select_from(LOGIN)).scalar_one() >= MAX_WAITING:
                raise ThrottledError(int(LIFETIME.total_seconds()))
            connection.execute(insert(LOGIN).values(**row))

    def take(self, state: str, browser: str, now: datetime) -> Waiting | None:
        """The sign-in of that state, gone from now on, whoever brings it; None if it is not this browser's, or over."""
        taken = delete(LOGIN).where(LOGIN.c.state == digest(state)).returning(*LOGIN.c)
        with self._engine.begin() as connection:
            row: Row[Any] | None = connection.execute(taken).first()
        if row is None or row.browser != digest(browser) or row.expires_at <= iso_utc(now):
            return None
        purpose = Purpose(PurposeCode(row.purpose_code), row.purpose_reason, row.purpose_operation)
        return Waiting(row.nonce, row.verifier, purpose, row.return_to)

    def first_time(self, word: str, now: datetime, lifetime: timedelta) -> bool:
        """Whether ``word`` comes for the first time within its ``lifetime``."""
        with self._engine.begin() as connection:
            connection.execute(delete(SEEN).where(SEEN.c.expires_at <= iso_utc(now)))
        try:
            with self._engine.begin() as connection:
                connection.execute(
                    insert(SEEN).values(digest=digest(word), expires_at=iso_utc(now + lifetime))
                )
        except IntegrityError:
            return False
        return True
