"""Who read, changed, joined or passed on what, when and why (DPA 2018 s.62): append-only and hash-chained."""

from graphcore.audit.chain import Checkpoint
from graphcore.audit.event import AuditEvent, AuditRow, Operation, Phase, Status
from graphcore.audit.log import Ask, AuditEntry, AuditLog
from graphcore.audit.verify import AuditReport

__all__ = [
    "Ask", "AuditEntry", "AuditEvent", "AuditLog", "AuditReport", "AuditRow", "Checkpoint", "Operation", "Phase", "Status",
]  # fmt: skip
