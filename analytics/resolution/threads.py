"""Parts of one piece of work on as many threads as there are processors; NumPy and rapidfuzz let go of the interpreter."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Made = TypeVar("Made")


def in_order(work: Callable[[Part], Made], parts: Sequence[Part]) -> list[Made]:
    """What ``work`` makes of each part, in the order of the parts: the number of threads changes nothing."""
    threads = min(len(parts), os.cpu_count() or 1)
    if threads < 2:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return [*pool.map(work, parts)]
