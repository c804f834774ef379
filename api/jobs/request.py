"""Who asked for a job, and why: kept with it, since it is done later and in another process."""

from collections.abc import Mapping
from typing import Any

from api.errors import ProblemError
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode


def asked_by(context: AccessContext) -> dict[str, Any]:
    """The words of a request that :func:`context_of` reads.

    Raises:
        ProblemError: the caller has given no purpose.
    """
    purpose = context.purpose
    if purpose is None:
        raise ProblemError(403, "purpose", "Say why you ask: a purpose and a reason.")
    return {
        "organisation": context.organisation,
        "clearance": context.clearance,
        "compartments": sorted(context.compartments),
        "law_enforcement": context.law_enforcement,
        "may_read_conditional": context.may_read_conditional,
        "team": context.team,
        "operations": sorted(context.operations),
        "purpose": purpose.code,
        "reason": purpose.reason,
        "operation": purpose.operation,
    }


def context_of(subject: str, request: Mapping[str, Any]) -> AccessContext:
    """The access context of a job; what its request does not say is the least that there is."""
    return AccessContext(
        subject,
        request["organisation"],
        Marking(request.get("clearance", Marking.OFFICIAL)),
        Purpose(PurposeCode(request["purpose"]), request["reason"], request["operation"]),
        compartments=frozenset(request.get("compartments", ())),
        law_enforcement=bool(request.get("law_enforcement", False)),
        may_read_conditional=bool(request.get("may_read_conditional", False)),
        team=str(request.get("team", "")),
        operations=frozenset(request.get("operations", ())),
    )
