"""The whole graph as files for ``neo4j-admin database import full``: one file a type, its header in the first line.

What the files hold is what :class:`graphcore.store.neo4j.store.Neo4jStore` would have written, and the number of the
last outbox item they cover, so that the server goes on from there with batches. The files hold everything, whatever its
marking: they are written for their owner alone and are worth deleting after the import.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TextIO

from graphcore.errors import StoreError
from graphcore.evidence.ledger import Ledger
from graphcore.schema import SCHEMA
from graphcore.store.neo4j.bulk.cells import FIXED, PART_NAME, cell, column_type, type_of
from graphcore.store.neo4j.stored import ENDS, MEASURES, SHAPE, Row, entity_row, label_row, link_row
from graphcore.store.project import Progress

PAGE: Final = 5_000
BUFFER_LEAST: Final = 4 << 20
ARGUMENTS: Final = "import.args"
_ENTITY_COLUMNS: Final = ("kind", "caption", "captions", "search_text", "origins")
_LINK_COLUMNS: Final = ("valid_from", "valid_to", "starts", "ends", *MEASURES, *ENDS)
_SHARED: Final = ("rids", "sources", "gradings", "access", "known_at", "records")
_LABEL_HEADER: Final = (
    "number:long,marking:string,handling_scheme:string,handling_code:string,handling_conditions:string[],"
    "compartment:string,originator:string,retention:string,pointer:string,:LABEL"
)


@dataclass(frozen=True, slots=True)
class ImportSet:
    """What was written. ``applied`` is the last outbox item that the files cover; ``arguments`` are the importer's words."""

    folder: Path
    applied: int
    entities: int
    links: int
    arguments: tuple[str, ...]


