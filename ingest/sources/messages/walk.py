"""From JSON to the messages and threads inside it; a list of messages is walked, never built.

Depth, size of one message, duplicate keys and numbers are bounded on the way: a document that breaks a bound is refused.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import cast

from ingest.readers.base import FIELD_MAX, BadRow, shortened
from ingest.readers.json_events import Event
from ingest.readers.json_values import DEPTH_MAX

NODES_MAX = 200_000
LISTS = frozenset(
    {"messages", "threads", "chats", "conversations", "list", "groups", "channels", "data", "export", "results"}
)  # fmt: skip

INHERITED = ("service", "app", "platform")


class WalkError(Exception):
    """A rule that a whole document breaks; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object: a message with the thread ``around`` it, or (``ends``) a thread whose list was just walked.

    ``thread`` numbers threads in the order in which they begin.
    """

    fields: Mapping[str, object]
    around: Mapping[str, object]
    thread: int
    ends: bool = False


def walk(events: Iterator[Event]) -> Iterator[Found | BadRow]:
    """The messages and threads of one document, in order.

    Raises:
        WalkError: nested too deeply, duplicate keys, a text or message too large, a number that is none.
    """
    walker = _Walker(events)
    first = next(events, None)
    if first is not None:
        yield from walker.value(first, {}, 0, 1)
    for event, _ in events:
        raise WalkError(f"content behind its end ({event})")


def walk_value(value: Mapping[str, object], line: int) -> Iterator[Found | BadRow]:
    """As :func:`walk`, for one object of a line, which is small enough to be built. Threads are numbered by line."""
    lists: dict[str, object] = {
        name: item for name, item in value.items() if name in LISTS and isinstance(item, (list, dict))
    }
    own = {name: item for name, item in value.items() if name not in lists}
    if not lists:
        yield Found(own, {}, -line)
        return
    for inner in lists.values():
        for item in cast("list[object]", inner) if isinstance(inner, list) else [inner]:
            if isinstance(item, dict):
                yield Found(cast("dict[str, object]", item), own, line)
            else:
                yield BadRow("(message)", "not a JSON object", shortened(ascii(item)))
    yield Found(own, {}, line, ends=True)


@dataclass(slots=True)
class _Walker:
    events: Iterator[Event]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    budget: int = NODES_MAX

    def value(
        self, first: Event, around: Mapping[str, object], thread: int, depth: int
    ) -> Iterator[Found | BadRow]:
        """What stands in a value that may hold messages; ``around``: the fields of the object it stands in, so far."""
        self._check_depth(depth)
        if first[0] == "start_map":
            yield from self._object(around, thread, depth)
        elif first[0] == "start_array":
            for item in self.events:
                if item[0] == "end_array":
                    return
                yield from self.value(item, around, thread, depth + 1)
        else:
            yield BadRow("(message)", "not a JSON object", shortened(ascii(first[1])))

    def _object(self, around: Mapping[str, object], thread: int, depth: int) -> Iterator[Found | BadRow]:
        fields: dict[str, object] = {name: around[name] for name in INHERITED if name in around}
        seen: set[str] = set()
        own = 0
        self.budget = NODES_MAX
        for event, key in self.events:
            if event == "end_map":
                break
            name = str(key)
            if name in seen:
                raise WalkError("two values under one key")
            seen.add(name)
            first = next(self.events)
            if name in LISTS and first[0] in ("start_map", "start_array"):
                own = own or next(self.numbers)
                yield from self.value(first, fields, own, depth + 1)
                self.budget = NODES_MAX
            else:
                fields[name] = self._build(first, depth + 1)
        yield Found(fields, {}, own, ends=True) if own else Found(fields, around, thread)

    def _build(self, first: Event, depth: int) -> object:
        self._check_depth(depth)
        self.budget -= 1
        if self.budget < 0:
            raise WalkError(f"one message with more than {NODES_MAX:,} values")
        event, value = first
        if event == "start_map":
            return self._map(depth)
        if event == "start_array":
            items: list[object] = []
            for inner in self.events:
                if inner[0] == "end_array":
                    break
                items.append(self._build(inner, depth + 1))
            return items
        return _scalar(value)

    def _map(self, depth: int) -> dict[str, object]:
        fields: dict[str, object] = {}
        for inner, key in self.events:
            if inner == "end_map":
                break
            if str(key) in fields:
                raise WalkError("two values under one key")
            fields[str(key)] = self._build(next(self.events), depth + 1)
        return fields

    def _check_depth(self, depth: int) -> None:
        if depth > DEPTH_MAX:
            raise WalkError(f"nested more than {DEPTH_MAX} deep")


def _scalar(value: object) -> object:
    if isinstance(value, str) and len(value) > FIELD_MAX:
        raise WalkError("a text above 1 MiB")
    if isinstance(value, Decimal):
        number = float(value)
        if not math.isfinite(number):
            raise WalkError("a number too large")
        return number
    return value
