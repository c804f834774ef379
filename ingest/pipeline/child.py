"""The process that reads, maps and prepares: ``python -m ingest.pipeline.child``, started by ``ingest.pipeline.worker``.

It gets its order on stdin and answers on what was stdout, as pickles. It holds no lock and writes nothing, so it may be
killed at any moment; where its parent is gone (stdin ends), it ends too.
"""

import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from queue import SimpleQueue
from typing import IO, cast

from ingest.pipeline.collector import calm_collector
from ingest.pipeline.messages import Asked, CheckedFile, Failed, Finished, ReadOrder, Told
from ingest.pipeline.reading import read_files

_TELL_EVERY_S = 0.25


class _Parent:
    """The other end of the pipe."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._answers: SimpleQueue[Sequence[int]] = SimpleQueue()
        self._next = 0.0

    def order(self) -> ReadOrder:
        """The first thing said; from then on a thread listens, so that a parent that is gone is noticed at once."""
        order = cast("ReadOrder", pickle.load(self._incoming))  # noqa: S301 -- our own parent's pipe
        threading.Thread(target=self._listen, daemon=True).start()
        return order

    def send(self, message: object) -> None:
        """Send one message; waits while the parent has enough to do."""
        pickle.dump(message, self._outgoing, protocol=5)
        self._outgoing.flush()

    def starts(self, files: Sequence[CheckedFile]) -> Sequence[int]:
        """Say that all files are checked, and hear where to start in each."""
        self.send(Asked(tuple(files)))
        return self._answers.get()

    def tell(self, what: str, done: int, total: int | None) -> None:
        """Say how far the check has come, four times a second at most."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _TELL_EVERY_S
            self.send(Told(what, done, total))

    def _listen(self) -> None:
        try:
            while True:
                self._answers.put(cast("Sequence[int]", pickle.load(self._incoming)))  # noqa: S301 -- as above
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(3)


def main() -> None:
    """Do one order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    outgoing = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)  # whatever prints must not get between the messages
    parent = _Parent(sys.stdin.buffer, outgoing)
    order = parent.order()
    try:
        with calm_collector():
            for item in read_files(order, parent.starts, parent.tell):
                parent.send(item)
    except BrokenPipeError:
        os._exit(3)
    except Exception as error:  # noqa: BLE001 -- the edge of a process: the parent raises it again
        parent.send(_failed(error))
    else:
        parent.send(Finished())
    outgoing.flush()
    os._exit(0)  # the listening thread waits in a read; temporary files are the parent's


def _failed(error: Exception) -> Failed:
    """The error as it can travel; where it was raised goes with it, no value of a row does."""
    places = traceback.extract_tb(error.__traceback__)[-8:]
    where = "\n".join(f"  {place.filename}:{place.lineno} in {place.name}" for place in places)
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 -- just made here
    except Exception:  # noqa: BLE001 -- whatever an exception class does with pickling
        return Failed(None, f"{type(error).__name__}", where)
    return Failed(error, type(error).__name__, where)


if __name__ == "__main__":
    main()
