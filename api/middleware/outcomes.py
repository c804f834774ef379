"""One thread that writes the outcome rows of all requests: what ends while it writes goes into its next commit together."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence

from graphcore.audit import AuditEvent
from graphcore.errors import AuditError

log = logging.getLogger(__name__)
_IDLE_S = 5.0
_Waiting = tuple[Sequence[AuditEvent], asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class Outcomes:
    """Writes rows for whoever waits in an event loop; its thread is there only while there is something to write."""

    def __init__(self, write_all: Callable[[Sequence[AuditEvent]], None]) -> None:
        self._write_all = write_all
        self._wake = threading.Condition()
        self._queue: list[_Waiting] = []
        self._running = False

    async def write(self, events: Sequence[AuditEvent]) -> None:
        """Return once the rows are on disk; where they cannot be written that is logged, and the verifier lists them."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        with self._wake:
            self._queue.append((events, loop, done))
            if self._running:
                self._wake.notify()
            else:
                self._running = True
                threading.Thread(target=self._work, name="audit outcomes", daemon=True).start()
        await done

    def _work(self) -> None:
        while True:
            with self._wake:
                if not self._queue and not self._wake.wait(_IDLE_S) and not self._queue:
                    self._running = False
                    return
                taken, self._queue = self._queue, []
            self._write(taken)

    def _write(self, taken: list[_Waiting]) -> None:
        try:
            self._write_all([event for events, _, _ in taken for event in events])
        except AuditError:
            log.exception("%d outcomes could not be written; the verifier lists them as unknown", len(taken))
        finally:
            for loop in {loop for _, loop, _ in taken}:
                waiting = [done for _, of, done in taken if of is loop]
                with contextlib.suppress(RuntimeError):  # that loop is closed, and nobody waits any more
                    loop.call_soon_threadsafe(_tell, waiting)


def _tell(waiting: "list[asyncio.Future[None]]") -> None:
    for done in waiting:
        if not done.done():
            done.set_result(None)
