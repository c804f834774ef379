"""Intelligence reports as JSON: a report holds items, and each item becomes a row with its report beside it.

A file is one report, a list of reports, an object with ``reports``, or JSON lines of reports. A report or item that is no
object, or whose scheme of grading is unknown, is a refused row of its own: the other items of the report stand.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import orjson

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Row
from ingest.mapping.model import FileWords
from ingest.readers.base import BadRow, Rows, shortened
from ingest.readers.items import Items

BYTES_MAX = 256 << 20
ITEMS_MAX = 10_000
_SCHEMES = ("3x5x2", "5x5x5")
_ADVICE = "Save it as JSON in UTF-8: a report, a list of reports, or one report a line."


def open_rows(path: Path, file: str, section: FileWords) -> Rows:
    """Reports as rows, one an item; ``items`` of the section names the scheme whose items it reads.

    Raises:
        FileRefusedError: no JSON, too large, or not of this shape.
    """
    scheme = section.items or _SCHEMES[0]
    if path.stat().st_size > BYTES_MAX:
        raise FileRefusedError(file, f"a file above {BYTES_MAX >> 20} MiB", "Split it by report.")
    reports = _reports(path.read_bytes(), file)
    return Items(file, lambda: _of(scheme, _rows(reports)))


def _reports(raw: bytes, file: str) -> list[object]:
    text = raw.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise FileRefusedError(file, "it is empty", "Check the export.")
    try:
        found: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _lines(text, file)
    if isinstance(found, dict):
        inside = cast("dict[str, object]", found)
        found = inside["reports"] if isinstance(inside.get("reports"), list) else [inside]
    if not isinstance(found, list):
        raise FileRefusedError(file, "its content is no report", _ADVICE)
    return cast("list[object]", found)


def _lines(text: bytes, file: str) -> list[object]:
    try:
        return [orjson.loads(line) for line in text.splitlines() if line.strip()]
    except orjson.JSONDecodeError as error:
        raise FileRefusedError(file, f"its content is not JSON ({error.msg})", _ADVICE) from error


def _of(scheme: str, rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
    """The items of one scheme; what could not be read goes with the first."""
    for row in rows:
        if isinstance(row, BadRow):
            if scheme == _SCHEMES[0]:
                yield row
        elif cast("dict[str, dict[str, object]]", row)["item"]["scheme"] == scheme:
            yield row


def _rows(reports: list[object]) -> Iterator[Row | BadRow]:
    for report in reports:
        head = cast("dict[str, object]", report) if isinstance(report, dict) else None
        items = head.get("items") if head is not None else None
        if head is None or not isinstance(items, list) or not items:
            yield BadRow("items", "a report without a list of items", _shown(cast("object", report)))
            continue
        about = {name: value for name, value in head.items() if name != "items"}
        for at, item in enumerate(cast("list[object]", items)[:ITEMS_MAX], start=1):
            yield _row(about, item, at)
        if len(cast("list[object]", items)) > ITEMS_MAX:
            yield BadRow("items", f"a report of more than {ITEMS_MAX:,} items: split it", "")


def _row(about: Mapping[str, object], item: object, at: int) -> Row | BadRow:
    if not isinstance(item, dict):
        return BadRow("items", "an item that is no object", _shown(item))
    words = cast("dict[str, object]", item)
    if words.get("scheme") not in _SCHEMES:
        withheld = any("SECRET" in str(part.get("marking", "")).upper() for part in (about, words))
        shown = "(withheld)" if withheld else _shown(words)
        return BadRow("item.scheme", f"an unknown scheme of grading: there are {', '.join(_SCHEMES)}", shown)
    return {"report": about, "item": {"number": at, "marking": about.get("marking"), **words}}


def _shown(value: object) -> str:
    return shortened(orjson.dumps(value).decode())
