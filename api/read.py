"""One read that the audit log knows of: what endpoints and commands alike hand to the services."""

from collections.abc import Callable
from dataclasses import dataclass, field

from graphcore.access import AccessContext
from graphcore.audit import AuditEntry
from graphcore.evidence.ledger import EvidenceView
from graphcore.store.port import GraphView


@dataclass(frozen=True, slots=True)
class Read:
    """Views under one context, and the audit entry that they stand under."""

    context: AccessContext
    view: GraphView
    entry: AuditEntry
    _opens: Callable[[], EvidenceView]
    _opened: list[EvidenceView] = field(default_factory=list[EvidenceView], init=False, repr=False)

    @property
    def evidence(self) -> EvidenceView:
        """The view of the ledger; opened when it is first asked for, as most questions are of the graph alone."""
        if not self._opened:
            self._opened.append(self._opens())
        return self._opened[0]
