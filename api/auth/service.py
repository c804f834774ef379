"""Signing in, tokens and accounts, each with its audit row. The web, the API and the command line all come here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from api.auth.accounts import Accounts
from api.auth.errors import AccountError, SignInError, ThrottledError
from api.auth.model import Account, NewAccount, Principal, Role
from api.auth.oidc.service import UNKNOWN, ProviderSignIn, Records
from api.auth.oidc.settings import OidcSetup
from api.auth.oidc.verify import looks_like_jwt
from api.auth.passwords import Passwords, random_password
from api.auth.tables import METADATA
from api.auth.throttle import Throttle, ThrottleLimits
from api.auth.tokens import TokenLimits, Tokens, TokenSummary
from api.database import open_engine
from graphcore.access import Purpose
from graphcore.audit import AuditLog, Status

FILE = "access.sqlite3"
MAX_LIFETIME = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """Name and password of the account made at the first start; the password is not kept anywhere."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AuthLimits:
    """Life of tokens and patience with wrong passwords."""

    tokens: TokenLimits = field(default_factory=TokenLimits)
    throttle: ThrottleLimits = field(default_factory=ThrottleLimits)


class AuthService:
    """Accounts and tokens of one workspace."""

    def __init__(
        self,
        folder: Path,
        audit: AuditLog,
        clock: Callable[[], datetime],
        *,
        limits: AuthLimits | None = None,
        passwords: Passwords | None = None,
        provider: OidcSetup | None = None,
    ) -> None:
        chosen = limits or AuthLimits()
        self.local = provider is None or provider.settings.local_accounts
        self._engine = open_engine(folder / FILE, METADATA)
        self._accounts = Accounts(self._engine)
        self._tokens = Tokens(self._engine, chosen.tokens, folder / FILE)
        self._throttle = Throttle(self._engine, chosen.throttle)
        self._passwords = passwords or Passwords()
        self._audit = audit
        self._clock = clock
        self.provider = (
            ProviderSignIn(provider, Records(self._engine, self._accounts, self._tokens), audit, clock)
            if provider
            else None
        )

    def first_account(self, profile: NewAccount) -> FirstAccount | None:
        """Make the very first account with a random password; None where any account was ever made."""
        if self._accounts.count():
            return None
        password = random_password()
        self.create_account(profile, password, by="first start")
        return FirstAccount(profile.name, password)

    def create_account(self, new: NewAccount, password: str, *, by: str) -> Account:
        """Make an account; ``by`` is who asked.

        Raises:
            AccountError: the name is taken, the password too short, or auditor is joined with another role.
        """
        _check_roles(new)
        account = self._accounts.add(new, self._passwords.hash(password), self._clock())
        self._audit.note(by, "account.create", Status.ANSWERED, reason=f"account {account.name}")
        return account

    def change_account(self, name: str, new: NewAccount, *, by: str) -> Account:
        """Give an account other roles, clearance and the like; its sessions end and its tokens obey from the next request.

        Raises:
            AccountError: there is none of that name, a provider answers for it, or the roles cannot be held together.
        """
        _check_roles(new)
        self._local(name)
        self._accounts.change(name, new, self._clock())
        changed = self._local(name)
        self._audit.note(by, "account.change", Status.ANSWERED, reason=f"account {changed.name}")
        return changed

    def _local(self, name: str) -> Account:
        """An open account that this server itself answers for."""
        found = self._accounts.find(name)
        if found is None:
            raise AccountError("account: there is none of that name; see the list of accounts")
        if found.federated:
            raise AccountError("account: its provider answers for it; change it there")
        return found

    def set_password(self, name: str, password: str, *, by: str) -> None:
        """Change a password; every token of the account ends.

        Raises:
            AccountError: there is no such account, a provider answers for it, or the password is too short.
        """
        self._local(name)
        if not self._accounts.set_password(name, self._passwords.hash(password), self._clock()):
            raise AccountError("account: there is none of that name; see the list of accounts")
        self._audit.note(by, "account.password", Status.ANSWERED, reason=f"account {name}")

    def close_account(self, name: str, *, by: str) -> None:
        """Close an account and end its tokens.

        Raises:
            AccountError: there is no such account.
        """
        if not self._accounts.close(name, self._clock()):
            raise AccountError("account: there is none of that name; see the list of accounts")
        self._audit.note(by, "account.close", Status.ANSWERED, reason=f"account {name}")

    def accounts(self) -> list[Account]:
        """Open accounts by name."""
        return self._accounts.all()

    def issue_token(self, name: str, label: str, lifetime: timedelta, *, by: str) -> str:
        """A new API token, shown this once.

        Raises:
            AccountError: no such account, one that a provider answers for, or a lifetime beyond a year.
        """
        account = self._local(name)
        if not timedelta(0) < lifetime <= MAX_LIFETIME:
            raise AccountError("token: give a lifetime above 0 and up to 366 days")
        token = self._tokens.issue(account.id, label, self._clock(), lifetime)
        self._audit.note(by, "token.issue", Status.ANSWERED, reason=f"account {account.name}")
        return token

    def tokens(self, account: Account) -> list[TokenSummary]:
        """Live API tokens of an account."""
        return self._tokens.listed(account.id, self._clock())

    def revoke(self, token: str, *, by: str, account: Account) -> bool:
        """End a token of ``account`` by what it is called in the list; False where there was none."""
        done = self._tokens.revoke(token, self._clock(), account.id)
        if done:
            self._audit.note(by, "token.revoke", Status.ANSWERED, reason=f"token {token}")
        return done

    def sign_in(self, name: str, password: str, address: str, purpose: Purpose, *, replaces: str = "") -> str:
        """The token of a new browser session; the one that the browser ``replaces`` ends.

        Raises:
            SignInError: name or password is wrong; the same words and the same work for both.
            ThrottledError: too many tries.
        """
        if not self.local:
            raise SignInError("local accounts are not taken")
        now = self._clock()
        known = self._proved(name, password, address, "sign-in")
        self._audit.note(known.name, "sign-in", Status.ANSWERED, reason=purpose.reason)
        if replaces:
            self._tokens.end(replaces, now)
        return self._tokens.open_session(known.id, purpose, now)

    def change_password(self, account: Account, current: str, new: str, address: str) -> None:
        """Change one's own password, which ends every session and token of the account.

        Raises:
            SignInError: ``current`` is wrong.
            ThrottledError: too many tries.
            AccountError: a provider answers for the account, or ``new`` is too short.
        """
        self._local(account.name)
        self._proved(account.name, current, address, "account.password")
        self.set_password(account.name, new, by=account.name)

    def _proved(self, name: str, password: str, address: str, action: str) -> Account:
        """The account of a name whose password is this one; every refusal has its row."""
        now = self._clock()
        known = self._accounts.find(name)
        who = known.name if known else UNKNOWN  # what was typed may be a password
        try:
            self._throttle.check(name, address, now)
        except ThrottledError:
            self._audit.note(who, action, Status.REFUSED, reason="throttled")
            raise
        if not self._passwords.matches(self._accounts.password_hash(name), password) or known is None:
            self._throttle.failed(name, address, now)
            self._audit.note(who, action, Status.REFUSED, reason="name or password")
            raise SignInError("name or password is wrong")
        self._throttle.passed(name)
        return known

    def end_sessions(self, name: str, *, by: str) -> None:
        """End every session and token of an account.

        Raises:
            AccountError: there is no such account.
        """
        if not self._accounts.end_tokens(name, self._clock()):
            raise AccountError("account: there is none of that name; see the list of accounts")
        self._audit.note(by, "account.sessions", Status.ANSWERED, reason=f"account {name}")

    def admit(self, token: str, *, session: bool) -> Principal:
        """Who holds a token, asked anew at every request: a grant taken back counts from the next one.

        Raises:
            SignInError: nobody does; the words are for the audit log alone.
            ProviderError: an access token of the provider, whose keys cannot be had.
        """
        if not session and self.provider is not None and looks_like_jwt(token):
            return self.provider.bearer(token)
        found = self._tokens.principal(token, self._clock(), session=session)
        if found is None or not self._taken(found):
            raise SignInError("unknown or ended")
        return found

    def held(self, token: str, *, session: bool) -> Principal | None:
        """As :meth:`admit` from memory, in microseconds; None: ask :meth:`admit`.

        What is in memory counts only while the accounts' file has not changed since it was read, so a token that was taken
        back by any process is refused from the next request on.
        """
        if not session and self.provider is not None and looks_like_jwt(token):
            return None
        found = self._tokens.held(token, self._clock(), session=session)
        return found if found is not None and self._taken(found) else None

    def _taken(self, found: Principal) -> bool:
        return found.account.federated or self.local

    def principal(self, token: str, *, session: bool) -> Principal | None:
        """As :meth:`admit`, None for nobody."""
        try:
            return self.admit(token, session=session)
        except SignInError:
            return None

    def refused(self, why: str, who: str = UNKNOWN) -> None:
        """Log that a token was refused."""
        self._audit.note(who, "token", Status.REFUSED, reason=why)

    def set_purpose(self, principal: Principal, purpose: Purpose) -> None:
        """Change the purpose of a session."""
        self._audit.note(principal.account.name, "session.purpose", Status.ANSWERED, reason=purpose.reason)
        self._tokens.set_purpose(principal.token_id, purpose)

    def sign_out(self, principal: Principal) -> None:
        """End the token that made the request."""
        if self._tokens.sign_out(principal.token_id, self._clock()):
            self._audit.note(principal.account.name, "token.revoke", Status.ANSWERED, reason="signed out")

    def close(self) -> None:
        """Release the file."""
        self._tokens.close()
        self._engine.dispose()


def _check_roles(new: NewAccount) -> None:
    if Role.AUDITOR in new.roles and len(new.roles) > 1:
        raise AccountError(
            "roles: an auditor holds no other role, so that nobody reads data and the log of it"
        )
