"""What is refused before anything is looked at: other hosts, long addresses, large or slow bodies."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import TOO_LARGE, ProblemError, problem_answer
from api.settings import Settings

_SLOWEST = 16 << 10  # bytes a second that give a body more time: a drop now and then does not
UPLOAD_PATHS = frozenset({"/v1/ingest/files", "/v1/ingest/preview/files"})


class Limits:
    """Counts bytes as they come, whatever Content-Length says."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on with a body that is counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        uploads = scope["path"] in UPLOAD_PATHS
        limit = self._settings.upload_limit if uploads else self._settings.body_limit
        problem = self._refused(scope, limit)
        if problem is not None:
            await problem_answer(problem)(scope, receive, send)
            return
        body = _CountedBody(receive, limit, self._settings.body_timeout_s)
        await self._app(scope, body.receive, send)

    def _refused(self, scope: Scope, limit: int) -> ProblemError | None:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        named = dict(headers)
        if _ambiguous([name for name, _ in headers]):
            return ProblemError(400, "request", "The request can be read in more than one way.")
        if _host(named.get(b"host", b"")) not in self._settings.hosts:
            return ProblemError(400, "host", "This server does not answer to that name; see OCB_HOSTS.")
        if (
            len(scope["query_string"]) > self._settings.query_limit
            or len(scope["path"]) > self._settings.query_limit
        ):
            return ProblemError(414, "address", "The address is too long.")
        length = named.get(b"content-length", b"0")
        if not length.isdigit():
            return ProblemError(400, "request", "Content-Length is not a number.")
        return ProblemError(413, "request", TOO_LARGE) if int(length) > limit else None


class _CountedBody:
    def __init__(self, receive: Receive, limit: int, timeout_s: float) -> None:
        self._receive = receive
        self._limit = limit
        self._timeout_s = timeout_s
        self._size = 0
        self._whole = False
        self._started = asyncio.get_running_loop().time()

    async def receive(self) -> Message:
        if self._whole:  # what is waited for now is the reader going away: no limit
            return await self._receive()
        now = asyncio.get_running_loop().time()
        left = self._started + self._timeout_s + self._size / _SLOWEST - now
        try:
            message = await asyncio.wait_for(self._receive(), left)
        except TimeoutError:
            raise HTTPException(408) from None  # the framework passes this class on unchanged
        self._size += len(message.get("body", b""))
        if self._size > self._limit:
            raise HTTPException(413)
        self._whole = not message.get("more_body", False)
        return message


def _ambiguous(names: list[bytes]) -> bool:
    """What two servers in a row may read as two different requests (RFC 9112, section 6.3)."""
    twice = any(names.count(name) > 1 for name in (b"host", b"content-length", b"transfer-encoding"))
    return twice or (b"content-length" in names and b"transfer-encoding" in names)


def _host(raw: bytes) -> str:
    """The name without its port; an address in brackets keeps them off."""
    text = raw.decode("latin-1").lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]
