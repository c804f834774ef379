"""Who may see what: labels on records, the context of a read, and the policy between them."""

from graphcore.access.context import AccessContext, Purpose, PurposeCode
from graphcore.access.grant import Grant, Grantee, Scope
from graphcore.access.label import AccessLabel, Marking, Pointer, Retention
from graphcore.access.policy import Decision, allowed_labels, decide, highest_marking, require_purpose
from graphcore.access.rules import RuleSet, shipped_rules

__all__ = [
    "AccessContext", "AccessLabel", "Decision", "Grant", "Grantee", "Marking", "Pointer", "Purpose", "PurposeCode",
    "Retention", "RuleSet", "Scope",
    "allowed_labels", "decide", "highest_marking", "require_purpose", "shipped_rules",
]  # fmt: skip
