"""Tokens: 256 bits by chance, shown once, kept as SHA-256. Sessions also end when idle."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from api.auth.accounts import account_of, with_origin
from api.auth.model import Principal
from api.auth.tables import ACCOUNT, TOKEN
from graphcore.access import Purpose, PurposeCode
from graphcore.integrity.changes import Changes, UntilCommit
from graphcore.model import iso_utc, parse_iso_utc

PREFIX = "ocb_"
_TOUCH = timedelta(seconds=60)
_KEPT = 4_096
_Row = Row[Any]


@dataclass(frozen=True, slots=True)
class TokenLimits:
    """How long tokens live."""

    idle: timedelta = timedelta(minutes=15)
    session: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class TokenSummary:
    """A token as listed: everything but the secret. ``id`` follows from the token and tells neither order nor number."""

    id: str
    label: str
    created_at: str
    expires_at: str


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def name_of(hashed: str) -> str:
    """What a stored token is called: the table's own numbers would tell how many others there are."""
    return hashlib.sha256(b"name:" + hashed.encode()).hexdigest()[:24]


def csrf_of(token: str) -> str:
    """The value that a page must send back in X-CSRF-Token; follows from the cookie and tells nothing of it."""
    return hashlib.sha256(b"csrf:" + token.encode("utf-8", "surrogatepass")).hexdigest()


