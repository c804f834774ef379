"""Rows of another reader, each passed through a function: how a source's own shapes become one shape for its mapping."""

from collections.abc import Callable, Iterator

from ingest.mapping.compiler import Columns, JsonColumns, Row
from ingest.readers.base import BadRow, Rows

Change = Callable[[Row], Row | BadRow]


class Changed:
    """See :class:`ingest.readers.base.Rows`. One row in, one row or one refusal out; numbers stay those of ``inner``."""

    def __init__(self, inner: Rows, change: Change) -> None:
        self.label, self.total, self.notes = inner.label, inner.total, inner.notes
        self._inner, self._change = inner, change

    def columns(self) -> Columns:
        """See the port."""
        return JsonColumns()

    def rows(self) -> Iterator[Row | BadRow]:
        """See the port."""
        for row in self._inner.rows():
            yield row if isinstance(row, BadRow) else self._change(row)

    def advice(self) -> str:
        """See the port."""
        return self._inner.advice()

    def close(self) -> None:
        """See the port."""
        self._inner.close()
