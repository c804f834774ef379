"""Ways from a column name to a value in a row: by place in delimited text, by key or dotted path in JSON.

A compiled section asks once for each column; what a file does not have is collected in ``lacking``.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Protocol, cast

from graphcore.model import Value

Row = object
Getter = Callable[[Row], object]
_INT64 = 2**63


class Columns(Protocol):
    """The columns of one file. ``used`` grows with every getter."""

    used: set[str]
    lacking: set[str]

    def getter(self, name: str) -> Getter:
        """The function that reads column ``name`` from a row ("" or None: empty)."""
        ...

    def whole_row(self) -> Callable[[Row], dict[str, Value]]:
        """The function that gives every field of a row that is not empty, as received."""
        ...

    def with_item(self, name: str) -> "Columns":
        """The columns of a row to which an item of a list was added under ``name``."""
        ...

    def add_item(self, name: str) -> Callable[[Row, object], Row]:
        """The function that adds such an item to a row."""
        ...


def _empty(_row: Row) -> object:
    return ""


class TextColumns:
    """Rows are lists of text under a header."""

    def __init__(self, header: Sequence[str], may_lack: Sequence[str] = ()) -> None:
        self.header = tuple(header)
        self.used: set[str] = set()
        self.lacking: set[str] = set()
        self._may_lack = frozenset(may_lack)
        self._places = {name: place for place, name in enumerate(self.header)}

    def getter(self, name: str) -> Getter:
        """See :class:`Columns`."""
        self.used.add(name)
        place = self._places.get(name)
        if place is None:
            if name not in self._may_lack:
                self.lacking.add(name)
            return _empty
        return cast("Getter", itemgetter(place))

    def whole_row(self) -> Callable[[Row], dict[str, Value]]:
        """See :class:`Columns`."""
        header = self.header

        def read(row: Row) -> dict[str, Value]:
            return {name: text for name, text in zip(header, cast("list[str]", row), strict=True) if text}

        return read

    def with_item(self, name: str) -> "TextColumns":
        """See :class:`Columns`."""
        wider = TextColumns((*self.header, name), tuple(self._may_lack))
        wider.used, wider.lacking = self.used, self.lacking
        return wider

    def add_item(self, name: str) -> Callable[[Row, object], Row]:
        """See :class:`Columns`."""
        del name
        return lambda row, item: [*cast("list[str]", row), item]


class JsonColumns:
    """Rows are JSON objects; what a row lacks is empty."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self.lacking: set[str] = set()

    def getter(self, name: str) -> Getter:
        """See :class:`Columns`."""
        self.used.add(name)
        if "." not in name:
            return lambda row: cast("Mapping[str, object]", row).get(name)
        return _path_getter(name)

    def whole_row(self) -> Callable[[Row], dict[str, Value]]:
        """See :class:`Columns`."""
        return lambda row: flatten("", row)

    def with_item(self, name: str) -> "JsonColumns":
        """See :class:`Columns`."""
        del name
        return self

    def add_item(self, name: str) -> Callable[[Row, object], Row]:
        """See :class:`Columns`."""
        return lambda row, item: {**cast("Mapping[str, object]", row), name: item}


def _path_getter(name: str) -> Getter:
    parts = tuple(name.split("."))

    def get(row: Row) -> object:
        fields = cast("dict[str, object]", row)
        return fields[name] if name in fields else _walk(fields, parts)

    return get


def _walk(found: object, parts: Sequence[str]) -> object:
    for part in parts:
        if not isinstance(found, dict):
            return None
        found = cast("dict[str, object]", found).get(part)
    return found


def flatten(name: str, value: object) -> dict[str, Value]:
    """The scalars inside a JSON value under dotted names (``data.natures.0``); empty ones are left out."""
    out: dict[str, Value] = {}
    _flatten(name, value, out)
    return out


def _flatten(name: str, value: object, out: dict[str, Value]) -> None:
    if isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            _flatten(f"{name}.{key}" if name else key, item, out)
    elif isinstance(value, list):
        for at, item in enumerate(cast("list[object]", value)):
            _flatten(f"{name}.{at}", item, out)
    elif isinstance(value, int) and not -_INT64 <= value < _INT64:
        out[name] = str(value)  # kept exactly: a number this long would lose digits on its way through JSON
    elif value is not None and value != "":
        out[name] = cast("Value", value)


def as_text(value: object) -> str:
    """The text of a scalar; "" for nothing. A list or object gives an ellipsis: it is there, but it is no text."""
    if isinstance(value, str):
        return value
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "…" if isinstance(value, (list, dict)) else str(value)
