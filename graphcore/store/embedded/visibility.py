"""What one context may see, as the parameters that every read statement takes."""

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, Final, cast

import orjson

from graphcore.access.context import AccessContext
from graphcore.access.filter import EVERYTHING, Column, Filter
from graphcore.access.forms import SqlShape, sql_condition
from graphcore.access.label import AccessLabel
from graphcore.access.policy import readable, require_purpose
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
        self._lock = Lock()
        self._number = -1
        self._kept: OrderedDict[int, tuple[Filter, Labels]] = OrderedDict()

    def of(self, context: AccessContext) -> Visibility:
        """What a context may see. The rules are asked in the store: a label that may not be seen does not leave it.

        Raises:
            AccessDeniedError: the context has no subject or no purpose.
        """
        require_purpose(context)
        allowed, labels = self._labels(readable(context))
        return Visibility(allowed, labels, iso_utc(context.as_at) if context.as_at else None)

    def _labels(self, filter_: Filter) -> Labels:
        number = self._connections.changes()
        with self._lock:
            if number != self._number:
                self._kept.clear()
                self._number = number
            kept = self._kept.get(id(filter_))  # what is held lives, so its id is nobody else's
            if kept is not None:
                self._kept.move_to_end(id(filter_))
                return kept[1]
        with self._connections.read() as connection:
            labels = read_labels(connection, filter_)
        made = frozenset(labels), labels
        with self._lock:
            if number == self._number:
                self._kept[id(filter_)] = filter_, made
                if len(self._kept) > MAX_KEPT:
                    self._kept.popitem(last=False)
        return made


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
