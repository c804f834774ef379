"""A person's corrections: from a file that was exported before, or field by field. The original is never altered."""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from graphcore.evidence.ledger import REFUSED_ROW, Correction, EvidenceView, RefusedFilter, RefusedRow
from graphcore.model.references import PATTERN
from graphcore.workspace import Workspace
from ingest.errors import FileRefusedError, IngestError
from ingest.repair.export import OURS, Headers, unguarded
from ingest.repair.fields import fields_of, flat, with_changes

_REFERENCE = OURS[0]
_FIELD_MAX = 1 << 20
_ADVICE = "Export the rows with `ocb ingest quarantine export`, correct that file, and give it back as it is."


def headers_of(workspace: Workspace, rows: Sequence[RefusedRow]) -> Headers:
    """The header of each file that some refused rows stand in."""
    found: dict[tuple[int, str], tuple[str, ...]] = {}
    for number in sorted({row.batch for row in rows}):
        note = workspace.ledger.upkeep.load_note(number)
        if note is not None:
            found |= {(number, file): columns for file, columns in note.columns.items()}
    return found


def corrected_rows(path: Path) -> dict[str, dict[str, str]]:
    """Rows of a corrected file, CSV or JSON lines by its content: texts by name, by the reference of the refused row.

    Raises:
        FileRefusedError: it is not a file of that kind.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.read(1)
            stream.seek(0)
            read = _json_lines if first == "{" else _delimited
            found: dict[str, dict[str, str]] = {}
            for reference, fields in read(path.name, stream):
                if reference in found:
                    raise FileRefusedError(
                        path.name, f"the refused row {reference} stands in it twice", _ADVICE
                    )
                found[reference] = fields
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileRefusedError(path.name, f"it cannot be read ({type(error).__name__})", _ADVICE) from error
    return found


def corrections_from(
    view: EvidenceView, workspace: Workspace, given: Mapping[str, Mapping[str, str]]
) -> list[Correction]:
    """What differs from the rows as they stand; a row that is as it was gives no correction.

    Raises:
        IngestError: a reference is of no row that is still refused, or its content was withheld.
    """
    wanted = RefusedFilter(numbers=tuple(workspace.ids.number(REFUSED_ROW, one) for one in given))
    found_rows = view.refused(wanted, limit=len(given)) if given else []
    rows = {workspace.ids.reference(REFUSED_ROW, row.number): row for row in found_rows}
    unknown = sorted(set(given) - set(rows))
    if unknown:
        raise IngestError(
            f"no refused row has the reference {unknown[0]} ({len(unknown)} such in all): `ocb ingest quarantine list` shows "
            "them; one that loads is no longer there"
        )
    headers = headers_of(workspace, [*rows.values()])
    found: list[Correction] = []
    for called, row in rows.items():
        fields = fields_of(row, headers.get((row.batch, row.file), ()))
        if fields is None:
            raise IngestError(
                f"the content of the refused row {called} was withheld and cannot be corrected here: correct the file, and "
                "load that"
            )
        made, changed = with_changes(fields, given[called])
        if changed:
            found.append(Correction(row.number, made, changed))
    return found


def set_fields(words: Sequence[str]) -> dict[str, str]:
    """``field=value`` words as texts by name.

    Raises:
        IngestError: a word has no ``=``.
    """
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise IngestError("--set wants field=value, with the field's name as `list` shows it")
        found[name.strip()] = value
    return found


def _delimited(file: str, stream: Any) -> Iterator[tuple[str, dict[str, str]]]:
    csv.field_size_limit(_FIELD_MAX)
    sample = stream.readline()
    stream.seek(0)
    mark = max(",;\t", key=sample.count)  # spreadsheets of some countries save with semicolons
    reader = csv.reader(stream, delimiter=mark, strict=True)
    empty: list[str] = []
    header = [unguarded(name) for name in next(reader, empty)]
    if _REFERENCE not in header:
        raise FileRefusedError(file, f"it has no column {_REFERENCE}", _ADVICE)
    for line, cells in enumerate(reader, start=2):
        if not any(cells):
            continue
        if len(cells) > len(header):
            raise FileRefusedError(file, f"line {line} has more fields than the header", _ADVICE)
        row = dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=True))
        fields = {name: unguarded(text) for name, text in row.items() if name not in OURS}
        yield _reference(file, line, row[_REFERENCE]), fields


def _json_lines(file: str, stream: Any) -> Iterator[tuple[str, dict[str, str]]]:
    parse: Callable[[str], object] = json.loads
    for line, text in enumerate(stream, start=1):
        if not text.strip():
            continue
        try:
            found = parse(text)
        except ValueError as error:
            raise FileRefusedError(file, f"line {line} is not JSON", _ADVICE) from error
        row = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        if not isinstance(row.get("row"), dict):
            raise FileRefusedError(file, f"line {line} has no row", _ADVICE)
        yield _reference(file, line, row.get(_REFERENCE)), flat(row["row"])


def _reference(file: str, line: int, value: object) -> str:
    text = str(value).strip().lower()
    if re.fullmatch(PATTERN, text) is None:
        raise FileRefusedError(file, f"line {line} has no reference in {_REFERENCE}", _ADVICE)
    return text
