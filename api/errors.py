"""Every error as RFC 9457 problem+json. No answer carries what the caller sent, a path, a query or a stack trace.

ProblemError            anything said on purpose; ``slug`` is the last part of ``type``
Hidden and unknown ids get one and the same 404, to the last byte.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from analytics.errors import AnalyticsError, MeasureError, ScopeError
from api.answers import PROBLEM, json_answer
from api.auth.errors import AccountError, SignInError, ThrottledError
from graphcore.errors import (
    AccessDeniedError,
    AlertError,
    AuditError,
    GraphcoreError,
    RulesFaultError,
    Transient,
)
from ingest.errors import IngestError

log = logging.getLogger(__name__)

TOO_LARGE = "The request is too large."

Detail = Mapping[str, object]


class ProblemError(Exception):
    """An answer other than success. ``detail`` says what to do next and never repeats the request."""

    def __init__(
        self, status: int, slug: str, detail: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.headers = dict(headers or {})


def not_found() -> ProblemError:
    """The one answer for what does not exist and for what this reader may not know of."""
    return ProblemError(404, "not-found", "There is nothing of that id that you may see.")


def problem_answer(problem: ProblemError, extra: Detail | None = None) -> Response:
    """The response of a problem."""
    body: dict[str, object] = {
        "type": f"urn:ocb-graph:problem:{problem.slug}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        **(extra or {}),
    }
    return json_answer(body, problem.status, problem.headers, media_type=PROBLEM)


def problem_of(error: Exception) -> ProblemError:
    """The problem behind an expected error of any package; 500 for one that is not expected."""
    if isinstance(error, ProblemError):
        return error
    for kind, make in _KNOWN:
        if isinstance(error, kind):
            return make(error)
    return ProblemError(
        500, "internal", "The server failed. The fault is in its log under the request id of this answer."
    )


def _throttled(error: Exception) -> ProblemError:
    wait = error.retry_after_s if isinstance(error, ThrottledError) else 60
    return ProblemError(
        429, "throttled", "Too many wrong passwords: wait.", headers={"Retry-After": str(wait)}
    )


_Make = Callable[[Exception], ProblemError]
_RETRY = {"Retry-After": "5"}
_KNOWN: tuple[tuple[type[object], _Make], ...] = (
    (ThrottledError, _throttled),
    (SignInError, lambda _: ProblemError(401, "sign-in", "Name or password is wrong.")),
    (AccountError, lambda error: ProblemError(422, "account", str(error))),
    (
        AuditError,
        lambda _: ProblemError(
            503, "audit", "The audit log cannot be written, so nothing is read.", headers=_RETRY
        ),
    ),
    (
        AlertError,
        lambda _: ProblemError(
            409,
            "alert",
            "It is settled already, is about yourself, or no reason is given: see the list of alerts.",
        ),
    ),
    (
        RulesFaultError,
        lambda _: ProblemError(
            403, "policy", "The access rules cannot be applied to your account: tell an administrator."
        ),
    ),
    (AccessDeniedError, lambda _: ProblemError(403, "purpose", "Say why you read: a purpose and a reason.")),
    (
        Transient,
        lambda _: ProblemError(503, "unavailable", "A part of the platform does not answer.", headers=_RETRY),
    ),
    (
        MeasureError,
        lambda _: ProblemError(
            422, "measure", "No such measure, or a value out of range: see the API description."
        ),
    ),
    (
        ScopeError,
        lambda _: ProblemError(
            422, "type", "A type is named that the schema does not know: see the API description."
        ),
    ),
    (
        AnalyticsError,
        lambda _: ProblemError(422, "question", "The question does not fit what it is asked of."),
    ),
    (IngestError, lambda _: ProblemError(422, "ingest", "The file, source or mapping cannot be used.")),
)


async def _on_problem(_request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem.status >= 500:
        log.warning("answered %d: %s", problem.status, type(error).__name__)
    return problem_answer(problem)


def problem_of_http(error: HTTPException) -> ProblemError:
    """The problem behind an error of the framework: an address, a method, a body."""
    words = {
        404: "There is nothing at this address; see /openapi.json.",
        405: "This address does not take that method.",
        408: "The body of the request came too slowly.",
        413: TOO_LARGE,
    }
    if error.status_code == 404:
        return not_found()
    detail = words.get(error.status_code, "The request cannot be understood.")
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return ProblemError(error.status_code, "request", detail, headers=headers)


async def _on_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  (registered for this class alone)
    return problem_answer(problem_of_http(error))


async def _on_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  (registered for this class alone)
    faults: list[dict[str, str]] = []
    for fault in error.errors()[:20]:
        parts = [str(part) for part in fault["loc"]]
        if fault["type"] == "extra_forbidden":
            parts = parts[:-1]  # the last part is the caller's own word
        faults.append(
            {"where": ".".join(part for part in parts if not part.isdigit()), "fault": str(fault["type"])}
        )
    return problem_answer(
        ProblemError(422, "invalid", "The request does not fit the API description."), {"faults": faults}
    )


_Handler = Callable[[Request, Exception], Awaitable[Response]]


def install_handlers(app: FastAPI) -> None:
    """Register every handler on the application."""
    handlers: tuple[tuple[type[Exception], _Handler], ...] = (
        (RequestValidationError, _on_invalid),
        (HTTPException, _on_http),
        (ProblemError, _on_problem),
        (AccountError, _on_problem),
        (SignInError, _on_problem),
        (ThrottledError, _on_problem),
        (GraphcoreError, _on_problem),
        (AnalyticsError, _on_problem),
        (IngestError, _on_problem),
    )
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)