def write_import_files(ledger: Ledger, folder: Path, progress: Progress | None = None) -> ImportSet:
    """Write the graph that the ledger makes into a new folder.

    Args:
        ledger: Read page by page; what is loaded meanwhile comes later, by batches.
        folder: Made here, for its owner alone.
        progress: Told what is done, how many entities and links of how many.

    Raises:
        StoreError: the folder is there and not empty, or cannot be written.
    """
    _make(folder)
    start, total = ledger.last_outbox(), ledger.count_keys()
    done, report = 0, progress or _silent
    with _Files(folder) as files:
        for rows in _entity_pages(ledger):
            files.add_entities(rows)
            done += len(rows)
            report("writing import files", done, max(total, done))
        for rows in _link_pages(ledger):
            files.add_links(rows)
            done += len(rows)
            report("writing import files", done, max(total, done))
        files.add_labels({number: label_row(number, label) for number, label in ledger.labels().items()})
        files.add_state(start)
    arguments = files.arguments()
    made = ImportSet(folder, start, files.entities, files.links, arguments)
    (folder / ARGUMENTS).write_text("\n".join(f'"{word}"' for word in arguments) + "\n", encoding="utf-8")
    return made


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody watches."""


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise StoreError(f"{folder} is not empty: name a new folder for the import files")
        folder.chmod(0o700)
    except OSError as error:
        raise StoreError(f"{folder} cannot be written ({error.strerror}): name another folder") from error


def _entity_pages(ledger: Ledger) -> Iterator[list[Row]]:
    last = ""
    while uids := ledger.uid_page(last, PAGE):
        yield [entity_row(state) for state in ledger.entity_states(uids)]
        last = uids[-1]


def _link_pages(ledger: Ledger) -> Iterator[list[Row]]:
    last = ""
    while lids := ledger.lid_page(last, PAGE):
        yield [{**link_row(state), "type": state.type} for state in ledger.link_states(lids)]
        last = lids[-1]


@dataclass(slots=True)
class _Sheet:
    """One open file and the columns of its lines."""

    path: Path
    stream: TextIO
    columns: tuple[str, ...]


@dataclass(slots=True)
class _Files:
    folder: Path
    entities: int = 0
    links: int = 0
    longest: int = 0
    sheets: dict[tuple[str, str, str], _Sheet] = field(default_factory=dict[tuple[str, str, str], _Sheet])
    held: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.held.close()

    def add_entities(self, rows: Iterable[Row]) -> None:
        for row in rows:
            name, properties = str(row["type"]), row["properties"]
            sheet = self._sheet("nodes", name, SCHEMA.entities[name].properties, properties)
            self._line(sheet, [cell(row["uid"]), f'"Entity;{name}"'.replace(";", "\x1f")], properties)
            self.entities += 1

    def add_links(self, rows: Iterable[Row]) -> None:
        for row in rows:
            name, properties = str(row["type"]), row["properties"]
            sheet = self._sheet("links", name, SCHEMA.links[name].properties, properties)
            ends = [cell(row["source"]), cell(row["target"]), cell(name), cell(row["lid"])]
            self._line(sheet, ends, properties)
            self.links += 1

    def add_labels(self, rows: Mapping[int, Row]) -> None:
        stream = self._open("nodes", "AccessLabel", _LABEL_HEADER, ())
        names = [part.split(":")[0] for part in _LABEL_HEADER.split(",")[:-1]]
        for _, row in sorted(rows.items()):
            stream.stream.write(",".join([*(cell(row[name]) for name in names), '"AccessLabel"']) + "\n")

    def add_state(self, applied: int) -> None:
        sheet = self._open("nodes", "GraphState", "name:string,applied:long,shape:long,:LABEL", ())
        sheet.stream.write(f'"graph",{applied},{SHAPE},"GraphState"\n')

    def arguments(self) -> tuple[str, ...]:
        nodes = [f"--nodes={s.path}" for (what, *_), s in sorted(self.sheets.items()) if what == "nodes"]
        links = [
            f"--relationships={s.path}" for (what, *_), s in sorted(self.sheets.items()) if what == "links"
        ]
        options = (
            "--id-type=string",
            f"--array-delimiter={PART_NAME}",
            "--multiline-fields=true",
            f"--read-buffer-size={max(BUFFER_LEAST, 4 * self.longest)}",
            # an entity that came or went while the files were written; the batches behind ``applied`` bring its links
            "--skip-bad-relationships=true",
            f"--report-file={self.folder / 'import.report'}",
        )
        return (*nodes, *links, *options)

    def _sheet(self, what: str, name: str, known: Mapping[str, str], properties: Mapping[str, Any]) -> _Sheet:
        """The file for rows of these types; a value that its column could not hold goes to a file of its own kind."""
        odd = {
            key: kind
            for key, value_type in known.items()
            if key in properties
            and (kind := type_of(properties[key], column_type(value_type))) != column_type(value_type)
        }
        key = (what, name, ",".join(f"{name}-{kind}" for name, kind in sorted(odd.items())))
        if key not in self.sheets:
            types = {name: column_type(value_type) for name, value_type in known.items()} | odd
            own = _ENTITY_COLUMNS if what == "nodes" else _LINK_COLUMNS
            columns = (*sorted(types), *own, *_SHARED)
            head = "uid:ID,:LABEL" if what == "nodes" else ":START_ID,:END_ID,:TYPE,lid:string"
            typed = (f"{name}:{types.get(name) or FIXED.get(name, 'string')}" for name in columns)
            self.sheets[key] = self._open(what, name, ",".join((head, *typed)), columns, key[2])
        return self.sheets[key]

    def _open(self, what: str, name: str, header: str, columns: tuple[str, ...], odd: str = "") -> _Sheet:
        path = self.folder / f"{what}-{name}{f'-{len(self.sheets)}' if odd else ''}.csv"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        stream = self.held.enter_context(os.fdopen(descriptor, "w", encoding="utf-8", newline="\n"))
        stream.write(header + "\n")
        sheet = _Sheet(path, stream, columns)
        self.sheets[what, name, odd] = sheet
        return sheet

    def _line(self, sheet: _Sheet, first: list[str], properties: Mapping[str, Any]) -> None:
        get = properties.get
        line = ",".join([*first, *(cell(get(name)) for name in sheet.columns)])
        self.longest = max(self.longest, len(line))
        sheet.stream.write(line + "\n")
