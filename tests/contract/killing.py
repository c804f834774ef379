"""Work in a process of its own that is killed at any moment, many times a second: forked from one that has loaded everything.

``python -m tests.contract.killing`` reads one request a line (JSON: the module and function to call, its texts, and when to
kill) and answers each with what became of it. It has no threads and no open files, so that a fork is as a new process.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
Tell = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a piece of work ended. ``steps``: that it told of."""

    killed: bool
    steps: int


class Killer:
    """The process that forks. ``modules`` are loaded before the first fork."""

    def __init__(self, *modules: str) -> None:
        command = [sys.executable, "-m", "tests.contract.killing", *modules]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process as process:
            assert process.stdin
            process.stdin.close()
            process.wait(30)

    def run(
        self, work: str, texts: Sequence[str] = (), *, steps: int = 0, after: float | None = None
    ) -> Ended:
        """Do ``work`` ("module:function") and kill it ``after`` seconds, counted from its ``steps``-th step; None: let it end.

        Raises:
            AssertionError: it failed by itself.
        """
        assert self._process.stdin
        assert self._process.stdout
        asked = {"work": work, "texts": [*texts], "steps": steps, "after": after, "env": dict(os.environ)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert answer["status"] in {0, -signal.SIGKILL}, f"{work} failed by itself: see above"
        return Ended(answer["status"] != 0, answer["steps"])


def main(modules: Sequence[str]) -> None:
    """Serve requests until the pipe closes."""
    for module in modules:
        importlib.import_module(module)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_serve(json.loads(line))) + "\n")
        sys.stdout.flush()


def _serve(asked: dict[str, object]) -> dict[str, int]:
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        _work(asked, tell)
    os.close(tell)
    steps = _watch(child, told, int(str(asked["steps"])), asked["after"])
    while more := os.read(told, 4096):
        steps += len(more)
    os.close(told)
    _, status = os.waitpid(child, 0)
    return {"status": os.waitstatus_to_exitcode(status), "steps": steps}


def _watch(child: int, told: int, wanted: int, after: object) -> int:
    """Kill it when its time has come; returns the steps read."""
    if after is None:
        return 0
    steps = 0
    while steps < wanted and (more := os.read(told, 1)):
        steps += len(more)
    ends = time.monotonic() + float(str(after))
    while (left := ends - time.monotonic()) > 0:
        if not select.select([told], [], [], left)[0]:
            break
        more = os.read(told, 1)
        if not more:  # it has ended before its time
            return steps
        steps += len(more)
    os.kill(child, signal.SIGKILL)
    return steps


def _work(asked: dict[str, object], tell: int) -> None:
    status = 1
    try:
        os.environ.update(dict(asked["env"]))  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownArgumentType]
        module, _, name = str(asked["work"]).partition(":")
        texts: list[str] = list(asked["texts"])  # pyright: ignore[reportArgumentType, reportUnknownVariableType]
        getattr(importlib.import_module(module), name)(*texts, lambda *_said: os.write(tell, b"."))
        status = 0
    except BaseException:  # noqa: BLE001 -- whatever it is, the process ends here
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1:])
