"""Accounts, for administrators; own tokens, for everybody."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.accounts import service
from api.accounts.schemas import (
    AccountBody,
    AccountIn,
    AccountList,
    ProfileIn,
    TokenIn,
    TokenList,
    TokenShown,
)
from api.answers import json_answer
from api.auth.model import Role
from api.errors import ProblemError, not_found
from api.openapi import ANYONE, Tag, describe
from api.reading import Admin, Anyone

router = APIRouter(prefix="/v1", tags=[Tag.ACCOUNTS])
Name = Annotated[
    str, Path(min_length=1, max_length=64, description="Name of an account.", examples=["j.hargreaves"])
]
TokenId = Annotated[str, Path(pattern="^[0-9a-f]{24}$", description="Id of a token, as the list shows it.")]


@router.get("/accounts", **describe("listAccounts", Role.ADMIN, answer=AccountList))
def list_accounts(access: Admin) -> Response:
    """Open accounts by name."""
    return json_answer({"accounts": [service.shape(account) for account in access.services.auth.accounts()]})


@router.post("/accounts", **describe("createAccount", Role.ADMIN, answer=AccountBody, status=201))
def create_account(access: Admin, body: AccountIn) -> Response:
    """Make an account. An auditor holds no other role."""
    wanted = service.new_account(body.name, body)
    made = access.services.auth.create_account(wanted, body.password, by=access.subject)
    return json_answer(service.shape(made), 201)


@router.put("/accounts/{name}", **describe("changeAccount", Role.ADMIN, answer=AccountBody))
def change_account(access: Admin, name: Name, body: ProfileIn) -> Response:
    """Give an account other roles, clearance and the like. Its sessions end; its tokens obey from their next request."""
    changed = access.services.auth.change_account(name, service.new_account(name, body), by=access.subject)
    return json_answer(service.shape(changed))


@router.delete("/accounts/{name}", **describe("closeAccount", Role.ADMIN, status=204, also=(409,)))
def close_account(access: Admin, name: Name) -> Response:
    """Close an account and end its tokens; its name stays taken, because audit rows carry it."""
    if name.strip().casefold() == access.subject.casefold():
        raise ProblemError(409, "own-account", "You cannot close the account that you use.")
    access.services.auth.close_account(name, by=access.subject)
    return Response(status_code=204)


@router.delete("/accounts/{name}/sessions", **describe("endSessions", Role.ADMIN, status=204))
def end_sessions(access: Admin, name: Name) -> Response:
    """End every session and token of an account, as where a laptop is lost; it may sign in again."""
    access.services.auth.end_sessions(name, by=access.subject)
    return Response(status_code=204)


@router.get("/tokens", **describe("listTokens", ANYONE, answer=TokenList))
def list_tokens(access: Anyone) -> Response:
    """Your own live tokens."""
    return json_answer({"tokens": access.services.auth.tokens(access.principal.account)})


@router.post("/tokens", **describe("issueToken", ANYONE, answer=TokenShown, status=201))
def issue_token(access: Anyone, body: TokenIn) -> Response:
    """A token of your own for scripts; it is shown this once."""
    lifetime = timedelta(days=body.days)
    token = access.services.auth.issue_token(access.subject, body.label, lifetime, by=access.subject)
    return json_answer({"token": token}, 201)


@router.delete("/tokens/{token_id}", **describe("revokeToken", ANYONE, status=204))
def revoke_token(access: Anyone, token_id: TokenId) -> Response:
    """End one of your own tokens; the next request with it is refused."""
    if not access.services.auth.revoke(token_id, by=access.subject, account=access.principal.account):
        raise not_found()
    return Response(status_code=204)
