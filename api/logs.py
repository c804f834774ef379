"""Log lines of the server: one JSON object a line, so that no value can end a line or begin another.

An exception is told by its kind and its places in the code. Its message is left out: it may quote a record.
"""

import json
import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

_FORM = {"()": "api.logs.JsonLines"}
CONFIG: Mapping[str, Any] = MappingProxyType(
    {
        "formatters": {"generic": _FORM, "access": _FORM},
        "root": {"handlers": ["console"], "level": "WARNING"},
    }
)
_MAX_MESSAGE = 2_000
_MAX_FRAMES = 20


class JsonLines(logging.Formatter):
    """Formats a record as one line of ASCII."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage()[:_MAX_MESSAGE],
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told["error"] = type(error).__name__
            frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
            told["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(told)
