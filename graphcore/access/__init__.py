"""Who may see what: labels on records, the context of a read, and the policy between them."""

from graphcore.access.context import AccessContext, Purpose, PurposeCode
from graphcore.access.label import AccessLabel, Marking
from graphcore.access.policy import Decision, allowed_labels, decide, highest_marking, require_purpose

__all__ = [
    "AccessContext", "AccessLabel", "Decision", "Marking", "Purpose", "PurposeCode",
    "allowed_labels", "decide", "highest_marking", "require_purpose",
]  # fmt: skip
