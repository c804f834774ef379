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
_TOKEN_PARTS = (b"token", b"bearer", b"key", b"%")  # one of them is in every such name, however it is written
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
                scope["state"]["principal"] = await self._admitted(HTTPConnection(scope), scope["method"])
        except (ProblemError, ProviderError, AuditError) as refused:
            await problem_answer(problem_of(refused))(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _admitted(self, request: HTTPConnection, method: str) -> Principal:
        """Who is known is let through here; whatever else there is to say is said in a thread, with its row in the log."""
        token, session = self._token(request)
        held = self._auth.held(token, session=session) if token else None
        if held is not None and not _in_address(request) and _meant(request, method, held):
            return held
        return await run_in_threadpool(self._principal, request, method)

    def _principal(self, request: HTTPConnection, method: str) -> Principal:
        address: str = request.state.address
        if _in_address(request):
            self._refuse(address, "in the address")
            raise ProblemError(
                401,
                "token-in-address",
                "A token in an address ends up in logs: take it back, and send a new one in Authorization.",
                headers=_CHALLENGE,
            )
        found = self._found(request, address)
        if not _meant(request, method, found):
            self._refuse(address, "csrf", found.account.name)
            raise ProblemError(403, "csrf", f"Send the session's own value in {CSRF_HEADER}.")
        return found

    def _found(self, request: HTTPConnection, address: str) -> Principal:
        token, session = self._token(request)
        try:
            if token:
                return self._auth.admit(token, session=session)
        except SignInError as refused:
            self._refuse(address, str(refused))
        raise ProblemError(401, "sign-in", "Sign in first, or send a valid token.", headers=_CHALLENGE)

    def _token(self, request: HTTPConnection) -> tuple[str, bool]:
        """What is sent, and whether it is a session's cookie; "" where it is none, or of another scheme."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not token:
            return session_cookie(request, self._settings), True
        return (token.strip() if scheme.lower() == "bearer" else ""), False

    def _refuse(self, address: str, why: str, who: str = UNKNOWN) -> None:
        """A row in the audit log, as long as the address may go on trying."""
        self._rates.take(address)
        self._auth.refused(why, who)


def _in_address(request: HTTPConnection) -> bool:
    raw: bytes = request.scope["query_string"].lower()
    if not any(part in raw for part in _TOKEN_PARTS):
        return False  # most addresses: not worth taking apart
    return bool(_TOKEN_NAMES & {name.lower() for name in request.query_params})


def _meant(request: HTTPConnection, method: str, found: Principal) -> bool:
    """Whether a change of a session carries the value that only the page itself can know."""
    if not found.session or method in _SAFE:
        return True
    return hmac.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), found.csrf.encode())


def _public(scope: Scope) -> bool:
    path: str = scope["path"]
    return (scope["method"], path) in _PUBLIC or path.startswith(_PUBLIC_FOLDER)
