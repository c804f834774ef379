"""JSON lines: one object a line; a bad line goes to quarantine with its number and the others load."""

from collections.abc import Iterator
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Columns, JsonColumns, Row
from ingest.readers.base import LINE_MAX, BadRow, shortened
from ingest.readers.json_values import JsonRefusedError, parse_line, text_fault
from ingest.readers.pace import EVERY_ROWS, step
from ingest.readers.scan import Scan


class JsonLines:
    """See :class:`ingest.readers.base.Rows`. Rows are numbered by line, so that a number leads to the place."""

    def __init__(self, path: Path, scan: Scan) -> None:
        self._path, self._scan = path, scan
        self.label, self.digest = scan.file, scan.digest
        self.notes: tuple[str, ...] = ()
        self.total = self._check()

    def columns(self) -> Columns:
        """See the port."""
        return JsonColumns()

    def rows(self) -> Iterator[Row | BadRow]:
        """See the port."""
        return self.rows_after(0)

    def rows_after(self, count: int) -> Iterator[Row | BadRow]:
        """See :class:`ingest.readers.base.Skipping`."""
        with self._open() as stream:
            for line in islice(_lines(stream), count, None):
                yield self._row(line)

    def advice(self) -> str:
        """See the port."""
        return "correct the mapping"

    def close(self) -> None:
        """See the port."""

    def _open(self) -> TextIOWrapper:
        return self._path.open(encoding=self._scan.encoding, newline=None)

    def _row(self, line: str) -> Row | BadRow:
        try:
            row = parse_line(line.rstrip("\n"))
        except JsonRefusedError as error:
            return BadRow("(line)", str(error), _kept(line))
        fault = text_fault(row) if self._scan.odd_escapes or self._scan.nul else None
        return row if fault is None else BadRow("(line)", fault, _kept(line))

    def _check(self) -> int:
        """Count the lines; a file without one good line among its first hundred is something else."""
        total, good = 0, False
        with self._open() as stream:
            for line in _lines(stream):
                total += 1
                if not total % EVERY_ROWS:
                    step(total)
                good = good or (total <= 100 and not isinstance(self._row(line), BadRow))
        if not total:
            raise FileRefusedError(self.label, "the file is empty", "Ask the supplier for it again.")
        if not good:
            raise FileRefusedError(
                self.label,
                "none of its first lines is a JSON object",
                "If it is one JSON document, set format: json and name its list with items.",
            )
        return total


def _lines(stream: TextIOWrapper) -> Iterator[str]:
    while line := stream.readline(LINE_MAX):
        if not line.isspace():
            yield line


def _kept(line: str) -> str:
    return shortened(line.strip().replace("\x00", "\\u0000"))
