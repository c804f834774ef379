"""Arrays of views, kept for the next question: by what may be seen, never by who asks.

A key says all that an answer depends on but the data: the allowed labels, the as-at time and the question. Readers with
equal rights share an entry; a reader whose grant has ended asks under another key. The data's version comes from the
store with every question: entries of another version are dropped before anything is looked up, so a change counts in every
process from its next question on. Bounded by entries and by bytes; what was used longest ago goes first.
"""

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields
from threading import Lock
from typing import Any, Final

import numpy as np

from graphcore.projection.arrays import GraphArrays

MAX_ENTRIES: Final = 64
MAX_BYTES: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class CacheState:
    """What a cache holds now, and how often it answered or had to make."""

    entries: int
    bytes: int
    hits: int
    misses: int


class ArrayCache:
    """The arrays of one store. Safe to share between threads: an answer that several wait for is made once.

    Args:
        max_entries: Most entries held.
        max_bytes: Most bytes held, as :func:`size_of` counts them; arrays above it are not kept.
    """

    def __init__(self, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self._most = (max_entries, max_bytes)
        self._lock = Lock()
        self._version: Hashable = None
        self._entries: OrderedDict[Hashable, tuple[GraphArrays, int]] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}
        self._bytes = self._hits = self._misses = 0

    def get(
        self,
        key: Hashable,
        version: Hashable,
        make: Callable[[], GraphArrays],
        *,
        version_now: Callable[[], Hashable] | None = None,
    ) -> GraphArrays:
        """The arrays under ``key``, as they are at ``version`` of the data; made by ``make`` where they are not held.

        Arrays that come from here are shared: they cannot be written to. ``version_now`` is asked after making, where a
        change may fall into it; what was made over a change is not kept. None: ``make`` reads one state throughout.
        """
        with self._lock:
            found = self._look_up(key, version)
            if found is not None:
                return found
            gate = self._making.setdefault((key, version), Lock())
        with gate:
            with self._lock:
                found = self._look_up(key, version)
            if found is not None:
                return found
            try:
                made = _frozen(make())
                whole = version_now is None or version_now() == version
                with self._lock:
                    self._misses += 1
                    if whole:
                        self._keep(key, version, made)
            finally:
                with self._lock:
                    self._making.pop((key, version), None)
        return made

    def state(self) -> CacheState:
        """What is held now."""
        with self._lock:
            return CacheState(len(self._entries), self._bytes, self._hits, self._misses)

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def _look_up(self, key: Hashable, version: Hashable) -> GraphArrays | None:
        if version != self._version:
            self._entries.clear()
            self._bytes, self._version = 0, version
        held = self._entries.get(key)
        if held is None:
            return None
        self._entries.move_to_end(key)
        self._hits += 1
        return held[0]

    def _keep(self, key: Hashable, version: Hashable, made: GraphArrays) -> None:
        size = size_of(made)
        if version != self._version or size > self._most[1]:
            return
        self._entries[key] = (made, size)
        self._bytes += size
        while len(self._entries) > self._most[0] or self._bytes > self._most[1]:
            _, (_, gone) = self._entries.popitem(last=False)
            self._bytes -= gone


def size_of(arrays: GraphArrays) -> int:
    """Bytes that some arrays take, texts counted one by one; O(n + m)."""
    total = 0
    for one in fields(arrays):
        value: Any = getattr(arrays, one.name)
        total += (
            value.nbytes
            if isinstance(value, np.ndarray)
            else sys.getsizeof(value) + sum(map(sys.getsizeof, value))
        )
    return total


def _frozen(arrays: GraphArrays) -> GraphArrays:
    for one in fields(arrays):
        value: Any = getattr(arrays, one.name)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return arrays
