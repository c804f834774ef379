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


def _once_a_row(read: Callable[[Row], dict[str, Value]]) -> Callable[[Row], dict[str, Value]]:
    """``read``, which is asked several times for one row; the records of a row share the answer."""
    last_row: Row = None
    last: dict[str, Value] = {}

    def once(row: Row) -> dict[str, Value]:
        nonlocal last_row, last
        if last_row is not row:
            last_row, last = row, read(row)
        return last

    return once


class TextColumns:
    """Rows are lists of text under a header."""

    def __init__(self, header: Sequence[str], may_lack: Sequence[str] = ()) -> None:
        self.header = tuple(header)
        self.used: set[str] = set()
        self.lacking: set[str] = set()
        self._may_lack = frozenset(may_lack)
        self._places = {name: place for place, name in enumerate(self.header)}
        self._whole = _once_a_row(self._row)

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
        return self._whole

    def _row(self, row: Row) -> dict[str, Value]:
        return {name: text for name, text in zip(self.header, cast("list[str]", row), strict=True) if text}

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
        self._whole = _once_a_row(lambda row: flatten("", row))

    def getter(self, name: str) -> Getter:
        """See :class:`Columns`."""
        self.used.add(name)
        if "." not in name:
            return lambda row: cast("Mapping[str, object]", row).get(name)
        return _path_getter(name)

    def whole_row(self) -> Callable[[Row], dict[str, Value]]:
        """See :class:`Columns`. The records of one row share what this gives."""
        return self._whole

    def with_item(self, name: str) -> "JsonColumns":
        """See :class:`Columns`."""
        del name
        return self

    def add_item(self, name: str) -> Callable[[Row, object], Row]:
        """See :class:`Columns`."""
        return lambda row, item: {**cast("Mapping[str, object]", row), name: item}


def _path_getter(name: str) -> Getter:
    parts = tuple(name.split("."))
    if len(parts) == 2:
        return _two_parts(name, *parts)
    if len(parts) == 3:
        return _three_parts(name, *parts)

    def get(row: Row) -> object:
        fields = cast("dict[str, object]", row)
        return fields[name] if name in fields else _walk(fields, parts)

    return get


def _two_parts(name: str, first: str, second: str) -> Getter:
    def get(row: Row) -> object:
        fields: dict[str, object] = row  # type: ignore[assignment]
        if name in fields:
            return fields[name]
        inner = fields.get(first)
        return inner.get(second) if type(inner) is dict else None  # type: ignore[union-attr]

    return get


def _three_parts(name: str, first: str, second: str, third: str) -> Getter:
    def get(row: Row) -> object:
        fields: dict[str, object] = row  # type: ignore[assignment]
        if name in fields:
            return fields[name]
        inner = fields.get(first)
        inner = inner.get(second) if type(inner) is dict else None  # type: ignore[union-attr]
        return inner.get(third) if type(inner) is dict else None  # type: ignore[union-attr]

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
    if type(value) is dict:
        for key, item in cast("dict[str, object]", value).items():
            inner = f"{name}.{key}" if name else key
            if type(item) is str:  # most of them
                if item:
                    out[inner] = item
            else:
                _flatten(inner, item, out)
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
