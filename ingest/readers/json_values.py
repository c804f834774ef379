"""What JSON may hold: no duplicate keys, no NaN, no number too large, no lone surrogate, no deep nesting.

Whole numbers of any length are kept exactly.
"""

import json
import math
from typing import cast

DEPTH_MAX = 64
_DUPLICATE = "two values under one key"


class JsonRefusedError(ValueError):
    """A JSON text breaks one of the rules; the message is the reason."""


def parse_line(line: str) -> dict[str, object]:
    """One JSON object from one line of text.

    Raises:
        JsonRefusedError: not JSON, not an object, or against the rules.
    """
    if line.count("[") + line.count("{") > DEPTH_MAX:
        _check_depth(line)
    try:
        value = cast(
            "object",
            json.loads(line, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float),
        )
    except RecursionError as error:
        raise JsonRefusedError("nested too deeply") from error
    except json.JSONDecodeError as error:
        raise JsonRefusedError(f"not JSON at character {error.pos + 1}: {error.msg}") from error
    except ValueError as error:
        raise JsonRefusedError(
            str(error) if isinstance(error, JsonRefusedError) else "a number too long to read"
        ) from error
    if not isinstance(value, dict):
        raise JsonRefusedError("not a JSON object")
    return cast("dict[str, object]", value)


def text_fault(value: object) -> str | None:
    """What is wrong with the texts inside a value: a NUL, or half a surrogate pair. None where nothing is."""
    if isinstance(value, str):
        if "\x00" in value:
            return "a NUL character"
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return "half a surrogate pair: a text that was cut or damaged"
        return None
    inside: list[object] = []
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        inside = [*fields, *fields.values()]
    elif isinstance(value, list):
        inside = cast("list[object]", value)
    return next((fault for item in inside if (fault := text_fault(item))), None)


def _check_depth(line: str) -> None:
    depth = deepest = 0
    quoted = escaped = False
    for char in line:
        if quoted:
            quoted, escaped = escaped or char != '"', char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    if deepest > DEPTH_MAX:
        raise JsonRefusedError(f"nested more than {DEPTH_MAX} deep")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise JsonRefusedError(_DUPLICATE)
    return fields


def _constant(name: str) -> float:
    raise JsonRefusedError(f"{name} is no JSON number")


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JsonRefusedError("a number too large")
    return number
