"""Entities and links of a mapping as functions that add records to a list; plain closures, nothing looked up a row."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from graphcore.evidence import EntityRecord, LinkRecord, OriginRef, Record, SeriesLayout
from graphcore.evidence.series import FieldType
from graphcore.model import Value
from graphcore.schema.loader import load_schema
from ingest.errors import RowRefusedError
from ingest.mapping.check_series import field_type
from ingest.mapping.compiler.columns import Columns, Row, TextColumns
from ingest.mapping.compiler.conditions import optional_condition
from ingest.mapping.compiler.context import LoadContext
from ingest.mapping.compiler.ends import End, Made, given, named_end, typed_end
from ingest.mapping.compiler.evidence import EvidenceCompiler, FinishEvidence, nearest, original_of
from ingest.mapping.compiler.known import Known
from ingest.mapping.compiler.series import (
    EndPiece,
    Piece,
    Said,
    SeriesStatement,
    State,
    StatementPiece,
    condition_piece,
    kept_columns,
    moment,
    needed,
    typed,
)
from ingest.mapping.compiler.values import ValueCompiler, ValuesOf, field_of
from ingest.mapping.model import EndWords, EntityWords, EvidenceWords, LinkWords, SeriesWords, ValueOf

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StatementCompiler:
    """Makes the functions of one section. ``outer``: the words of evidence that hold where a statement says none."""

    source: str
    file: str
    columns: Columns
    values: ValueCompiler
    outer: EvidenceWords
    context: LoadContext

    def entity(self, name: str, words: EntityWords) -> State:
        """The function that states one entity; an entity that a row does not state leaves no trace."""
        with self._noted() as used:
            test = optional_condition(words.when, self.columns)
            key = self.values.key(words.key)
            kind = self._kind(words)
            properties = self._properties(words.properties, load_schema().entities[words.type].properties)
            finish = self._evidence(words)
        evidence = finish(original_of(self.columns, used, whole=words.original == "row"))
        source, entity_type, optional, field = self.source, words.type, words.optional, field_of(words.key)
        seen = self.context.types.references(source, entity_type)
        repeated = self._repeats(name, entity_type) if words.unique else None

        def state(row: Row, number: int, out: list[Record], made: Made) -> None:
            if test is not None and not test(row):
                return
            reference = key(row)
            if reference is None:
                if optional:
                    return
                raise RowRefusedError(field, "the reference is empty")
            origin = OriginRef(source, entity_type, reference)
            found = {name: values for name, read in properties if (values := read(row))}
            record = EntityRecord(origin, kind(row), found, evidence(row, number))
            if repeated is not None:
                repeated(record)
            if seen is not None:
                seen.add(reference)
            made[name] = origin
            out.append(record)

        return state

    def link(self, words: LinkWords) -> State:
        """The function that states one link; a link to an entity that the row does not state is not made."""
        if words.series is not None:
            return self.series(words, words.series).state
        with self._noted() as used:
            test = optional_condition(words.when, self.columns)
            source, target = self._end(words.source), self._end(words.target)
            reference = self.values.key(words.reference) if words.reference is not None else None
            properties = self._properties(words.properties, load_schema().links[words.type].properties)
            finish = self._evidence(words, words)
        evidence = finish(original_of(self.columns, used, whole=words.original == "row"))
        stated_by, link_type = self.source, words.type

        def state(row: Row, number: int, out: list[Record], made: Made) -> None:
            if test is not None and not test(row):
                return
            start, end = source(row, made), target(row, made)
            if start is None or end is None:
                return
            found = {name: values for name, read in properties if (values := read(row))}
            told = (reference(row) or "") if reference is not None else ""
            out.append(LinkRecord(stated_by, link_type, start, end, told, found, evidence(row, number)))

        return state

    def series(self, words: LinkWords, series: SeriesWords) -> SeriesStatement:
        """The pieces of a link that counts its rows."""
        spec = load_schema().links[words.type]
        fields: tuple[tuple[str, FieldType], ...] = tuple(
            (name, field_type(spec, name)) for name in series.values
        )
        with self._noted() as used:
            test = condition_piece(words.when, self.columns)
            source, target = self._end_piece(words.source), self._end_piece(words.target)
            said = self.piece(lambda: self._said(words, spec.properties))
            at = self.piece(
                lambda: needed(self._moment(series.at, "span_start"), field_of(series.at)), series.at
            )
            until, reference = self._until(series.until), self._reference(series.reference)
            values = tuple(
                self._value(series.values[name], spec.properties.get(name, "text"), kind)
                for name, kind in fields
            )
        whole = words.original == "row"
        layout = SeriesLayout(
            fields, tuple(series.total), kept_columns(self.columns, used, whole=whole), until is not None,
            reference is not None,
        )  # fmt: skip
        span_field = "+".join(field_of(value) for value in (series.at, series.until) if value is not None)
        return SeriesStatement(
            self.source, words.type, self.file, layout, test, source, target, said, at, until, reference, values,
            original_of(self.columns, used, whole=whole), span_field, self.values.settings,
        )  # fmt: skip

    def entity_piece(self, name: str, words: EntityWords) -> StatementPiece:
        """An entity as a function with the columns it reads."""
        return self._statement(name, words, (), lambda: self.entity(name, words))

    def link_piece(self, words: LinkWords) -> StatementPiece:
        """A link as a function with the columns it reads and the entities it asks for."""
        ends = tuple(tuple(end) for end in (words.source, words.target) if isinstance(end, list))
        return self._statement(None, words, ends, lambda: self.link(words))

    def _statement(
        self,
        name: str | None,
        words: EntityWords | LinkWords,
        ends: tuple[tuple[str, ...], ...],
        make: Callable[[], State],
    ) -> StatementPiece:
        test = condition_piece(words.when, self.columns)
        with self._noted() as used:
            state = make()
        whole = words.original == "row" and isinstance(self.columns, TextColumns)
        header = self.columns.header if whole and isinstance(self.columns, TextColumns) else ()
        return StatementPiece(name, test, frozenset({*used, *header}), ends, state)

    def piece(self, make: Callable[[], Callable[[Row], T]], value: ValueOf | None = None) -> Piece[T]:
        """What ``make`` gives, with the columns that it asked for."""
        with self._noted() as used:
            read = make()
        return Piece(read, frozenset(used), value)

    def _value(self, value: ValueOf, value_type: str, kind: FieldType) -> Piece[Value | None]:
        return self.piece(lambda: typed(self.values.values(value, value_type), field_of(value), kind), value)

    def _end_piece(self, end: list[str] | EndWords) -> EndPiece:
        if isinstance(end, list):
            return EndPiece(tuple(end))

        def make() -> Callable[[Row], OriginRef | None]:
            found = self._end(end)
            return lambda row: found(row, {})

        return EndPiece(piece=self.piece(make))

    def _said(self, words: LinkWords, types: Mapping[str, str]) -> Callable[[Row], Said]:
        reference = self.values.key(words.reference) if words.reference is not None else None
        properties = self._properties(words.properties, types)
        evidence = self._evidence(words)(lambda _row: {})

        def said(row: Row) -> Said:
            found = tuple((name, values) for name, read in properties if (values := read(row)))
            told = (reference(row) or "") if reference is not None else ""
            about = evidence(row, 0)
            return Said(told, found, about.label, about.grading, about.known_at)

        return said

    def _moment(self, value: ValueOf, cleaner: str) -> Callable[[Row], datetime | None]:
        return moment(self.values.values(value, cleaner), field_of(value))

    def _until(self, value: ValueOf | None) -> Piece[datetime | None] | None:
        return None if value is None else self.piece(lambda: self._moment(value, "span_end"), value)

    def _reference(self, value: ValueOf | None) -> Piece[str] | None:
        if value is None:
            return None

        def make() -> Callable[[Row], str]:
            key = self.values.key(value)
            return lambda row: key(row) or ""

        return self.piece(make, value)

    @contextmanager
    def _noted(self) -> Generator[set[str]]:
        """Notes the columns used inside, for the fields that a record keeps as received."""
        before = self.columns.used
        self.columns.used = inside = set[str]()
        yield inside
        before |= inside
        self.columns.used = before

    def _kind(self, words: EntityWords) -> Callable[[Row], str]:
        spec = load_schema().entities[words.type]
        first = spec.kinds[0] if spec.kinds else ""
        if words.kind is None or isinstance(words.kind, str):
            constant = words.kind if isinstance(words.kind, str) else first
            return lambda _row: constant
        read, field, kinds = (
            self.values.values(words.kind, "text"),
            field_of(words.kind),
            frozenset(spec.kinds),
        )

        def kind(row: Row) -> str:
            found = read(row)
            word = str(found[0]) if found else first
            if word not in kinds:
                raise RowRefusedError(field, f"not a kind of {spec.name}")
            return word

        return kind

    def _properties(
        self, words: Mapping[str, ValueOf], types: Mapping[str, str]
    ) -> tuple[tuple[str, ValuesOf], ...]:
        return tuple((name, self.values.values(value, types[name])) for name, value in words.items())

    def _evidence(self, words: EvidenceWords, link: LinkWords | None = None) -> FinishEvidence:
        compiler = EvidenceCompiler(self.file, self.values, self.context.warnings)
        return compiler.compile(nearest(self.outer, words), link)

    def _repeats(self, name: str, entity_type: str) -> Callable[[EntityRecord], None]:
        """Warns of a reference that comes again with other content in one file."""
        known = self.context.duplicates.setdefault((self.file, name, entity_type), Known())
        warnings = self.context.warnings

        def check(record: EntityRecord) -> None:
            content = hash((record.kind, tuple(record.properties.items())))
            if known.differs(record.origin.reference, content):
                warnings.add("duplicate id", name)

        return check

    def _end(self, end: list[str] | EndWords) -> End:
        if isinstance(end, list):
            if len(end) == 1:
                return lambda _row, made: made.get(end[0])
            return lambda _row, made: next((made[name] for name in end if name in made), None)
        key, field = self.values.key(end.key), field_of(end.key)
        source = end.source or self.source
        if end.type is not None:
            return typed_end(key, field, source, end.type)
        if end.by is not None:
            return named_end(key, field, source, self.columns.getter(end.by), tuple(end.types or ()))
        return self._untyped_end(key, field, source, tuple(end.types or ()))

    def _untyped_end(
        self, key: Callable[[Row], str | None], field: str, source: str, types: tuple[str, ...]
    ) -> End:
        index, wanted = self.context.types, " or ".join(types)

        def untyped(row: Row, made: Made) -> OriginRef | None:
            del made
            reference = given(key(row), field)
            found = index.types_of(source, types, reference)
            if len(found) != 1:
                reason = "more than one of" if found else "no"
                raise RowRefusedError(
                    field, f"{reason} {wanted} has this reference: load what states it first"
                )
            return OriginRef(source, found[0], reference)

        return untyped
