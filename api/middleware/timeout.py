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
        gate = _Gate(send)
        body = _AfterBody(receive)
        task = asyncio.ensure_future(self._app(scope, body.receive, gate.send))
        try:
            await self._wait(task, gate, body)
        except asyncio.CancelledError:
            task.cancel()
            raise
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

    async def _wait(self, task: "asyncio.Task[None]", gate: "_Gate", body: "_AfterBody") -> None:
        """Until the task is done, the answer has begun, or the time since the last of the body is over."""
        started = asyncio.ensure_future(gate.begun.wait())
        try:
            while not task.done() and not gate.started:
                left = body.last + self._timeout_s - asyncio.get_running_loop().time()
                if left <= 0:
                    return
                await asyncio.wait({task, started}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            started.cancel()


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

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = asyncio.Event()
        self.closed = False

    @property
    def started(self) -> bool:
        return self.begun.is_set()

    async def send(self, message: Message) -> None:
        if self.closed:
            raise ConnectionError("the answer came too late")
        self.begun.set()
        await self._send(message)
