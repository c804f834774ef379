"""The chain: each row's digest covers the row and the digest before it; a signed checkpoint outside pins the end.

The chain alone shows an edit, a deletion, an insertion and a change of order. It cannot show a cut tail, an older copy
put back, or a chain computed anew from the start; the checkpoint does, and a copy of it kept elsewhere (``ocb audit
verify`` prints it) shows the same even if the whole folder was put back.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import orjson

from graphcore.audit.event import AuditEvent, AuditRow
from graphcore.errors import AuditError

GENESIS = bytes(32)


def row_digest(previous: bytes, seq: int, at: str, event: AuditEvent) -> bytes:
    """SHA-256 over the digest before and every field of this row."""
    fields = [
        seq, at, event.phase, event.entry, event.operation, event.action, event.subject, event.organisation,
        event.purpose, event.reason, event.reference, event.query_hash, event.query_sealed.hex(), event.entities,
        event.recipients, event.status, event.count, event.sent_bytes,
    ]  # fmt: skip
    return hashlib.sha256(previous + orjson.dumps(fields)).digest()


def link(previous: bytes, seq: int, at: str, event: AuditEvent) -> AuditRow:
    """The row that follows one with digest ``previous``."""
    return AuditRow(seq, at, event, row_digest(previous, seq, at, event))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log had ``seq`` rows and its last digest was ``digest`` (hexadecimal)."""

    seq: int
    digest: str

    def sign(self, key: bytes) -> bytes:
        """One line of JSON with its MAC."""
        return orjson.dumps({"seq": self.seq, "digest": self.digest, "mac": self._mac(key)}) + b"\n"

    def _mac(self, key: bytes) -> str:
        return hmac.digest(key, f"{self.seq}:{self.digest}".encode(), "sha256").hex()

    @classmethod
    def parse(cls, raw: bytes, key: bytes) -> "Checkpoint":
        """Inverse of :meth:`sign`.

        Raises:
            AuditError: not a checkpoint, or not signed with this key.
        """
        try:
            fields = orjson.loads(raw)
            found = cls(int(fields["seq"]), str(fields["digest"]))
            mac = str(fields["mac"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise AuditError(
                "audit checkpoint is damaged: restore it from the copy kept elsewhere"
            ) from error
        if not hmac.compare_digest(mac, found._mac(key)):
            raise AuditError(
                "audit checkpoint is not signed with this workspace's key: it was altered or belongs elsewhere"
            )
        return found


def save_checkpoint(path: Path, checkpoint: Checkpoint, key: bytes) -> None:
    """Replace the checkpoint in one step; a reader sees the old one or the new one."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(checkpoint.sign(key))
    draft.replace(path)
