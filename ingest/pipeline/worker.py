"""A reading in a process of its own: it reads and maps ahead while this one writes, a few chunks at most.

A plain child with pipes, not ``multiprocessing``: the caller's main module is never loaded a second time, so it works from
a script, a notebook, the command and a job alike.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, Full, Queue
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self, cast

from ingest.errors import ReadingEndedError
from ingest.pipeline.messages import Asked, Failed, Finished, Item, ReadOrder, Starts, Told
from ingest.pipeline.summary import Progress

AHEAD = 2  # chunks waiting here; one more is on its way and one being made
_BEAT_S = 0.2
_COMMAND = (sys.executable, "-P", "-m", "ingest.pipeline.child")


class ReadingProcess:
    """One child for one load; it and its temporary files are gone at the end of the block, however that is left."""

    def __init__(self, order: ReadOrder) -> None:
        self._order = order
        self._waiting: Queue[object] = Queue(AHEAD)
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="ocb-ingest-", ignore_cleanup_errors=True)
        path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)  # noqa: PTH100 -- "" is the present folder
        self._process = subprocess.Popen(  # noqa: S603 -- our own module
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, "TMPDIR": self._folder.name},
        )
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        self._folder.cleanup()

    def items(self, starts: Starts, tell: Progress) -> Iterator[Item]:
        """As :func:`ingest.pipeline.reading.read_files`; ``tell`` is also called while nothing comes.

        Raises:
            ReadingEndedError: the child was killed, or died.
        """
        self._send(self._order)
        last = Told("starting", 0, None)
        while True:
            try:
                message = self._waiting.get(timeout=_BEAT_S)
            except Empty:
                tell(last.what, last.done, last.total)
                continue
            if isinstance(message, Told):
                last = message
                tell(last.what, last.done, last.total)
            elif isinstance(message, Asked):
                self._send(starts(message.files))
            elif isinstance(message, Failed):
                raise self._error(message)
            elif isinstance(message, Finished):
                return
            elif message is None:
                raise self._gone()
            else:
                yield cast("Item", message)

    def _send(self, message: object) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 -- asked for above
        try:
            pickle.dump(message, pipe, protocol=5)
            pipe.flush()
        except OSError as error:
            raise self._gone() from error

    def _receive(self) -> None:
        """Bring messages in as they come; None says that there will be no more."""
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 -- asked for above
        message: object = ""
        while message is not None and not self._closed.is_set():
            try:
                message = pickle.load(pipe)  # noqa: S301 -- our own child's pipe
            except (EOFError, OSError, pickle.UnpicklingError):
                message = None
            self._put(message)

    def _put(self, message: object) -> None:
        while not self._closed.is_set():
            with suppress(Full):
                self._waiting.put(message, timeout=_BEAT_S)
                return

    def _gone(self) -> ReadingEndedError:
        code = self._process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return ReadingEndedError(
            f"the process that reads the files ended before its time ({how}). What was loaded is kept: load the same "
            "again to go on from there. If it ends again, look whether the machine is short of memory."
        )

    def _error(self, message: Failed) -> Exception:
        if message.error is None:
            return ReadingEndedError(f"reading failed ({message.name}):\n{message.where}")
        message.error.add_note(f"in the reading process:\n{message.where}")
        return message.error
