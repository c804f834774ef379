"""Who read, changed, joined or passed on what, when and why (DPA 2018 s.62): append-only and hash-chained."""

from graphcore.audit.checkpoint import Checkpoint
from graphcore.audit.entry import Ask, AuditEntry
from graphcore.audit.event import AuditEvent, AuditRow, Operation, Phase, Status
from graphcore.audit.log import AuditLog
from graphcore.audit.search import RowFilter
from graphcore.audit.verify import AuditReport

__all__ = [
    "Ask", "AuditEntry", "AuditEvent", "AuditLog", "AuditReport", "AuditRow", "Checkpoint", "Operation", "Phase",
    "RowFilter", "Status",
]  # fmt: skip
