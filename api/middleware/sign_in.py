"""Who sends the request. Everything but a short list of addresses needs a valid token: a new route is closed by default."""

import hmac

from fastapi.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth.errors import ProviderError, SignInError
from api.auth.model import Principal
from api.auth.service import UNKNOWN, AuthService
from api.errors import ProblemError, problem_answer, problem_of
from api.middleware.cookies import session_cookie
from api.rates import Rates
from api.settings import Settings
from graphcore.errors import AuditError

CSRF_HEADER = "X-CSRF-Token"
_PUBLIC = frozenset(
    {
        ("GET", "/v1/health"),
        ("GET", "/openapi.json"),
        ("POST", "/v1/session"),
        ("GET", "/v1/session/ways"),
        ("POST", "/v1/session/provider"),
        ("GET", "/v1/session/callback"),
        ("POST", "/v1/session/backchannel"),
        ("GET", "/"),
        ("HEAD", "/"),
    }
)
_SIGN_IN = "/v1/session"
_PUBLIC_FOLDER = "/static/"
_TOKEN_NAMES = frozenset({"access_token", "token", "id_token", "bearer", "api_key", "apikey"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="ocb-graph"'}


class SignIn:
    """Puts the principal into the request's state, or answers 401."""

    def __init__(self, app: ASGIApp, auth: AuthService, rates: Rates, settings: Settings) -> None:
        self._app = app
        self._auth = auth
        self._rates = rates
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through who may pass."""
        if scope["type"] != "http" or (_public(scope) and not scope["path"].startswith(_SIGN_IN)):
            await self._app(scope, receive, send)
            return
        try:
            if _public(scope):
                self._rates.take(scope["state"]["address"])
            else:
                asked = HTTPConnection(scope)
                scope["state"]["principal"] = await run_in_threadpool(self._principal, asked, scope["method"])
        except (ProblemError, ProviderError, AuditError) as refused:
            await problem_answer(problem_of(refused))(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _principal(self, request: HTTPConnection, method: str) -> Principal:
        address: str = request.state.address
        if _TOKEN_NAMES & {name.lower() for name in request.query_params}:
            self._refuse(address, "in the address")
            raise ProblemError(
                401,
                "token-in-address",
                "A token in an address ends up in logs: take it back, and send a new one in Authorization.",
                headers=_CHALLENGE,
            )
        found = self._found(request, address)
        sent = request.headers.get(CSRF_HEADER, "")
        if (
            found.session
            and method not in _SAFE
            and not hmac.compare_digest(sent.encode(), found.csrf.encode())
        ):
            self._refuse(address, "csrf", found.account.name)
            raise ProblemError(403, "csrf", f"Send the session's own value in {CSRF_HEADER}.")
        return found

    def _found(self, request: HTTPConnection, address: str) -> Principal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        session = not token
        token = session_cookie(request, self._settings) if session else token.strip()
        try:
            if token and (session or scheme.lower() == "bearer"):
                return self._auth.admit(token, session=session)
        except SignInError as refused:
            self._refuse(address, str(refused))
        raise ProblemError(401, "sign-in", "Sign in first, or send a valid token.", headers=_CHALLENGE)

    def _refuse(self, address: str, why: str, who: str = UNKNOWN) -> None:
        """A row in the audit log, as long as the address may go on trying."""
        self._rates.take(address)
        self._auth.refused(why, who)


def _public(scope: Scope) -> bool:
    path: str = scope["path"]
    return (scope["method"], path) in _PUBLIC or path.startswith(_PUBLIC_FOLDER)
