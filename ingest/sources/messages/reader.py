"""A message dump or chat export in JSON as rows: every message once, in the order of the file, one in memory at a time.

A message is an object inside a list called ``messages``, or any object of a plain list or of a line; the object around the
list is its thread. Who takes part in a thread is held (it may stand behind its messages), nothing else is.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Row
from ingest.mapping.model import FileWords
from ingest.readers.base import LINE_MAX, BadRow, shortened
from ingest.readers.items import Items
from ingest.readers.json_events import SYNTAX_ERRORS, json_events
from ingest.readers.json_values import JsonRefusedError, parse_line, text_fault
from ingest.readers.scan import Scan, scan_text
from ingest.sources.messages.shape import (
    Fields,
    is_message,
    message_row,
    participants_of,
    thread_fields,
    thread_row,
)
from ingest.sources.messages.walk import Found, WalkError, walk, walk_value

_ADVICE = "Ask the supplier for a file that keeps to JSON."
_CONTAINERS = ("messages", "threads", "chats", "conversations")


def open_rows(path: Path, file: str, section: FileWords) -> Items:
    """Open a dump; see :class:`ingest.readers.base.Rows`.

    Raises:
        FileRefusedError: not JSON, broken or hostile JSON, or without any message.
    """
    del section
    scan = scan_text(path, file, "utf-8", lines=False)
    if scan.first not in ("{", "["):
        raise FileRefusedError(file, "its content is not JSON", "Load CSV under a name that ends in .csv.")
    if not scan.encoding.startswith("utf-8"):
        raise FileRefusedError(file, f"JSON in {scan.encoding}", "JSON is UTF-8: save it so.")
    dump = _Dump(path, scan, lines=scan.first == "{" and _is_lines(path, scan))
    items = Items(file, dump.rows, advice="correct the mapping")
    if not dump.messages:
        raise FileRefusedError(
            file,
            "no message is in it",
            "Messages stand in a list called messages, in a plain list, or one a line.",
        )
    return items


def _is_lines(path: Path, scan: Scan) -> bool:
    """True if the first line is a whole object and more follow, or it is itself a message."""
    with path.open(encoding=scan.encoding) as stream:
        head = stream.readline(LINE_MAX)
        more = any(stream.readline(LINE_MAX).strip() for _ in range(3))
    try:
        first = parse_line(head)
    except JsonRefusedError:
        return head.rstrip().endswith("}") and more and '"' in head
    return more or not any(isinstance(first.get(name), (list, dict)) for name in _CONTAINERS)


class _Dump:
    """One file. ``messages`` counts those seen in the last pass."""

    def __init__(self, path: Path, scan: Scan, *, lines: bool) -> None:
        self._path, self._scan, self._lines = path, scan, lines
        self._threads: dict[int, Fields] = {}
        self._wrote: dict[int, dict[str, dict[str, str]]] = {}
        self.messages = 0

    def rows(self) -> Iterator[Row | BadRow]:
        """The rows, from the first."""
        self.messages = 0
        for found in self._from_lines() if self._lines else self._from_document():
            if isinstance(found, BadRow):
                self.messages += 1
                yield found
                continue
            row = self._row(found)
            if row is None:
                continue
            self.messages += 1
            fault = text_fault(row) if self._scan.odd_escapes or self._scan.nul else None
            yield row if fault is None else BadRow("(message)", fault, shortened(ascii(row)))

    def _row(self, found: Found) -> dict[str, object] | None:
        if found.ends:
            held = thread_fields(found.fields)
            wrote = self._wrote.pop(found.thread, {})
            if len(wrote) == 2 and not participants_of(held):
                held = {**held, "participants": list(wrote.values())}
            self._threads[found.thread] = held
            members = participants_of(held)
            return thread_row(found.fields, members) if members else None
        if not is_message(found.fields):
            return None
        row = message_row(self._threads.get(found.thread, found.around), found.fields)
        if found.thread > 0:
            self._note_sender(found.thread, cast("dict[str, str]", row["from"]))
        return row

    def _note_sender(self, thread: int, sender: dict[str, str]) -> None:
        """Two people who wrote in a thread that lists nobody are its two ends; a third makes it a group of unknown size."""
        wrote = self._wrote.setdefault(thread, {})
        name = sender.get("number") or sender.get("handle")
        if name and len(wrote) < 3:
            wrote.setdefault(name, sender)

    def _from_document(self) -> Iterator[Found | BadRow]:
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._scan.start)
                yield from walk(json_events(stream, exact=self._scan.odd_escapes))
        except WalkError as error:
            raise FileRefusedError(self._scan.file, str(error), _ADVICE) from error
        except SYNTAX_ERRORS as error:
            reason = str(error).strip().splitlines()[0].removeprefix("b'").split("\\n")[0]
            raise FileRefusedError(
                self._scan.file,
                f"not whole JSON ({reason})",
                "It may be cut off: ask the supplier for it again.",
            ) from error

    def _from_lines(self) -> Iterator[Found | BadRow]:
        with self._path.open(encoding=self._scan.encoding, newline=None) as stream:
            number = 0
            while line := stream.readline(LINE_MAX):
                if line.isspace():
                    continue
                number += 1
                try:
                    value = cast("Fields", parse_line(line.rstrip("\n")))
                except JsonRefusedError as error:
                    yield BadRow("(line)", str(error), shortened(line.strip().replace("\x00", "\\u0000")))
                    continue
                yield from walk_value(value, number)
