"""Readers: one file, as one section of a mapping reads it, to rows. The content decides what a file is, not its name."""

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from ingest.errors import FileRefusedError
from ingest.forms import FORMS
from ingest.mapping.model import FileWords
from ingest.readers.archive import ArchiveLimits, unpacked
from ingest.readers.base import BadRow, Rows
from ingest.readers.delimited import Delimited
from ingest.readers.fixed import FixedWidth
from ingest.readers.guess import guess_delimiter
from ingest.readers.json_array import JsonArray
from ingest.readers.json_lines import JsonLines
from ingest.readers.parquet import Parquet
from ingest.readers.scan import Scan, digest_of, scan_text
from ingest.readers.workbook import Workbook

__all__ = ["ArchiveLimits", "BadRow", "Rows", "digest_of", "open_rows", "unpacked"]


class _OwnReader(Protocol):
    def open_rows(self, path: Path, file: str, section: FileWords) -> Rows: ...


def open_rows(path: Path, file: str, section: FileWords) -> Rows:
    """Open a file and check its structure to the end; nothing of it is kept in memory.

    Args:
        path: The file.
        file: Its name for messages and lineage.
        section: How the mapping reads it.

    Raises:
        FileRefusedError: the file as a whole cannot be used.
    """
    form = _form_by_content(path) if section.format == "auto" else section.format
    if form in FORMS:
        return cast("_OwnReader", import_module(FORMS[form])).open_rows(path, file, section)
    if form == "xlsx":
        return Workbook(path, file, section)
    if form == "parquet":
        return Parquet(path, file, section)
    scan = scan_text(path, file, section.encoding if form != "json" else "utf-8", lines=form != "json")
    if form == "csv":
        if scan.first in ("{", "["):
            raise FileRefusedError(
                file, "its content is JSON, not delimited text", "Set format: json in the mapping."
            )
        return Delimited(path, _with_delimiter(path, section, scan), scan)
    if form == "fixed":
        return FixedWidth(path, section, scan)
    return _json(path, section, scan, lines=form == "jsonl")


def _with_delimiter(path: Path, section: FileWords, scan: Scan) -> FileWords:
    if section.delimiter != "auto":
        return section
    skip = section.skip_rows if isinstance(section.skip_rows, int) else 0
    found = guess_delimiter(path, scan.encoding, skip=skip, required=section.required)
    return section.model_copy(update={"delimiter": found})


def _form_by_content(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(b"PAR"):
        return "parquet"
    if head.startswith(b"PK"):
        return "xlsx"
    return "json" if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[") else "csv"


def _json(path: Path, section: FileWords, scan: Scan, *, lines: bool) -> Rows:
    if scan.first not in ("{", "["):
        raise FileRefusedError(
            scan.file, "its content is not JSON", "Check the file, or the format in the mapping."
        )
    if lines or (section.items is None and scan.first == "{"):
        return JsonLines(path, scan)
    if not scan.encoding.startswith("utf-8"):
        raise FileRefusedError(scan.file, f"JSON in {scan.encoding}", "JSON is UTF-8: save it so.")
    return JsonArray(path, scan, section.items or "")
