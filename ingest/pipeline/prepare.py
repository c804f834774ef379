"""A planned file made ready: opened, checked to its end and compiled, before anything of the load is committed."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Columns, LoadContext, MapRow, Row, SectionCompiler, TextColumns
from ingest.mapping.model import FileWords, MappingWords
from ingest.pipeline.plan import PlannedFile
from ingest.readers import Rows, digest_of, open_rows
from ingest.readers.base import shortened


@dataclass(frozen=True, slots=True)
class Part:
    """One section's reading of one file. ``watch`` reports attributes that the mapping does not know."""

    rows: Rows
    map_row: MapRow
    show: Callable[[Row], str]
    watch: Callable[[Row], None] | None


@dataclass(frozen=True, slots=True)
class ReadyFile:
    """One file ready to be loaded as one batch."""

    name: str
    source: str
    digest: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        """Rows of all parts."""
        return sum(part.rows.total for part in self.parts)


@dataclass(frozen=True, slots=True)
class Preparer:
    """Makes files ready under one mapping. ``source`` is the origin of what a section names no source for."""

    words: MappingWords
    source: str
    context: LoadContext
    held: ExitStack

    def prepare(self, file: PlannedFile) -> ReadyFile:
        """Open, check and compile a file.

        Raises:
            FileRefusedError: the file as a whole cannot be used, or lacks columns that the mapping uses.
        """
        sources = {section.source or self.source for section in file.sections}
        if len(sources) > 1:
            raise FileRefusedError(
                file.name, "two sections give it two sources", "Give one file one source in the mapping."
            )
        parts = tuple(self._part(file, section, min(sources)) for section in file.sections)
        return ReadyFile(file.name, min(sources), digest_of(file.path), parts)

    def _part(self, file: PlannedFile, section: FileWords, source: str) -> Part:
        rows = open_rows(file.path, file.name, section)
        self.held.callback(rows.close)
        columns = rows.columns()
        map_row = SectionCompiler(self.words, section, source, rows.label, self.context).compile(columns)
        if columns.lacking:
            names = ", ".join(repr(name) for name in sorted(columns.lacking))
            raise FileRefusedError(
                file.name, f"it lacks the column {names}", rows.advice().capitalize() + "."
            )
        self._notes(rows, columns, section)
        return Part(rows, map_row, _shower(columns), self._watcher(columns, section))

    def _notes(self, rows: Rows, columns: Columns, section: FileWords) -> None:
        warnings = self.context.warnings
        warnings.file, warnings.row = rows.label, 0
        for note in rows.notes:
            warnings.add(note, "(file)")
        if isinstance(columns, TextColumns) and not _keeps_rows(section):
            for name in columns.header:
                if name not in columns.used and name not in section.ignore:
                    warnings.add("column not in the mapping: its values are not kept", name)

    def _watcher(self, columns: Columns, section: FileWords) -> Callable[[Row], None] | None:
        """Says of each JSON attribute that neither the mapping nor its ``ignore`` names that it is there."""
        if isinstance(columns, TextColumns):
            return None
        known = {*section.ignore, *columns.used, *(name.split(".")[0] for name in columns.used)}
        warnings = self.context.warnings
        told: dict[str, str] = {}

        def watch(row: Row) -> None:
            keys = cast("dict[str, object]", row).keys()
            if keys <= known:
                return
            for key in sorted(keys - known):
                if key not in told:
                    near = get_close_matches(key, sorted(known), 1, 0.7)
                    told[key] = "attribute not in the mapping" + (
                        f": meant is perhaps {near[0]!r}" if near else ""
                    )
                warnings.add(told[key], key)

        return watch


def _keeps_rows(section: FileWords) -> bool:
    parts = (section, *section.repeat)
    return any(words.original == "row" for part in parts for words in (*part.entities.values(), *part.links))


def _shower(columns: Columns) -> Callable[[Row], str]:
    whole = columns.whole_row()

    def show(row: Row) -> str:
        return shortened(json.dumps(whole(row), ensure_ascii=False))

    return show
