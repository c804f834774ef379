"""The open workspace as the covert one finds it, and what speaks against pulling from it."""

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, func, select

from graphcore.covert.numbers import ours, rowid, theirs
from graphcore.errors import LedgerError
from graphcore.evidence.ledger import LedgerDamagedError, LedgerVersionError
from graphcore.evidence.ledger.database import key_check
from graphcore.evidence.ledger.migrate import HEAD, REVISIONS
from graphcore.evidence.ledger.pulled_tables import pulled
from graphcore.evidence.ledger.tables import batch, metadata, record
from graphcore.workspace import LEDGER, SETTINGS, Workspace

_SAME_LOAD = ("number", "source", "file", "file_hash", "mapping", "started_at")


def open_ledger(workspace: Workspace) -> Path:
    """The file of the ledger that ``workspace`` joins.

    Raises:
        LedgerError: its settings name none, or there is none.
    """
    joins, settings = workspace.settings.joins, workspace.folder / SETTINGS
    if joins is None:
        raise LedgerError(
            f"{settings} names no open workspace: this is not a covert one. Make one with `ocb covert create OPEN FOLDER`, "
            "or, in a covert one, put back the line `joins: OPEN`"
        )
    folder = workspace.folder / joins.expanduser()
    if folder.resolve() == workspace.folder.resolve():
        raise LedgerError(f"{settings}: `joins` names this workspace itself: name the open one")
    if not (folder / LEDGER).is_file():
        raise LedgerError(
            f"there is no {LEDGER} in {folder}, which {settings} names as `joins`: mount it or correct the path. The ledger "
            "must be a SQLite file: from one in PostgreSQL nothing can be pulled"
        )
    return folder / LEDGER


def require_fit(copy: Path, opened: Path, workspace: Workspace) -> None:
    """Refuse a snapshot that cannot be read with this program and this workspace's key.

    Raises:
        LedgerDamagedError: it is no ledger.
        LedgerVersionError: another version wrote it.
        LedgerError: its ids were made with another key.
    """
    try:
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            kept = connection.execute("SELECT value FROM setting WHERE name = 'key_check'").fetchone()
    except sqlite3.Error as error:
        raise LedgerDamagedError(
            f"{opened} cannot be read as a ledger ({error}): see `ocb --workspace {opened.parent} graph check`. Nothing was "
            "pulled"
        ) from error
    found = version[0] if version else ""
    if found not in REVISIONS:
        raise LedgerVersionError(
            f"{opened} is at schema version {found}, and this program knows versions up to {HEAD}: install the version of "
            "ocb-graph that the open workspace is used with. Nothing was pulled"
        )
    if found != HEAD:
        raise LedgerVersionError(
            f"{opened} is at schema version {found}, and this program reads {HEAD}: use the open workspace once with this "
            f"version (`ocb --workspace {opened.parent} ingest batches`), then pull again. Nothing was pulled"
        )
    if kept is None or kept[0] != key_check(workspace.ids):
        raise LedgerError(
            f"{opened.parent} has another key of ids than this workspace, so that one thing would have two ids: make the "
            f"covert workspace with `ocb covert create {opened.parent} FOLDER`. Nothing was pulled"
        )


def require_continued(connection: Connection, opened: Path) -> None:
    """Refuse a ledger that is not the one that was pulled from before, as far as it was pulled.

    Raises:
        LedgerError: it went back to an older copy, or this ledger is itself a copy of it.
    """
    if not all(_is_continued(connection, name, last) for name, last in _reached(connection)):
        raise LedgerError(
            f"{opened} is not as it was when it was last pulled from: an older copy was put in its place. Put the newer one "
            "back, or make a new covert workspace (`ocb covert create`) and load the compartment's files there. Nothing was "
            "pulled"
        )
    if connection.scalar(select(func.count()).select_from(pulled)):
        return
    loads = theirs(batch)
    alike = [batch.c[name] == loads.c[name] for name in _SAME_LOAD]
    if (
        connection.scalar(select(batch.c.number).join_from(batch, loads, alike[0]).where(*alike).limit(1))
        is not None
    ):
        raise LedgerError(
            f"this workspace was made from a copy of {opened.parent}, so everything would be there twice: make a new one "
            "with `ocb covert create` and load the compartment's files there. Nothing was pulled"
        )


def _reached(connection: Connection) -> list[tuple[str, int]]:
    last = select(pulled.c.name, func.max(pulled.c.last)).group_by(pulled.c.name)
    return [(name, number) for name, number in connection.execute(last)]


def _is_continued(connection: Connection, name: str, last: int) -> bool:
    """The table has come as far there as it was pulled; of records, the last is the one that it was."""
    table = metadata.tables[name]
    there = theirs(table)
    if name == record.name:
        kept = (
            select(record.c.seq)
            .where(record.c.seq == ours(name, there.c.seq), record.c.rid == there.c.rid)
            .exists()
        )
        return connection.scalar(select(there.c.seq).where(there.c.seq == last, kept)) is not None
    number = there.c.get("number", rowid(table))
    return (connection.scalar(select(func.max(number)).select_from(there)) or 0) >= last
