"""Delimited text without a quote: every line is a row, every delimiter parts two fields, and whole columns can be cut out.

Holds only for what the csv module reads the same way: UTF-8, no quote, no NUL, lines ended by LF or CRLF, no long line.
Anything else is for the row reader; a test holds the two together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphcore.arrow import Array, ChunkedArray, csv, pa
from ingest.readers.base import FIELD_MAX
from ingest.readers.pace import step
from ingest.readers.scan import Scan

Int = NDArray[np.int64]
PIECE = 8 << 20
_LF, _CR = 10, 13


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines: where each begins and ends in ``data`` (without its line end), and how many fields it has.

    Lines without a character are left out, as the row reader does.
    """

    data: bytes
    begin: Int
    end: Int
    fields: Int


@dataclass(frozen=True, slots=True)
class PlainText:
    """One such file. ``above``: lines above the header (``headed``) or the first row; ``start``: first byte of text."""

    path: Path
    start: int
    delimiter: str
    above: int
    headed: bool

    @classmethod
    def of(cls, path: Path, scan: Scan, delimiter: str, above: int, *, headed: bool) -> "PlainText | None":
        """The file, if it is of this kind as far as can be told without reading it."""
        if (
            scan.encoding not in ("utf-8", "utf-8-sig")
            or scan.nul
            or not delimiter.isascii()
            or delimiter in '"\r\n'
        ):
            return None
        return cls(path, scan.start, delimiter, above, headed)

    def count(self, width: int) -> tuple[int, int] | None:
        """Rows, and how many of them have ``width`` fields; None where a line cannot be read without the csv module."""
        rows = good = done = 0
        size = self.path.stat().st_size
        for lines in self.pieces(PIECE):
            if lines is None:
                return None
            rows += len(lines.begin)
            good += int((lines.fields == width).sum())
            done += len(lines.data)
            step(done, size)
        return rows, good

    def pieces(self, size: int) -> Iterator[Lines | None]:
        """The lines of the rows, about ``size`` bytes at a time; None where a piece is not of this kind."""
        skip, headed, rest = self.above, self.headed, b""
        with self.path.open("rb") as stream:
            stream.seek(self.start)
            while chunk := stream.read(size):
                data = rest + chunk
                cut = data.rfind(b"\n") + 1
                data, rest = data[:cut], data[cut:]
                if not _plain(chunk) or len(rest) > FIELD_MAX:
                    yield None
                    return
                lines, skip, headed = _lines(data, self.delimiter, skip, headed=headed)
                if len(lines.begin):
                    yield lines if _sound(lines) else None
            lines, _, _ = _lines(rest, self.delimiter, skip, headed=headed)
            if len(lines.begin):
                yield lines if _sound(lines) else None

    def columns(self, lines: Lines, header: tuple[str, ...]) -> dict[str, Array]:
        """The texts of lines that all have as many fields as the header."""
        if not len(lines.begin):
            return {name: pa.array([], pa.string()) for name in header}
        # the first line is ours: a mark at the beginning of a text would be taken for one of the file
        first = self.delimiter.join("x" * len(header)).encode()
        table = csv.read_csv(
            pa.BufferReader(first + b"\n" + _joined(lines)),
            read_options=csv.ReadOptions(column_names=list(header), use_threads=False, block_size=1 << 30),
            parse_options=csv.ParseOptions(delimiter=self.delimiter, quote_char=False, double_quote=False),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
        return {name: _whole(table.column(name)).slice(1) for name in header}


def _whole(column: ChunkedArray) -> Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _plain(data: bytes) -> bool:
    """True where no quote stands, and no CR but before a LF (the last byte of a piece may be such a CR)."""
    if b'"' in data:
        return False
    returns = data.count(b"\r")
    return not returns or returns == data.count(b"\r\n") + data.endswith(b"\r")


def _sound(lines: Lines) -> bool:
    """True where no line is too long to be a field, and no CR is left in one."""
    longest = int((lines.end - lines.begin).max(initial=0))
    return longest <= FIELD_MAX and lines.data.count(b"\r") == lines.data.count(b"\r\n")


def _lines(data: bytes, delimiter: str, skip: int, *, headed: bool) -> tuple[Lines, int, bool]:
    chars = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(chars == _LF)
    if len(data) and not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    begins = np.append(0, ends[:-1] + 1) if len(ends) else ends
    parts = np.flatnonzero(chars == ord(delimiter))
    fields = np.searchsorted(parts, ends) - np.searchsorted(parts, begins) + 1
    if b"\r\n" in data:
        ends = ends - ((ends > begins) & (chars[np.maximum(ends - 1, 0)] == _CR))
    passed = min(skip, len(begins))
    keep = np.flatnonzero(ends > begins)
    keep = keep[keep >= passed]
    if headed and len(keep):
        keep, headed = keep[1:], False
    return Lines(data, begins[keep], ends[keep], fields[keep]), skip - passed, headed


def _joined(lines: Lines) -> bytes:
    """The lines one behind the other; long runs of neighbours are copied as one."""
    gaps = np.flatnonzero(lines.begin[1:] - lines.end[:-1] > len("\r\n")) + 1
    bounds = [0, *gaps.tolist(), len(lines.begin)]
    runs = [lines.data[int(lines.begin[a]) : int(lines.end[b - 1])] for a, b in pairwise(bounds)]
    return b"\n".join(runs)
