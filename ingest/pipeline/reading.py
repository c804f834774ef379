"""Files to chunks of rows that are ready for the ledger: checked, mapped, cleaned, with their ids. Writes nothing.

One reading serves a whole load, in this process or in one of its own (see ``ingest.pipeline.worker``): the same order gives
the same chunks in both. What a chunk holds is bounded by records, rows and characters, so memory does not grow with files.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from graphcore.evidence import LinkRecord, OriginRef
from graphcore.evidence.ledger import QuarantineRow
from graphcore.evidence.ledger.prepare import Preparation
from graphcore.evidence.ledger.series_draft import drafted
from graphcore.workspace import Workspace
from ingest.errors import FileRefusedError, IngestError, RowRefusedError
from ingest.mapping.compiler import LoadContext, TypeIndex, wanted_types
from ingest.mapping.model import FileWords
from ingest.pipeline.columnar import Columnar, columnar
from ingest.pipeline.messages import (
    CheckedFile,
    Chunk,
    FileEnd,
    Item,
    ReadOrder,
    SeriesPart,
    Starts,
    Warned,
)
from ingest.pipeline.plan import PlannedFile
from ingest.pipeline.prepare import Part, Preparer, ReadyFile
from ingest.pipeline.spill import Cutting, Spill
from ingest.pipeline.summary import Progress
from ingest.readers import BadRow, Rows
from ingest.readers.base import Skipping
from ingest.readers.pace import watched

WITHHELD = "(withheld)"
CHUNK_CHARACTERS = 16 << 20
REMEMBERED = 100_000  # origin ids, about 20 MB


def read_files(order: ReadOrder, starts: Starts, tell: Progress) -> Iterator[Item]:
    """Check all files to their end, then give the rows of one after another.

    Args:
        order: What to read.
        starts: Told what the files are once all are checked; says for each how many of its rows are committed already.
        tell: Told how far the check has come; may raise to stop it.

    Raises:
        FileRefusedError: one file is refused.
        IngestError: several are; all of them are named.
    """
    with ExitStack() as held:
        earlier = _Earlier(order.workspace, held)
        types = TypeIndex(wanted_types(order.words), earlier.stated)
        context = LoadContext(types=types, lexicon=order.lexicon, workspace=order.workspace)
        preparer = Preparer(order.words, order.source, context, held, order.strictest)
        ready = _prepare_all(preparer, order.files, tell)
        checked = [
            CheckedFile(file.name, file.source, file.digest, file.total, file.columns) for file in ready
        ]
        reading = _Reading(order, context)
        for at, (file, start) in enumerate(zip(ready, starts(checked), strict=True)):
            yield from reading.chunks(at, file, order.files[at].sections, start)
        yield Warned(context.warnings.lines())


def _prepare_all(preparer: Preparer, files: Sequence[PlannedFile], tell: Progress) -> list[ReadyFile]:
    ready: list[ReadyFile] = []
    refused: list[FileRefusedError] = []
    for file in files:
        tell(f"checking {file.name}", 0, file.path.stat().st_size)
        with watched(lambda done, total, name=file.name: tell(f"checking {name}", done, total)):
            try:
                ready.append(preparer.prepare(file))
            except FileRefusedError as error:
                refused.append(error)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise IngestError(
            f"{len(refused)} files are refused, nothing was loaded:\n" + "\n".join(map(str, refused))
        )
    return ready


@dataclass(slots=True)
class _Earlier:
    """What former loads stated, asked of the ledger; opened only where a mapping wants to know."""

    folder: Path
    held: ExitStack
    opened: Workspace | None = None

    def stated(self, source: str, entity_type: str, reference: str) -> bool:
        if self.opened is None:
            self.opened = self.held.enter_context(Workspace.open(self.folder, create=False))
        origin = self.opened.ids.origin(source, entity_type, reference)
        return any(place.origin_id == origin for place in self.opened.ledger.clusters([origin]))


@dataclass(slots=True)
class _Reading:
    order: ReadOrder
    context: LoadContext
    origin_ids: dict[OriginRef, str] = field(default_factory=dict[OriginRef, str])

    def chunks(self, at: int, file: ReadyFile, sections: Sequence[FileWords], start: int) -> Iterator[Item]:
        """The chunks of one file behind row ``start``, then its end."""
        done, open_ = 0, self._chunk(at)
        spill = Spill(Cutting.of(file.total)) if has_series(sections) else None
        if spill is not None and len(sections) == 1:
            mapped = columnar(self.order.words, sections[0], file.source, file.parts[0], self.context)
            if mapped is not None:
                yield from self._columns(at, mapped, spill, start)
                yield FileEnd(at, file.total)
                return
        for part in file.parts:
            self.context.warnings.file = part.rows.label
            begin = 0 if self._states_for_others(sections) else min(max(start - done, 0), part.rows.total)
            done += begin
            for number, row in enumerate(_rows_after(part.rows, begin), start=begin + 1):
                done += 1
                open_.row(part, number, row, keep=done > start)
                if spill is not None:
                    spill.add(open_.occurrences())
                if open_.full(self.order):
                    yield open_.chunk(done)
                    open_ = self._chunk(at)
        if open_.rows or open_.skipped:
            yield open_.chunk(done)
        if spill is not None:
            yield from self._series(at, spill)
        yield FileEnd(at, done)

    def _columns(self, at: int, mapped: Columnar, spill: Spill, start: int) -> Iterator[Item]:
        """The chunks of a file that is mapped by columns, then its occurrences."""
        self.context.warnings.file = mapped.part.rows.label
        for block in mapped.blocks(spill):
            for cut in block.cuts(start, self.order.chunk_records):
                open_ = self._chunk(at)
                open_.preparation.add(cut.records)
                open_.skipped = cut.silent
                chunk = open_.chunk(cut.upto)
                yield replace(chunk, refused=cut.refused, again=dict(cut.again))
        yield from self._series(at, spill)

    def _series(self, at: int, spill: Spill) -> Iterator[SeriesPart]:
        """What was put aside, part by part."""
        with closing(spill):
            for step, rows in spill.parts():
                yield SeriesPart(at, step, [drafted(each, self.order.ids) for each in rows])

    def _states_for_others(self, sections: Sequence[FileWords]) -> bool:
        """True where later rows may ask what rows already committed state: they are then mapped once more."""
        if self.context.types.wanted or has_series(sections):
            return True
        parts = (part for section in sections for part in (section, *section.repeat))
        return any(entity.unique for part in parts for entity in part.entities.values())

    def _chunk(self, at: int) -> "_Open":
        if len(self.origin_ids) > REMEMBERED:
            self.origin_ids.clear()
        return _Open(at, self.context, Preparation(self.order.ids, self.origin_ids))


@dataclass(slots=True)
class _Open:
    """A chunk that is being filled."""

    at: int
    context: LoadContext
    preparation: Preparation
    refused: list[QuarantineRow] = field(default_factory=list[QuarantineRow])
    rows: int = 0
    skipped: int = 0

    def full(self, order: ReadOrder) -> bool:
        made = self.preparation
        return (
            len(made.made.records) >= order.chunk_records
            or self.rows >= order.chunk_rows
            or made.size >= CHUNK_CHARACTERS
        )

    def occurrences(self) -> list[LinkRecord]:
        """The occurrences that the last rows state; they are no longer this chunk's."""
        found = self.preparation.made.occurrences
        if found:
            self.preparation.made.occurrences = []
        return found

    def chunk(self, done: int) -> Chunk:
        return Chunk(self.at, done, self.skipped, self.preparation.made, self.refused)

    def row(self, part: Part, number: int, row: object, *, keep: bool) -> None:
        """Map one row; without ``keep`` only for what others ask of it."""
        self.context.warnings.row = number
        if type(row) is BadRow:
            told = (row.field, row.reason, row.original, part.label(None), True)
            self._refuse(QuarantineRow(part.rows.label, number, *told), keep=keep)
            return
        try:
            records = part.map_row(row, number)
        except RowRefusedError as error:
            original = WITHHELD if error.withhold else part.show(row)
            told = (error.field, error.reason, original, part.label(row))
            self._refuse(QuarantineRow(part.rows.label, number, *told), keep=keep)
            return
        if part.watch is not None:
            part.watch(row)
        self.skipped += not records
        if keep:
            self.rows += 1
            if records:
                self.preparation.add(records)
        elif records:
            self.preparation.add(
                [r for r in records if isinstance(r, LinkRecord) and r.occurrence is not None]
            )

    def _refuse(self, row: QuarantineRow, *, keep: bool) -> None:
        if keep:
            self.rows += 1
            self.preparation.size += len(row.original)
            self.refused.append(row)


def has_series(sections: Sequence[FileWords]) -> bool:
    """True where some link of the sections counts its rows."""
    parts = (part for section in sections for part in (section, *section.repeat))
    return any(link.series is not None for part in parts for link in part.links)


def _rows_after(rows: Rows, begin: int) -> Iterator[object]:
    if not begin:
        return rows.rows()
    return rows.rows_after(begin) if isinstance(rows, Skipping) else islice(rows.rows(), begin, None)
