"""Delimited text under strict quoting: an unclosed quote refuses the file, it never swallows rows.

A row with the wrong number of fields or a NUL goes to quarantine; the others load.
"""

import csv
import json
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Protocol, cast

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Columns, Row, TextColumns
from ingest.mapping.model import FileWords
from ingest.readers.base import COLUMNS_MAX, FIELD_MAX, BadRow, shortened
from ingest.readers.bounds import ABOVE_MAX, TO_HEADER, Footer, is_header, no_header
from ingest.readers.pace import EVERY_ROWS, step
from ingest.readers.plain import PlainText
from ingest.readers.scan import Scan

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


class _CsvReader(Protocol):
    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class Delimited:
    """See :class:`ingest.readers.base.Rows`."""

    def __init__(self, path: Path, section: FileWords, scan: Scan) -> None:
        self._path, self._section, self._scan = path, section, scan
        self.label, self.digest = scan.file, scan.digest
        self.notes: tuple[str, ...] = ()
        self.header: tuple[str, ...] = ()
        self._above = self._lines_above()
        self.plain = self._plain()
        self.total = self._check()

    def columns(self) -> Columns:
        """See the port."""
        return TextColumns(self.header, self._section.may_lack)

    def rows(self) -> Iterator[Row | BadRow]:
        """See the port."""
        width, careful = len(self.header), self._scan.nul
        with self._open() as stream:
            for fields in self._records(self._reader(stream)):
                if len(fields) != width:
                    yield self._bad(fields)
                elif careful and any("\x00" in field for field in fields):
                    yield BadRow("(row)", "a NUL byte", _original(fields))
                else:
                    yield fields

    def ragged(self, line: str) -> BadRow:
        """What :meth:`rows` gives for a line of a plain file that has another number of fields than the header."""
        return self._bad(line.split(self._section.delimiter))

    def _bad(self, fields: list[str]) -> BadRow:
        return BadRow(
            "(row)", f"{len(fields)} fields where the header has {len(self.header)}", _original(fields)
        )

    def advice(self) -> str:
        """See the port."""
        guess = _other_delimiter(self._head(self._above + 1)[-1], self._section.delimiter, len(self.header))
        if guess:
            return f"its columns seem to be parted by a {guess}: set delimiter in the mapping"
        if _hard_wrapped(self._head(4)):
            return "its lines are cut at a fixed width: join the pieces of each row before loading"
        shown = ", ".join(repr(name) for name in self.header[:12]) + (
            ", ..." if len(self.header) > 12 else ""
        )
        return f"the header has {shown}: correct the mapping, or list the column under may_lack if it may be absent"

    def close(self) -> None:
        """See the port."""

    def _open(self) -> TextIOWrapper:
        return self._path.open(encoding=self._scan.encoding, newline="")

    def _reader(self, stream: TextIOWrapper) -> _CsvReader:
        csv.field_size_limit(FIELD_MAX)
        for _ in range(self._above):
            stream.readline()
        reader = cast("_CsvReader", csv.reader(stream, delimiter=self._section.delimiter, strict=True))
        if self._section.header is None:
            for fields in reader:
                if fields:
                    break
        return reader

    def _records(self, reader: _CsvReader) -> Iterator[list[str]]:
        return Footer(self.label, self._section).cut(fields for fields in reader if fields)

    def _lines_above(self) -> int:
        """Number of lines above the header."""
        if self._section.skip_rows != TO_HEADER:
            return self._section.skip_rows
        for number, line in enumerate(self._head(ABOVE_MAX)):
            cells = next(csv.reader([line], delimiter=self._section.delimiter), list[str]())
            if is_header(cells, self._section):
                return number
        raise no_header(self.label, self._section)

    def _plain(self) -> PlainText | None:
        """The file as one whose lines are its rows, where nothing says otherwise yet."""
        section = self._section
        if section.footer:
            return None
        return PlainText.of(
            self._path, self._scan, section.delimiter, self._above, headed=section.header is None
        )

    def _check(self) -> int:
        """Read all rows once for their structure; gives their number."""
        self.header = self._read_header()
        counted = self.plain.count(len(self.header)) if self.plain is not None else None
        if counted is None:
            self.plain = None
            counted = self._read_through()
        return self._checked(*counted)

    def _read_through(self) -> tuple[int, int]:
        width, rows, good = len(self.header), 0, 0
        footer = Footer(self.label, self._section)
        with self._open() as stream:
            reader = self._reader(stream)
            line = reader.line_num
            try:
                for fields in footer.cut(iter(reader)):
                    line = reader.line_num
                    if fields:
                        rows += 1
                        if not rows % EVERY_ROWS:
                            step(rows)
                        good += len(fields) == width
                footer.count(iter(reader))
            except csv.Error as error:
                raise self._broken(str(error), self._above + line + 1) from error
        self.notes = footer.note
        return rows, good

    def _checked(self, rows: int, good: int) -> int:
        if rows and not good:
            raise FileRefusedError(
                self.label,
                f"no row has the {len(self.header)} fields of the header",
                self.advice().capitalize() + ".",
            )
        if not rows:
            self.notes = (*self.notes, "it has a header and no rows")
        return rows

    def _read_header(self) -> tuple[str, ...]:
        if self._section.header is not None:
            return tuple(self._section.header)
        csv.field_size_limit(FIELD_MAX)
        with self._open() as stream:
            try:
                for _ in range(self._above):
                    stream.readline()
                reader = csv.reader(stream, delimiter=self._section.delimiter, strict=True)
                found = next((fields for fields in reader if fields), None)
            except csv.Error as error:
                raise self._broken(str(error), 1) from error
        if found is None:
            raise FileRefusedError(self.label, "the file is empty", "Ask the supplier for it again.")
        names = [name.strip() or f"(column {place})" for place, name in enumerate(found, start=1)]
        return checked_header(self.label, names)

    def _broken(self, fault: str, line: int) -> FileRefusedError:
        if "field larger" in fault:
            return FileRefusedError(
                self.label,
                f"a field above 1 MiB in the row that begins at line {line}",
                "Check the quotes around it.",
            )
        return FileRefusedError(
            self.label,
            f"the quoting is broken in the row that begins at line {line} ({fault})",
            "A quote is not closed, or stands inside a field without being doubled: correct the export.",
        )

    def _head(self, lines: int) -> list[str]:
        with self._open() as stream:
            return [stream.readline(FIELD_MAX).rstrip("\r\n") for _ in range(lines)]


