"""Everything that differs between SQLite and PostgreSQL, and nothing else.

SQLite: WAL, every commit synced to disk, writers queue at BEGIN IMMEDIATE for at most the busy timeout.
PostgreSQL: writers queue at one advisory lock, so that outbox numbers are committed in their order on both.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    Dialect,
    Engine,
    ScalarSelect,
    Table,
    Text,
    bindparam,
    cast,
    create_engine,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from graphcore.integrity.seal import break_seal

BUSY_TIMEOUT_S = 30
WRITES = "ocb_writes"
_WRITER_LOCK = 7_310_011
_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # else INSERT OR REPLACE would delete past the triggers
    "PRAGMA cache_size = -65536",
    "PRAGMA wal_autocheckpoint = 10000",  # 40 MB: keys are random, and every checkpoint writes most of the index pages
)


class ListItems(FunctionElement[Any]):
    """The items of a JSON list as rows: one parameter, however many keys are looked up."""

    name = "list_items"
    inherit_cache = True


@compiles(ListItems, "sqlite")
def list_items_sqlite(element: ListItems, compiler: SQLCompiler, **options: Any) -> str:
    """SQLite's table function for a JSON list."""
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(ListItems, "postgresql")
def list_items_postgresql(element: ListItems, compiler: SQLCompiler, **options: Any) -> str:
    """PostgreSQL's table function for a JSON list."""
    return f"jsonb_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS jsonb))"


def items_of(parameter: str) -> ScalarSelect[Any]:
    """For ``column.in_(...)``: the keys that are given as ``key_list(keys)`` under the name ``parameter``."""
    rows = ListItems(bindparam(parameter, type_=Text)).table_valued("value")
    return select(rows.c.value).scalar_subquery()


def numbers_of(parameter: str) -> ScalarSelect[Any]:
    """As :func:`items_of`, of whole numbers."""
    rows = ListItems(bindparam(parameter, type_=Text)).table_valued("value")
    return select(cast(rows.c.value, BigInteger)).scalar_subquery()


def key_list(keys: list[str] | list[int]) -> str:
    """Keys in the form that :func:`items_of` takes."""
    return orjson.dumps(keys).decode()


def sqlite_engine(path: Path) -> Engine:
    """An engine on one SQLite file; ``path`` may be missing, its folder may not."""
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": BUSY_TIMEOUT_S},
        hide_parameters=True,  # the texts of errors may be logged, values may not
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", partial(_begin_sqlite, path))
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(path: Path, connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    if writes:
        break_seal(path)


def snapshot_options(engine: Engine) -> dict[str, str]:
    """Options of a connection whose transaction must see one state throughout (in SQLite's WAL each does).

    Writers on PostgreSQL keep READ COMMITTED: what they see must not be older than the lock that they waited for.
    """
    return {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}


def lock_writers(connection: Connection) -> None:
    """Let this transaction be the only writer until it ends (SQLite has done so at its begin)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})


def insert_many(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert many rows that all give the same columns; the values are passed to the driver as they are.

    A third of the cost of handing the rows to SQLAlchemy, which looks at every value of every row.
    """
    if not rows:
        return
    sql, names = _insert_text(table, tuple(rows[0]), connection.dialect)
    if names is None:
        connection.exec_driver_sql(sql, rows)
    else:
        values: Callable[[dict[str, Any]], Any] = itemgetter(*names)  # pyright: ignore[reportUnknownVariableType] -- of any number of names
        connection.exec_driver_sql(sql, [values(row) for row in rows])


def insert_tuples(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    """As :func:`insert_many`, of rows that give the values of ``columns`` in their order."""
    if not rows:
        return
    sql, names = _insert_text(table, columns, connection.dialect)
    if names == columns:
        connection.exec_driver_sql(sql, rows)
    elif names is None:
        connection.exec_driver_sql(sql, [dict(zip(columns, row, strict=True)) for row in rows])
    else:
        values: Callable[[tuple[Any, ...]], Any] = itemgetter(*(columns.index(name) for name in names))  # pyright: ignore[reportUnknownVariableType] -- of any number of names
        connection.exec_driver_sql(sql, [values(row) for row in rows])


@lru_cache(maxsize=64)
def _insert_text(
    table: Table, columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, tuple[str, ...] | None]:
    """The statement, and the order of its values where the driver wants them by place."""
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=columns)
    return str(compiled), tuple(compiled.positiontup) if compiled.positiontup is not None else None


def insert_new(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> CursorResult[Any] | None:
    """Insert those rows whose key is not there yet."""
    if not rows:
        return None
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 -- a tenth of the start-up time, for servers alone

        return connection.execute(postgresql.insert(table).on_conflict_do_nothing(), rows)
    return connection.execute(sqlite.insert(table).on_conflict_do_nothing(), rows)


def frozen_table_ddl(dialect: str, table: str) -> tuple[str, ...]:
    """Statements that make a table refuse UPDATE and DELETE."""
    message = f"rows of {table} are never altered or deleted"
    if dialect == "postgresql":
        body = f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$"
        when = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH STATEMENT"
        return (
            f"CREATE FUNCTION {table}_is_frozen() RETURNS trigger LANGUAGE plpgsql AS {body}",
            f"CREATE TRIGGER {table}_frozen {when} EXECUTE FUNCTION {table}_is_frozen()",
        )
    return tuple(
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for verb in ("update", "delete")
    )


def is_damage(error: BaseException) -> bool:
    """True where SQLite says that the file is no database, or a broken one."""
    words = str(error).lower()
    return "not a database" in words or "malformed" in words


def fault_name(error: DBAPIError) -> str:
    """The database's own name of a fault; never its text, which may hold values."""
    return str(
        getattr(error.orig, "sqlite_errorname", None)
        or getattr(error.orig, "sqlstate", None)
        or type(error.orig).__name__
    )


def is_busy(error: BaseException) -> bool:
    """True where the wait for the write lock ran out."""
    words = str(error).lower()
    return "database is locked" in words or "lock timeout" in words
