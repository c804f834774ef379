"""Refused rows as a file that a person corrects and gives back: CSV for a spreadsheet, or JSON lines.

In a spreadsheet a text that begins like a formula would be run: such texts get an apostrophe, which is taken off when the
file comes back.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from io import StringIO
from typing import TextIO

from graphcore.evidence.ledger import BATCH, REFUSED_ROW, RefusedRow
from graphcore.model.ids import IdMaker
from ingest.repair.fields import fields_of, flat

OURS = ("ocb_reference", "ocb_batch", "ocb_file", "ocb_row", "ocb_field", "ocb_reason")
_RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
Headers = Mapping[tuple[int, str], tuple[str, ...]]


class ExportForm(StrEnum):
    """Forms in which refused rows leave and come back."""

    CSV = "csv"
    JSONL = "jsonl"


def guarded(text: str) -> str:
    """The text as a spreadsheet may hold it: nothing that begins like a formula."""
    return f"'{text}" if text.startswith((*_RUN, "'")) else text


def unguarded(text: str) -> str:
    """The text behind :func:`guarded`."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*_RUN, "'")) else text


def write_rows(
    rows: Sequence[RefusedRow], headers: Headers, form: ExportForm, out: TextIO, ids: IdMaker
) -> int:
    """Write refused rows; what was withheld is left out. Gives the number written.

    Args:
        rows: In the order in which they are written.
        headers: Of each (batch, file) that has one.
        form: Which form.
        out: Opened with ``newline=""``.
        ids: Says what rows and batches are called by.
    """
    said = [(row, fields_of(row, headers.get((row.batch, row.file), ()))) for row in rows]
    kept = [(row, fields) for row, fields in said if fields is not None]
    if form is ExportForm.JSONL:
        for row, fields in kept:
            line = {**dict(zip(OURS, _ours(row, ids), strict=True)), "row": fields}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
        return len(kept)
    flats = [(row, flat(fields)) for row, fields in kept]
    columns = list(dict.fromkeys(name for _, fields in flats for name in fields))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*OURS, *map(guarded, columns)])
    for row, fields in flats:
        cells: Iterable[object] = (*_ours(row, ids), *(fields.get(name, "") for name in columns))
        writer.writerow([guarded(str(cell)) for cell in cells])
    return len(kept)


def as_text(rows: Sequence[RefusedRow], headers: Headers, form: ExportForm, ids: IdMaker) -> str:
    """As :func:`write_rows`, as a text."""
    out = StringIO(newline="")
    write_rows(rows, headers, form, out, ids)
    return out.getvalue()


def _ours(row: RefusedRow, ids: IdMaker) -> tuple[object, ...]:
    called = ids.reference(REFUSED_ROW, row.number), ids.reference(BATCH, row.batch)
    return (*called, row.file, row.row, row.field, row.reason)
