"""One read that the audit log knows of: what endpoints and commands alike hand to the services."""

from dataclasses import dataclass

from graphcore.access import AccessContext
from graphcore.audit import AuditEntry
from graphcore.evidence.ledger import EvidenceView
from graphcore.store.port import GraphView


@dataclass(frozen=True, slots=True)
class Read:
    """Views under one context, and the audit entry that they stand under."""

    context: AccessContext
    view: GraphView
    evidence: EvidenceView
    entry: AuditEntry
