"""Whether anybody has changed a SQLite file, asked in a few microseconds: what was read of it may be kept until then."""

import sqlite3
import threading
from pathlib import Path

_BUSY_S = 30.0


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
