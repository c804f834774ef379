"""What one context may see, as the parameters that every read statement takes."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

import orjson

from graphcore.access.context import AccessContext
from graphcore.access.filter import EVERYTHING, Column, Filter
from graphcore.access.forms import SqlShape, sql_condition
from graphcore.access.label import AccessLabel
from graphcore.access.policy import readable, require_purpose
from graphcore.integrity.changes import UntilCommit
from graphcore.model.times import iso_utc
from graphcore.store.embedded.connections import Connections

Parameters = dict[str, str | int | None]
Labels = tuple[frozenset[int], dict[int, AccessLabel]]
MAX_KEPT: Final = 64

_SHAPE = SqlShape(
    {
        Column.MARKING: "json_extract(body, '$.marking')",
        Column.HANDLING: "json_extract(body, '$.handling_scheme') || ' ' || json_extract(body, '$.handling_code')",
        Column.CONDITIONS: "json_extract(body, '$.handling_conditions')",
        Column.COMPARTMENT: "json_extract(body, '$.compartment')",
        Column.ORIGINATOR: "json_extract(body, '$.originator')",
        # labels that were written before these could be decided have none
        Column.RETENTION: "coalesce(json_extract(body, '$.retention'), '')",
        Column.POINTER: "coalesce(json_extract(body, '$.pointer'), '')",
    }
)


def read_labels(connection: sqlite3.Connection, filter_: Filter = EVERYTHING) -> dict[int, AccessLabel]:
    """The access labels of the store that pass a filter, by number, ascending; the filter runs in the store."""
    condition, parameters = sql_condition(filter_, _SHAPE)
    found = _LABELS.replace("CONDITION", condition)
    return {number: decode_label(body) for number, body in connection.execute(found, parameters)}


_LABELS = "SELECT number, body FROM graph_label WHERE CONDITION ORDER BY number"


def encode_label(label: AccessLabel) -> str:
    """An access label as JSON."""
    return orjson.dumps(label).decode()


def decode_label(body: str) -> AccessLabel:
    """Inverse of :func:`encode_label`."""
    raw = cast("dict[str, Any]", orjson.loads(body))
    conditions: tuple[str, ...] = tuple(raw.pop("handling_conditions"))
    return AccessLabel(handling_conditions=conditions, **raw)


@dataclass(frozen=True, slots=True)
class Visibility:
    """The decision of the policy for one context: allowed label numbers and the as-at time."""

    allowed: frozenset[int]
    labels: dict[int, AccessLabel]
    as_at: str | None

    def parameters(self, connection: sqlite3.Connection) -> Parameters:
        """Parameters for statements on this connection's state of the graph.

        Read anew each time: a writer may have added label sets, which then must be judged as well.
        """
        sets: list[int] = []
        hidden = self.as_at is not None
        for number, members in connection.execute("SELECT id, numbers FROM graph_labelset"):
            held = _members(members)
            hidden = hidden or not held <= self.allowed
            if held & self.allowed:
                sets.append(number)
        return {
            "open": int(not hidden),
            "allowed": orjson.dumps(sorted(self.allowed)).decode(),
            "sets": orjson.dumps(sets).decode(),
            "as_at": self.as_at,
        }


class Decisions:
    """What the rules say of the labels of one file, kept until anybody commits to it; thread-safe.

    Readers of equal rights are given the very same filter (``graphcore.access.rules``), which is what they share it by.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        # by id of the filter, which is held with what it lets pass, so that its id is nobody else's
        self._kept: UntilCommit[tuple[Filter, Labels]] = UntilCommit(connections.changes, MAX_KEPT)

    def of(self, context: AccessContext) -> Visibility:
        """What a context may see. The rules are asked in the store: a label that may not be seen does not leave it.

        Raises:
            AccessDeniedError: the context has no subject or no purpose.
        """
        require_purpose(context)
        seen = readable(context)
        _, (allowed, labels) = self._kept.get(id(seen), lambda: self._read(seen))
        return Visibility(allowed, labels, iso_utc(context.as_at) if context.as_at else None)

    def _read(self, filter_: Filter) -> tuple[Filter, Labels]:
        with self._connections.read() as connection:
            labels = read_labels(connection, filter_)
        return filter_, (frozenset(labels), labels)


@lru_cache(maxsize=65_536)
def _members(numbers: str) -> frozenset[int]:
    return frozenset(orjson.loads(numbers))


def json_list(values: Iterable[str | int]) -> str:
    """A list parameter; texts that no id can be (half a surrogate pair, NUL) are left out."""
    kept = [value for value in values if isinstance(value, int) or value.isprintable()]
    return orjson.dumps(kept).decode()


def json_list_or_null(values: Iterable[str] | None) -> str | None:
    """A list parameter that may be left out."""
    return None if values is None else json_list(sorted(values))
