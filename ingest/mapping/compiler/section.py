"""One file section as one function from a row to its records, or to nothing where the row is to be skipped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from graphcore.evidence import Record
from ingest.clean import CleanSettings
from ingest.errors import RowRefusedError
from ingest.mapping.compiler.columns import Columns, Row, TextColumns, as_text
from ingest.mapping.compiler.conditions import optional_condition
from ingest.mapping.compiler.context import LoadContext
from ingest.mapping.compiler.evidence import nearest
from ingest.mapping.compiler.mentions import compile_mentions
from ingest.mapping.compiler.series import SectionPieces, SeriesStatement, StatementPiece, condition_piece
from ingest.mapping.compiler.statements import Made, State, StatementCompiler
from ingest.mapping.compiler.values import ValueCompiler
from ingest.mapping.model import (
    EntityWords,
    EvidenceWords,
    FileWords,
    LinkWords,
    MappingWords,
    RepeatWords,
    Statements,
)

MapRow = Callable[[Row, int], list[Record] | None]


@dataclass(frozen=True, slots=True)
class SectionCompiler:
    """Makes the row function of one section of ``words`` for one file. ``source`` is the name of its records' origin."""

    words: MappingWords
    section: FileWords
    source: str
    file: str
    context: LoadContext

    def compile(self, columns: Columns) -> MapRow:
        """The function from a row and its number to its records; None: the section's ``when`` skips the row.

        The function raises RowRefusedError where the row must go to quarantine. ``columns`` tells afterwards which
        columns are used and which of them the file lacks.
        """
        required = [(name, columns.getter(name)) for name in self.section.required]
        test = optional_condition(self.section.when, columns)
        states = [
            *self._states(self.section, columns),
            *(self._repeat(repeat, columns) for repeat in self.section.repeat),
            *_ready_made(self.section.records, columns),
        ]

        def map_row(row: Row, number: int) -> list[Record] | None:
            if test is not None and not test(row):
                return None
            for name, get in required:
                if not as_text(get(row)).strip():
                    raise RowRefusedError(name, "is empty")
            out: list[Record] = []
            made: Made = {}
            for state in states:
                state(row, number, out, made)
            return out

        return map_row

    def pieces(self, columns: TextColumns) -> SectionPieces | None:
        """The section as pieces with the columns they read; None where a row's outcome hangs on other rows or on lists."""
        section = self.section
        statements = [*section.entities.values(), *section.links]
        if section.repeat or section.mentions or any(_hangs_on_rows(words) for words in statements):
            return None
        compiler = self._compiler(columns)
        made: list[StatementPiece | SeriesStatement] = [
            compiler.entity_piece(name, words) for name, words in section.entities.items()
        ]
        made += [
            compiler.series(words, words.series) if words.series is not None else compiler.link_piece(words)
            for words in section.links
        ]
        test = condition_piece(section.when, columns)
        return SectionPieces(test, tuple(section.required), tuple(made))

    def _states(self, words: Statements, columns: Columns) -> list[State]:
        compiler = self._compiler(columns)
        entities = [compiler.entity(name, entity) for name, entity in words.entities.items()]
        mentions = [compile_mentions(mention, self.source, columns) for mention in words.mentions]
        return [*entities, *(compiler.link(link) for link in words.links), *mentions]

    def _compiler(self, columns: Columns) -> StatementCompiler:
        section, words = self.section, self.words
        settings = CleanSettings(
            section.timezone or words.timezone or "Europe/London",
            section.dates or words.dates or "dmy",
            self.context.lexicon,
        )
        lookups: Mapping[str, Mapping[str, str | int | float | bool]] = words.lookups
        values = ValueCompiler(columns, settings, lookups, self.context.warnings)
        outer: EvidenceWords = nearest(words, section)
        return StatementCompiler(self.source, self.file, columns, values, outer, self.context)

    def _repeat(self, words: RepeatWords, columns: Columns) -> State:
        get, separator, name = columns.getter(words.over), words.split, words.as_
        inside = columns.with_item(name)
        add, states = columns.add_item(name), self._states(words, inside)
        columns.used |= inside.used

        def state(row: Row, number: int, out: list[Record], made: Made) -> None:
            for item in _items(get(row), separator, words.over):
                wider, inner = add(row, item), dict(made)
                for each in states:
                    each(wider, number, out, inner)

        return state


def _ready_made(name: str | None, columns: Columns) -> list[State]:
    """The state of rows that hold records as their reader made them."""
    if name is None:
        return []
    get = columns.getter(name)

    def state(row: Row, number: int, out: list[Record], made: Made) -> None:
        del number, made
        out += cast("list[Record]", get(row))

    return [state]


def _hangs_on_rows(words: EntityWords | LinkWords) -> bool:
    if isinstance(words, EntityWords):
        return words.unique
    ends = [end for end in (words.source, words.target) if not isinstance(end, list)]
    return any(end.types is not None and end.by is None for end in ends)


def _items(raw: object, separator: str | None, field: str) -> list[object]:
    if raw is None or raw == "":
        return []
    if isinstance(raw, list):
        return cast("list[object]", raw)
    if separator is None:
        raise RowRefusedError(field, "not a list (name a separator with split)")
    return [piece.strip() for piece in as_text(raw).split(separator) if piece.strip()]


def wanted_types(words: MappingWords) -> frozenset[str]:
    """The types that some link end of the mapping asks for by reference alone."""
    ends = [
        end
        for section in words.files
        for part in (section, *section.repeat)
        for link in part.links
        for end in (link.source, link.target)
    ]
    by_reference = [end for end in ends if not isinstance(end, list) and end.by is None]
    return frozenset(name for end in by_reference for name in end.types or ())
