"""Signing in with the provider: the authorisation code flow with PKCE, access tokens of scripts, and signing out.

Every attempt has its audit row, whether it is let in or not. A provider that does not answer lets nobody in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from sqlalchemy import Engine

from api.auth.accounts import Accounts
from api.auth.errors import ProviderError, SignInError
from api.auth.model import Principal
from api.auth.oidc.claims import profile_of
from api.auth.oidc.federated import FederatedAccounts
from api.auth.oidc.grant import authorization_url, exchange
from api.auth.oidc.pending import Pending, Secrets
from api.auth.oidc.provider import Provider
from api.auth.oidc.settings import OidcSetup
from api.auth.oidc.verify import Claims, Verifier
from api.auth.oidc.wire import Wire
from api.auth.tokens import Tokens
from graphcore.access import Purpose
from graphcore.audit import AuditLog, Status

UNKNOWN = "unknown account"
_MAX_CODE = 2000
_LOGOUT_MEMORY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Records:
    """Where accounts and tokens are kept."""

    engine: Engine
    accounts: Accounts
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Started:
    """Where the browser goes, and the cookie that it has to bring back."""

    location: str
    browser: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The token of the new session, and the page of ours that was asked for before."""

    token: str
    return_to: str


class ProviderSignIn:
    """Sign-in with one OpenID Connect provider."""

    def __init__(
        self, setup: OidcSetup, records: Records, audit: AuditLog, clock: Callable[[], datetime]
    ) -> None:
        settings = setup.settings
        self.settings = settings
        self._setup = setup
        self._wire = Wire(settings.outgoing_hosts, settings.timeout_s, settings.ca_file)
        self._provider = Provider(settings, self._wire)
        self._verifier = Verifier(settings, self._provider, clock)
        self._accounts = FederatedAccounts(records.engine, records.accounts, settings.issuer)
        self._pending = Pending(records.engine)
        self._tokens = records.tokens
        self._audit = audit
        self._clock = clock

    def begin(self, purpose: Purpose, return_to: str) -> Started:
        """Begin a sign-in for a purpose; ``return_to`` is a path of ours, checked by the caller.

        Raises:
            ProviderError: the provider does not answer.
            ThrottledError: too many sign-ins are under way.
        """
        made = Secrets.by_chance()
        location = authorization_url(self.settings, self._provider.metadata(), made)
        self._pending.add(made, purpose, return_to, self._clock())
        return Started(location, made.browser)

    def finish(self, answer: Mapping[str, str], browser: str, *, replaces: str = "") -> Finished:
        """Turn the provider's answer into a session.

        Args:
            answer: Query of the address that the provider sent the browser to.
            browser: The cookie that :meth:`begin` gave to this browser.
            replaces: Cookie of an older session of this browser, which ends.

        Raises:
            SignInError: anything of it does not hold; the audit log says what.
            ProviderError: the provider does not answer.
        """
        try:
            return self._finish(answer, browser, replaces)
        except SignInError as refused:
            self._refuse(refused)
        except ProviderError:
            self._audit.note(UNKNOWN, "sign-in", Status.REFUSED, reason="provider: no answer")
            raise

    def _finish(self, answer: Mapping[str, str], browser: str, replaces: str) -> Finished:
        now = self._clock()
        waiting = self._pending.take(answer.get("state", ""), browser, now)
        if waiting is None:
            raise SignInError("state")
        issuer, code = answer.get("iss"), answer.get("code", "")
        metadata = self._provider.metadata()
        if issuer != self.settings.issuer and (issuer is not None or metadata.names_issuer):
            raise SignInError("iss")
        if not code or len(code) > _MAX_CODE:
            raise SignInError("code")
        token = exchange(self._setup, self._wire, metadata, code, waiting.verifier)
        claims = self._verifier.id_token(token, waiting.nonce)
        account = self._accounts.signed_in(str(claims["sub"]), profile_of(self.settings, claims), now)
        self._audit.note(account.name, "sign-in", Status.ANSWERED, reason=waiting.purpose.reason)
        if replaces:
            self._tokens.end(replaces, now)
        session = self._tokens.open_session(
            account.id, waiting.purpose, now, provider_session=_text(claims, "sid")
        )
        return Finished(session, waiting.return_to)

    def bearer(self, token: str) -> Principal:
        """Who sends an access token of the provider.

        Raises:
            SignInError: it does not hold; the caller logs why.
            ProviderError: the provider's keys cannot be had.
        """
        try:
            return self._bearer(self._verifier.access_token(token))
        except SignInError as refused:
            raise SignInError(f"provider: {refused}") from refused

    def _bearer(self, claims: Claims) -> Principal:
        """The account behind checked claims, with what this token says of it: a script may be given less than its owner."""
        subject, profile = str(claims["sub"]), profile_of(self.settings, claims)
        known = self._accounts.known(subject)
        if known is None:
            return Principal(self._accounts.signed_in(subject, profile, self._clock()), 0, session=False)
        account, signed_out_at = known
        if signed_out_at is not None and _issued(claims) <= signed_out_at:
            raise SignInError("signed out")
        mine = replace(account, profile=replace(profile, name=account.name))
        return Principal(mine, 0, session=False)

    def sign_out(self, logout_token: str) -> None:
        """End sessions on the provider's word (back-channel logout).

        Raises:
            SignInError: the token does not hold, or came before.
            ProviderError: the provider's keys cannot be had.
        """
        now = self._clock()
        try:
            claims = self._verifier.logout_token(logout_token)
        except SignInError as refused:
            self._refuse(refused, "sign-out")
        if not self._pending.first_time(f"logout:{claims['jti']}", now, _LOGOUT_MEMORY):
            self._refuse(SignInError("jti"), "sign-out")
        for name in self._accounts.sign_out(_text(claims, "sub"), _text(claims, "sid"), now):
            self._audit.note(name, "sign-out", Status.ANSWERED, reason="provider")

    def _refuse(self, refused: SignInError, action: str = "sign-in") -> NoReturn:
        self._audit.note(UNKNOWN, action, Status.REFUSED, reason=f"provider: {refused}")
        raise refused


def _text(claims: Claims, name: str) -> str | None:
    found = claims.get(name)
    return found if isinstance(found, str) and found else None


def _issued(claims: Claims) -> datetime:
    return datetime.fromtimestamp(float(str(claims["iat"])), UTC)
