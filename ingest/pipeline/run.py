"""The load: every file is checked before the first is committed, then read in chunks that are committed one by one.

A chunk is one transaction with how far the file has come, so that a load killed at any point goes on where it was, and
the same load again adds nothing. Reading and mapping run in a process of their own where there is much to read; this one
writes the ledger, and after each chunk brings the graph up to date, while the other works ahead.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from graphcore.access import AccessLabel
from graphcore.errors import StoreUnavailableError
from graphcore.evidence.ledger import BatchId, LoadNote
from graphcore.evidence.ledger.series_book import count_again
from graphcore.lexicon import Lexicon
from graphcore.store.port import GraphStore
from graphcore.store.project import Projection
from graphcore.workspace import Workspace
from ingest.errors import LoadCancelledError
from ingest.pipeline.collector import calm_collector
from ingest.pipeline.messages import CheckedFile, Chunk, FileEnd, Item, ReadOrder, SeriesPart, Starts
from ingest.pipeline.note import coding_lexicon, load_note
from ingest.pipeline.plan import Plan, plan_files
from ingest.pipeline.reading import read_files
from ingest.pipeline.refused_label import operators_label
from ingest.pipeline.summary import Cancel, LoadSummary, Progress
from ingest.pipeline.worker import ReadingProcess
from ingest.register import Registered, with_register
from ingest.registry import choose_mapping

BATCH_RECORDS = 5_000
BATCH_ROWS = 20_000
CHILD_RECORDS = 10_000  # in a chunk of a large load: fewer, larger transactions write fewer pages of indexes
CHILD_BYTES = 4 << 20  # fewer bytes are read in this process: starting another takes a second


def load(  # noqa: PLR0913 - the whole of what a load is told, by name
    workspace: Workspace,
    source: str,
    path: Path,
    *,
    mapping: Path | None = None,
    store: GraphStore | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    strictest: AccessLabel | None = None,
) -> LoadSummary:
    """Load a file or a folder into the ledger, and the ledger's news into a store.

    Args:
        workspace: Where to.
        source: A source of the registry, or with ``mapping`` any name.
        path: A file, a folder of files, or an archive of them.
        mapping: A mapping file of the caller's; None: the source's own.
        store: The graph store to bring up to date; None: the embedded one.
        progress: Told what is done, how many of how many (bytes while files are checked, then rows, then changes of the
            graph); called several times a second where a second process reads, else after every chunk.
        cancel: Asked whenever ``progress`` is told; True stops the load.
        strictest: Label of refused rows that cannot tell who may see them; None: that of the local operator.

    Raises:
        UnknownSourceError: no such source, or it needs a mapping.
        MappingError: the mapping is wrong.
        FileRefusedError: one or more files are refused; nothing of this load was committed.
        LoadCancelledError: ``cancel`` said so; the same load again goes on from there.
        ReadingEndedError: the process that reads was killed; the same load again goes on from there.
    """
    words, name = choose_mapping(source, mapping)
    known = with_register(words, name, workspace.ledger.register.get)
    words = known.words
    target = store or _embedded(workspace)
    with ExitStack() as held:
        plan = plan_files(path, words, held)
        order = ReadOrder(
            words, name, plan.files, workspace.ids, workspace.folder,
            CHILD_RECORDS if _is_large(plan) else BATCH_RECORDS, BATCH_ROWS,
            strictest or operators_label(workspace.settings.operator), coding_lexicon(workspace, words),
        )  # fmt: skip
        graph, watch = _Graph(workspace.projection(target)), _Watch(progress, cancel)
        run = _Run(
            workspace, load_note(source, mapping, words, order.lexicon), known, graph, watch, order.lexicon
        )
        held.enter_context(calm_collector())
        held.callback(run.settle)  # also where the load ends early
        with _reading(order, plan, run.starts, run.watch.tell) as items:
            for item in items:
                run.take(item)
        if _is_large(plan):
            held.enter_context(workspace.summing())
        workspace.projection(target).catch_up(run.watch.tell)
    return run.summary(plan.ignored)


@contextmanager
def _reading(order: ReadOrder, plan: Plan, starts: Starts, tell: Progress) -> Generator[Iterable[Item]]:
    """The items of the reading, from this process or another."""
    if not _is_large(plan):
        yield read_files(order, starts, tell)
        return
    with ReadingProcess(order) as process:
        yield process.items(starts, tell)


def _is_large(plan: Plan) -> bool:
    return sum(file.path.stat().st_size for file in plan.files) >= CHILD_BYTES


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody watches."""


