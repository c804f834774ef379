"""Grants in the ledger: given and revoked, each with who, when and why. Nothing is altered, so the history is all there.

A read takes from here the grants that may count for it, and the policy looks at operation and expiry.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, RowMapping, Select, insert, select

from graphcore.access.context import AccessContext
from graphcore.access.grant import Grant, Grantee, Scope
from graphcore.errors import LedgerError, ValueRefusedError
from graphcore.evidence.ledger.access_tables import access_grant, grant_end
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.integrity.changes import UntilCommit
from graphcore.model.times import iso_utc, parse_iso_utc

TEXT_MAX = 500
_EVERY = "every grant"
_JOINED = select(
    access_grant, grant_end.c.revoked_by, grant_end.c.revoked_at, grant_end.c.reason.label("revoked_for")
).join_from(access_grant, grant_end, grant_end.c.grant == access_grant.c.number, isouter=True)


@dataclass(frozen=True, slots=True)
class GivenGrant:
    """A grant with its history; ``revoked_at`` None: it was not revoked."""

    grant: Grant
    given_by: str
    given_at: datetime
    reason: str
    revoked_by: str = ""
    revoked_at: datetime | None = None
    revoked_for: str = ""

    def state(self, now: datetime) -> str:
        """``standing``, ``revoked`` or ``expired``."""
        if self.revoked_at is not None:
            return "revoked"
        return "standing" if now < self.grant.until else "expired"


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant to be given.

    Raises:
        ValueRefusedError: something is empty or too long, or ``until`` has no time zone.
    """

    grantee: Grantee
    name: str
    scope: Scope
    over: str
    operation: str
    until: datetime

    def __post_init__(self) -> None:
        texts = {"name": self.name, "over": self.over, "operation": self.operation}
        faults = [
            f"{what} is empty, too long or not printable"
            for what, text in texts.items()
            if not text.strip() or len(text) > TEXT_MAX or not text.isprintable()
        ]
        if self.grantee is Grantee.TEAM and not all(self.name.partition("/")):
            faults.append("a team is named ORGANISATION/TEAM")
        if self.until.tzinfo is None:
            faults.append("until has no time zone")
        if faults:
            raise ValueRefusedError("; ".join(faults))


class GrantBook:
    """The grants of one ledger. Every change is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        changes = database.changes
        self._kept: UntilCommit[list[GivenGrant]] | None = UntilCommit(changes.number, 1) if changes else None

    def give(self, new: NewGrant, *, by: str, reason: str) -> GivenGrant:
        """Give a grant.

        Raises:
            LedgerError: no name or reason is given, or it would have run out already.
        """
        now = self._clock()
        _require(by, reason)
        if new.until <= now:
            raise LedgerError("the grant would have run out already: give a later time with --until")
        grant_id = secrets.token_hex(8)
        row = {
            "grant_id": grant_id, "grantee": new.grantee.value, "name": new.name, "scope": new.scope.value,
            "over": new.over, "operation": new.operation, "until": iso_utc(new.until), "given_by": by,
            "given_at": iso_utc(now), "reason": reason.strip()[:TEXT_MAX],
        }  # fmt: skip
        with self._database.writing() as connection:
            connection.execute(insert(access_grant), row)
            return _one(connection, grant_id)

    def revoke(self, grant_id: str, *, by: str, reason: str) -> GivenGrant:
        """End a grant; it counts for no read that begins from now on.

        Raises:
            UnknownKeyError: there is no such grant.
            LedgerError: it was revoked before, or no name or reason is given.
        """
        _require(by, reason)
        with self._database.writing() as connection:
            number = connection.scalar(
                select(access_grant.c.number).where(access_grant.c.grant_id == grant_id)
            )
            if _one(connection, grant_id).revoked_at is not None:
                raise LedgerError(
                    f"grant {grant_id} was revoked before: `ocb access list --all` shows by whom"
                )
            row = {
                "grant": number,
                "revoked_by": by,
                "revoked_at": iso_utc(self._clock()),
                "reason": reason.strip()[:TEXT_MAX],
            }
            connection.execute(insert(grant_end), row)
            return _one(connection, grant_id)

    def history(self) -> list[GivenGrant]:
        """Every grant that was ever given, oldest first."""
        return self._read(_JOINED)

    def standing(self) -> list[GivenGrant]:
        """Those that are neither revoked nor expired, oldest first."""
        now = iso_utc(self._clock())
        return self._read(_JOINED.where(grant_end.c.grant.is_(None), access_grant.c.until > now))

    def admit(self, context: AccessContext) -> AccessContext:
        """The context with the grants that may count for it, and the moment by which they expire."""
        return self._admitted(context, self._all())

    def admit_at_hand(self, context: AccessContext) -> AccessContext | None:
        """As :meth:`admit` without reading the ledger; None where somebody has committed to it since it was read."""
        given = self._kept.at_hand(_EVERY) if self._kept else None
        return None if given is None else self._admitted(context, given)

    def _admitted(self, context: AccessContext, given: list[GivenGrant]) -> AccessContext:
        now = self._clock()
        named = {(Grantee.SUBJECT, context.subject), (Grantee.ORGANISATION, context.organisation)}
        if context.team:
            named.add((Grantee.TEAM, f"{context.organisation}/{context.team}"))
        his = tuple(
            one.grant
            for one in given
            if (one.grant.grantee, one.grant.name) in named
            and one.revoked_at is None
            and one.grant.until > now
        )
        return replace(context, grants=his, now=now)

    def _all(self) -> list[GivenGrant]:
        """Every grant, kept until anybody commits to the ledger."""
        if self._kept is None:
            return self._read(_JOINED)
        return self._kept.get(_EVERY, lambda: self._read(_JOINED))

    def _read(self, wanted: Select[tuple[object, ...]]) -> list[GivenGrant]:
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(access_grant.c.number)).mappings()
            return [_given(row) for row in rows]


def _require(by: str, reason: str) -> None:
    if not by.strip() or not reason.strip():
        raise LedgerError("a change of grants needs a name and a reason: say why with --reason")


def _one(connection: Connection, grant_id: str) -> GivenGrant:
    row = connection.execute(_JOINED.where(access_grant.c.grant_id == grant_id)).mappings().first()
    if row is None:
        raise UnknownKeyError("there is no such grant: `ocb access list` shows those that stand")
    return _given(row)


def _given(row: RowMapping) -> GivenGrant:
    grant = Grant(
        row["grant_id"], Grantee(row["grantee"]), row["name"], Scope(row["scope"]), row["over"], row["operation"],
        parse_iso_utc(row["until"]),
    )  # fmt: skip
    ended = row["revoked_at"]
    return GivenGrant(
        grant, row["given_by"], parse_iso_utc(row["given_at"]), row["reason"], row["revoked_by"] or "",
        parse_iso_utc(ended) if ended else None, row["revoked_for"] or "",
    )  # fmt: skip
