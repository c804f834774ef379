"""Text whose columns stand at fixed places, counted in characters (never in bytes). Nothing beyond a column is dropped."""

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Columns, Row, TextColumns
from ingest.mapping.model import FileWords
from ingest.readers.base import LINE_MAX, BadRow, shortened
from ingest.readers.scan import Scan


class FixedWidth:
    """See :class:`ingest.readers.base.Rows`. A line that ends early lacks its last columns; blank lines are no rows."""

    def __init__(self, path: Path, section: FileWords, scan: Scan) -> None:
        self._path, self._section, self._scan = path, section, scan
        self.label = scan.file
        self._places = [(column.from_ - 1, column.to) for column in section.columns]
        self._end = max(end for _, end in self._places)
        self._above = section.skip_rows if isinstance(section.skip_rows, int) else 0
        self.total = sum(1 for _ in self._lines())
        longest = max((len(line) for line in self._lines()), default=0)
        if self.total and longest <= min(start for start, _ in self._places):
            raise FileRefusedError(
                self.label, "its lines end before the first column", "Correct columns in the mapping."
            )
        self.notes: tuple[str, ...] = () if self.total else ("it has no rows",)

    def columns(self) -> Columns:
        """See the port."""
        return TextColumns([column.name for column in self._section.columns], self._section.may_lack)

    def rows(self) -> Iterator[Row | BadRow]:
        """See the port."""
        places, end, careful = self._places, self._end, self._scan.nul
        for line in self._lines():
            if line[end:].strip():
                yield BadRow(
                    "(row)", f"text behind character {end}, where the last column ends", shortened(line)
                )
            elif careful and "\x00" in line:
                yield BadRow("(row)", "a NUL byte", shortened(line))
            else:
                yield [line[start:stop].strip() for start, stop in places]

    def advice(self) -> str:
        """See the port."""
        return "name the column under columns in the mapping"

    def close(self) -> None:
        """See the port."""

    def _lines(self) -> Iterator[str]:
        with self._path.open(encoding=self._scan.encoding, newline="") as stream:
            for number, line in enumerate(iter(lambda: stream.readline(LINE_MAX), "")):
                text = line.rstrip("\r\n")
                if number >= self._above and text.strip():
                    yield text
