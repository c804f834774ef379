"""Entities and links of a mapping as functions that add records to a list; plain closures, nothing looked up a row."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from graphcore.evidence import EntityRecord, LinkRecord, OriginRef, Record
from graphcore.schema.loader import load_schema
from ingest.errors import RowRefusedError
from ingest.mapping.compiler.columns import Columns, Row
from ingest.mapping.compiler.conditions import optional_condition
from ingest.mapping.compiler.context import LoadContext
from ingest.mapping.compiler.evidence import EvidenceCompiler, FinishEvidence, nearest, original_of
from ingest.mapping.compiler.values import ValueCompiler, ValuesOf, field_of
from ingest.mapping.model import EndWords, EntityWords, EvidenceWords, LinkWords, ValueOf

Made = dict[str, OriginRef]
State = Callable[[Row, int, list[Record], Made], None]
End = Callable[[Row, Made], OriginRef | None]
MAX_TRACKED = 2_000_000


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

    @contextmanager
    def _noted(self) -> Generator[set[str]]:
        """Notes the columns used inside, for the fields that a record keeps as received."""
        before = self.columns.used
        self.columns.used = inside = set[str]()
        yield inside
        self.columns.used = before | inside

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
        known = self.context.duplicates.setdefault((self.file, name, entity_type), {})
        warnings = self.context.warnings

        def check(record: EntityRecord) -> None:
            content = hash((record.kind, tuple(record.properties.items())))
            first = known.get(record.origin.reference)
            if first is None:
                if len(known) < MAX_TRACKED:
                    known[record.origin.reference] = content
            elif first != content:
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
            return _typed_end(key, field, source, end.type)
        return self._untyped_end(key, field, source, tuple(end.types or ()))

    def _untyped_end(
        self, key: Callable[[Row], str | None], field: str, source: str, types: tuple[str, ...]
    ) -> End:
        index, wanted = self.context.types, " or ".join(types)

        def untyped(row: Row, made: Made) -> OriginRef | None:
            del made
            reference = _given(key(row), field)
            found = index.types_of(source, types, reference)
            if len(found) != 1:
                reason = "more than one of" if found else "no"
                raise RowRefusedError(
                    field, f"{reason} {wanted} has this reference: load what states it first"
                )
            return OriginRef(source, found[0], reference)

        return untyped


def _typed_end(key: Callable[[Row], str | None], field: str, source: str, entity_type: str) -> End:
    def typed(row: Row, made: Made) -> OriginRef | None:
        del made
        return OriginRef(source, entity_type, _given(key(row), field))

    return typed


def _given(reference: str | None, field: str) -> str:
    if reference is None:
        raise RowRefusedError(field, "the reference of a link's end is empty")
    return reference
