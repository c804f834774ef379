"""Grants for information owners, and why somebody may or may not see what."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.access import service
from api.access.schemas import ExplainAnswer, ExplainIn, GrantBody, GrantIn, GrantList, RevocationIn
from api.answers import json_answer
from api.auth.model import Role
from api.errors import ProblemError, not_found
from api.openapi import Tag, describe
from api.reading import Owner
from graphcore.access import AccessLabel, Purpose
from graphcore.audit import Ask, Operation
from graphcore.errors import ValueRefusedError
from graphcore.evidence.ledger.grants import NewGrant

router = APIRouter(prefix="/v1/access", tags=[Tag.ACCESS])
GrantId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{16}$", description="Id of a grant.", examples=["0123456789abcdef"])
]


@router.get("/grants", **describe("listGrants", Role.OWNER, answer=GrantList))
def list_grants(
    access: Owner, every: Annotated[bool, Query(description="Also those that have run out.")] = False
) -> Response:
    """Grants over your compartments and your organisation's records."""
    return json_answer(service.listing(access, every=every))


@router.post("/grants", **describe("giveGrant", Role.OWNER, answer=GrantBody, status=201))
def give_grant(access: Owner, body: GrantIn) -> Response:
    """Open a compartment, or your organisation's records under conditions, to somebody for an operation."""
    try:
        new = NewGrant(body.grantee, body.name, body.scope, body.over, body.operation, body.until)
    except ValueRefusedError as error:
        raise ProblemError(422, "grant", f"The grant cannot be given: {error}.") from error
    return json_answer(service.give(access, new, body.why), 201)


@router.post(
    "/grants/{grant_id}/revoke", **describe("revokeGrant", Role.OWNER, answer=GrantBody, also=(409,))
)
def revoke_grant(access: Owner, grant_id: GrantId, body: RevocationIn) -> Response:
    """End a grant: the next request is without it."""
    return json_answer(service.revoke(access, grant_id, body.why))


@router.post("/explain", **describe("explainAccess", Role.OWNER, answer=ExplainAnswer))
def explain(access: Owner, body: ExplainIn) -> Response:
    """Why an account may or may not see records under a label. Looks at no record."""
    entry = access.begin(Ask("access.explain", body.model_dump(), Operation.ACCESS))
    services = access.services
    if body.compartment and body.compartment not in access.context.compartments:
        raise ProblemError(403, "owner", "You can ask about your own compartments alone.")
    account = next((one for one in services.auth.accounts() if one.name == body.subject), None)
    if account is None:
        raise not_found()
    purpose = access.context.purpose
    stated = Purpose(purpose.code, purpose.reason, body.operation) if purpose else None
    label = AccessLabel(
        body.marking, body.handling_scheme, body.handling_code, tuple(sorted(body.handling_conditions)),
        body.compartment, body.originator, body.retention, body.pointer,
    )  # fmt: skip
    found = service.explain(label, services.workspace.admit(account.context(stated)))
    entry.done(count=1)
    return json_answer(
        {
            "subject": account.name,
            "allow": found.allow,
            "reasons": found.reasons,
            "told": found.told,
            "rules": found.rules,
        }
    )
