"""Grants and explanations, for the API and the command line alike.

An information owner opens what is theirs: a compartment that they are in, the records of their own organisation. Grants
over other things do not exist for them.
"""

from dataclasses import dataclass
from datetime import datetime

from api.errors import ProblemError, not_found
from api.reading import Access
from graphcore.access import AccessContext, AccessLabel, Scope, decide
from graphcore.access.policy import pointed, rules_of
from graphcore.audit import Ask, Operation
from graphcore.errors import LedgerError, ValueRefusedError
from graphcore.evidence.ledger.grants import GivenGrant, GrantBook, NewGrant
from graphcore.model import iso_utc


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a label may be seen, and every rule that says no; ``told``: there is something to ask for."""

    allow: bool
    reasons: tuple[str, ...]
    told: bool
    rules: str


def explain(label: AccessLabel, context: AccessContext) -> Explanation:
    """Ask the rules of one label and one reader, with the grants that the context brings."""
    rules, decision = rules_of(context), decide(label, context)
    told = not decision.allow and not pointed(context).denied(label)
    return Explanation(decision.allow, decision.reasons, told, f"{rules.name} {rules.digest}")


def give(access: Access, new: NewGrant, why: str) -> dict[str, object]:
    """Give a grant over what is the caller's own.

    Raises:
        ProblemError: it is not the caller's, or has run out already.
    """
    entry = access.begin(Ask("access.grant", {"grant": new, "why": why}, Operation.ACCESS))
    if not owns(access.context, new.scope, new.over):
        raise ProblemError(
            403, "owner", "You can open only your own compartments and organisation's records."
        )
    try:
        made = _book(access).give(new, by=access.subject, reason=why)
    except (LedgerError, ValueRefusedError) as error:
        raise ProblemError(422, "grant", f"The grant cannot be given: {error}.") from error
    entry.done(count=1)
    return shape(made, access.services.clock())


def revoke(access: Access, grant_id: str, why: str) -> dict[str, object]:
    """End a grant; reads that begin later are without it.

    Raises:
        ProblemError: there is none of that id over what is the caller's, or it was revoked before.
    """
    entry = access.begin(Ask("access.revoke", {"grant": grant_id, "why": why}, Operation.ACCESS))
    book = _book(access)
    if not any(one.grant.grant_id == grant_id for one in _own(access, book.history())):
        raise not_found()
    try:
        ended = book.revoke(grant_id, by=access.subject, reason=why)
    except LedgerError as error:
        raise ProblemError(409, "revoked", "The grant was revoked before.") from error
    entry.done(count=1)
    return shape(ended, access.services.clock())


def listing(access: Access, *, every: bool) -> dict[str, object]:
    """The grants over what is the caller's own."""
    entry = access.begin(Ask("access.list", {"all": every}, Operation.ACCESS))
    book, now = _book(access), access.services.clock()
    found = _own(access, book.history() if every else book.standing())
    entry.done(count=len(found))
    return {"grants": [shape(one, now) for one in found]}


def owns(context: AccessContext, scope: Scope, over: str) -> bool:
    """Whether a reader may open it to others."""
    return over in context.compartments if scope is Scope.COMPARTMENT else over == context.organisation


def shape(given: GivenGrant, now: datetime) -> dict[str, object]:
    """A grant as a plain value."""
    grant = given.grant
    return {
        "id": grant.grant_id,
        "grantee": grant.grantee,
        "name": grant.name,
        "scope": grant.scope,
        "over": grant.over,
        "operation": grant.operation,
        "until": iso_utc(grant.until),
        "state": given.state(now),
        "given_by": given.given_by,
        "given_at": iso_utc(given.given_at),
        "why": given.reason,
        "revoked_by": given.revoked_by,
        "revoked_at": iso_utc(given.revoked_at) if given.revoked_at else None,
        "revoked_why": given.revoked_for,
    }


def _own(access: Access, found: list[GivenGrant]) -> list[GivenGrant]:
    return [one for one in found if owns(access.context, one.grant.scope, one.grant.over)]


def _book(access: Access) -> GrantBook:
    return access.services.workspace.ledger.grants
