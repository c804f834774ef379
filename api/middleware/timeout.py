"""A time limit on the first byte of an answer. Work in a thread cannot be stopped; its late answer is thrown away."""

import asyncio
import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ProblemError, problem_answer

log = logging.getLogger(__name__)
_running: set[asyncio.Task[None]] = set()


class TimeLimit:
    """Answers 503 where nothing has been sent in time."""

    def __init__(self, app: ASGIApp, timeout_s: float) -> None:
        self._app = app
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request beside a clock."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        turned = asyncio.get_running_loop().create_future()
        gate = _Gate(send, turned)
        body = _AfterBody(receive)
        task = asyncio.ensure_future(self._app(scope, body.receive, gate.send))
        task.add_done_callback(lambda _: _turn(turned))
        clock = _Clock(turned, body, self._timeout_s)
        try:
            await turned
        except asyncio.CancelledError:
            task.cancel()
            raise
        finally:
            clock.stop()
        if task.done() or gate.started:
            await task
            return
        gate.closed = True
        scope["state"]["late"] = True
        _running.add(task)
        task.add_done_callback(_forget)
        task.cancel()
        problem = ProblemError(
            503, "timeout", "The answer took too long: ask for less.", headers={"Retry-After": "30"}
        )
        await problem_answer(problem)(scope, receive, send)


def _turn(turned: "asyncio.Future[None]") -> None:
    if not turned.done():
        turned.set_result(None)


class _Clock:
    """Turns the future when the time since the last of the body is over; no task of its own, as every request has one."""

    def __init__(self, turned: "asyncio.Future[None]", body: "_AfterBody", timeout_s: float) -> None:
        self._turned, self._body, self._timeout_s = turned, body, timeout_s
        self._loop = asyncio.get_running_loop()
        self._handle = self._loop.call_later(timeout_s, self._look)

    def _look(self) -> None:
        due = self._body.last + self._timeout_s
        if due <= self._loop.time():
            _turn(self._turned)
        else:
            self._handle = self._loop.call_at(due, self._look)

    def stop(self) -> None:
        self._handle.cancel()


def _forget(task: "asyncio.Task[None]") -> None:
    _running.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.warning("a request that ran out of time then failed: %s", type(task.exception()).__name__)


class _AfterBody:
    """Remembers when the last part of the request came: an upload is not late while it is coming in."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._whole = False
        self.last = asyncio.get_running_loop().time()

    async def receive(self) -> Message:
        message = await self._receive()
        if not self._whole:
            self.last = asyncio.get_running_loop().time()
            self._whole = not message.get("more_body", False)
        return message


class _Gate:
    """Lets messages through until it is closed."""

    def __init__(self, send: Send, turned: "asyncio.Future[None]") -> None:
        self._send, self._turned = send, turned
        self.started = False
        self.closed = False

    async def send(self, message: Message) -> None:
        if self.closed:
            raise ConnectionError("the answer came too late")
        self.started = True
        _turn(self._turned)
        await self._send(message)
