"""Signing in and out of the workspace page. Scripts need none of this: they send a token and their purpose."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answers import json_answer
from api.errors import ProblemError
from api.middleware.cookies import clear_session, session_cookie, set_session
from api.openapi import ANYONE, PUBLIC, Tag, describe
from api.reading import Anyone
from api.session import service
from api.session.schemas import PasswordIn, PurposeIn, SessionBody, SignInBody, WaysBody
from api.wiring import Services

router = APIRouter(prefix="/v1/session", tags=[Tag.SESSION])


@router.post("", **describe("signIn", PUBLIC, answer=SessionBody, status=201))
def sign_in(request: Request, body: SignInBody) -> Response:
    """Open a session: a cookie that scripts of other pages cannot read or use."""
    services: Services = request.app.state.services
    address: str = request.state.address
    purpose, old = service.purpose_in(body), session_cookie(request, services.settings)
    token = services.auth.sign_in(body.name, body.password, address, purpose, replaces=old)
    principal = services.auth.principal(token, session=True)
    if principal is None:
        raise ProblemError(401, "sign-in", "Name or password is wrong.")
    answer = json_answer(service.shape(principal), 201)
    set_session(answer, token, services.settings)
    return answer


@router.get("/ways", **describe("readWaysToSignIn", PUBLIC, answer=WaysBody))
def read_ways(request: Request) -> Response:
    """How one can sign in: with a name and password kept here, with an OpenID provider, or both."""
    auth = request.app.state.services.auth
    provider = auth.provider.settings.label if auth.provider else None
    return json_answer({"passwords": auth.local, "provider": provider})


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


@router.delete("", **describe("signOut", ANYONE, status=204, also=(409,)))
def sign_out(access: Anyone) -> Response:
    """End the session (or revoke the token) that this request carries."""
    if not access.principal.token_id:
        raise ProblemError(409, "no-session", "The provider's token ends where it was issued.")
    access.services.auth.sign_out(access.principal)
    answer = Response(status_code=204)
    clear_session(answer, access.services.settings)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@router.put("/password", **describe("changePassword", ANYONE, status=204))
def change_password(request: Request, access: Anyone, body: PasswordIn) -> Response:
    """Change your own password; every session and token of yours ends, this one too."""
    auth, address = access.services.auth, str(request.state.address)
    auth.change_password(access.principal.account, body.current, body.new, address)
    answer = Response(status_code=204)
    clear_session(answer, access.services.settings)
    return answer
