"""How far a long look at a file has come, told to whoever watches; what watches may also stop it, by raising.

Readers call :func:`step` between pieces of a pass and need not know whether anybody listens.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[int, int | None], None]  # done, of how many (None: not known); bytes or rows of one pass

EVERY_ROWS = 20_000
_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


def step(done: int, total: int | None = None) -> None:
    """Say how far one pass has come."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(done, total)


@contextmanager
def watched(watcher: Watcher) -> Generator[None]:
    """Let ``watcher`` hear of every step inside the block."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)
