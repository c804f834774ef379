"""Transactions on one ledger database, with its faults turned into errors that name the file and the next step."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

from graphcore.errors import LedgerError
from graphcore.evidence.ledger.dialect import (
    BUSY_TIMEOUT_S,
    WRITES,
    fault_name,
    insert_new,
    is_busy,
    is_damage,
    lock_writers,
    snapshot_options,
    sqlite_engine,
)
from graphcore.evidence.ledger.errors import LedgerBusyError, LedgerDamagedError
from graphcore.evidence.ledger.migrate import migrate
from graphcore.evidence.ledger.tables import outbox, setting
from graphcore.integrity.changes import Changes
from graphcore.integrity.start import fault_at_start, fault_of_foreign_wal, head_path, read_head, write_head
from graphcore.model.ids import IdMaker

_LAST_CHANGE = select(func.max(outbox.c.n))
_KEY_CHECK = select(setting.c.value).where(setting.c.name == "key_check")


class Database:
    """An engine with two kinds of transaction; ``where`` names the file or server in messages."""

    def __init__(self, engine: Engine, where: str, path: Path | None = None) -> None:
        self._engine = engine
        self.where = where
        self._path = path
        self.changes = Changes(path) if path is not None else None
        self._head = 0
        self._use: int | None = None

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a SQLite file, creating or upgrading the tables.

        Raises:
            LedgerDamagedError: the file is no SQLite database, a broken one, or without its write-ahead log; it was left
                as it is.
            LedgerVersionError: a newer program wrote it.
            LedgerError: it cannot be written.
        """
        require_sound(path, fault_at_start(path))
        database = cls(sqlite_engine(path), str(path), path)
        try:
            database._enter(path)
            with database._explained():
                migrate(database._engine, database.where)
            database._require_all_changes(path)
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """One snapshot: every statement inside sees the same state."""
        options = snapshot_options(self._engine)
        with (
            self._explained(),
            self._engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def writing(self, beside: Path | None = None) -> Generator[Connection]:
        """The only writer until the block ends; all of it is kept, or nothing.

        Args:
            beside: Another SQLite file, whose tables are there as ``theirs.NAME``; None: none.

        Raises:
            LedgerError: ``beside`` is given, and this ledger is no SQLite file.
        """
        with (
            self._explained(),
            self._engine.connect().execution_options(**{WRITES: True}) as connection,
            _attached(connection, beside),
            connection.begin(),
        ):
            lock_writers(connection)
            yield connection
            head = int(connection.scalar(_LAST_CHANGE) or 0)
        if self._path is not None and head > self._head:
            self._head = head
            write_head(self._path, head)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
        if self.changes is not None:
            self.changes.close()
        if self._use is not None:
            os.close(self._use)
            self._use = None

    def _enter(self, path: Path) -> None:
        """Be among those who have the file open; the first looks whether what was left to be brought in belongs to it."""
        if not path.parent.is_dir():
            return  # SQLite says it
        self._use = os.open(path.with_name(f"{path.name}.use"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            require_sound(path, fault_of_foreign_wal(path))
        fcntl.flock(self._use, fcntl.LOCK_SH)

    def _require_all_changes(self, path: Path) -> None:
        with self.reading() as connection:
            last = int(connection.scalar(_LAST_CHANGE) or 0)
        self._head = read_head(path)
        if last < self._head:
            raise LedgerDamagedError(
                f"{path} ends at change {last:,}, and change {self._head:,} was committed: its write-ahead log "
                f"({path.name}-wal) is missing, or an older copy was put in its place. Put that file back, or restore the "
                f"last backup; if the older copy is what you want, remove {head_path(path).name}."
            )

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except DBAPIError as error:
            if is_busy(error):
                raise LedgerBusyError(
                    f"{self.where}: another process has been writing for more than {BUSY_TIMEOUT_S} s. "
                    "Wait until it has finished, then do the same again."
                ) from error
            if is_damage(error):
                raise LedgerDamagedError(
                    f"{self.where} cannot be read as a ledger ({error.orig}). Keep the file for inspection, put back "
                    "the last backup, then load the files that came after it."
                ) from error
            raise LedgerError(
                f"{self.where}: the database could not do it ({fault_name(error)}), and nothing was changed. Check the "
                "disk's free space and the file's owner, then do the same again."
            ) from error


@contextmanager
def _attached(connection: Connection, beside: Path | None) -> Generator[None]:
    if beside is None:
        yield
        return
    if connection.dialect.name != "sqlite":
        raise LedgerError(
            "this ledger is in PostgreSQL, and only a ledger in a SQLite file can be joined with another: "
            "make the workspace with `ocb covert create`"
        )
    driver: Any = connection.connection.driver_connection
    driver.execute("ATTACH DATABASE ? AS theirs", (str(beside),))
    try:
        yield
    finally:
        connection.invalidate()  # closed, not kept for the next: a cursor that an interruption left open would keep the file


def require_sound(path: Path, fault: str) -> None:
    """Refuse a file that must not be opened.

    Raises:
        LedgerDamagedError: ``fault`` says why; "" lets it pass.
        LedgerError: it is only that the file cannot be written.
    """
    if fault:
        kind = LedgerError if "cannot be written" in fault else LedgerDamagedError
        raise kind(f"{path} cannot be used as a ledger: {fault}.")


def key_check(ids: IdMaker) -> str:
    """What a ledger keeps to know its key by; tells nothing of it."""
    return ids.token("ledger", "key check")


def check_key(database: Database, ids: IdMaker) -> None:
    """Refuse another key than the ledger was begun with: ids made with it would never meet those that are there.

    Raises:
        LedgerError: it is another key.
    """
    made = key_check(ids)
    with database.reading() as connection:
        kept = connection.scalar(_KEY_CHECK)
    if kept is None:
        with database.writing() as connection:
            insert_new(connection, setting, [{"name": "key_check", "value": made}])
            kept = connection.scalar(_KEY_CHECK)
    if kept != made:
        raise LedgerError(
            f"{database.where} was begun with another key than the one given: put back the keys that belong to it"
        )