def checked_header(file: str, names: list[str]) -> tuple[str, ...]:
    """The header, if it can be used.

    Raises:
        FileRefusedError: two columns of one name, or more than 16,384 columns.
    """
    if len(names) > COLUMNS_MAX:
        raise FileRefusedError(
            file, f"{len(names):,} columns", f"At most {COLUMNS_MAX:,} are read: check the delimiter."
        )
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        shown = ", ".join(repr(name) for name in twice[:5])
        raise FileRefusedError(file, f"more than one column named {shown}", "Give each column its own name.")
    return tuple(names)


def _original(fields: list[str]) -> str:
    return shortened(json.dumps(fields, ensure_ascii=False))


def _other_delimiter(line: str, used: str, found: int) -> str | None:
    """Name of the delimiter that the header seems to have, where the one in use finds fewer columns."""
    counts = {name: line.count(mark) + 1 for mark, name in _DELIMITERS.items() if mark != used}
    best = max(counts, key=lambda name: (counts[name], name))
    return best if counts[best] > max(found, 1) * 2 - 1 and counts[best] > 1 else None


def _hard_wrapped(lines: list[str]) -> bool:
    """True if the first lines are all of one width: nothing but a machine cuts lines so."""
    return len(lines) > 2 and len(lines[0]) >= 60 and len({len(line) for line in lines}) == 1
