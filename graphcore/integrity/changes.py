"""Whether anybody has changed a SQLite file, asked in a few microseconds: what was read of it may be kept until then."""

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Generic, TypeVar

_BUSY_S = 30.0
V = TypeVar("V")


class Changes:
    """Counts the commits of every other connection to one file, in this process and in others; thread-safe.

    The connection is its own and never writes: SQLite's data_version leaves out what the asking connection wrote itself.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def number(self) -> int:
        """A number that is another after every commit. Take it before reading what is to be kept under it.

        Raises:
            sqlite3.Error: the file cannot be read.
        """
        with self._lock:
            if self._connection is None:
                self._connection = sqlite3.connect(
                    f"{self._path.absolute().as_uri()}?mode=rw",  # a file that is not there is not made
                    uri=True,
                    timeout=_BUSY_S,
                    isolation_level=None,
                    check_same_thread=False,
                )
            (found,) = self._connection.execute("PRAGMA data_version").fetchone()
            return int(found)

    def close(self) -> None:
        """Release the file; a later question opens it again, under other numbers."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


class UntilCommit(Generic[V]):
    """What was read of a file, kept until anybody commits to it; what was used longest ago goes first; thread-safe.

    Args:
        number: Gives :meth:`Changes.number` of the file. Called before reading, so that a commit meanwhile only costs a reading.
        most: Most values kept.
    """

    def __init__(self, number: Callable[[], int], most: int) -> None:
        self.number = number
        self._most = most
        self._lock = threading.Lock()
        self._at = -1
        self._values: OrderedDict[Hashable, V] = OrderedDict()

    def at_hand(self, key: Hashable) -> V | None:
        """What is kept under ``key``; None where nothing is, or somebody has committed since it was read."""
        number = self.number()
        with self._lock:
            if number != self._at or key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: Hashable, number: int, value: V) -> None:
        """Keep what was read after ``number`` was given; what was read under another one goes."""
        with self._lock:
            if number != self._at:
                self._values.clear()
                self._at = number
            self._values[key] = value
            if len(self._values) > self._most:
                self._values.popitem(last=False)

    def get(self, key: Hashable, read: Callable[[], V]) -> V:
        """What is kept under ``key``, else what ``read`` gives, from then on."""
        found = self.at_hand(key)
        if found is None:
            number = self.number()
            found = read()
            self.put(key, number, found)
        return found