def _embedded(workspace: Workspace) -> GraphStore:
    store = workspace.store()
    store.prepare()
    return store


@dataclass(slots=True)
class _Watch:
    """The caller's ears: told of every step, and asked whether to stop."""

    progress: Progress | None
    cancel: Cancel | None

    def tell(self, what: str, done: int, total: int | None) -> None:
        if self.progress:
            self.progress(what, done, total)
        if self.cancel and self.cancel():
            raise LoadCancelledError(
                f"stopped while {what} (at {done}): what was loaded is kept; load it again to go on from there"
            )


@dataclass(slots=True)
class _Graph:
    """The graph follows the ledger chunk by chunk.

    ``behind``: the ledger is without the indexes that this takes. A store that does not answer (``away``) is left to the
    end of the load.
    """

    projection: Projection
    behind: bool = False
    away: bool = False

    def follow(self, tell: Progress) -> None:
        if self.away or self.behind:
            return
        try:
            self.projection.catch_up(tell)
        except StoreUnavailableError:
            self.away = True


@dataclass(slots=True)
class _Run:
    workspace: Workspace
    note: LoadNote
    known: Registered
    graph: _Graph
    watch: _Watch
    lexicon: Lexicon | None = None
    files: Sequence[CheckedFile] = ()
    batch: BatchId | None = None
    batches: set[int] = field(default_factory=set[int])
    rows: int = 0
    skipped: int = 0
    warnings: tuple[str, ...] = ()

    def starts(self, files: Sequence[CheckedFile]) -> list[int]:
        """All files are checked; for each, how many of its rows an interrupted load has committed."""
        self.files = files
        begun: set[tuple[str, str]] = set()
        found: list[int] = []
        for file in files:
            first = (file.source, file.digest) not in begun  # of two equal files only the first goes on
            begun.add((file.source, file.digest))
            done = (
                self.workspace.ledger.rows_done(file.source, file.digest, self.note.mapping) if first else 0
            )
            found.append(done)
        return found

    def take(self, item: Item) -> None:
        """Write the next item of the reading."""
        if isinstance(item, Chunk):
            self._commit(item, self.files[item.at])
        elif isinstance(item, SeriesPart):
            self._series(item, self.files[item.at])
        elif isinstance(item, FileEnd):
            self.settle(self.watch.tell)
            self.workspace.ledger.finish_batch(self._batch(self.files[item.at]))
            self.batch = None
            self.rows += item.rows
        else:
            self.warnings = item.lines

    def settle(self, tell: Progress | None = None) -> None:
        """Build the indexes that were put off for a first large load; the graph may follow again."""
        if self.graph.behind:
            said: Progress = tell or _silent
            self.workspace.ledger.restore_indexes(
                lambda done, total: said("building the ledger's indexes", done, total)
            )
            self.graph.behind = False

    def _batch(self, file: CheckedFile) -> BatchId:
        if self.batch is None:
            ledger = self.workspace.ledger
            self.batch = ledger.begin_batch(file.source, file.name, file.digest, self.note.mapping)
            ledger.upkeep.note_load(self.batch.number, replace(self.note, columns=file.columns))
            self.batches.add(self.batch.number)
            self.graph.behind = ledger.defer_indexes(file.total - self.batch.rows_done)
            if self.lexicon is not None:
                ledger.lexicon.note_use(self.batch.number, self.lexicon)
            if file.source in self.known.versions:
                self.workspace.ledger.register.note_batch(self.batch.number, self.known.versions[file.source])
        return self.batch

    def _commit(self, chunk: Chunk, file: CheckedFile) -> None:
        batch = self._batch(file)
        if chunk.done > batch.rows_done:
            again = partial(count_again, batch=batch, again=chunk.again) if chunk.again else None
            self.workspace.ledger.append_prepared(batch, chunk.made, chunk.refused, chunk.done, again)
            self.graph.follow(self.watch.tell)
        self.skipped += chunk.skipped
        self.watch.tell(f"loading {file.name}", chunk.done, file.total)

    def _series(self, part: SeriesPart, file: CheckedFile) -> None:
        self.workspace.ledger.series.append(self._batch(file), part.step, part.groups)
        self.graph.follow(self.watch.tell)
        self.watch.tell(f"loading {file.name}, {part.step}", file.total, file.total)

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
            warnings=(*self.warnings, *unread),
            unregistered=self.known.warnings,
            batches=tuple(sorted(self.batches)),
        )
