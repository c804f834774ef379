"""The audit file: its own SQLite database, WAL, every commit on disk before it returns, rows only ever added."""

import os
import sqlite3
from functools import cache
from pathlib import Path

import orjson

from graphcore.audit.event import AuditEvent, AuditRow, Phase
from graphcore.errors import AuditError

COLUMNS = (
    "seq", "at", "phase", "entry", "operation", "action", "subject", "organisation", "purpose", "reason", "reference",
    "query_hash", "query_sealed", "entities", "recipients", "status", "count", "sent_bytes", "digest",
    "gateway",
)  # fmt: skip

NAMES = ", ".join(COLUMNS)

_TABLES = """
CREATE TABLE IF NOT EXISTS audit (
  seq INTEGER PRIMARY KEY, at TEXT NOT NULL, phase TEXT NOT NULL, entry TEXT NOT NULL, operation TEXT NOT NULL,
  action TEXT NOT NULL, subject TEXT NOT NULL, organisation TEXT NOT NULL, purpose TEXT NOT NULL, reason TEXT NOT NULL,
  reference TEXT NOT NULL, query_hash TEXT NOT NULL, query_sealed BLOB NOT NULL, entities TEXT NOT NULL,
  recipients TEXT NOT NULL, status TEXT NOT NULL, count INTEGER NOT NULL, sent_bytes INTEGER NOT NULL,
  digest BLOB NOT NULL, gateway TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS audit_entry ON audit (entry);
CREATE INDEX IF NOT EXISTS audit_note ON audit (action) WHERE phase = 'note';
CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
"""

_AT_ONCE = 64  # rows in one statement: the interpreter's lock is let go once for all of them


def connect(path: Path, *, timeout_s: float) -> sqlite3.Connection:
    """Open (and where new, create) the file.

    Raises:
        AuditError: the file is not a database, cannot be opened or written, or is open to others.
    """
    connection = None
    try:
        _require_own(path)
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, timeout=timeout_s, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_TABLES)
        _upgrade(connection)
    except (sqlite3.Error, OSError) as error:
        if connection is not None:
            connection.close()
        raise AuditError(
            f"audit log {path.name} cannot be opened: {error}. Nothing is read until it can"
        ) from error
    return connection


def _require_own(path: Path) -> None:
    """Refuse a log that this process cannot write, or that somebody else could have read or written."""
    if not path.exists():
        return
    if not os.access(path, os.R_OK | os.W_OK):
        raise AuditError(f"audit log {path.name} cannot be written by this user: check its owner and mode")
    if path.stat().st_mode & 0o077:
        raise AuditError(
            f"audit log {path.name} can be read or written by others: set its mode to 600 (chmod 600), and ask who could "
            "have changed it. Nothing is read until then"
        )


def _upgrade(connection: sqlite3.Connection) -> None:
    """Add the column that logs of before do not have."""
    if _has_gateway(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    if not _has_gateway(connection):  # another process may have been first
        connection.execute("ALTER TABLE audit ADD COLUMN gateway TEXT NOT NULL DEFAULT ''")
    connection.execute("COMMIT")


def _has_gateway(connection: sqlite3.Connection) -> bool:
    return any(row[1] == "gateway" for row in connection.execute("PRAGMA table_info(audit)"))


def insert(connection: sqlite3.Connection, rows: list[AuditRow]) -> None:
    """Add rows inside the caller's transaction."""
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        connection.execute(_insert(len(part)), [value for row in part for value in _values(row)])


@cache
def _insert(rows: int) -> str:
    one = f"({','.join('?' * len(COLUMNS))})"
    return f"INSERT INTO audit ({NAMES}) VALUES {','.join([one] * rows)}"  # noqa: S608 -- names of our own


def last(connection: sqlite3.Connection) -> tuple[int, str, bytes] | None:
    """Number, time and digest of the last row; None where there is none."""
    return connection.execute("SELECT seq, at, digest FROM audit ORDER BY seq DESC LIMIT 1").fetchone()


def _values(row: AuditRow) -> tuple[object, ...]:
    event = row.event
    return (
        row.seq, row.at, event.phase, event.entry, event.operation, event.action, event.subject, event.organisation,
        event.purpose, event.reason, event.reference, event.query_hash, event.query_sealed,
        orjson.dumps(event.entities).decode(), orjson.dumps(event.recipients).decode(), event.status, event.count,
        event.sent_bytes, row.digest, event.gateway,
    )  # fmt: skip


def row_of(values: tuple[object, ...]) -> AuditRow:
    """A row as read with ``SELECT`` of :data:`NAMES`.

    Raises:
        AuditError: a field no longer has its form, so somebody altered the file.
    """
    named: dict[str, object] = dict(zip(COLUMNS, values, strict=True))
    try:
        return _row(named)
    except (ValueError, TypeError) as error:
        raise AuditError(f"audit row {named['seq']} is damaged") from error


def _row(named: dict[str, object]) -> AuditRow:
    texts = {name: str(named[name]) for name in COLUMNS[3:12]}
    event = AuditEvent(
        phase=Phase(str(named["phase"])),
        query_sealed=_raw(named["query_sealed"]),
        entities=tuple(orjson.loads(str(named["entities"]))),
        recipients=tuple(orjson.loads(str(named["recipients"]))),
        status=str(named["status"]),
        count=int(str(named["count"])),
        sent_bytes=int(str(named["sent_bytes"])),
        gateway=str(named["gateway"]),
        **texts,
    )
    return AuditRow(int(str(named["seq"])), str(named["at"]), event, _raw(named["digest"]))


def _raw(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("not bytes")
    return value
