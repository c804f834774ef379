"""One property as one cell of an import file, and the type that stands in the file's header for it.

Texts are always quoted, so that an empty text stays apart from no value. Lists are parted by a character that no cleaned
value holds; where a caption does hold it, it becomes a space (the record itself, as JSON, keeps it).
"""

from collections.abc import Sequence
from typing import Final

from graphcore.model.graph import Value
from graphcore.store.neo4j.stored import ENDS, MEASURES

PART: Final = "\x1f"
PART_NAME: Final = "U+001F"
_LISTS: Final = ("rids", "sources", "gradings", "known_at", "records", "captions", "search_text")
_TYPES: Final = {"integer": "long", "decimal": "double", "boolean": "boolean"}
_PYTHON: Final = {bool: "boolean", int: "long", float: "double", str: "string"}
FIXED: Final = {
    **dict.fromkeys((*_LISTS, "origins", "starts", "ends", *ENDS), "string[]"),
    **dict.fromkeys(MEASURES, "double[]"),
    "access": "long[]",
}


def column_type(value_type: str) -> str:
    """Header type of a schema value type."""
    return _TYPES.get(value_type, "string")


def type_of(value: Value, wanted: str) -> str:
    """Header type that ``value`` needs: ``wanted`` where it can stand in such a column, else its own."""
    own = _PYTHON[type(value)]
    return wanted if own == wanted or (own == "long" and wanted == "double") else own


def cell(value: Value | Sequence[Value] | None) -> str:
    """The text of one cell; nothing for None and for a list with nothing in it but one empty text.

    The importer reads a list of one empty text as an empty list, so reads take a place that is not there as empty.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if len(value) == 1 and value[0] == "":
        return ""
    return _quoted(PART.join(_item(item) for item in value))


def _item(value: Value) -> str:
    return value.replace(PART, " ") if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    return "NaN" if value != value else repr(value)  # noqa: PLR0124 -- only NaN differs from itself


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
