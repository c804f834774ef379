"""The outcome row of every entry that a request began, written however the request ends. Innermost layer.

It also is the request's edge for errors that nobody expected: they are logged and answered with a bare 500.
"""

import asyncio
import logging

from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem_answer, problem_of
from graphcore.audit import AuditEntry, Status
from graphcore.errors import AuditError

log = logging.getLogger(__name__)


class AuditOutcome:
    """Counts what is sent and closes the entries with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request, then close its entries."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        entries: list[AuditEntry] = []
        scope["state"]["audit"] = entries
        sent = _Sent(send)
        ending: Status | None = None
        try:
            await self._app(scope, receive, sent.send)
        except (asyncio.CancelledError, ClientDisconnect, OSError):
            ending = Status.TIMEOUT if scope["state"].get("late") else Status.DROPPED
            raise
        except Exception as error:
            ending = Status.FAILED
            log.exception("request %s failed", scope["state"].get("request_id"))
            if not sent.started:
                await problem_answer(problem_of(error))(scope, receive, sent.send)
        finally:
            await asyncio.shield(run_in_threadpool(_close, entries, sent, ending))


class _Sent:
    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False
        self.whole = False
        self.status = 0
        self.size = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started, self.status = True, message["status"]
        await self._send(message)
        if message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
            self.whole = not message.get("more_body", False)


def _close(entries: list[AuditEntry], sent: _Sent, ending: Status | None) -> None:
    for entry in entries:
        entry.sent_bytes = sent.size
        try:
            entry.close(ending or _ending(sent))
        except AuditError:
            log.exception("an outcome could not be written; the verifier lists it as unknown")


def _ending(sent: _Sent) -> Status:
    if not sent.whole:
        return Status.CUT
    if sent.status < 400:
        return Status.ANSWERED
    return (
        Status.NOT_FOUND
        if sent.status == 404
        else Status.REFUSED
        if sent.status in {401, 403, 429}
        else Status.FAILED
    )