class Tokens:
    """The table of tokens."""

    def __init__(self, engine: Engine, limits: TokenLimits, path: Path) -> None:
        self._engine = engine
        self._limits = limits
        self._changes = Changes(path)
        self._kept: UntilCommit[_Row] = UntilCommit(self._changes.number, _KEPT)

    def close(self) -> None:
        """Release the file."""
        self._changes.close()

    def issue(self, account_id: int, label: str, now: datetime, lifetime: timedelta) -> str:
        """A new API token; this is the only time that it can be read."""
        return self._insert(account_id, label, now, now + lifetime, None)

    def open_session(
        self, account_id: int, purpose: Purpose, now: datetime, *, provider_session: str | None = None
    ) -> str:
        """A new browser session with its purpose; ``provider_session`` is what the provider calls its own (sid)."""
        extra: dict[str, str | None] = {
            "purpose_code": purpose.code.value,
            "purpose_reason": purpose.reason,
            "purpose_operation": purpose.operation,
            "provider_session": provider_session,
        }
        return self._insert(account_id, "browser", now, now + self._limits.session, extra)

    def _insert(
        self,
        account_id: int,
        label: str,
        now: datetime,
        expires: datetime,
        session: Mapping[str, str | None] | None,
    ) -> str:
        token = PREFIX + secrets.token_urlsafe(32)
        values = {
            "account_id": account_id,
            "digest": digest(token),
            "label": label,
            "session": session is not None,
            "purpose_code": "",
            "purpose_reason": "",
            "purpose_operation": "",
            "created_at": iso_utc(now),
            "used_at": iso_utc(now),
            "expires_at": iso_utc(expires),
        }
        row = insert(TOKEN).values(**{**values, **(session or {})})
        with self._engine.begin() as connection:
            connection.execute(row)
        return token

    def principal(self, token: str, now: datetime, *, session: bool) -> Principal | None:
        """Who holds ``token``; None where it is unknown, ended, expired, idle too long or of the other kind."""
        number, hashed = self._kept.number(), digest(token)
        row = self._row(hashed, session=session)
        if row is not None:
            self._kept.put((hashed, session), number, row)
        found = self._principal(token, row, now)
        if row is not None and found is not None and now - parse_iso_utc(row.used_at) > _TOUCH:
            self._touch(row.token_id, now)
        return found

    def held(self, token: str, now: datetime, *, session: bool) -> Principal | None:
        """As :meth:`principal` from memory, where nobody has changed the accounts' file since it was read; else None.

        Takes no lock of the file and writes nothing: a token whose use has to be put down is None as well.
        """
        row = self._kept.at_hand((digest(token), session))
        if row is None or now - parse_iso_utc(row.used_at) > _TOUCH:
            return None
        return self._principal(token, row, now)

    def _row(self, hashed: str, *, session: bool) -> _Row | None:
        columns = (TOKEN.c.purpose_code, TOKEN.c.purpose_reason, TOKEN.c.purpose_operation, *ACCOUNT.c)
        wanted = with_origin(
            select(
                TOKEN.c.id.label("token_id"),
                TOKEN.c.used_at,
                TOKEN.c.session,
                TOKEN.c.expires_at,
                *columns,
            ).join(ACCOUNT, ACCOUNT.c.id == TOKEN.c.account_id)
        ).where(
            TOKEN.c.digest == hashed,
            TOKEN.c.session == session,
            TOKEN.c.revoked_at.is_(None),
            ACCOUNT.c.closed_at.is_(None),
        )
        with self._engine.connect() as connection:
            return connection.execute(wanted).first()

    def _principal(self, token: str, row: _Row | None, now: datetime) -> Principal | None:
        """The holder, as long as neither the token's time nor the session's patience is over."""
        if row is None or row.expires_at <= iso_utc(now):
            return None
        session = bool(row.session)
        if session and now - parse_iso_utc(row.used_at) > self._limits.idle:
            return None
        purpose = None
        if session:
            purpose = Purpose(PurposeCode(row.purpose_code), row.purpose_reason, row.purpose_operation)
        return Principal(account_of(row), row.token_id, session, purpose, csrf_of(token) if session else "")

    def _touch(self, token_id: int, now: datetime) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(TOKEN).where(TOKEN.c.id == token_id).values(used_at=iso_utc(now)))

    def set_purpose(self, token_id: int, purpose: Purpose) -> None:
        """Change why a session reads; earlier reads keep the purpose they were logged with."""
        values = {
            "purpose_code": purpose.code.value,
            "purpose_reason": purpose.reason,
            "purpose_operation": purpose.operation,
        }
        with self._engine.begin() as connection:
            connection.execute(update(TOKEN).where(TOKEN.c.id == token_id, TOKEN.c.session).values(**values))

    def revoke(self, name: str, now: datetime, account_id: int) -> bool:
        """End an API token of an account by what it is called; the next request with it is refused. False: there is none."""
        wanted = select(TOKEN.c.id, TOKEN.c.digest).where(
            TOKEN.c.account_id == account_id, TOKEN.c.revoked_at.is_(None)
        )
        with self._engine.begin() as connection:
            rows = connection.execute(wanted).all()
            found = next((number for number, hashed in rows if name_of(hashed) == name), None)
            return found is not None and self._end(connection, found, now)

    def sign_out(self, token_id: int, now: datetime) -> bool:
        """End the token of a request; False where it was ended before."""
        with self._engine.begin() as connection:
            return self._end(connection, token_id, now)

    def _end(self, connection: Connection, token_id: int, now: datetime) -> bool:
        live = (TOKEN.c.id == token_id) & TOKEN.c.revoked_at.is_(None)
        return connection.execute(update(TOKEN).where(live).values(revoked_at=iso_utc(now))).rowcount == 1

    def end(self, token: str, now: datetime) -> None:
        """End the session of a cookie, if it is one: a new sign-in leaves no older session behind in the browser."""
        live = (TOKEN.c.digest == digest(token)) & TOKEN.c.session & TOKEN.c.revoked_at.is_(None)
        with self._engine.begin() as connection:
            connection.execute(update(TOKEN).where(live).values(revoked_at=iso_utc(now)))

    def listed(self, account_id: int, now: datetime) -> list[TokenSummary]:
        """Live API tokens of an account, oldest first."""
        wanted = (
            select(TOKEN.c.digest, TOKEN.c.label, TOKEN.c.created_at, TOKEN.c.expires_at)
            .where(TOKEN.c.account_id == account_id, TOKEN.c.session.is_(False), TOKEN.c.revoked_at.is_(None))
            .where(TOKEN.c.expires_at > iso_utc(now))
            .order_by(TOKEN.c.id)
        )
        with self._engine.connect() as connection:
            return [TokenSummary(name_of(row[0]), *row[1:]) for row in connection.execute(wanted)]
