"""The audit log as everybody uses it: an intent row before anything is read, an outcome row however it ends.

If the intent cannot be written, ``begin`` raises and nothing is read: it fails closed.
"""

import contextlib
import json
import secrets
import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from graphcore.access.context import AccessContext
from graphcore.audit import tables
from graphcore.audit.chain import GENESIS, Checkpoint, save_checkpoint
from graphcore.audit.event import MAX_IDS, AuditEvent, AuditRow, Operation, Phase, Status
from graphcore.audit.keys import AuditKeys, read_or_make
from graphcore.audit.seal import query_hash, seal, unseal
from graphcore.audit.verify import AuditReport, verify_file
from graphcore.audit.writer import Writer
from graphcore.errors import AuditError

FILE = "audit.sqlite3"
CHECKPOINT = "audit.checkpoint"
KEY = Path("keys", "audit.key")


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class AuditEntry:
    """One begun operation. Whoever begins it closes it; the first close counts, later ones do nothing."""

    _event: AuditEvent
    _writer: Writer
    count: int = 0
    shown: tuple[str, ...] = ()
    sent_bytes: int = 0
    closed: bool = False

    @property
    def id(self) -> str:
        """What joins the intent with its outcome."""
        return self._event.entry

    def done(self, *, count: int = 0, shown: Sequence[str] = (), sent_bytes: int = 0) -> None:
        """What the answer holds: elements, their entity ids, and bytes. Written by :meth:`close`."""
        self.count, self.shown, self.sent_bytes = count, tuple(shown[:MAX_IDS]), sent_bytes

    def close(self, status: Status = Status.ANSWERED) -> None:
        """Write the outcome row.

        Raises:
            AuditError: it could not be written; the entry stays open and the verifier lists it.
        """
        if self.closed:
            return
        self.closed = True
        event = self._event
        self._writer.write(
            AuditEvent(
                Phase.OUTCOME,
                event.entry,
                event.operation,
                event.action,
                event.subject,
                entities=self.shown,
                status=status,
                count=self.count,
                sent_bytes=self.sent_bytes,
            )
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """What is about to be done: ``action`` is its name (``entity.read``), ``query`` its wording, sealed before storage."""

    action: str
    query: Mapping[str, object] = field(default_factory=dict[str, object])
    operation: Operation = Operation.CONSULTATION
    entities: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()


class AuditLog:
    """The log of one workspace."""

    def __init__(self, writer: Writer, keys: AuditKeys) -> None:
        self._writer = writer
        self._keys = keys

    @classmethod
    def open(
        cls, folder: Path, *, checkpoint: Path | None = None, clock: Callable[[], datetime] = utc_now
    ) -> "AuditLog":
        """Open the log in ``folder`` (a workspace); make it on first use.

        Args:
            folder: Holds ``audit.sqlite3`` and ``keys/audit.key``.
            checkpoint: Where the signed end of the log is kept; best on another disk. None: beside the log.
            clock: Gives aware UTC.

        Raises:
            AuditError: the log is missing, damaged, shorter than its checkpoint, or not writable.
        """
        keys = AuditKeys.derive(read_or_make(folder / KEY))
        place = checkpoint or folder / CHECKPOINT
        _check_start(folder / FILE, place, keys)
        return cls(Writer(folder / FILE, place, keys.checkpoint, clock), keys)

    def begin(self, context: AccessContext, ask: Ask) -> AuditEntry:
        """Write the intent row and return the open entry.

        Raises:
            AuditError: the row could not be written: do not read.
        """
        purpose, wording = context.purpose, _wording(ask.query)
        event = AuditEvent(
            Phase.INTENT, secrets.token_hex(12), ask.operation, ask.action, context.subject, context.organisation,
            purpose=purpose.code if purpose else "",
            reason=purpose.reason if purpose else "",
            reference=purpose.operation if purpose else "",
            query_hash=query_hash(wording, self._keys) if ask.query else "",
            query_sealed=seal(wording, self._keys) if ask.query else b"",
            entities=ask.entities[:MAX_IDS],
            recipients=ask.recipients,
        )  # fmt: skip
        self._writer.write(event)
        return AuditEntry(event, self._writer)

    @contextlib.contextmanager
    def entry(
        self,
        context: AccessContext,
        operation: Operation,
        action: str,
        query: Mapping[str, object],
        entities: Sequence[str] = (),
    ) -> Generator[AuditEntry]:
        """An operation from intent to outcome: ``with audit.entry(...) as entry: ...; entry.done(count=n)``.

        An exception closes it as failed and goes on.
        """
        entry = self.begin(context, Ask(action, query, operation, tuple(entities)))
        try:
            yield entry
        except BaseException:
            entry.close(Status.FAILED)
            raise
        entry.close()

    def note(self, subject: str, action: str, status: Status, *, reason: str = "") -> None:
        """One row that stands alone: a sign-in, a refusal, a change of an account."""
        event = AuditEvent(Phase.NOTE, "", Operation.ACCESS, action, subject, reason=reason, status=status)
        self._writer.write(event)

    def rows(self, after: int = 0, limit: int = 100) -> list[AuditRow]:
        """Rows with ``seq`` above ``after``, ascending. For auditors; reading them is itself recorded by the caller.

        Raises:
            AuditError: the file cannot be read.
        """
        connection = tables.connect(self._writer.path, timeout_s=self._writer.timeout_s)
        try:
            found = connection.execute(
                "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)
            )
            return [tables.row_of(values) for values in found]
        except sqlite3.Error as error:
            raise AuditError(f"the audit log cannot be read: {error}") from error
        finally:
            connection.close()

    def question(self, row: AuditRow) -> str:
        """The sealed wording of a row, for an auditor; "" where it has none."""
        return unseal(row.event.query_sealed, self._keys) if row.event.query_sealed else ""

    def checkpoint(self) -> Checkpoint:
        """The signed end of the log, to be copied elsewhere."""
        return _read_checkpoint(self._writer.checkpoint_path, self._keys.checkpoint)

    def verify(self, copies: Sequence[Checkpoint] = ()) -> AuditReport:
        """Check the whole chain against the checkpoint and against ``copies`` of earlier ones."""
        try:
            checkpoints = [self.checkpoint(), *copies]
        except AuditError as error:
            report = verify_file(self._writer.path, copies)
            return replace(report, problems=(*report.problems, str(error)))
        return verify_file(self._writer.path, checkpoints)

    def close(self) -> None:
        """Release the file; open entries stay open and can still be closed."""
        self._writer.close()


def _wording(query: Mapping[str, object]) -> str:
    """One text for equal questions, whatever the order of their parts."""
    return json.dumps(
        query, sort_keys=True, default=str
    )  # not orjson: a lone surrogate must not stop the audit


def _read_checkpoint(path: Path, key: bytes) -> Checkpoint:
    try:
        return Checkpoint.parse(path.read_bytes(), key)
    except OSError as error:
        raise AuditError(
            f"audit checkpoint {path.name} cannot be read: restore it from the copy kept elsewhere"
        ) from error


def _check_start(path: Path, checkpoint_path: Path, keys: AuditKeys) -> None:
    """Refuse to start on a log that is missing or shorter than what was signed."""
    if checkpoint_path.exists() and not path.exists():
        raise AuditError(
            f"audit log {path.name} is missing though its checkpoint is there: restore it from a backup"
        )
    fresh = not path.exists()
    connection = tables.connect(path, timeout_s=5.0)
    try:
        last = tables.last(connection)
    except sqlite3.Error as error:
        raise AuditError(f"audit log {path.name} is damaged ({error}): restore it from a backup") from error
    finally:
        connection.close()
    if fresh or (last is None and not checkpoint_path.exists()):
        save_checkpoint(checkpoint_path, Checkpoint(0, GENESIS.hex()), keys.checkpoint)
        return
    if _read_checkpoint(checkpoint_path, keys.checkpoint).seq > (last[0] if last else 0):
        raise AuditError(
            "audit log is shorter than its checkpoint: rows were cut off; run `ocb audit verify`"
        )
