"""Answers as bytes. Large ones go from frozen dataclasses and plain dicts straight through orjson: no second model."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response

JSON = "application/json"
PROBLEM = "application/problem+json"
NDJSON = "application/x-ndjson"


def json_answer(
    body: Mapping[str, object] | orjson.Fragment,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    media_type: str = JSON,
) -> Response:
    """An answer made of plain values and dataclasses, or of bytes that were made of them."""
    raw = orjson.dumps(body, default=plain)
    return Response(raw, status, headers=dict(headers or {}), media_type=media_type)


def json_line(body: Mapping[str, object]) -> bytes:
    """One line of an NDJSON stream."""
    return orjson.dumps(body, default=plain) + b"\n"


def plain(value: object) -> object:
    """What orjson asks for values that it does not know."""
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, frozenset | set):
        return sorted(str(item) for item in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    raise TypeError(f"{type(value).__name__} has no JSON form")
