"""The one home of ijson (it has no types): a stream of JSON parse events.

The C parser silently turns half a surrogate pair into a question mark; the plain one keeps it, so that it can be refused.
"""
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Iterator
from typing import IO, cast

import ijson

Event = tuple[str, object]
SYNTAX_ERRORS: tuple[type[Exception], ...] = (ijson.JSONError, ValueError)


def json_events(stream: IO[bytes], *, exact: bool) -> Iterator[Event]:
    """Events (name, value) of the document in ``stream``; ``exact`` keeps damaged escapes, ten times slower."""
    backend = ijson.get_backend("python" if exact else "yajl2_c")
    return cast("Iterator[Event]", backend.basic_parse(stream))
