"""Signing in and out of the workspace page. Scripts need none of this: they send a token and their purpose."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answers import json_answer
from api.errors import ProblemError
from api.middleware.sign_in import COOKIE
from api.openapi import ANYONE, PUBLIC, Tag, describe
from api.reading import Anyone
from api.session import service
from api.session.schemas import PurposeIn, SessionBody, SignInBody
from api.wiring import Services

router = APIRouter(prefix="/v1/session", tags=[Tag.SESSION])


@router.post("", **describe("signIn", PUBLIC, answer=SessionBody, status=201))
def sign_in(request: Request, body: SignInBody) -> Response:
    """Open a session: a cookie that scripts of other pages cannot read or use."""
    services: Services = request.app.state.services
    address = request.client.host if request.client else "unknown"
    token = services.auth.sign_in(body.name, body.password, address, service.purpose_in(body))
    principal = services.auth.principal(token, session=True)
    if principal is None:
        raise ProblemError(401, "sign-in", "Name or password is wrong.")
    answer = json_answer(service.shape(principal), 201)
    answer.set_cookie(
        COOKIE, token, httponly=True, samesite="strict", secure=services.settings.cookie_secure, path="/"
    )
    return answer


@router.get("", **describe("readSession", ANYONE, answer=SessionBody))
def read_session(access: Anyone) -> Response:
    """Who you are, and why you read."""
    return json_answer(service.shape(access.principal))


@router.put("/purpose", **describe("setPurpose", ANYONE, answer=SessionBody, also=(409,)))
def set_purpose(access: Anyone, body: PurposeIn) -> Response:
    """Change why this session reads."""
    if not access.principal.session:
        raise ProblemError(409, "no-session", "A token has no purpose of its own: send it with every read.")
    auth = access.services.auth
    purpose = service.purpose_in(body)
    auth.set_purpose(access.principal, purpose)
    return json_answer(service.shape(access.principal.with_purpose(purpose)))


@router.delete("", **describe("signOut", ANYONE, status=204))
def sign_out(access: Anyone) -> Response:
    """End the session (or revoke the token) that this request carries."""
    access.services.auth.sign_out(access.principal)
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer
