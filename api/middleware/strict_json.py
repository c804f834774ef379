"""JSON as the standard has it: what one parser takes and another does not is refused before anybody relies on it.

Python's own parser takes NaN, Infinity and lone surrogates; orjson takes none of them, nor depth beyond 1,024.
"""

from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ProblemError, problem_answer, problem_of_http


class StrictJson:
    """Reads a JSON body (its size is limited already), looks at it, and hands it on as it came."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on."""
        if scope["type"] != "http" or not _is_json(scope):
            await self._app(scope, receive, send)
            return
        try:
            raw, ended = await _whole(receive)
            if raw:
                orjson.loads(raw)
        except orjson.JSONDecodeError:
            problem = ProblemError(400, "json", "The body is not JSON as RFC 8259 has it.")
            await problem_answer(problem)(scope, receive, send)
            return
        except HTTPException as refused:  # too large or too slow
            await problem_answer(problem_of_http(refused))(scope, receive, send)
            return
        await self._app(scope, _Again(raw, ended, receive).receive, send)


def _is_json(scope: Scope) -> bool:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    kind = next((value for name, value in headers if name == b"content-type"), b"")
    return kind.partition(b";")[0].strip().lower().endswith(b"json")


async def _whole(receive: Receive) -> tuple[bytes, Message | None]:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"", message
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts), None


class _Again:
    """Gives the body once more, then what comes after it."""

    def __init__(self, raw: bytes, ended: Message | None, receive: Receive) -> None:
        self._first: dict[str, Any] | None = dict(ended or {"type": "http.request", "body": raw})
        self._receive = receive

    async def receive(self) -> Message:
        first, self._first = self._first, None
        return first if first is not None else await self._receive()
