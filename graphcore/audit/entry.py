"""What is about to be done, and the open entry that it stands under until it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphcore.audit.event import MAX_IDS, AuditEvent, Operation, Phase, Status
from graphcore.audit.writer import Writer


@dataclass(frozen=True, slots=True)
class Ask:
    """What is about to be done: ``action`` is its name (``entity.read``), ``query`` its wording, sealed before storage.

    ``recipients`` and ``gateway`` (the legal ground) are of a disclosure.
    """

    action: str
    query: Mapping[str, object] = field(default_factory=dict[str, object])
    operation: Operation = Operation.CONSULTATION
    entities: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    gateway: str = ""


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
        outcome = self.end(status)
        if outcome is not None:
            self._writer.write(outcome)

    def end(self, status: Status) -> AuditEvent | None:
        """The outcome row, for who writes several at once; None where the entry was closed before."""
        if self.closed:
            return None
        self.closed = True
        event = self._event
        return AuditEvent(
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
