"""Series: many events between the same two ends (calls, reads, messages), stated by one record that counts them.

Each event is an *occurrence*: a time, values, and the row and fields it was received with. Occurrences of one file, of one
pair of ends and of one set of record-level facts (:class:`SeriesHead`) are one record. Nothing of a row is lost: where two
rows name the same time, reference and kind but other values, both are kept and one of them counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from graphcore.access.label import AccessLabel
from graphcore.arrow import DataType, Schema, Table, pa
from graphcore.evidence.grading import Grading
from graphcore.model.graph import Value

FieldType = Literal["text", "integer", "decimal", "boolean"]
KIND = "kind"
VALUE = "v:"
ORIGINAL = "o:"
WHOLE = "o"
_ARROW: dict[FieldType, DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.float64(),
    "boolean": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class SeriesLayout:
    """The columns of one series link's occurrences.

    ``fields`` are the values by name with their type; ``total`` those of them that the record sums up (whole numbers).
    ``original`` names the source's columns that are kept as received; None: each row's fields are one JSON text.
    """

    fields: tuple[tuple[str, FieldType], ...] = ()
    total: tuple[str, ...] = ()
    original: tuple[str, ...] | None = None
    until: bool = False
    reference: bool = False

    def schema(self) -> Schema:
        """Arrow columns of an occurrence: ``at``, ``until`` (microseconds UTC), ``row``, ``reference``, values, originals."""
        columns: list[tuple[str, DataType]] = [("at", pa.int64())]
        columns += [("until", pa.int64())] if self.until else []
        columns += [("row", pa.int64())]
        columns += [("reference", pa.string())] if self.reference else []
        columns += [(VALUE + name, _ARROW[kind]) for name, kind in self.fields]
        names = (WHOLE,) if self.original is None else tuple(ORIGINAL + name for name in self.original)
        return pa.schema([*columns, *((name, pa.string()) for name in names)])


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One event of a series, as one row states it. ``values`` are in the order of the layout's fields."""

    layout: SeriesLayout
    at: datetime
    until: datetime | None
    reference: str
    values: tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class SeriesHead:
    """What all occurrences of one record share, but the references of its ends.

    ``source`` and ``target`` are (source name, entity type) of the ends; ``properties`` are sorted by name.
    """

    link_type: str
    source: tuple[str, str]
    target: tuple[str, str]
    reference: str
    properties: tuple[tuple[str, tuple[Value, ...]], ...]
    label: AccessLabel
    grading: Grading | None
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class SeriesRows:
    """Occurrences of one file and layout, in any order, to be made into records.

    ``table`` has the layout's columns and ``head`` (int32, a place in ``heads``), ``source`` and ``target`` (references of
    the ends).
    """

    stated_by: str
    file: str
    layout: SeriesLayout
    heads: Sequence[SeriesHead]
    table: Table


def rows_schema(layout: SeriesLayout) -> Schema:
    """Arrow columns of :class:`SeriesRows`."""
    ends = [("head", pa.int32()), ("source", pa.string()), ("target", pa.string())]
    return pa.schema([*(pa.field(*column) for column in ends), *layout.schema()])
