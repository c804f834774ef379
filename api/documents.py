"""Documents made from evidence (charts, reports): which form is wanted, and how a browser must treat it."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from api.errors import ProblemError
from api.middleware.headers import DOCUMENT_CSP

Form = Literal["json", "graphml", "svg", "html"]
MEDIA: Mapping[Form, str] = MappingProxyType(
    {
        "json": "application/json",
        "graphml": "application/graphml+xml",
        "svg": "image/svg+xml",
        "html": "text/html; charset=utf-8",
    }
)


def wanted_form(request: Request, given: Form | None, forms: tuple[Form, ...]) -> Form:
    """``?format=`` if given, else the first form that the Accept header names, else JSON.

    Raises:
        ProblemError: the header names none of the forms.
    """
    if given is not None:
        return given
    accepted = [
        part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "*/*").split(",")
    ]
    for kind in accepted:
        if kind in {"*/*", "", "application/*"}:
            return "json"
        for form in forms:
            if MEDIA[form].partition(";")[0] == kind:
                return form
    raise ProblemError(406, "form", f"There is this as {', '.join(forms)}.")


def document(content: bytes | str, form: Form, name: str, *, download: bool = False) -> Response:
    """The document in a sandbox of its own; ``name`` is ours, never the data's."""
    place = "attachment" if download or form == "graphml" else "inline"
    headers = {
        "Content-Security-Policy": DOCUMENT_CSP,
        "Content-Disposition": f'{place}; filename="{name}.{form}"',
    }
    return Response(content, headers=headers, media_type=MEDIA[form])


def file_name(kind: str, made_at: datetime) -> str:
    """``link-chart-20260301T093000Z``: tells nothing of what is inside."""
    return f"{kind}-{made_at:%Y%m%dT%H%M%SZ}"
