"""A planned file made ready: opened, checked to its end and compiled, before anything of the load is committed."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast

from graphcore.access import AccessLabel
from graphcore.evidence.ledger import UNLABELLED
from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Columns, LoadContext, MapRow, Row, SectionCompiler, TextColumns
from ingest.mapping.model import FileWords, MappingWords
from ingest.pipeline.plan import PlannedFile
from ingest.pipeline.refused_label import LabelOf, refused_label
from ingest.readers import Rows, digest_of, open_rows
from ingest.readers.base import Digested, NeedsWorkspace, shortened

_UNKNOWN_MAX = 200  # unknown attributes of one file that are named


@dataclass(frozen=True, slots=True)
class Part:
    """One section's reading of one file. ``watch`` reports attributes that the mapping does not know.

    ``show`` gives a refused row as it is kept: all of it, so that it can be corrected and tried again. ``label`` says who
    may see it (None: what could not be read as a row).
    """

    rows: Rows
    map_row: MapRow
    show: Callable[[Row], str]
    watch: Callable[[Row], None] | None
    label: LabelOf
    header: tuple[str, ...]


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

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The header of each part that has one, by the name that the part has in lineage."""
        return {part.rows.label: part.header for part in self.parts if part.header}


@dataclass(frozen=True, slots=True)
class Preparer:
    """Makes files ready under one mapping. ``source`` is the origin of what a section names no source for."""

    words: MappingWords
    source: str
    context: LoadContext
    held: ExitStack
    strictest: AccessLabel = UNLABELLED

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
        return ReadyFile(file.name, min(sources), _digest(file, parts), parts)

    def _part(self, file: PlannedFile, section: FileWords, source: str) -> Part:
        rows = open_rows(file.path, file.name, section)
        self.held.callback(rows.close)
        if isinstance(rows, NeedsWorkspace):
            rows.bind(self.context.workspace)
        columns = rows.columns()
        map_row = SectionCompiler(self.words, section, source, rows.label, self.context).compile(columns)
        if columns.lacking:
            names = ", ".join(repr(name) for name in sorted(columns.lacking))
            raise FileRefusedError(
                file.name, f"it lacks the column {names}", rows.advice().capitalize() + "."
            )
        self._notes(rows, columns, section)
        label = refused_label(self.words, section, rows.columns(), self.strictest)
        header = columns.header if isinstance(columns, TextColumns) else ()
        return Part(rows, map_row, _shower(columns), self._watcher(columns, section), label, header)

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
                if key not in told and len(told) >= _UNKNOWN_MAX:
                    warnings.add("further attributes not in the mapping", "(others)")
                    continue
                if key not in told:
                    near = get_close_matches(key, sorted(known), 1, 0.7)
                    told[key] = "attribute not in the mapping" + (
                        f": meant is perhaps {near[0]!r}" if near else ""
                    )
                warnings.add(told[key], key)

        return watch


def _digest(file: PlannedFile, parts: tuple[Part, ...]) -> str:
    """The digest that came out of a check, else that of one more pass."""
    found = next((part.rows.digest for part in parts if isinstance(part.rows, Digested)), None)
    return found or digest_of(file.path)


def _keeps_rows(section: FileWords) -> bool:
    parts = (section, *section.repeat)
    return any(words.original == "row" for part in parts for words in (*part.entities.values(), *part.links))


def _shower(columns: Columns) -> Callable[[Row], str]:
    header = columns.header if isinstance(columns, TextColumns) else None

    def show(row: Row) -> str:
        whole = row if header is None else dict(zip(header, cast("list[str]", row), strict=True))
        return shortened(json.dumps(whole, ensure_ascii=False, default=str))

    return show
