"""The process on the other side of :mod:`analytics.engine.apart`: computes what it is asked until its parent goes."""

import os
import pickle
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

_NICE = 5  # plain questions of the server go first


def main() -> None:
    """Answer orders, one behind the other."""
    os.nice(_NICE)
    orders, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not come between
    while (size := _read(orders, 8)) is not None:
        order = _read(orders, int.from_bytes(size, "big"))
        if order is None:
            return
        pickle.dump(_done(order), answers, protocol=5)
        answers.flush()


def _done(order: bytes) -> tuple[bool, object]:
    function: Callable[..., object]
    args: tuple[Any, ...]
    named: dict[str, Any]
    try:
        function, args, named = pickle.loads(order)  # noqa: S301 -- of our own parent
        return True, function(*args, **named)
    except Exception as error:  # noqa: BLE001 -- it belongs to whoever asked
        return False, error


def _read(source: BinaryIO, size: int) -> bytes | None:
    found = source.read(size)
    return found if len(found) == size else None


if __name__ == "__main__":
    main()
