"""The chain: each row's digest covers the row and the digest before it.

The chain alone shows an edit, a deletion, an insertion and a change of order. It cannot show a cut tail, an older copy
put back, or a chain computed anew from the start; the signed checkpoint does (``graphcore.audit.checkpoint``).
"""

import hashlib

import orjson

from graphcore.audit.event import AuditEvent, AuditRow

GENESIS = bytes(32)


def row_digest(previous: bytes, seq: int, at: str, event: AuditEvent) -> bytes:
    """SHA-256 over the digest before and every field of this row.

    A row without a gateway is hashed as rows were before that field was there: one field fewer, so never ambiguous.
    """
    fields = [
        seq, at, event.phase, event.entry, event.operation, event.action, event.subject, event.organisation,
        event.purpose, event.reason, event.reference, event.query_hash, event.query_sealed.hex(), event.entities,
        event.recipients, event.status, event.count, event.sent_bytes,
    ]  # fmt: skip
    if event.gateway:
        fields.append(event.gateway)
    return hashlib.sha256(previous + orjson.dumps(fields)).digest()


def link(previous: bytes, seq: int, at: str, event: AuditEvent) -> AuditRow:
    """The row that follows one with digest ``previous``."""
    return AuditRow(seq, at, event, row_digest(previous, seq, at, event))
