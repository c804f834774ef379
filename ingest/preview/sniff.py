"""What a file is, by its first bytes and rows: format, encoding, delimiter, header, order of dates. A bounded look."""

import codecs
import csv
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal, cast

from ingest.errors import FileRefusedError
from ingest.mapping.compiler.columns import as_text, flatten
from ingest.mapping.model import FileWords
from ingest.preview.model import Guess
from ingest.readers import open_rows
from ingest.readers.base import FIELD_MAX, LINE_MAX, BadRow
from ingest.readers.guess import DELIMITERS, guess_delimiter
from ingest.readers.scan import content_name

LOOK = 4 << 20
WHOLE = 32 << 20
SAMPLE_ROWS = 400
_WIDE = 3
_ABOVE_MAX = 100
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b")
_VALUE_LIKE = re.compile(r"[+£$€-]?[\d\s/.:,()+-]*\d[\d\s/.:,()+-]*|\S+@\S+\.\S+")
_INDEX = re.compile(r"\.\d+(?=\.|$)")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The guess, with the sampled values of each column in order (texts, empty ones left out)."""

    guess: Guess
    values: dict[str, list[str]]
    rows: int


def sniff(path: Path, name: str) -> Sniffed:
    """Look at a file.

    Raises:
        FileRefusedError: it is empty, or neither text nor a format that is known.
    """
    with path.open("rb") as stream:
        head = stream.read(LOOK)
    if not head:
        raise FileRefusedError(name, "the file is empty", "Ask the supplier for it again.")
    form = _form(path, head)
    if form in ("xlsx", "parquet"):
        return _table(path, name, form)
    if form == "other":
        found = content_name(head) or "of no known kind"
        guess = Guess(name, "other", "", "", False, "dmy", (), (f"its content is {found}",))
        return Sniffed(guess, {}, 0)
    encoding, why = _encoding(head)
    if form == "json":
        return _json(path, name, encoding, why)
    return _delimited(path, name, encoding, why)


def _form(path: Path, head: bytes) -> str:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK"):
        try:
            with zipfile.ZipFile(path) as archive:
                return "xlsx" if "[Content_Types].xml" in archive.namelist() else "other"
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return "other"
    if content_name(head) is not None:
        return "other"
    first = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    return "json" if first in (b"{", b"[") else "csv"


def _encoding(head: bytes) -> tuple[str, str]:
    """The codec, and how it is known."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", "encoding: a UTF-8 byte order mark"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "encoding: a UTF-16 byte order mark"
    if head[:4096].count(0) > len(head[:4096]) // 4:
        side = "le" if head[1:2] == b"\x00" else "be"
        return f"utf-16-{side}", "encoding: every other byte is 0, as in UTF-16 without a mark"
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head, final=len(head) < LOOK)
    except UnicodeDecodeError:
        unused = any(byte in head for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
        known = "iso-8859-1" if unused else "cp1252"
        return known, f"encoding: bytes that are not UTF-8; {known} takes them all"
    return "utf-8", "encoding: plain ASCII" if head.isascii() else "encoding: all bytes are proper UTF-8"


def _delimited(path: Path, name: str, encoding: str, why: str) -> Sniffed:
    try:
        mark = guess_delimiter(path, encoding)
    except UnicodeDecodeError as error:
        raise FileRefusedError(name, f"not in the encoding {encoding}", "Ask for it in UTF-8.") from error
    found = [*islice(_csv_rows(path, encoding, mark), SAMPLE_ROWS + 1)]
    if not found:
        raise FileRefusedError(name, "it has no rows", "Ask the supplier for it again.")
    start = _table_start([row for _, row in found])
    above, rows = found[start][0] if start else 0, [row for _, row in found[start:]]
    header = _has_header(rows)
    width = max(len(row) for row in rows)
    first = [cell.strip() or f"(column {at})" for at, cell in enumerate(rows[0], start=1)]
    columns = first if header else [f"column_{at}" for at in range(1, width + 1)]
    body = rows[1:] if header else rows
    values = {column: [row[at].strip() for row in body if at < len(row)] for at, column in enumerate(columns)}
    dates, told = date_order(values)
    evidence = (
        why,
        f"delimiter: {NAMES[mark]}, the mark under which most of the first rows have {len(rows[0])} columns",
        "header: the first row is words where later rows hold values"
        if header
        else "header: none, the first row looks like the others",
        *((f"header: below {above} lines that are not as wide as the table",) if above else ()),
        told,
    )
    guess = Guess(name, "csv", encoding, mark, header, dates, tuple(columns), evidence, above=above)
    return Sniffed(guess, _filled(values), len(body))


def _csv_rows(path: Path, encoding: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the number of lines before it."""
    csv.field_size_limit(FIELD_MAX)
    with path.open(encoding=encoding, newline="", errors="replace") as stream:
        reader, before = csv.reader(stream, delimiter=mark), 0
        try:
            for cells in reader:
                if any(cells):
                    yield before, cells
                before = reader.line_num
        except csv.Error:
            return


def _table_start(rows: Sequence[Sequence[str]]) -> int:
    """Index of the first row as wide as most; what stands above it is a title block."""
    widths = [sum(1 for cell in row if cell.strip()) for row in rows]
    usual = sorted(widths[len(widths) // 4 :])[len(widths[len(widths) // 4 :]) // 2]
    if usual < _WIDE:
        return 0
    start = next((at for at, width in enumerate(widths[:_ABOVE_MAX]) if width * 5 >= usual * 4), 0)
    narrow = all(width * 2 <= usual for width in widths[:start])
    return start if narrow or _has_header(rows[start:]) else 0


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """True where the first row is distinct words and no value; a file of one row of words has a header alone."""
    first = [cell.strip() for cell in rows[0]]
    named = [cell for cell in first if cell]
    if not named or len(set(named)) < len(named) or any(_VALUE_LIKE.fullmatch(cell) for cell in named):
        return False
    if len(rows) == 1:
        return True
    later = [{row[at].strip() for row in rows[1:] if at < len(row)} for at in range(len(first))]
    return not any(cell and cell in seen for cell, seen in zip(first, later, strict=True))


def date_order(values: dict[str, list[str]]) -> tuple[Literal["dmy", "mdy"], str]:
    """Day or month first, by numbers above 12."""
    day = month = either = 0
    for texts in values.values():
        for text in texts:
            found = _DATE.match(text)
            if found:
                day += int(found[1]) > 12
                month += int(found[2]) > 12
                either += 1
    if day and month:
        return "dmy", f"dates: {day} have the day first and {month} the month first: mixed, check them"
    if month:
        return "mdy", f"dates: month first, {month} have a second number above 12 and none a first"
    if day:
        return "dmy", f"dates: day first, {day} have a first number above 12 and none a second"
    told = f"no number above 12 in {either} dates tells the order" if either else "none like 03/04/2026"
    return "dmy", f"dates: {told}; the day is taken to come first"


def _json(path: Path, name: str, encoding: str, why: str) -> Sniffed:
    form, items = _json_form(path, encoding)
    words = FileWords.model_construct(format=form, encoding="utf-8", items=items or None)
    if form == "json" and items is None:
        told = "a JSON document in which no list of objects was found"
        return Sniffed(Guess(name, form, encoding, "", False, "dmy", (), (why, told)), {}, 0)
    found = _sampled(path, name, form, words, encoding, why)
    return replace(found, guess=replace(found.guess, items=items or ""))


def _json_form(path: Path, encoding: str) -> tuple[str, str | None]:
    """``jsonl`` where the first line is a whole object and not the last; else the list of a document ("": it is one)."""
    with path.open(encoding=encoding, errors="replace") as stream:
        lines = [*islice((text for text in iter(lambda: stream.readline(LINE_MAX), "") if text.strip()), 2)]
    whole = _parsed(lines[0]) if lines else None
    named = path.suffix.lower() in (".jsonl", ".ndjson")
    if isinstance(whole, dict) and (named or len(lines) > 1 or not _lists(cast("dict[str, object]", whole))):
        return "jsonl", ""
    if lines and lines[0].lstrip().startswith("["):
        return "json", ""
    found = (
        _parsed(path.read_text(encoding=encoding, errors="replace")) if path.stat().st_size <= WHOLE else None
    )
    return "json", _lists(cast("dict[str, object]", found)) if isinstance(found, dict) else None


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _lists(document: dict[str, object]) -> str | None:
    """The name of the longest list of objects that stands directly in a document."""
    sizes: dict[str, int] = {}
    for name, value in document.items():
        if isinstance(value, list) and value and isinstance(cast("list[object]", value)[0], dict):
            sizes[name] = len(cast("list[object]", value))
    return max(sizes, key=lambda name: (sizes[name], name), default=None)


def _table(path: Path, name: str, form: str) -> Sniffed:
    words = FileWords.model_construct(format=form)
    return _sampled(path, name, form, words, "", f"format: {form}, by its content")


def _sampled(path: Path, name: str, form: str, words: FileWords, encoding: str, why: str) -> Sniffed:
    """The first rows through the format's own reader."""
    rows = open_rows(path, name, words)
    try:
        header = getattr(rows, "header", None)
        values: dict[str, list[str]] = {column: [] for column in header or getattr(rows, "names", ())}
        count = 0
        for row in islice(rows.rows(), SAMPLE_ROWS):
            count += not isinstance(row, BadRow)
            for column, text in _cells(row, header):
                values.setdefault(column, []).append(text)
    finally:
        rows.close()
    dates, told = date_order(values)
    guess = Guess(name, form, encoding, "", True, dates, tuple(values), (why, told))
    return Sniffed(guess, _filled(values), count)


def _cells(row: object, header: Sequence[str] | None) -> Iterator[tuple[str, str]]:
    if isinstance(row, BadRow):
        return
    if header is not None:
        yield from zip(header, cast("list[str]", row), strict=True)
        return
    for column, value in flatten("", row).items():
        yield _INDEX.sub("", column), as_text(value)


def _filled(values: dict[str, list[str]]) -> dict[str, list[str]]:
    return {column: [text for text in texts if text.strip()] for column, texts in values.items()}


__all__ = ["DELIMITERS", "NAMES", "Sniffed", "date_order", "sniff"]
