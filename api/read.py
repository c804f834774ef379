"""One read that the audit log knows of: what endpoints and commands alike hand to the services."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from graphcore.access import AccessContext
from graphcore.audit import AuditEntry
from graphcore.evidence.ledger import EvidenceView
from graphcore.store.port import GraphView


@dataclass(frozen=True)
class Read:
    """Views under one context, and the audit entry that they stand under."""

    context: AccessContext
    view: GraphView
    entry: AuditEntry
    _opens: Callable[[], EvidenceView]

    @cached_property
    def evidence(self) -> EvidenceView:
        """The view of the ledger; opened when it is first asked for, as most questions are of the graph alone."""
        return self._opens()
