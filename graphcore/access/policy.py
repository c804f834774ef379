"""The policy: a pure, total function from a label and a context to a decision with its reasons.

What it says is the rule file's (``graphcore.access.rules``). A label or context that the rules do not know is denied;
nothing defaults to open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from graphcore.access.context import AccessContext
from graphcore.access.filter import Filter
from graphcore.access.label import AccessLabel, Marking
from graphcore.access.rules import RuleSet, shipped_rules
from graphcore.access.vocabulary import RANK
from graphcore.errors import AccessDeniedError, RulesFaultError


@dataclass(frozen=True, slots=True)
class Decision:
    """Allow or deny; ``reasons`` names every rule that denied."""

    allow: bool
    reasons: tuple[str, ...]


def require_purpose(context: AccessContext) -> None:
    """Refuse a context that gives no purpose or no reason.

    Raises:
        AccessDeniedError: the read may not be made at all.
        RulesFaultError: something of the context is missing or cannot be read: the policy would deny everything.
    """
    if not context.subject:
        raise AccessDeniedError("no subject: sign in first")
    if context.purpose is None or not context.purpose.reason.strip():
        raise AccessDeniedError("no purpose: say why you read, with a law-enforcement purpose and a reason")
    fault = readable(context).fault
    if fault:
        raise RulesFaultError(
            f"the access rules cannot be applied to this reader ({fault}): correct the account"
        )


def rules_of(context: AccessContext) -> RuleSet:
    """The rule set that a context stands under."""
    return context.rules or shipped_rules()


def under(rules: RuleSet | None, context: AccessContext) -> AccessContext:
    """The context under ``rules``, whatever it brought; None leaves it as it is."""
    return context if rules is None or context.rules is rules else replace(context, rules=rules)


def readable(context: AccessContext) -> Filter:
    """What a context may see, in the form that every other form is made from."""
    return rules_of(context).readable(context)


def pointed(context: AccessContext) -> Filter:
    """What a context is told of where it may not see it."""
    return rules_of(context).pointed(context)


def decide(label: AccessLabel, context: AccessContext) -> Decision:
    """Whether records under ``label`` may be seen in ``context``."""
    denied = readable(context).denied(label)
    return Decision(not denied, denied)


def allowed_labels(labels: Mapping[int, AccessLabel], context: AccessContext) -> tuple[int, ...]:
    """Numbers of the labels that ``context`` may see, ascending.

    Raises:
        AccessDeniedError: the context has no subject or no purpose.
    """
    require_purpose(context)
    seen = readable(context)
    return tuple(sorted(number for number, label in labels.items() if not seen.denied(label)))


def highest_marking(labels: Iterable[AccessLabel]) -> Marking:
    """The banner of an answer made of records under ``labels`` (OFFICIAL where there are none).

    A marking that the platform does not know, and that a rule file lets some see, counts as the highest.
    """
    return max(map(_banner, labels), key=RANK.__getitem__, default=Marking.OFFICIAL)


def _banner(label: AccessLabel) -> Marking:
    return Marking(label.marking) if label.marking in RANK else [*Marking][-1]
