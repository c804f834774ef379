"""Accounts in their table."""

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.auth.errors import AccountError
from api.auth.model import Account, NewAccount, Role
from api.auth.tables import ACCOUNT, FEDERATED, TOKEN
from graphcore.access import Marking
from graphcore.model import iso_utc

_MAX_NAME = 64


def name_key(name: str) -> str:
    """Names differ by more than case."""
    return name.strip().casefold()


class Accounts:
    """The table of accounts; every change is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self, new: NewAccount, password_hash: str, now: datetime, *, origin: tuple[str, str] | None = None
    ) -> Account:
        """Make an account; ``origin`` is issuer and subject of one that a provider answers for.

        Raises:
            AccountError: the name is taken or has no proper form.
        """
        if not new.name.strip() or len(new.name) > _MAX_NAME or not new.name.isprintable():
            raise AccountError(f"account name: give 1 to {_MAX_NAME} printable characters")
        row = {
            "name": new.name.strip(),
            "name_key": name_key(new.name),
            "password_hash": password_hash,
            "created_at": iso_utc(now),
            **profile_columns(new),
        }
        try:
            with self._engine.begin() as connection:
                made = connection.execute(insert(ACCOUNT).values(**row).returning(ACCOUNT.c.id)).scalar_one()
                if origin is not None:
                    known = {"account_id": made, "issuer": origin[0], "subject": origin[1]}
                    connection.execute(insert(FEDERATED).values(**known))
        except IntegrityError as error:
            raise AccountError("account name: it is taken, choose another") from error
        found = self.find(new.name)
        if found is None:
            raise AccountError("account: it was closed while it was made")
        return found

    def find(self, name: str) -> Account | None:
        """The open account of that name."""
        found = self._row(name)
        return account_of(found) if found else None

    def password_hash(self, name: str) -> str | None:
        """The stored hash of an open account, None where there is none."""
        found = self._row(name)
        return str(found.password_hash) if found else None

    def _row(self, name: str) -> Row[Any] | None:
        wanted = with_origin(select(ACCOUNT)).where(
            ACCOUNT.c.name_key == name_key(name), ACCOUNT.c.closed_at.is_(None)
        )
        with self._engine.connect() as connection:
            return connection.execute(wanted).first()

    def all(self) -> list[Account]:
        """Open accounts by name."""
        wanted = (
            with_origin(select(ACCOUNT)).where(ACCOUNT.c.closed_at.is_(None)).order_by(ACCOUNT.c.name_key)
        )
        with self._engine.connect() as connection:
            return [account_of(row) for row in connection.execute(wanted)]

    def change(self, name: str, new: NewAccount, now: datetime) -> bool:
        """Give an account another profile (its name stays) and end its sessions, which carry the old one."""
        return self._change(name, now, sessions_only=True, **profile_columns(new))

    def count(self) -> int:
        """How many accounts were ever made."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(ACCOUNT)).scalar_one())

    def set_password(self, name: str, password_hash: str, now: datetime) -> bool:
        """Change a password and end every token of the account; False where there is no such account."""
        return self._change(name, now, password_hash=password_hash)

    def close(self, name: str, now: datetime) -> bool:
        """Close an account and end its tokens; its name stays taken, because audit rows carry it."""
        return self._change(name, now, closed_at=iso_utc(now))

    def end_tokens(self, name: str, now: datetime) -> bool:
        """End every session and token of an account; False where there is no such account."""
        return self._change(name, now)

    def _change(self, name: str, now: datetime, *, sessions_only: bool = False, **values: str | bool) -> bool:
        with self._engine.begin() as connection:
            ids = select(ACCOUNT.c.id).where(
                ACCOUNT.c.name_key == name_key(name), ACCOUNT.c.closed_at.is_(None)
            )
            account_id = connection.execute(ids).scalar()
            if account_id is None:
                return False
            if values:
                connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(**values))
            live = (TOKEN.c.account_id == account_id) & TOKEN.c.revoked_at.is_(None)
            if sessions_only:
                live &= TOKEN.c.session
            connection.execute(update(TOKEN).where(live).values(revoked_at=iso_utc(now)))
        return True


def with_origin(wanted: Select[Any]) -> Select[Any]:
    """Add to a query over accounts whether a provider answers for them: what :func:`account_of` needs."""
    joined = wanted.outerjoin(FEDERATED, FEDERATED.c.account_id == ACCOUNT.c.id)
    return joined.add_columns(FEDERATED.c.subject.is_not(None).label("federated"))


def profile_columns(profile: NewAccount) -> dict[str, str | bool]:
    """Columns of a profile, without its name."""
    return {
        "organisation": profile.organisation,
        "clearance": profile.clearance.value,
        "compartments": "\n".join(sorted(profile.compartments)),
        "roles": "\n".join(sorted(profile.roles)),
        "may_read_conditional": profile.may_read_conditional,
        "law_enforcement": profile.law_enforcement,
        "team": profile.team,
        "operations": "\n".join(sorted(profile.operations)),
    }


def account_of(row: Row[Any]) -> Account:
    """An account from a row that holds all columns of its table and :func:`with_origin`."""
    profile = NewAccount(
        name=str(row.name),
        organisation=str(row.organisation),
        roles=frozenset(Role(text) for text in str(row.roles).split("\n") if text),
        clearance=Marking(row.clearance),
        compartments=frozenset(text for text in str(row.compartments).split("\n") if text),
        may_read_conditional=bool(row.may_read_conditional),
        law_enforcement=bool(row.law_enforcement),
        team=str(row.team),
        operations=frozenset(text for text in str(row.operations).split("\n") if text),
    )
    return Account(int(row.id), profile, str(row.created_at), bool(row.federated))
