"""Computations on large graphs in processes of their own: the engine holds the interpreter while it computes.

In one process with a server everybody would wait for whoever asks for communities. Functions are named, not sent: a child
imports them. Whoever puts a program together says how many processes there may be (:func:`use`); nobody has said: none, and
everything is computed where it is asked for. A plain child with pipes, as in :mod:`ingest.pipeline.worker`, for the same reasons;
it ends with its parent.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import LifoQueue
from typing import Final, ParamSpec, TypeVar

from analytics.engine.csr import Csr
from analytics.errors import ComputingEndedError

LARGE: Final = 20_000  # vertices and edges: below, sending would take longer than computing
_COMMAND: Final = (sys.executable, "-P", "-m", "analytics.engine.child")
P = ParamSpec("P")
T = TypeVar("T")


class Child:
    """One process, started with its first question; one question at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, order: bytes) -> tuple[bool, object]:
        """What a pickled (function, arguments) gives, or the exception that it ends with.

        Raises:
            ComputingEndedError: the process was killed, or died; the next question starts another.
        """
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = _start()
        assert process.stdin is not None  # noqa: S101 -- asked for in _start
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(len(order).to_bytes(8, "big") + order)
            process.stdin.flush()
            found: tuple[bool, object] = pickle.load(process.stdout)  # noqa: S301 -- our own child's pipe
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.close()
            raise ComputingEndedError(
                "the process that computes ended before its time: ask again; if it ends again, the machine is short of memory"
            ) from error
        return found

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


def _start() -> subprocess.Popen[bytes]:
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)  # noqa: PTH100 -- "" is the present folder
    return subprocess.Popen(  # noqa: S603 -- our own module
        _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    )


class Processes:
    """Some children, each lent to one question; a question waits while all of them are."""

    def __init__(self, count: int) -> None:
        self._all = [Child() for _ in range(count)]
        self._idle: LifoQueue[Child] = LifoQueue()  # the last one used is warm
        for one in reversed(self._all):
            self._idle.put(one)

    def ask(self, order: bytes) -> tuple[bool, object]:
        """See :meth:`Child.ask`."""
        child = self._idle.get()
        try:
            return child.ask(order)
        finally:
            self._idle.put(child)

    def close(self) -> None:
        """End all of them; a question under way gets its error."""
        for child in self._all:
            child.close()


_LOCK = threading.Lock()
_processes: list[Processes] = []


def use(count: int) -> None:
    """From now on compute on large graphs in ``count`` processes; 0: where it is asked for. Ends those of before."""
    with _LOCK:
        before, _processes[:] = [*_processes], [Processes(count)] if count else []
    for one in before:
        one.close()


def compute(function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What ``function`` gives, a function of a module; where a graph among ``args`` is large, out of another process.

    Raises:
        ComputingEndedError: that process ended before its time.
    """
    large = any(isinstance(one, Csr) and one.n + one.m >= LARGE for one in args)
    held = _processes[:1] if large else []
    if not held:
        return function(*args, **named)
    done, found = held[0].ask(pickle.dumps((function, args, named), protocol=5))
    if done:
        return found  # type: ignore[return-value]
    assert isinstance(found, Exception)  # noqa: S101 -- see the child
    raise found
