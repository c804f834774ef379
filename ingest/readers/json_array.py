"""An array inside a JSON document, streamed by ijson. The whole document is checked before the first item is given."""

import math
from collections.abc import Iterator
from decimal import Decimal
from io import BufferedReader
from pathlib import Path
from typing import cast

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Columns, JsonColumns, Row
from ingest.readers.base import FIELD_MAX, BadRow, shortened
from ingest.readers.json_events import SYNTAX_ERRORS, Event, json_events
from ingest.readers.json_values import DEPTH_MAX, text_fault
from ingest.readers.pace import EVERY_ROWS, step
from ingest.readers.scan import Scan


class JsonArray:
    """See :class:`ingest.readers.base.Rows`. ``items``: dotted path of the array, "" for the document itself."""

    def __init__(self, path: Path, scan: Scan, items: str) -> None:
        self._path, self._scan = path, scan
        self._place = tuple(items.split(".")) if items else ()
        self.label, self.digest = f"{scan.file}#{items}" if items else scan.file, scan.digest
        self.notes: tuple[str, ...] = ()
        self.total = self._check()

    def columns(self) -> Columns:
        """See the port."""
        return JsonColumns()

    def rows(self) -> Iterator[Row | BadRow]:
        """See the port."""
        with self._path.open("rb") as stream:
            for item in _items(self._events(stream), self._place):
                yield self._row(item)

    def advice(self) -> str:
        """See the port."""
        return "correct the mapping"

    def close(self) -> None:
        """See the port."""

    def _row(self, item: object) -> Row | BadRow:
        if not isinstance(item, dict):
            return BadRow("(item)", "not a JSON object", shortened(ascii(item)))
        row = cast("dict[str, object]", item)
        fault = text_fault(row) if self._scan.odd_escapes or self._scan.nul else None
        return row if fault is None else BadRow("(item)", fault, shortened(ascii(row)))

    def _events(self, stream: BufferedReader) -> Iterator[Event]:
        stream.seek(self._scan.start)
        return json_events(stream, exact=self._scan.odd_escapes)

    def _check(self) -> int:
        checker = _Checker(self._place)
        try:
            with self._path.open("rb") as stream:
                for at, (event, value) in enumerate(self._events(stream), start=1):
                    checker.take(event, value)
                    if not at % (EVERY_ROWS * 10):
                        step(checker.count or 0)
        except _DocumentError as error:
            raise FileRefusedError(
                self._scan.file, str(error), "Ask the supplier for a file that keeps to JSON."
            ) from error
        except SYNTAX_ERRORS as error:
            reason = str(error).strip().splitlines()[0].removeprefix("b'").split("\\n")[0]
            raise FileRefusedError(
                self._scan.file,
                f"not whole JSON ({reason})",
                "It may be cut off: ask the supplier for it again.",
            ) from error
        if checker.count is None:
            raise FileRefusedError(
                self._scan.file, self._no_array(checker), "Name the array with items in the mapping."
            )
        return checker.count

    def _no_array(self, checker: "_Checker") -> str:
        keys = ", ".join(repr(key) for key in checker.top[:12])
        wanted = f"no array at {'.'.join(self._place)!r}" if self._place else "the document is no array"
        return f"{wanted} (its keys: {keys or 'none'})"


class _DocumentError(Exception):
    """A rule that a whole document breaks; the message is the reason."""


class _Checker:
    """Duplicate keys, depth, size and numbers of a document; counts the items of the array at ``place``."""

    def __init__(self, place: tuple[str, ...]) -> None:
        self.count: int | None = None
        self.top: list[str] = []
        self._place = place
        self._keys: list[set[str] | None] = []
        self._trail: list[str | None] = []
        self._inside: int | None = None

    def take(self, event: str, value: object) -> None:
        """Take the next event of the document."""
        if event == "map_key":
            self._key(str(value))
            return
        if self._inside == len(self._keys) and self.count is not None and not event.startswith("end"):
            self.count += 1
        if event in ("start_map", "start_array"):
            self._open(event)
        elif event in ("end_map", "end_array"):
            self._keys.pop()
            self._trail.pop()
            if self._inside is not None and len(self._keys) < self._inside:
                self._inside = None
        else:
            _check_scalar(value)

    def _key(self, key: str) -> None:
        keys = self._keys[-1]
        if keys is None or key in keys:
            raise _DocumentError("two values under one key")
        keys.add(key)
        self._trail[-1] = key
        if len(self._keys) == 1:
            self.top.append(key)

    def _open(self, event: str) -> None:
        if event == "start_array" and self.count is None and tuple(self._trail) == self._place:
            self.count, self._inside = 0, len(self._keys) + 1
        self._keys.append(set() if event == "start_map" else None)
        self._trail.append(None)
        if len(self._keys) > DEPTH_MAX:
            raise _DocumentError(f"nested more than {DEPTH_MAX} deep")


def _check_scalar(value: object) -> None:
    if isinstance(value, str) and len(value) > FIELD_MAX:
        raise _DocumentError("a text above 1 MiB")
    if isinstance(value, Decimal) and not math.isfinite(float(value)):
        raise _DocumentError("a number too large")


def _items(events: Iterator[Event], place: tuple[str, ...]) -> Iterator[object]:
    """The items of the array at ``place``, each whole; what stands elsewhere is passed over."""
    trail: list[str | None] = []
    for event, value in events:
        if event == "start_array" and tuple(trail) == place:
            while (first := next(events))[0] != "end_array":
                yield _build(first, events)
            return
        if event == "map_key":
            trail[-1] = str(value)
        elif event.startswith("start"):
            trail.append(None)
        elif event.startswith("end"):
            trail.pop()


def _build(first: Event, events: Iterator[Event]) -> object:
    """One value from its first event on. Depth is bounded by the check that went before."""
    event, value = first
    if event == "start_map":
        fields: dict[str, object] = {}
        for inner, key in events:
            if inner == "end_map":
                return fields
            fields[str(key)] = _build(next(events), events)
    if event == "start_array":
        items: list[object] = []
        for inner in events:
            if inner[0] == "end_array":
                return items
            items.append(_build(inner, events))
    return float(value) if isinstance(value, Decimal) else value
