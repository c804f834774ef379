"""Refused rows tried again, under the mapping as it is now. A row that loads is marked as repaired, once.

Its records have the lineage of the file and row that it came from, and are the batch's own; a row that fails again stays,
with the new reason. What was withheld is not in the store, and is never tried from there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from graphcore.access import AccessContext
from graphcore.evidence import Record
from graphcore.evidence.ledger import BATCH, Attempt, LoadNote, Outcome, RefusedFilter, RefusedRow
from graphcore.store.port import GraphStore
from graphcore.workspace import Workspace
from ingest.errors import IngestError, LoadCancelledError, RowRefusedError
from ingest.mapping.compiler import (
    JsonColumns,
    LoadContext,
    MapRow,
    SectionCompiler,
    TypeIndex,
    wanted_types,
)
from ingest.mapping.model import FileWords, MappingWords
from ingest.pipeline.note import coding_lexicon, identity_of
from ingest.pipeline.summary import Cancel, Progress
from ingest.register.defaults import with_register
from ingest.registry import SOURCES, choose_mapping
from ingest.repair.corrections import headers_of
from ingest.repair.fields import WITHHELD, fields_of, whole, without_stand_ins

CHUNK = 500


@dataclass(frozen=True, slots=True)
class RetrySummary:
    """Counted in rows: ``tried = repaired + refused``; ``loaded`` and ``unchanged`` are records."""

    tried: int = 0
    repaired: int = 0
    refused: int = 0
    loaded: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Retry:
    """Who tries again which rows, why, and under which mapping (None: the source's present one, or the load's)."""

    who: AccessContext
    reason: str
    wanted: RefusedFilter = field(default_factory=RefusedFilter)
    mapping: Path | None = None


def retry(
    workspace: Workspace,
    order: Retry,
    store: GraphStore,
    *,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> RetrySummary:
    """Try rows again, and bring the graph up to date.

    Args:
        workspace: Where.
        order: Which rows: of those that ``order.who`` may see.
        store: The graph store to bring up to date.
        progress: Told how many rows are done.
        cancel: Asked after every chunk; True stops, and what was repaired stays so.

    Raises:
        IngestError: a batch was loaded before it was kept how; or its mapping is gone or wrong.
        LoadCancelledError: ``cancel`` said so.
    """
    total, after, found = _total(workspace, order), 0, RetrySummary()
    view = workspace.ledger.view(order.who)
    mappers: dict[int, _BatchMapper] = {}
    while rows := view.refused(order.wanted, after=after, limit=CHUNK):
        after = rows[-1].number
        for number, group in groupby(
            sorted(rows, key=lambda row: (row.batch, row.number)), lambda row: row.batch
        ):
            if number not in mappers:
                mappers[number] = _mapper(workspace, number, order.mapping)
            found = _added(found, _try(workspace, order, mappers[number], [*group]))
        if progress:
            progress("trying refused rows again", found.tried, total)
        if cancel and cancel():
            raise LoadCancelledError(f"stopped after {found.tried} rows: what was repaired stays repaired")
    workspace.projection(store).catch_up(progress)
    return found


def _total(workspace: Workspace, order: Retry) -> int:
    return sum(count for _, _, count in workspace.ledger.view(order.who).refused_reasons(order.wanted))


def _added(one: RetrySummary, other: RetrySummary) -> RetrySummary:
    return RetrySummary(
        one.tried + other.tried,
        one.repaired + other.repaired,
        one.refused + other.refused,
        one.loaded + other.loaded,
        one.unchanged + other.unchanged,
    )


def _try(
    workspace: Workspace, order: Retry, mapper: "_BatchMapper", rows: Sequence[RefusedRow]
) -> RetrySummary:
    headers = headers_of(workspace, rows)
    records: list[Record] = []
    outcomes: list[Outcome] = []
    for row in rows:
        made = mapper.outcome(row, headers.get((row.batch, row.file), ()), records)
        outcomes.append(made)
    attempt = Attempt(rows[0].batch, order.who.subject, order.reason, mapper.identity)
    counts = workspace.ledger.repair(attempt, records, outcomes)
    refused = sum(bool(one.refused) for one in outcomes)
    return RetrySummary(len(rows), len(rows) - refused, refused, counts.loaded, counts.unchanged)


def _mapper(workspace: Workspace, number: int, mapping: Path | None) -> "_BatchMapper":
    note = workspace.ledger.upkeep.load_note(number)
    if note is None:
        raise IngestError(
            f"batch {workspace.ids.reference(BATCH, number)} was loaded before it was kept under which mapping: load its "
            "file again, then try its rows"
        )
    source = next(batch.source for batch in workspace.ledger.batches() if batch.number == number)
    words, name = _words(note, mapping)
    words = with_register(words, name, workspace.ledger.register.get).words
    types = TypeIndex(wanted_types(words), _earlier(workspace))
    context = LoadContext(types=types, lexicon=coding_lexicon(workspace, words))
    return _BatchMapper(words, source, name, context)


def _words(note: LoadNote, mapping: Path | None) -> tuple[MappingWords, str]:
    """The mapping that counts now: the one given, else the source's present one, else the one of the load."""
    if mapping is not None:
        return choose_mapping(note.loaded_as, mapping)
    if note.own_mapping and note.loaded_as in SOURCES:
        return choose_mapping(note.loaded_as, None)
    with TemporaryDirectory() as folder:
        kept = Path(folder, note.mapping_name or "mapping.yaml")
        kept.write_text(note.mapping_text, encoding="utf-8")
        return choose_mapping(note.loaded_as, kept)


