"""A series link as functions of a row, each with the columns it reads: one function makes one occurrence of them all.

Each piece reads few columns, so that whoever has whole columns can ask it once for each distinct text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

from graphcore.access import AccessLabel
from graphcore.evidence import (
    Evidence,
    Grading,
    Lineage,
    LinkRecord,
    Occurrence,
    OriginRef,
    Record,
    SeriesLayout,
)
from graphcore.evidence.series import FieldType
from graphcore.model import TimeSpan, Value, parse_iso_utc
from ingest.clean import CleanSettings
from ingest.errors import RowRefusedError
from ingest.mapping.compiler.columns import Columns, Row, TextColumns, as_text
from ingest.mapping.compiler.conditions import compile_condition
from ingest.mapping.compiler.context import Values
from ingest.mapping.compiler.evidence import OriginalOf
from ingest.mapping.compiler.values import ValuesOf
from ingest.mapping.conditions import AllOf, ColumnIs, Condition, Not
from ingest.mapping.model import ValueOf

T = TypeVar("T")
Made = Mapping[str, OriginRef]
State = Callable[[Row, int, list[Record], dict[str, OriginRef]], None]
LARGEST = 10**12  # of a whole number of one row: millions of them still add up within 64 bits
BACKWARDS = "ends before it starts"


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """A function of a row and the columns that it reads; ``value`` is the mapping's word where it is one plain value."""

    read: Callable[[Row], T]
    columns: frozenset[str]
    value: ValueOf | None = None


@dataclass(frozen=True, slots=True)
class ConditionPiece(Piece[bool]):
    """A condition; ``how`` says what its ``parts`` make of it: all of them hold, any does, or the only one does not."""

    how: Literal["all", "any", "not"] | None = None
    parts: tuple["ConditionPiece", ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says of its record beside the ends: the same for most rows."""

    reference: str
    properties: tuple[tuple[str, Values], ...]
    label: AccessLabel
    grading: Grading | None
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class EndPiece:
    """An end: the first of some entities of the section that the row states, or one that a piece names."""

    names: tuple[str, ...] = ()
    piece: Piece[OriginRef | None] | None = None

    def of(self, row: Row, made: Made) -> OriginRef | None:
        """The end that a row gives, None where it gives none."""
        if self.piece is not None:
            return self.piece.read(row)
        return next((made[name] for name in self.names if name in made), None)


@dataclass(frozen=True, slots=True)
class StatementPiece:
    """An entity (``name``) or plain link, with the columns it reads.

    ``ends``: of each end of a link the entities of the row it may be; it states nothing where the row states none of them.
    """

    name: str | None
    test: ConditionPiece | None
    columns: frozenset[str]
    ends: tuple[tuple[str, ...], ...]
    state: State

    @property
    def asks(self) -> tuple[str, ...]:
        """The entities of the row that the statement asks for."""
        return tuple(name for end in self.ends for name in end)


@dataclass(frozen=True, slots=True)
class SeriesStatement:
    """A series link. The pieces are asked in the order of the fields, values in that of the layout."""

    stated_by: str
    link_type: str
    file: str
    layout: SeriesLayout
    test: ConditionPiece | None
    source: EndPiece
    target: EndPiece
    said: Piece[Said]
    at: Piece[datetime]
    until: Piece[datetime | None] | None
    reference: Piece[str] | None
    values: tuple[Piece[Value | None], ...]
    original: OriginalOf
    span_field: str
    settings: CleanSettings

    def state(self, row: Row, number: int, out: list[Record], made: dict[str, OriginRef]) -> None:
        """Add the occurrence that a row states; without both ends it states none."""
        if self.test is not None and not self.test.read(row):
            return
        start, end = self.source.of(row, made), self.target.of(row, made)
        if start is None or end is None:
            return
        said, at = self.said.read(row), self.at.read(row)
        until = self.until.read(row) if self.until is not None else None
        if until is not None and until < at:
            raise RowRefusedError(self.span_field, BACKWARDS)
        reference = self.reference.read(row) if self.reference is not None else ""
        values = tuple([piece.read(row) for piece in self.values])
        evidence = Evidence(
            Lineage(self.file, number),
            said.label,
            said.grading,
            self.original(row),
            TimeSpan(at, until or at),
            said.known_at,
        )
        seen = Occurrence(self.layout, at, until, reference, values)
        out.append(
            LinkRecord(
                self.stated_by,
                self.link_type,
                start,
                end,
                said.reference,
                dict(said.properties),
                evidence,
                seen,
            )
        )


@dataclass(frozen=True, slots=True)
class SectionPieces:
    """A section: which rows, columns that may not be empty, and what is stated, in the order in which rows are asked."""

    test: ConditionPiece | None
    required: tuple[str, ...]
    statements: tuple[StatementPiece | SeriesStatement, ...]


def condition_piece(condition: Condition | None, columns: Columns) -> ConditionPiece | None:
    """A condition part by part, each with the columns it reads; None where there is none."""
    return None if condition is None else _test(condition, columns)


def _test(condition: Condition, columns: Columns) -> ConditionPiece:
    read = compile_condition(condition, columns)
    if isinstance(condition, ColumnIs):
        return ConditionPiece(read, frozenset({condition.column}))
    if isinstance(condition, Not):
        how, inside = "not", [condition.not_]
    elif isinstance(condition, AllOf):
        how, inside = "all", condition.all
    else:
        how, inside = "any", condition.any
    parts = tuple(_test(each, columns) for each in inside)
    return ConditionPiece(read, frozenset[str]().union(*(part.columns for part in parts)), None, how, parts)


def moment(read: ValuesOf, field: str) -> Callable[[Row], datetime | None]:
    """The function from a row to a time, None where it gives none."""

    def one(row: Row) -> datetime | None:
        found = _single(read(row), field)
        return None if found is None else parse_iso_utc(str(found))

    return one


def needed(read: Callable[[Row], datetime | None], field: str) -> Callable[[Row], datetime]:
    """As ``read``; a row without a time is refused."""

    def one(row: Row) -> datetime:
        found = read(row)
        if found is None:
            raise RowRefusedError(field, "is empty, and an occurrence needs its time")
        return found

    return one


def typed(read: ValuesOf, field: str, kind: FieldType) -> Callable[[Row], Value | None]:
    """The function from a row to one value of an occurrence."""

    def one(row: Row) -> Value | None:
        found = _single(read(row), field)
        if found is None or kind == "boolean":
            return found
        if kind == "text":
            return as_text(found)
        if kind == "decimal":
            return float(found)
        if abs(int(found)) > LARGEST:
            raise RowRefusedError(field, "a number too large to be added up")
        return int(found)

    return one


def kept_columns(columns: Columns, used: set[str], *, whole: bool) -> tuple[str, ...] | None:
    """The columns that an occurrence keeps as received; None where rows have no fixed columns."""
    if not isinstance(columns, TextColumns):
        return None
    return columns.header if whole else tuple(sorted(used.intersection(columns.header)))


def _single(found: Values, field: str) -> Value | None:
    if len(found) > 1:
        raise RowRefusedError(field, "more than one value where one is wanted")
    return found[0] if found else None
