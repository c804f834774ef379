"""One sheet of an XLSX workbook, read by a child process under a memory limit. Values only; what is special is noted."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Columns, Row, TextColumns
from ingest.mapping.model import FileWords
from ingest.readers.archive import ArchiveLimits, check_zip, opened_member
from ingest.readers.base import BadRow, shortened
from ingest.readers.bounds import ABOVE_MAX, TO_HEADER, Footer, is_header, no_header
from ingest.readers.delimited import checked_header

_LIMITS = ArchiveLimits(ratio=200, total=1 << 30)
_TIMEOUT_S = 600
_CHILD = Path(__file__).with_name("xlsx_child.py")  # run as a script: the package need not be loaded again
_CHUNK = 1 << 20


class Workbook:
    """See :class:`ingest.readers.base.Rows`."""

    def __init__(self, path: Path, file: str, section: FileWords) -> None:
        self._file, self._section = file, section
        self._folder = TemporaryDirectory(prefix="ocb-ingest-")
        self._lines = Path(self._folder.name) / "rows.jsonl"
        try:
            self.notes = _notes(path, file)
            convert(path, file, section.sheet or "", self._lines)
            head, self.total = self._measure()
            self.header = checked_header(file, head)
        except BaseException:
            self.close()
            raise
        self.label = f"{file}#{section.sheet}" if section.sheet else file

    def columns(self) -> Columns:
        """See the port."""
        return TextColumns(self.header, self._section.may_lack)

    def rows(self) -> Iterator[Row | BadRow]:
        """See the port."""
        width, lines = len(self.header), self._cells()
        self._header_of(lines)
        for cells in Footer(self._file, self._section).cut(lines):
            if any(cells[width:]):
                yield BadRow(
                    "(row)", f"a value beyond the {width} columns of the header", shortened(json.dumps(cells))
                )
            else:
                yield (cells + [""] * (width - len(cells)))[:width]

    def advice(self) -> str:
        """See the port."""
        return f"the sheet has {', '.join(repr(name) for name in self.header[:12])}: correct the mapping or name another sheet"

    def close(self) -> None:
        """See the port."""
        self._folder.cleanup()

    def _measure(self) -> tuple[list[str], int]:
        lines, footer = self._cells(), Footer(self._file, self._section)
        head = self._header_of(lines)
        if head is None:
            raise FileRefusedError(self._file, "the sheet is empty", "Name another sheet in the mapping.")
        while head and not head[-1].strip():
            head.pop()
        names = [name.strip() or f"(column {place})" for place, name in enumerate(head, start=1)]
        total = sum(1 for _ in footer.cut(lines))
        footer.count(lines)
        self.notes = (*self.notes, *footer.note)
        return names, total

    def _header_of(self, lines: Iterator[list[str]]) -> list[str] | None:
        """The header, taken off ``lines`` with what stands above it; None where there is nothing."""
        if self._section.skip_rows == TO_HEADER:
            found = next(
                (cells for cells in islice(lines, ABOVE_MAX) if is_header(cells, self._section)), None
            )
            if found is None:
                raise no_header(self._file, self._section)
            return found
        return next(islice(lines, self._section.skip_rows, None), None)

    def _cells(self) -> Iterator[list[str]]:
        """All rows that are not blank, the header first."""
        with self._lines.open(encoding="utf-8") as stream:
            next(stream)
            for line in stream:
                cells = cast("list[str]", json.loads(line))
                if any(cells):
                    yield cells


def convert(path: Path, file: str, sheet: str, target: Path) -> None:
    """Write one sheet as JSON lines to ``target``, in a child process under limits.

    Raises:
        FileRefusedError: the child refused it, ran out of memory or time, or died.
    """
    command = [sys.executable, "-I", str(_CHILD), str(path), sheet, str(target)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise FileRefusedError(
            file, "reading it takes too long", "Save the sheet as CSV and load that."
        ) from error
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        named = (
            reason[-1]
            if reason and done.returncode == 1 and not reason[0].startswith("Traceback")
            else "it cannot be read"
        )
        raise FileRefusedError(file, named, "Open it, save it as .xlsx or CSV again, and load that.")


def _notes(path: Path, file: str) -> tuple[str, ...]:
    """What a person should know of the workbook; refuses one that is no whole workbook."""
    with path.open("rb") as stream:
        head = stream.read(4)
    if head != b"PK\x03\x04":
        raise FileRefusedError(
            file, "its content is no .xlsx workbook", "Save it as .xlsx (not .xls, not with a password)."
        )
    members = check_zip(path, _LIMITS)
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names:
        raise FileRefusedError(
            file, "a zip archive that is no workbook", "Unpack it and load what is inside."
        )
    notes: list[str] = []
    if any(name.endswith("vbaProject.bin") for name in names):
        notes.append("it holds macros, which were not run")
    if any(name.startswith("xl/externalLinks/") for name in names):
        notes.append("it holds links to other files, which were not followed")
    if _has_formulas(path, [member for member in members if member.filename.startswith("xl/worksheets/")]):
        notes.append("it holds formulas: the values last saved were read")
    return tuple(notes)


def _has_formulas(path: Path, sheets: list[zipfile.ZipInfo]) -> bool:
    with zipfile.ZipFile(path) as archive:
        for sheet in sheets:
            with opened_member(archive, sheet, path) as stream:
                tail = b""
                while chunk := stream.read(_CHUNK):
                    if b"<f>" in tail + chunk or b"<f " in tail + chunk:
                        return True
                    tail = chunk[-2:]
    return False
