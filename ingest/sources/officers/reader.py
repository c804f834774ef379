"""Fixed-width products of the companies register: rows by the layout table, proven whole by the trailer's counts.

A file whose trailer is missing or counts other records is refused: a cut copy must not pass for the register. One
damaged record costs that record alone.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ingest.errors import FileRefusedError
from ingest.mapping.model import FileWords
from ingest.readers.base import LINE_MAX, BadRow, Rows, shortened
from ingest.readers.items import Items
from ingest.readers.scan import Scan, scan_text
from ingest.sources.officers.layout import CHEVRON, DISQUALIFIED, LIQUIDATION, RECORDS, TRAILER, Record

_AGAIN = "It is cut off or altered: fetch it again, and check its size."
Row = dict[str, str]


def open_rows(path: Path, file: str, section: FileWords) -> Rows:
    """Rows of a product 192, 195, 198 or 216 file, told by its header; each has ``item``, the kind of its record.

    Raises:
        FileRefusedError: another product, no or a wrong trailer, or not text.
    """
    scan = scan_text(path, file, section.encoding, lines=True)
    return Items(file, partial(_read, path, scan))


@dataclass(slots=True)
class _State:
    """What was read: records by kind, and the person of the disqualification records that follow."""

    product: str
    at: int
    kinds: dict[str, Record]
    counts: Counter[str] = field(default_factory=Counter[str])
    person: Row | None = None


def _read(path: Path, scan: Scan) -> Iterator[Row | BadRow]:
    with path.open(encoding=scan.encoding, newline=None) as stream:
        state = _header(stream.readline(LINE_MAX).rstrip("\n"), scan.file)
        trailer: str | None = None
        while line := stream.readline(LINE_MAX):
            line = line.rstrip("\n")
            if not line.strip():
                continue
            if trailer is not None:
                raise FileRefusedError(
                    scan.file, "records behind its trailer", "Load each file of the register on its own."
                )
            if _is_trailer(line, state):
                trailer = line
                continue
            yield _row(line, state)
        _check_trailer(trailer, state, scan.file)


def _header(line: str, file: str) -> _State:
    product = line[:8]
    if product == LIQUIDATION:
        raise FileRefusedError(
            file, "product 197 (liquidations), which is not read", "Give products 192, 195, 198 or 216."
        )
    if product not in RECORDS:
        raise FileRefusedError(
            file, "no header of an officers product", "It begins with DDDDSNAP, DDDDUPDT or DISQUALS."
        )
    at, kinds = RECORDS[product]
    return _State(product, at, dict(kinds))


def _is_trailer(line: str, state: _State) -> bool:
    if state.product == DISQUALIFIED:
        return line.startswith(DISQUALIFIED)
    return line.startswith(TRAILER) and len(line.rstrip()) <= 16


def _row(line: str, state: _State) -> Row | BadRow:
    kind = line[state.at : state.at + 1]
    state.counts[kind] += 1
    record = state.kinds.get(kind)
    if record is None:
        return BadRow("(record)", "a record of an unknown kind", shortened(line))
    if "\x00" in line:
        return BadRow("(record)", "a NUL byte", shortened(line.replace("\x00", "\\u0000")))
    row = _fields(line, record)
    if isinstance(row, BadRow):
        return row
    return _with_person(row, line, state) if state.product == DISQUALIFIED else _with_former(row)


def _fields(line: str, record: Record) -> Row | BadRow:
    start, length = record.counted
    told, text = line[start : start + length].strip(), line[start + length :]
    if not (told.isascii() and told.isdigit()) or len(text) < int(told):
        return BadRow("(record)", "shorter than it says, or its length is no number", shortened(line))
    row = {"item": record.item}
    row |= {name: line[at : at + size].strip() for name, (at, size) in record.fields.items()}
    text = text[: int(told)]
    if not record.parts:
        return row | {record.text: text.strip()}
    parts = text.split(CHEVRON)
    if len(parts) != len(record.parts) + 1 or parts[-1].strip():
        return BadRow(
            "(record)", f"{len(parts) - 1} chevrons where {len(record.parts)} are wanted", shortened(line)
        )
    return row | {name: part.strip() for name, part in zip(record.parts, parts, strict=False)}


def _with_former(row: Row) -> Row:
    """The old person number, where an update gives the person another one."""
    old = row.get("old_person_number", "")
    return row | {"former_number": old} if old.strip("0") and old != row["person_number"] else row


def _with_person(row: Row, line: str, state: _State) -> Row | BadRow:
    """Says with each disqualification whether its person is a company; it must stand under its person."""
    if row["item"] == "disqualified":
        row["corporate"] = "Y" if row["corporate_number"] or row["country_registered"] else ""
        state.person = row
        return row
    if state.person is None or state.person["person_number"] != row["person_number"]:
        return BadRow("person_number", "not the person of the record above it", shortened(line))
    return row | {"corporate": state.person["corporate"]}


def _check_trailer(trailer: str | None, state: _State, file: str) -> None:
    if trailer is None:
        raise FileRefusedError(file, "it has no trailer", _AGAIN)
    found, total = state.counts, state.counts.total()
    if state.product == DISQUALIFIED:
        wanted = [found[kind] for kind in "1234"] + [total]
        told = trailer[8:].strip().strip("/").split("/")
    else:
        wanted, told = [total], [trailer[8:16]]
    if [_number(text) for text in told] != wanted:
        raise FileRefusedError(file, f"its trailer counts other records than the {total:,} there are", _AGAIN)


def _number(text: str) -> int:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 12 else -1
