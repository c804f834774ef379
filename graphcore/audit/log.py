"""The audit log as everybody uses it: an intent row before anything is read, an outcome row however it ends.

If the intent cannot be written, ``begin`` raises and nothing is read: it fails closed.
"""

import contextlib
import json
import secrets
import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from graphcore.access.context import AccessContext
from graphcore.audit import tables
from graphcore.audit.checkpoint import Checkpoint, CheckpointFile
from graphcore.audit.entry import Ask, AuditEntry
from graphcore.audit.event import MAX_IDS, AuditEvent, AuditRow, Operation, Phase, Status
from graphcore.audit.keys import AuditKeys, Signer
from graphcore.audit.places import (
    CHECKPOINT,
    FILE,
    KEY,
    OLD_CHECKPOINT,
    SIGNING_KEY,
    check_start,
    open_keys,
)
from graphcore.audit.seal import query_hash, seal, unseal
from graphcore.audit.search import RowFilter, conditions
from graphcore.audit.verify import AuditReport, verify_file
from graphcore.audit.writer import Writer
from graphcore.errors import AuditError

_PAGE = 5_000


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class AuditLog:
    """The log of one workspace."""

    def __init__(self, writer: Writer, keys: AuditKeys) -> None:
        self._writer = writer
        self._keys = keys

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        checkpoint: Path | None = None,
        signing_key: Path | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> "AuditLog":
        """Open the log in ``folder`` (a workspace); make it on first use.

        Args:
            folder: Holds ``audit.sqlite3`` and ``keys/``.
            checkpoint: Where the signed end of the log is kept; best on another disk. None: ``checkpoints/`` in ``folder``.
            signing_key: The secret that signs it. None: ``keys/audit-sign.key``.
            clock: Gives aware UTC.

        Raises:
            AuditError: the log is missing, damaged, shorter than its checkpoint, open to others, or not writable.
        """
        audit = cls._assembled(folder, checkpoint, signing_key, clock)
        audit.checkpoints.take_over(folder / OLD_CHECKPOINT)
        check_start(folder / FILE, audit.checkpoints)
        return audit

    @classmethod
    def for_proof(
        cls, folder: Path, *, checkpoint: Path | None = None, signing_key: Path | None = None
    ) -> "AuditLog":
        """The log as it is, however damaged, for :meth:`verify` alone: nothing is checked, made or changed.

        Raises:
            AuditError: a key is missing or damaged.
        """
        for path in (folder / KEY, signing_key or folder / SIGNING_KEY):
            if not path.exists():
                raise AuditError(f"key file {path.name} is missing: put it back from the backup of the keys")
        return cls._assembled(folder, checkpoint, signing_key, utc_now)

    @classmethod
    def _assembled(
        cls, folder: Path, checkpoint: Path | None, signing_key: Path | None, clock: Callable[[], datetime]
    ) -> "AuditLog":
        place = checkpoint or folder / CHECKPOINT
        keys, signer = open_keys(folder, place, signing_key or folder / SIGNING_KEY)
        return cls(Writer(folder / FILE, CheckpointFile(place, signer, keys.old_checkpoint), clock), keys)

    @property
    def checkpoints(self) -> CheckpointFile:
        """Where the signed ends lie."""
        return self._writer.checkpoints

    @property
    def public_key(self) -> str:
        """What checkpoints are checked with: keep a copy elsewhere."""
        return self.checkpoints.signer.public

    @property
    def signer(self) -> Signer:
        """Signs what leaves the log: exports and backups."""
        return self.checkpoints.signer

    @property
    def path(self) -> Path:
        """The log's file."""
        return self._writer.path

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
            gateway=ask.gateway,
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

    def write(self, event: AuditEvent) -> None:
        """Any other row of the platform's own (an alert, a settlement).

        Raises:
            AuditError: it could not be written.
        """
        self._writer.write(event)

    def write_all(self, events: Sequence[AuditEvent]) -> None:
        """Several rows, in one commit.

        Raises:
            AuditError: they could not be written.
        """
        self._writer.write_all(events)

    @contextlib.contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """The log's file, for reading alone.

        Raises:
            AuditError: it cannot be read.
        """
        path = self._writer.path.resolve()
        try:
            with contextlib.closing(
                sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=self._writer.timeout_s)
            ) as connection:
                yield connection
        except sqlite3.Error as error:
            raise AuditError(f"the audit log cannot be read: {error}") from error

    def rows(self, after: int = 0, limit: int = 100, where: RowFilter | None = None) -> list[AuditRow]:
        """Rows with ``seq`` above ``after``, ascending. For auditors; reading them is itself recorded by the caller.

        Raises:
            AuditError: the file cannot be read.
        """
        found: list[AuditRow] = []
        for row in self.each_row(after, where):
            found.append(row)
            if len(found) == limit:
                break
        return found

    def each_row(self, after: int = 0, where: RowFilter | None = None) -> Iterator[AuditRow]:
        """As :meth:`rows`, without a limit and in bounded memory; each page is read by itself, so nothing is held open."""
        wanted = where or RowFilter()
        terms, values = conditions(wanted)
        statement = f"SELECT {tables.NAMES} FROM audit WHERE seq > :after{terms} ORDER BY seq LIMIT :page"  # noqa: S608 -- names of our own; values are parameters
        page = 100
        while True:
            with self.reading() as connection:
                found = connection.execute(statement, {**values, "after": after, "page": page}).fetchall()
            for one in found:
                row = tables.row_of(one)
                if not wanted.asked or wanted.asked.casefold() in self.question(row).casefold():
                    yield row
            if len(found) < page:
                return
            after, page = found[-1][0], _PAGE

    def question(self, row: AuditRow) -> str:
        """The sealed wording of a row, for an auditor; "" where it has none."""
        return unseal(row.event.query_sealed, self._keys) if row.event.query_sealed else ""

    def parse_checkpoints(self, raw: bytes) -> list[Checkpoint]:
        """Copies of checkpoints that were kept elsewhere, one a line.

        Raises:
            AuditError: one is damaged or not signed by this workspace.
        """
        return [Checkpoint.parse(line, self.public_key) for line in raw.splitlines() if line.strip()]

    def checkpoint_line(self) -> bytes:
        """The signed end of the log as one line, to be kept elsewhere."""
        return self.checkpoint().line(self.signer)

    def checkpoint(self) -> Checkpoint:
        """The signed end of the log, to be copied elsewhere."""
        return self.checkpoints.read()

    def verify(self, copies: Sequence[Checkpoint] = ()) -> AuditReport:
        """Check the whole chain against every checkpoint kept and against ``copies`` of earlier ones."""
        kept = self.checkpoints
        try:
            checkpoints = [*kept.kept(), kept.read(), *copies]
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
