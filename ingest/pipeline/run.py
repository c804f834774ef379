"""The load: every file is checked before the first is committed, then read in batches that are committed one by one.

A batch is one transaction with how far the file has come, so that a load killed at any point goes on where it was, and
the same load again adds nothing. Rows already committed are mapped again, since links may ask what they stated.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from graphcore.evidence import Record
from graphcore.evidence.ledger import BatchId, QuarantineRow
from graphcore.store.port import GraphStore
from graphcore.workspace import Workspace
from ingest.errors import FileRefusedError, IngestError, LoadCancelledError, RowRefusedError
from ingest.mapping.compiler import LoadContext, TypeIndex, wanted_types
from ingest.pipeline.plan import PlannedFile, mapping_identity, plan_files
from ingest.pipeline.prepare import Part, Preparer, ReadyFile
from ingest.pipeline.summary import Cancel, LoadSummary, Progress
from ingest.readers import BadRow
from ingest.registry import choose_mapping

BATCH_RECORDS = 5_000
BATCH_ROWS = 20_000
WITHHELD = "(withheld)"


def load(  # noqa: PLR0913 - the whole of what a load is told, by name
    workspace: Workspace,
    source: str,
    path: Path,
    *,
    mapping: Path | None = None,
    store: GraphStore | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> LoadSummary:
    """Load a file or a folder into the ledger, and the ledger's news into a store.

    Args:
        workspace: Where to.
        source: A source of the registry, or with ``mapping`` any name.
        path: A file, a folder of files, or an archive of them.
        mapping: A mapping file of the caller's; None: the source's own.
        store: The graph store to bring up to date; None: the embedded one.
        progress: Told what is done, how many rows of how many; called after every batch.
        cancel: Asked after every batch; True stops the load.

    Raises:
        UnknownSourceError: no such source, or it needs a mapping.
        MappingError: the mapping is wrong.
        FileRefusedError: one or more files are refused; nothing of this load was committed.
        LoadCancelledError: ``cancel`` said so; the same load again goes on from there.
    """
    words, name = choose_mapping(source, mapping)
    target = store or _embedded(workspace)
    with ExitStack() as held:
        plan = plan_files(path, words, held)
        earlier = _Earlier(workspace)
        context = LoadContext(types=TypeIndex(wanted_types(words), earlier.stated))
        preparer = Preparer(words, name, context, held)
        ready = _prepare_all(preparer, plan.files, progress)
        run = _Run(workspace, mapping_identity(words), context, progress or _silent, cancel or _never)
        for file in ready:
            run.file(file)
        workspace.projection(target).catch_up(progress)
    return run.summary(plan.ignored)


def _prepare_all(
    preparer: Preparer, files: Sequence[PlannedFile], progress: Progress | None
) -> list[ReadyFile]:
    ready: list[ReadyFile] = []
    refused: list[FileRefusedError] = []
    for at, file in enumerate(files):
        if progress:
            progress(f"checking {file.name}", at, len(files))
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


def _embedded(workspace: Workspace) -> GraphStore:
    store = workspace.store()
    store.prepare()
    return store


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody watches."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What former loads stated, asked of the ledger."""

    workspace: Workspace

    def stated(self, source: str, entity_type: str, reference: str) -> bool:
        origin = self.workspace.ids.origin(source, entity_type, reference)
        return any(place.origin_id == origin for place in self.workspace.ledger.clusters([origin]))


@dataclass(slots=True)
class _Buffer:
    """What is not yet committed."""

    records: list[Record] = field(default_factory=list[Record])
    refused: list[QuarantineRow] = field(default_factory=list[QuarantineRow])
    rows: int = 0

    def full(self) -> bool:
        return len(self.records) >= BATCH_RECORDS or self.rows >= BATCH_ROWS


@dataclass(slots=True)
class _Run:
    workspace: Workspace
    mapping: str
    context: LoadContext
    progress: Progress
    cancel: Cancel
    batches: set[int] = field(default_factory=set[int])
    rows: int = 0
    skipped: int = 0

    def file(self, file: ReadyFile) -> None:
        """Load one file as one batch of the ledger."""
        batch = self.workspace.ledger.begin_batch(file.source, file.name, file.digest, self.mapping)
        self.batches.add(batch.number)
        done, buffer = 0, _Buffer()
        for part in file.parts:
            self.context.warnings.file = part.rows.label
            for number, row in enumerate(part.rows.rows(), start=1):
                done += 1
                self._row(part, number, row, buffer)
                if done <= batch.rows_done:
                    buffer = _Buffer()  # committed before an interruption; mapped again for what it states
                elif buffer.full():
                    buffer = self._commit(file, batch, buffer, done)
        self._commit(file, batch, buffer, done)
        self.workspace.ledger.finish_batch(batch)
        self.rows += done

    def _row(self, part: Part, number: int, row: object, buffer: _Buffer) -> None:
        buffer.rows += 1
        self.context.warnings.row = number
        if type(row) is BadRow:
            buffer.refused.append(QuarantineRow(part.rows.label, number, row.field, row.reason, row.original))
            return
        try:
            records = part.map_row(row, number)
        except RowRefusedError as error:
            original = WITHHELD if error.withhold else part.show(row)
            buffer.refused.append(QuarantineRow(part.rows.label, number, error.field, error.reason, original))
            return
        if part.watch is not None:
            part.watch(row)
        if records:
            buffer.records += records
        else:
            self.skipped += 1

    def _commit(self, file: ReadyFile, batch: BatchId, buffer: _Buffer, done: int) -> _Buffer:
        if buffer.rows:
            self.workspace.ledger.append(batch, buffer.records, buffer.refused, done)
        self.progress(f"loading {file.name}", done, file.total)
        if self.cancel():
            raise LoadCancelledError(
                f"stopped in {file.name} after row {done}: load it again to go on from there"
            )
        return _Buffer()

    def summary(self, ignored: tuple[str, ...]) -> LoadSummary:
        """The figures of the batches that this load finished."""
        counts = [batch.counts for batch in self.workspace.ledger.batches() if batch.number in self.batches]
        unread = tuple(f"{name}: (file): no section of the mapping reads it" for name in ignored)
        return LoadSummary(
            loaded=sum(count.loaded for count in counts),
            unchanged=sum(count.unchanged for count in counts),
            quarantined=sum(count.quarantined for count in counts),
            waiting=sum(count.waiting for count in counts),
            files=len(counts),
            rows=self.rows,
            skipped=self.skipped,
            warnings=(*self.context.warnings.lines(), *unread),
        )
