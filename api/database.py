"""The server's own small SQLite files (accounts, jobs): WAL, on disk before a commit returns, for the owner alone."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect, text
from sqlalchemy.schema import CreateColumn


def open_engine(path: Path, metadata: MetaData) -> Engine:
    """The engine on ``path``; tables and columns are made where missing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    event.listen(engine, "connect", _pragmas)
    metadata.create_all(engine)
    with engine.begin() as connection:
        _add_columns(connection, metadata)
    return engine


def _add_columns(connection: Connection, metadata: MetaData) -> None:
    """Bring a file of an earlier version up to date: every column that was added since has a default or may be empty."""
    present = inspect(connection)
    for table in metadata.sorted_tables:
        there = {column["name"] for column in present.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                wanted = CreateColumn(column).compile(dialect=connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {wanted}"))


def _pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
