"""Transactions on one ledger database, with its faults turned into errors that name the file and the next step."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, select
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
from graphcore.evidence.ledger.tables import setting
from graphcore.model.ids import IdMaker

_KEY_CHECK = select(setting.c.value).where(setting.c.name == "key_check")


class Database:
    """An engine with two kinds of transaction; ``where`` names the file or server in messages."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self.where = where

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a SQLite file, creating or upgrading the tables.

        Raises:
            LedgerDamagedError: the file is no SQLite database, or a broken one.
            LedgerVersionError: a newer program wrote it.
        """
        database = cls(sqlite_engine(path), str(path))
        try:
            with database._explained():
                migrate(database._engine, database.where)
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
    def writing(self) -> Generator[Connection]:
        """The only writer until the block ends; all of it is kept, or nothing."""
        with (
            self._explained(),
            self._engine.connect().execution_options(**{WRITES: True}) as connection,
            connection.begin(),
        ):
            lock_writers(connection)
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

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


def check_key(database: Database, ids: IdMaker) -> None:
    """Refuse another key than the ledger was begun with: ids made with it would never meet those that are there.

    Raises:
        LedgerError: it is another key.
    """
    made = ids.token("ledger", "key check")
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
