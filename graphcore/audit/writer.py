"""Group commit: whoever comes while a commit is under way is carried by the next one, all in one transaction.

There is no writer thread: the first caller commits for everybody who has queued up. The end of the chain is read again
inside every transaction, so several processes extend one chain without a fork or a gap.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from graphcore.audit import tables
from graphcore.audit.chain import GENESIS, Checkpoint, link, save_checkpoint
from graphcore.audit.event import AuditEvent, AuditRow, Operation, Phase
from graphcore.errors import AuditError
from graphcore.model.times import iso_utc, parse_iso_utc

_DRIFT = timedelta(seconds=60)


@dataclass(slots=True)
class _Item:
    event: AuditEvent
    done: bool = False
    error: AuditError | None = None


@dataclass(slots=True)
class Writer:
    """Appends events to one file. Calls from any number of threads and processes."""

    path: Path
    checkpoint_path: Path
    checkpoint_key: bytes
    clock: Callable[[], datetime]
    timeout_s: float = 5.0
    _connection: sqlite3.Connection | None = None
    _pending: list[_Item] = field(default_factory=list["_Item"])
    _queue_lock: threading.Lock = field(default_factory=threading.Lock)
    _commit_lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: tuple[datetime, float] | None = None

    def write(self, event: AuditEvent) -> None:
        """Return once ``event`` is on disk.

        Raises:
            AuditError: it is not, within the time limit; whatever it was to precede must not happen.
        """
        item = _Item(event)
        with self._queue_lock:
            self._pending.append(item)
        if not self._commit_lock.acquire(timeout=2 * self.timeout_s):
            raise AuditError(
                "the audit log does not answer: nothing was read; try again, then look at its disk"
            )
        try:
            if not item.done:
                self._commit()
        finally:
            self._commit_lock.release()
        if item.error:
            raise item.error

    def close(self) -> None:
        """Release the file."""
        with self._commit_lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _commit(self) -> None:
        with self._queue_lock:
            items, self._pending = self._pending, []
        try:
            checkpoint = self._append([item.event for item in items])
        except (sqlite3.Error, OSError, AuditError) as error:
            failure = AuditError(
                f"the audit log cannot be written ({error}): nothing was read; see to its disk or lock"
            )
            for item in items:
                item.done, item.error = True, failure
            return
        for item in items:
            item.done = True
        # after the commit, so that a crash between the two leaves a checkpoint that is behind, never ahead
        save_checkpoint(self.checkpoint_path, checkpoint, self.checkpoint_key)

    def _append(self, events: list[AuditEvent]) -> Checkpoint:
        connection = self._connection or tables.connect(self.path, timeout_s=self.timeout_s)
        self._connection = connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            rows = self._link(events, tables.last(connection))
            tables.insert(connection, rows)
            connection.execute("COMMIT")
        except sqlite3.Error:
            self._connection = None  # closing rolls back; the next caller opens the file anew
            connection.close()
            raise
        return Checkpoint(rows[-1].seq, rows[-1].digest.hex())

    def _link(self, events: list[AuditEvent], last: tuple[int, str, bytes] | None) -> list[AuditRow]:
        seq, at, digest = last or (0, "", GENESIS)
        now = self.clock()
        drift = self._drift(now, at)
        rows: list[AuditRow] = []
        for event in ([drift] if drift else []) + events:
            seq += 1
            row = link(digest, seq, iso_utc(now), event)
            digest = row.digest
            rows.append(row)
        return rows

    def _drift(self, now: datetime, last_at: str) -> AuditEvent | None:
        """A note where the wall clock went back, or moved otherwise than the steady clock did."""
        steady, seen = time.monotonic(), self._seen
        self._seen = (now, steady)
        back = bool(last_at) and parse_iso_utc(last_at) - now > _DRIFT
        jumped = seen is not None and abs((now - seen[0]) - timedelta(seconds=steady - seen[1])) > _DRIFT
        if not back and not jumped:
            return None
        return AuditEvent(
            Phase.NOTE, "", Operation.ACCESS, "clock.drift", "system", status="back" if back else "jump"
        )
