"""Rows of a format that is read by a function: one pass to check and count, then as many passes as are asked for.

A source's own reader is such a function. It gives JSON-like rows (the mapping's columns are keys or dotted paths) and
:class:`BadRow` for what cannot be read as one, keeps nothing it has given, and raises FileRefusedError where the file as
a whole cannot be used.
"""

from collections.abc import Callable, Iterator

from ingest.mapping.compiler import Columns, JsonColumns, Row
from ingest.readers.base import BadRow
from ingest.readers.pace import EVERY_ROWS, step

ReadItems = Callable[[], Iterator[Row | BadRow]]


class Items:
    """See :class:`ingest.readers.base.Rows`. ``label`` names the file, with ``#list`` where one file holds several."""

    def __init__(self, label: str, read: ReadItems, *, advice: str = "correct the mapping") -> None:
        self.label = label
        self.notes: tuple[str, ...] = ()
        self._read, self._advice = read, advice
        self.total = 0
        for self.total, _ in enumerate(read(), start=1):
            if not self.total % EVERY_ROWS:
                step(self.total)
        if not self.total:
            self.notes = ("nothing to load in it",)

    def columns(self) -> Columns:
        """See the port."""
        return JsonColumns()

    def rows(self) -> Iterator[Row | BadRow]:
        """See the port."""
        return self._read()

    def advice(self) -> str:
        """See the port."""
        return self._advice

    def close(self) -> None:
        """See the port."""
