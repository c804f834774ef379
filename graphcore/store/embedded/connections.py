"""SQLite connections: one writer, and readers that cannot write, each lent to one operation at a time.

A reader's operation is one transaction, so everything it reads belongs to one state of the graph. SQLite's errors leave
this package as StoreError or StoreUnavailableError, without statement or values.
"""

import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from graphcore.errors import StoreError, StoreUnavailableError
from graphcore.integrity.changes import Changes
from graphcore.integrity.seal import break_seal

BUSY_S = 30.0
_PAUSE_S = 0.005
_IDLE_MAX = 16
_WRITER_PRAGMAS = (
    "PRAGMA cache_size=-65536",  # 64 MB: keys are random, and 2 MB (the default) is read anew for every batch
    "PRAGMA wal_autocheckpoint=10000",  # 40 MB, as the ledger: a checkpoint writes most of the index pages
)


def store_error(error: sqlite3.Error) -> StoreError:
    """The error of ours that stands for one of SQLite."""
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreUnavailableError(f"the graph's file is in use by another writer ({name}): try again")
    return StoreError(f"the graph's file cannot be read or written ({name}): check the disk and the file")


class Connections:
    """Every connection to one file; safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._write_lock = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        self._pool_lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._changes = Changes(path)

    def changes(self) -> int:
        """A number that is another after every commit to the file: what was read under the same one still holds."""
        self._require_open()
        try:
            return self._changes.number()
        except sqlite3.Error as error:
            raise store_error(error) from error

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection]:
        """One immediate transaction: committed at the end, rolled back on any error."""
        with self._write_lock:
            try:
                connection = self._open_writer()
                asked = time.monotonic()
                connection.execute("BEGIN IMMEDIATE")
                contended = time.monotonic() - asked > _PAUSE_S
                break_seal(self._path)
                try:
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise store_error(error) from error
        if contended:  # let the other writer in: SQLite's lock is not a queue
            time.sleep(_PAUSE_S)

    @contextmanager
    def read(self) -> Generator[sqlite3.Connection]:
        """One read transaction."""
        try:
            connection = self._borrow()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._give_back(connection)
        except sqlite3.Error as error:
            raise store_error(error) from error

    def same_file(self, connection: sqlite3.Connection) -> bool:
        """Whether a connection is to this file."""
        (_, _, file) = connection.execute("PRAGMA database_list").fetchone()
        return bool(file) and self._path.samefile(file)

    def close(self) -> None:
        """Close every connection that is not lent; a lent one is closed when it comes back."""
        with self._write_lock:
            writer, self._writer = self._writer, None
        with self._pool_lock:
            self._closed = True
            idle, self._idle = self._idle, []
        self._changes.close()
        for connection in (*idle, writer):
            if connection is not None:
                connection.close()

    def _open_writer(self) -> sqlite3.Connection:
        self._require_open()
        if self._writer is None:
            connection = self._connect(self._path.absolute().as_uri())
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            for pragma in _WRITER_PRAGMAS:
                connection.execute(pragma)
            self._writer = connection
        return self._writer

    def _borrow(self) -> sqlite3.Connection:
        with self._pool_lock:
            self._require_open()
            if self._idle:
                return self._idle.pop()
        connection = self._connect(f"{self._path.absolute().as_uri()}?mode=ro")
        connection.execute("PRAGMA query_only=ON")
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._pool_lock:
            if not self._closed and len(self._idle) < _IDLE_MAX:
                self._idle.append(connection)
                return
        connection.close()

    def _require_open(self) -> None:
        if self._closed:
            raise StoreError("the store is closed: open it again")

    def _connect(self, uri: str) -> sqlite3.Connection:
        # autocommit with explicit transactions; the pool, not the thread, decides who uses a connection
        return sqlite3.connect(
            uri,
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
