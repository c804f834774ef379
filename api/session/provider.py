"""Signing in with the OpenID provider: out, back, and out again on the provider's word."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.answers import json_answer
from api.auth.errors import SignInError
from api.auth.oidc import ProviderSignIn
from api.errors import ProblemError
from api.middleware.cookies import clear_login, login_cookie, session_cookie, set_login, set_session
from api.openapi import PUBLIC, Tag, describe
from api.session import service
from api.session.schemas import ProviderSignInBody, StartedBody
from api.wiring import Services

router = APIRouter(prefix="/v1/session", tags=[Tag.SESSION])
HTML = "text/html"
_REFUSED = (
    '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Sign-in refused</title>'
    '<link rel="stylesheet" href="/static/style.css"><main class="card narrow"><h1>Sign-in refused</h1>'
    "<p>The provider's answer gives no access here. The audit log says why.</p>"
    '<p><a href="/">Back to the sign-in</a></p></main></html>'
)
Text = Annotated[str, Query(max_length=4000)]


def _provider(services: Services) -> ProviderSignIn:
    if services.auth.provider is None:
        raise ProblemError(404, "no-provider", "No OpenID provider is set for this server: see oidc.yaml.")
    return services.auth.provider


@router.post("/provider", **describe("beginProviderSignIn", PUBLIC, answer=StartedBody))
def begin(request: Request, body: ProviderSignInBody) -> Response:
    """Begin a sign-in with the provider: the answer says where the browser goes, and sets the cookie that it brings back."""
    services: Services = request.app.state.services
    started = _provider(services).begin(service.purpose_in(body), body.return_to)
    answer = json_answer({"location": started.location})
    set_login(answer, started.browser, services.settings)
    return answer


@router.get("/callback", **describe("finishProviderSignIn", PUBLIC, status=303, media={HTML: "string"}))
def finish(
    request: Request, state: Text = "", code: Text = "", iss: Text | None = None, error: Text = ""
) -> Response:
    """Where the provider sends the browser back to: opens the session and goes on to the page that was asked for."""
    services: Services = request.app.state.services
    asked = {"state": state, "code": "" if error else code, **({} if iss is None else {"iss": iss})}
    old = session_cookie(request, services.settings)
    try:
        done = _provider(services).finish(asked, login_cookie(request, services.settings), replaces=old)
    except SignInError:
        if HTML not in request.headers.get("accept", ""):
            raise ProblemError(401, "sign-in", "The provider's answer gives no access here.") from None
        refused = HTMLResponse(_REFUSED, 401)
        clear_login(refused, services.settings)
        return refused
    answer = RedirectResponse(done.return_to, 303)
    set_session(answer, done.token, services.settings)
    clear_login(answer, services.settings)
    return answer


@router.post("/backchannel", **describe("endProviderSessions", PUBLIC))
def back_channel(request: Request, logout_token: Annotated[str, Form(max_length=16_384)]) -> Response:
    """The provider says that somebody has signed out (OpenID Connect Back-Channel Logout): their sessions here end."""
    services: Services = request.app.state.services
    try:
        _provider(services).sign_out(logout_token)
    except SignInError:
        raise ProblemError(400, "logout-token", "The logout token does not hold.") from None
    return Response(status_code=200)