def _earlier(workspace: Workspace) -> Callable[[str, str, str], bool]:
    def stated(source: str, entity_type: str, reference: str) -> bool:
        origin = workspace.ids.origin(source, entity_type, reference)
        return any(place.origin_id == origin for place in workspace.ledger.clusters([origin]))

    return stated


class _BatchMapper:
    """The sections of one mapping, compiled for the files of one batch."""

    def __init__(self, words: MappingWords, source: str, name: str, context: LoadContext) -> None:
        self._words, self._source, self._name, self._context = words, source, name, context
        self._made: dict[str, list[MapRow]] = {}
        self.identity = identity_of(words, context.lexicon)

    def outcome(self, row: RefusedRow, header: tuple[str, ...], records: list[Record]) -> Outcome:
        """Map one row; its records are added to ``records``."""
        fields = fields_of(row, header)
        reason = _hopeless(row) or ("" if fields is None or whole(fields) else row.reason)
        if fields is None or reason:
            return Outcome(row.number, row.correction, field=row.field, refused=reason or row.reason)
        self._context.warnings.file, self._context.warnings.row = row.file, row.row
        try:
            made = [
                one
                for map_row in self._maps(row.file)
                for one in map_row(without_stand_ins(fields), row.row) or ()
            ]
        except RowRefusedError as error:
            return Outcome(row.number, row.correction, field=error.field, refused=error.reason)
        records += made
        return Outcome(row.number, row.correction, records=len(made))

    def _maps(self, file: str) -> list[MapRow]:
        if file not in self._made:
            sections = [*_sections(self._words, file, self._source, self._name)]
            self._made[file] = [self._compiled(section, file) for section in sections]
            if not sections:
                raise IngestError(
                    f"no section of the mapping reads {file}: give the mapping that does with --mapping"
                )
        return self._made[file]

    def _compiled(self, section: FileWords, file: str) -> MapRow:
        source = section.source or self._source
        return SectionCompiler(self._words, section, source, file, self._context).compile(JsonColumns())


def _hopeless(row: RefusedRow) -> str:
    """Why a row cannot be tried from the store; "" where it can."""
    if row.original == WITHHELD:
        return row.reason
    if row.unread and row.corrected is None:
        return row.reason
    return ""


def _sections(words: MappingWords, label: str, source: str, name: str) -> Iterator[FileWords]:
    """The sections that read a file; ``label`` is its name in lineage, with ``#list`` where one file holds several."""
    file, _, inside = label.partition("#")
    if len(words.files) == 1:
        yield words.files[0]
        return
    matching = [
        section
        for section in words.files
        if (section.source or name) == source
        and any(fnmatchcase(file.lower(), pattern.lower()) for pattern in section.match)
    ]
    exact = [section for section in matching if inside and inside in (section.items, section.sheet)]
    yield from exact or matching
