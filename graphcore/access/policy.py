"""The policy: a pure, total function from a label and a context to a decision with its reasons.

A label or context that the rules do not know is denied; nothing defaults to open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphcore.access.context import AccessContext
from graphcore.access.label import AccessLabel, Marking
from graphcore.errors import AccessDeniedError

_RANK = {Marking.OFFICIAL: 0, Marking.OFFICIAL_SENSITIVE: 1}
_CONDITIONS = frozenset({"A1", "A2", "A3", "S1", "S2"})


@dataclass(frozen=True, slots=True)
class Decision:
    """Allow or deny; ``reasons`` names every rule that denied."""

    allow: bool
    reasons: tuple[str, ...]


def require_purpose(context: AccessContext) -> None:
    """Refuse a context that gives no purpose or no reason.

    Raises:
        AccessDeniedError: the read may not be made at all.
    """
    if not context.subject:
        raise AccessDeniedError("no subject: sign in first")
    if context.purpose is None or not context.purpose.reason.strip():
        raise AccessDeniedError("no purpose: say why you read, with a law-enforcement purpose and a reason")


def decide(label: AccessLabel, context: AccessContext) -> Decision:
    """Whether records under ``label`` may be seen in ``context``."""
    denied = [
        reason
        for ok, reason in (
            (_clearance(label, context), "clearance"),
            (not label.compartment or label.compartment in context.compartments, "compartment"),
            (_handling(label, context), "handling code"),
            (context.purpose is not None, "purpose"),
        )
        if not ok
    ]
    return Decision(not denied, tuple(denied))


def _clearance(label: AccessLabel, context: AccessContext) -> bool:
    try:
        return _RANK[Marking(label.marking)] <= _RANK[Marking(context.clearance)]
    except ValueError:
        return False


def _handling(label: AccessLabel, context: AccessContext) -> bool:
    """Open data has no code; a code or condition that is not in the table is denied."""
    if not set(label.handling_conditions) <= _CONDITIONS:
        return False
    own = bool(label.originator) and label.originator == context.organisation
    allowed = {
        ("", ""): not label.handling_conditions,
        ("3x5x2", "P"): context.law_enforcement or own,
        ("3x5x2", "C"): own or context.may_read_conditional,
        ("5x5x5", "1"): context.law_enforcement or own,
        ("5x5x5", "2"): context.law_enforcement or own,
        ("5x5x5", "3"): context.law_enforcement or own,
        ("5x5x5", "4"): own,
        ("5x5x5", "5"): own,
    }
    return allowed.get((label.handling_scheme, label.handling_code), False)


def allowed_labels(labels: Mapping[int, AccessLabel], context: AccessContext) -> tuple[int, ...]:
    """Numbers of the labels that ``context`` may see, ascending: what a store puts into its own query.

    Raises:
        AccessDeniedError: the context has no subject or no purpose.
    """
    require_purpose(context)
    return tuple(sorted(number for number, label in labels.items() if decide(label, context).allow))


def highest_marking(labels: Iterable[AccessLabel]) -> Marking:
    """The banner of an answer made of records under ``labels`` (OFFICIAL where there are none)."""
    return max((Marking(label.marking) for label in labels), key=_RANK.__getitem__, default=Marking.OFFICIAL)
