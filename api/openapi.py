"""The API description: every route says its role and whether it needs a purpose, and tests read it from here."""

from enum import StrEnum
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.answers import JSON, PROBLEM
from api.auth.model import Role
from api.reading import MAX_REASON, PURPOSES
from api.schemas import ProblemBody

PUBLIC = "public"
ANYONE = "anyone"

_PURPOSE: list[dict[str, Any]] = [
    {
        "name": "X-Purpose",
        "in": "header",
        "required": True,
        "description": "Law-enforcement purpose. A browser session may leave it to the one given at sign-in.",
        "schema": {"type": "string", "enum": list(PURPOSES)},
        "example": "investigation",
    },
    {
        "name": "X-Purpose-Reason",
        "in": "header",
        "required": True,
        "description": "Why, in your own words; kept in the audit log.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_REASON,
            "pattern": "^[A-Za-z0-9][A-Za-z0-9 .,:-]*$",
        },
        "example": "Who controls the car washes",
    },
    {
        "name": "X-Operation",
        "in": "header",
        "required": False,
        "description": "Operation or reference that the read serves.",
        "schema": {"type": "string", "maxLength": MAX_REASON, "pattern": "^[A-Za-z0-9 .,:-]*$"},
        "example": "Operation Larkspur",
    },
]
_WORDS = {
    400: "The request cannot be understood.",
    401: "Not signed in.",
    403: "No role, no purpose, or no CSRF value.",
    404: "Nothing of that id that you may see.",
    408: "The request came too slowly.",
    409: "Not possible in the present state.",
    413: "Too large.",
    415: "Not a kind of content that this address takes.",
    406: "No form of the answer that the caller takes.",
    414: "The address is too long.",
    422: "Does not fit this description.",
    429: "Too much at once.",
    503: "The audit log or the store does not answer.",
}
_ALWAYS = (400, 401, 403, 404, 413, 414, 422, 429, 503)


def describe(
    name: str,
    role: Role | str,
    *,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    media: dict[str, str] | None = None,
    also: tuple[int, ...] = (),
) -> dict[str, Any]:
    """Keyword arguments of a route: its name, its role, its answers and every problem it may give.

    Args:
        name: Operation id; also what audit rows call it.
        role: A role, ``ANYONE`` (signed in) or ``PUBLIC``.
        answer: Model of the JSON answer, for the description alone.
        status: Of success.
        media: Other forms of the answer: media type to JSON Schema type.
        also: Further problem statuses.
    """
    purpose = role in {Role.READER, Role.LOADER, Role.REVIEWER, Role.AUDITOR, Role.SUPERVISOR, Role.OWNER}
    success: dict[str, Any] = {"description": "The answer."}
    if answer is not None:
        success["model"] = answer
    if media:
        success["content"] = {kind: {"schema": {"type": form}} for kind, form in media.items()}
    responses: dict[int | str, dict[str, Any]] = {status: success}
    responses.update({code: _problem(code) for code in (*_ALWAYS, *also)})
    extra: dict[str, Any] = {"x-role": str(role), "x-purpose": purpose}
    if purpose:
        extra["parameters"] = _PURPOSE
    if role == PUBLIC:
        extra["security"] = []
    return {
        "operation_id": name,
        "status_code": status,
        "response_model": None,
        "responses": responses,
        "openapi_extra": extra,
    }


def _problem(code: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemBody"}
    return {"description": _WORDS[code], "content": {PROBLEM: {"schema": schema}}}


class Tag(StrEnum):
    """Areas of the API."""

    SESSION = "session"
    SEARCH = "search"
    ENTITIES = "entities"
    PATHS = "paths"
    MEASURES = "measures"
    CHARTS = "charts"
    REPORTS = "reports"
    INGEST = "ingest"
    IDENTITY = "identity"
    LEXICON = "lexicon"
    JOBS = "jobs"
    STATS = "stats"
    OUTPUTS = "outputs"
    AUDIT = "audit"
    ACCESS = "access"
    REQUESTS = "requests"
    ACCOUNTS = "accounts"


def install_openapi(app: FastAPI) -> None:
    """Give the application its own description, with problems and sign-in in it."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _build(app)
        return app.openapi_schema

    app.openapi = openapi  # pyright: ignore[reportAttributeAccessIssue]  (the documented way to replace it)


def _build(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=app.description,
        routes=app.routes,
    )
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["ProblemBody"] = ProblemBody.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "`ocb account token` issues one."},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "ocb_session",
            "description": "The workspace page.",
        },
    }
    found["security"] = [{"token": []}, {"session": []}]
    return found


__all__ = ["ANYONE", "JSON", "PUBLIC", "Tag", "describe", "install_openapi"]
