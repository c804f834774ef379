"""Who sends the request. Everything but a short list of addresses needs a valid token: a new route is closed by default."""

import hmac

from fastapi.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth.errors import ProviderError
from api.auth.model import Principal
from api.auth.service import AuthService
from api.errors import ProblemError, problem_answer, problem_of
from api.middleware.cookies import session_cookie
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
_PUBLIC_FOLDER = "/static/"
_TOKEN_NAMES = frozenset({"access_token", "token", "id_token", "bearer", "api_key", "apikey"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="ocb-graph"'}


class SignIn:
    """Puts the principal into the request's state, or answers 401."""

    def __init__(self, app: ASGIApp, auth: AuthService, settings: Settings) -> None:
        self._app = app
        self._auth = auth
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through who may pass."""
        if scope["type"] != "http" or _public(scope):
            await self._app(scope, receive, send)
            return
        try:
            scope["state"]["principal"] = await run_in_threadpool(
                self._principal, HTTPConnection(scope), scope["method"]
            )
        except (ProblemError, ProviderError, AuditError) as refused:
            await problem_answer(problem_of(refused))(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _principal(self, request: HTTPConnection, method: str) -> Principal:
        if _TOKEN_NAMES & {name.lower() for name in request.query_params}:
            self._auth.refused("in the address")
            raise ProblemError(
                401,
                "token-in-address",
                "A token in an address ends up in logs: take it back, and send a new one in Authorization.",
                headers=_CHALLENGE,
            )
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if token:
            found = self._auth.principal(token.strip(), session=False) if scheme.lower() == "bearer" else None
        else:
            cookie = session_cookie(request, self._settings)
            found = self._auth.principal(cookie, session=True) if cookie else None
        if found is None:
            raise ProblemError(401, "sign-in", "Sign in first, or send a valid token.", headers=_CHALLENGE)
        sent = request.headers.get(CSRF_HEADER, "")
        if (
            found.session
            and method not in _SAFE
            and not hmac.compare_digest(sent.encode(), found.csrf.encode())
        ):
            raise ProblemError(403, "csrf", f"Send the session's own value in {CSRF_HEADER}.")
        return found


def _public(scope: Scope) -> bool:
    path: str = scope["path"]
    return (scope["method"], path) in _PUBLIC or path.startswith(_PUBLIC_FOLDER)
