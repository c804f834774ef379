"""A refused row as fields with names: what a person corrects, and what is mapped when it is tried again.

A row that could not be read as one has stand-ins for names, in brackets: ``(field 4)`` beyond the header, ``(line)`` for a
whole line. As long as a stand-in holds something, the row is not whole.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from graphcore.evidence.ledger import RefusedRow
from ingest.mapping.compiler.columns import flatten

WITHHELD = "(withheld)"
Fields = dict[str, Any]
_STAND_IN = re.compile(r"\((?:field \d+|line)\)")


def fields_of(row: RefusedRow, header: tuple[str, ...]) -> Fields | None:
    """The row as it stands: corrected, else as received.

    Args:
        row: A refused row.
        header: Of its file; () where that has none or it is not known.

    Returns:
        Fields by name, values as received; None where the content was withheld.
    """
    if row.corrected is not None:
        return cast("Fields", json.loads(row.corrected))
    return original_fields(row, header)


def original_fields(row: RefusedRow, header: tuple[str, ...]) -> Fields | None:
    """The row as received, named; None where the content was withheld."""
    if row.original == WITHHELD:
        return None
    try:
        found: object = json.loads(row.original)
    except ValueError:
        return {"(line)": row.original}
    if isinstance(found, dict) and not row.unread:
        return cast("Fields", found)
    if isinstance(found, list):
        return _named([str(item) for item in cast("list[object]", found)], header)
    return {"(line)": row.original}


def _named(values: list[str], header: tuple[str, ...]) -> Fields:
    names = [*header, *(f"(field {n})" for n in range(len(header) + 1, len(values) + 1))]
    return {name: values[at] if at < len(values) else "" for at, name in enumerate(names)}


def flat(fields: Fields) -> dict[str, str]:
    """The fields as text under dotted names, as a spreadsheet shows them; empty ones with them."""
    found = {name: _text(value) for name, value in flatten("", fields).items()}
    return {**{name: "" for name, value in fields.items() if value in ("", None)}, **found}


def with_changes(fields: Fields, changes: Mapping[str, str]) -> tuple[Fields, tuple[str, ...]]:
    """The fields with other values, and the names of those that differ now.

    Args:
        fields: Not altered.
        changes: New texts by name, dotted where they lie deeper.
    """
    made: Fields = json.loads(json.dumps(fields))
    before = flat(fields)
    changed = tuple(name for name, value in changes.items() if before.get(name, "") != value)
    for name in changed:
        _set(made, name, changes[name])
    if changed and any(changes[name] for name in changed):
        made.pop("(line)", None)  # the line has been taken apart by hand
    return made, changed


def whole(fields: Fields) -> bool:
    """True if nothing is left that has no name."""
    return not any(_STAND_IN.fullmatch(name) and value for name, value in fields.items())


def without_stand_ins(fields: Fields) -> Fields:
    """The fields that have names of their own."""
    return {name: value for name, value in fields.items() if not _STAND_IN.fullmatch(name)}


def _set(fields: Fields, name: str, value: str) -> None:
    parts = name.split(".")
    at: Any = fields
    if name not in fields:
        for part in parts[:-1]:
            inner = _step(at, part)
            if not isinstance(inner, dict | list):
                break
            at = cast("Any", inner)
        else:
            last = parts[-1]
            if isinstance(at, list) and last.isdigit() and int(last) < len(cast("list[Any]", at)):
                at[int(last)] = value
                return
            if isinstance(at, dict):
                at[last] = value
                return
    fields[name] = value


def _step(at: Any, part: str) -> object:
    if isinstance(at, dict):
        return cast("Fields", at).get(part)
    here = cast("list[object]", at)
    return here[int(part)] if part.isdigit() and int(part) < len(here) else None


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
