"""Group commit by one writer: whoever comes while a commit is under way is carried by the next one, in one transaction.

There is no thread of its own. The first caller writes for everybody who has queued up, then hands the pen to the first of
those who came meanwhile. The end of the chain is read again inside every transaction, so several processes extend one
chain without a fork or a gap.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from graphcore.audit import tables
from graphcore.audit.chain import GENESIS, link
from graphcore.audit.checkpoint import Checkpoint, CheckpointFile
from graphcore.audit.event import AuditEvent, AuditRow, Operation, Phase
from graphcore.errors import AuditError
from graphcore.model.times import iso_utc, parse_iso_utc

_DRIFT = timedelta(seconds=60)


class _Item:
    """One caller's events in the queue. ``turn`` is let go when they are on disk, have failed, or their caller is to write."""

    def __init__(self, events: Sequence[AuditEvent]) -> None:
        self.events = events
        self.settled = False
        self.error: AuditError | None = None
        self.turn = threading.Lock()
        self.turn.acquire()

    def settle(self, error: AuditError | None) -> None:
        self.settled, self.error = True, error
        self.turn.release()


@dataclass(slots=True)
class Writer:
    """Appends events to one file. Calls from any number of threads and processes."""

    path: Path
    checkpoints: CheckpointFile
    clock: Callable[[], datetime]
    timeout_s: float = 5.0
    _connection: sqlite3.Connection | None = None
    _pending: list[_Item] = field(default_factory=list[_Item])
    _queue_lock: threading.Lock = field(default_factory=threading.Lock)
    _commit_lock: threading.Lock = field(default_factory=threading.Lock)
    _writing: bool = False
    _seen: tuple[datetime, float] | None = None

    def write(self, event: AuditEvent) -> None:
        """Return once ``event`` is on disk.

        Raises:
            AuditError: it is not, within the time limit; whatever it was to precede must not happen.
        """
        self.write_all((event,))

    def write_all(self, events: Sequence[AuditEvent]) -> None:
        """As :meth:`write`, of several (one at least) side by side, in one commit."""
        item = _Item(events)
        with self._queue_lock:
            self._pending.append(item)
            writes, self._writing = not self._writing, True
        if not writes:
            self._await(item)
        if not item.settled:
            try:
                self._commit()
            finally:
                self._hand_over()
        if item.error:
            raise item.error

    def close(self) -> None:
        """Release the file."""
        with self._commit_lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _await(self, item: _Item) -> None:
        """Until the event is settled or its caller is to write.

        Raises:
            AuditError: neither within twice the time limit (one commit under way, and the one after it).
        """
        if item.turn.acquire(timeout=2 * self.timeout_s):
            return
        with self._queue_lock:
            if item.turn.acquire(blocking=False):
                return
            if item in self._pending:
                self._pending.remove(item)
        raise AuditError("the audit log does not answer: nothing was read; try again, then look at its disk")

    def _hand_over(self) -> None:
        with self._queue_lock:
            self._writing = bool(self._pending)
            if self._pending:
                self._pending[0].turn.release()

    def _commit(self) -> None:
        with self._queue_lock:
            items, self._pending = self._pending, []
        failure: AuditError | None = AuditError("the audit log was not written: nothing was read")
        try:
            with self._commit_lock:
                before, end = self._append([event for item in items for event in item.events])
            # after the commit, so that a crash between the two leaves a checkpoint that is behind, never ahead
            self.checkpoints.save(end, before=before)
            failure = None
        except (sqlite3.Error, OSError, AuditError) as error:
            failure = AuditError(
                f"the audit log cannot be written ({error}): nothing was read; see to its disk or lock"
            )
        finally:
            for item in items:
                item.settle(failure)

    def _append(self, events: list[AuditEvent]) -> tuple[int, Checkpoint]:
        """Number of the last row before, and the end after."""
        connection = self._connection or tables.connect(self.path, timeout_s=self.timeout_s)
        self._connection = connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            last = tables.last(connection)
            rows = self._link(events, last)
            tables.insert(connection, rows)
            connection.execute("COMMIT")
        except sqlite3.Error:
            self._connection = None  # closing rolls back; the next caller opens the file anew
            connection.close()
            raise
        return last[0] if last else 0, Checkpoint(rows[-1].seq, rows[-1].digest.hex())

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
