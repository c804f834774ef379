"""The outcome row of every entry that a request began, written however the request ends. Innermost layer.

It also is the request's edge for errors that nobody expected: they are logged and answered with a bare 500.
"""

import asyncio
import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem_answer, problem_of
from api.middleware.outcomes import Outcomes
from graphcore.audit import AuditEntry, AuditEvent, AuditLog, Status

log = logging.getLogger(__name__)


class AuditOutcome:
    """Counts what is sent and closes the entries with it."""

    def __init__(self, app: ASGIApp, audit: AuditLog) -> None:
        self._app = app
        self._outcomes = Outcomes(audit.write_all)

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
            rows = _ended(entries, sent, ending)
            if rows:
                await asyncio.shield(self._outcomes.write(rows))


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


def _ended(entries: list[AuditEntry], sent: _Sent, ending: Status | None) -> list[AuditEvent]:
    rows: list[AuditEvent] = []
    for entry in entries:
        entry.sent_bytes = sent.size
        row = entry.end(ending or _ending(sent))
        if row is not None:
            rows.append(row)
    return rows


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
