"""The cookies: out of the reach of scripts, bound to this host where TLS is used, and never read under another name."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.settings import Settings

SESSION = "ocb_session"
LOGIN = "ocb_login"
_LOGIN_S = 600


def _name(name: str, settings: Settings) -> str:
    """With TLS the browser itself holds the cookie to this host, to TLS and to every path."""
    return f"__Host-{name}" if settings.cookie_secure else name


def session_cookie(request: HTTPConnection, settings: Settings) -> str:
    """The session that a browser sends; "" where it sends none."""
    return request.cookies.get(_name(SESSION, settings), "")


def set_session(answer: Response, token: str, settings: Settings) -> None:
    """Give the browser a session."""
    answer.set_cookie(
        _name(SESSION, settings),
        token,
        httponly=True,
        samesite="strict",
        secure=settings.cookie_secure,
        path="/",
    )


def clear_session(answer: Response, settings: Settings) -> None:
    """Take the session from the browser."""
    _clear(answer, SESSION, settings)


def login_cookie(request: HTTPConnection, settings: Settings) -> str:
    """What ties a sign-in with the provider to the browser that began it."""
    return request.cookies.get(_name(LOGIN, settings), "")


def set_login(answer: Response, secret: str, settings: Settings) -> None:
    """Lax, not strict: the browser comes back from the provider's pages, and has to bring it."""
    answer.set_cookie(
        _name(LOGIN, settings),
        secret,
        max_age=_LOGIN_S,
        httponly=True,
        samesite="lax",
        secure=settings.cookie_secure,
        path="/",
    )


def clear_login(answer: Response, settings: Settings) -> None:
    """Take it away again."""
    _clear(answer, LOGIN, settings)


def _clear(answer: Response, name: str, settings: Settings) -> None:
    answer.delete_cookie(
        _name(name, settings), path="/", httponly=True, samesite="strict", secure=settings.cookie_secure
    )
