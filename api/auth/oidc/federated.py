"""Accounts of people whom an OpenID provider knows: found by issuer and subject, kept in step with its claims."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, select, update

from api.auth.accounts import Accounts, account_of, with_origin
from api.auth.errors import AccountError, SignInError
from api.auth.model import Account, NewAccount
from api.auth.tables import ACCOUNT, FEDERATED, TOKEN
from graphcore.model import iso_utc, parse_iso_utc

_NO_PASSWORD = ""  # no argon2id text: no password can match it


class FederatedAccounts:
    """One provider's accounts.

    An account keeps the name of its first sign-in, because audit rows carry it. A name that a local account or another
    person has is refused, never shared: who could choose a claim would otherwise take over somebody else's account.
    """

    def __init__(self, engine: Engine, accounts: Accounts, issuer: str) -> None:
        self._engine = engine
        self._accounts = accounts
        self._issuer = issuer

    def known(self, subject: str) -> tuple[Account, datetime | None] | None:
        """The account of a subject and when it was last signed out everywhere; None where it never signed in.

        Raises:
            SignInError: the account was closed here.
        """
        wanted = (
            with_origin(select(ACCOUNT))
            .add_columns(FEDERATED.c.signed_out_at)
            .where(FEDERATED.c.issuer == self._issuer, FEDERATED.c.subject == subject)
        )
        with self._engine.connect() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            return None
        if row.closed_at is not None:
            raise SignInError("closed")
        out = row.signed_out_at
        return account_of(row), parse_iso_utc(out) if out else None

    def signed_in(self, subject: str, profile: NewAccount, now: datetime) -> Account:
        """The account of a subject with the profile that the provider gives now.

        Another profile than before ends the sessions that were opened under the old one.

        Raises:
            SignInError: the account was closed here, or its name is somebody else's.
        """
        found = self.known(subject)
        if found is None:
            return self._first(subject, profile, now)
        account, wanted = found[0], replace(profile, name=found[0].name)
        if account.profile != wanted:
            self._accounts.change(account.name, wanted, now)
        return replace(account, profile=wanted)

    def _first(self, subject: str, profile: NewAccount, now: datetime) -> Account:
        try:
            return self._accounts.add(profile, _NO_PASSWORD, now, origin=(self._issuer, subject))
        except AccountError as error:
            raise SignInError("name") from error

    def sign_out(self, subject: str | None, session: str | None, now: datetime) -> list[str]:
        """End sessions: that of one provider session, or all of a subject; returns the names of the accounts.

        Access tokens that were issued to the subject before ``now`` are no longer taken.
        """
        mine = select(FEDERATED.c.account_id).where(FEDERATED.c.issuer == self._issuer)
        if subject is not None:
            mine = mine.where(FEDERATED.c.subject == subject)
        live = TOKEN.c.account_id.in_(mine) & TOKEN.c.session & TOKEN.c.revoked_at.is_(None)
        if session is not None:
            live &= TOKEN.c.provider_session == session
        ended = update(TOKEN).where(live).values(revoked_at=iso_utc(now)).returning(TOKEN.c.account_id)
        with self._engine.begin() as connection:
            touched = set(connection.execute(ended).scalars())
            if subject is not None and session is None:
                out = update(FEDERATED).where(
                    FEDERATED.c.issuer == self._issuer, FEDERATED.c.subject == subject
                )
                connection.execute(out.values(signed_out_at=iso_utc(now)))
            names = select(ACCOUNT.c.name).where(ACCOUNT.c.id.in_(touched)).order_by(ACCOUNT.c.name_key)
            return list(connection.execute(names).scalars())
