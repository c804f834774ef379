"""The preview of a load: what a file is, which mapping fits it, what its rows would state, and what of that is news.

Nothing is written. By default a sample is read; all of it on request, in the same bounded memory.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from graphcore.access import AccessContext
from graphcore.workspace import Workspace
from ingest.errors import FileRefusedError, IngestError, UnknownSourceError
from ingest.mapping.compiler import LoadContext, TypeIndex, wanted_types
from ingest.mapping.model import MappingWords
from ingest.mapping.read import parse_mapping
from ingest.pipeline.dry import dry_run
from ingest.pipeline.note import coding_lexicon
from ingest.preview.columns import guess_column
from ingest.preview.compare import EXAMPLES, Comparison
from ingest.preview.draft import draft, source_name
from ingest.preview.fit import best, fits, shipped
from ingest.preview.model import Preview, RefusedExample
from ingest.preview.sample import sampled
from ingest.preview.sniff import Sniffed, sniff
from ingest.readers import ArchiveLimits, unpacked
from ingest.register import with_register
from ingest.registry import choose_mapping

ROWS = 200
FILES_MAX = 20
DRAFT = "draft"
Tell = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class PreviewOrder:
    """What to preview. ``rows`` of each file are read at most; None: all. ``mapping`` None: the source's own.

    ``source`` "": the source that fits best, or a draft where none does; ``always_draft``: give a draft all the same.
    """

    path: Path
    source: str = ""
    mapping: Path | None = None
    rows: int | None = ROWS
    always_draft: bool = False


def preview(
    workspace: Workspace, context: AccessContext, order: PreviewOrder, tell: Tell | None = None
) -> Preview:
    """Look at a file, a folder or an archive as a load would, and compare it with what ``context`` may see.

    Raises:
        FileRefusedError: there is nothing there, or nothing that can be looked at.
        UnknownSourceError: no such source, or it needs a mapping.
        MappingError: the mapping is wrong.
    """
    with ExitStack() as held:
        files = _files(order.path, held)
        looks = [sniff(file, file.name) for file in files]
        chosen = _choose(order, files, looks)
        folder = Path(held.enter_context(TemporaryDirectory(prefix="ocb-preview-")))
        target, whole = _sampled(order, files, looks, folder)
        known = with_register(chosen.words, chosen.source, workspace.ledger.register.get)
        answer = replace(chosen.answer, whole=whole, source=chosen.source)
        answer.guesses = tuple(look.guess for look in looks)
        if order.always_draft and not answer.draft:
            answer.draft = draft_of(looks[0])
        _read(workspace, context, _Reading(target, known.words, chosen.source, order.rows, tell), answer)
        answer.warnings = (*answer.warnings, *known.warnings)
    return answer


@dataclass(frozen=True, slots=True)
class _Chosen:
    words: MappingWords
    source: str
    answer: Preview


@dataclass(frozen=True, slots=True)
class _Reading:
    path: Path
    words: MappingWords
    source: str
    rows: int | None
    tell: Tell | None = field(default=None)


def _files(path: Path, held: ExitStack) -> list[Path]:
    if not path.exists():
        raise FileRefusedError(path.name, "there is no such file or folder", "Check the path.")
    found = [path]
    if path.is_dir():
        found = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    elif path.suffix.lower() in (".zip", ".gz"):
        found = sorted(held.enter_context(unpacked(path, ArchiveLimits())).iterdir())
    if not found:
        raise FileRefusedError(path.name, "there is nothing in it", "Give a file.")
    if len(found) > FILES_MAX:
        raise FileRefusedError(path.name, f"{len(found):,} files", f"Preview at most {FILES_MAX} at once.")
    return found


def _choose(order: PreviewOrder, files: list[Path], looks: list[Sniffed]) -> _Chosen:
    """The mapping: as told, else that of the source which fits most files, else a draft for the first."""
    told = bool(order.source) or order.mapping is not None
    found = () if told else tuple(fits(f, s.guess) for f, s in zip(files, looks, strict=True))
    near = tuple(fit for each in found for fit in each[:3])
    if told:
        variant = shipped(order.source) if order.mapping is None else None
        words, name = variant or choose_mapping(order.source or "table", order.mapping)
        shown = order.mapping.name if order.mapping else order.source
        return _Chosen(words, name, Preview((), near, shown, name, whole=False))
    good = [fit.source for each in found if (fit := best(each)) is not None]
    if good:
        winner = max(sorted(set(good)), key=good.count)
        words, name = shipped(winner) or choose_mapping(winner, None)
        return _Chosen(words, name, Preview((), near, winner, name, whole=False))
    text = draft_of(looks[0])
    answer = Preview((), near, DRAFT, source_name(looks[0].guess.file), whole=False, draft=text)
    return _Chosen(parse_mapping("draft.yaml", text), answer.source, answer)


def draft_of(look: Sniffed) -> str:
    """A mapping draft for a file that was looked at.

    Raises:
        UnknownSourceError: no column can be told in it: it needs a reader of its own.
    """
    guess = look.guess
    columns = [guess_column(name, values, guess.dates, look.rows) for name, values in look.values.items()]
    if not any(0 < len(column.column) <= 200 for column in columns):
        raise UnknownSourceError(
            f"{guess.file}: no source fits it, and no columns can be told in it ({'; '.join(guess.evidence)}). "
            "Name its source with --source, or have it exported as a table"
        )
    return draft(guess, columns)


def _sampled(order: PreviewOrder, files: list[Path], looks: list[Sniffed], folder: Path) -> tuple[Path, bool]:
    """What is read, and whether it is everything."""
    if order.rows is None:
        return order.path, True
    whole = True
    for file, look in zip(files, looks, strict=True):
        taken, complete = sampled(file, look.guess, order.rows, folder)
        if taken == file:
            (folder / file.name).symlink_to(file.absolute())
        whole = whole and complete
    return (folder / files[0].name if len(files) == 1 else folder), whole


def _read(workspace: Workspace, context: AccessContext, reading: _Reading, into: Preview) -> None:
    view = workspace.ledger.view(context)
    types = TypeIndex(wanted_types(reading.words), lambda s, t, r: bool(view.uid_of(t, r, s)))
    shared = LoadContext(
        types=types, lexicon=coding_lexicon(workspace, reading.words), workspace=workspace.folder
    )
    compared = Comparison(into, view, workspace.ids, context)
    limit, cut = reading.rows, False
    try:
        for mapped in dry_run(reading.path, reading.words, reading.source, shared, limit=limit):
            into.rows += 1
            cut = cut or mapped.row == limit
            compared.add(mapped.records)
            if mapped.refused is not None:
                into.refused += 1
                lost = mapped.refused
                if len(into.refused_examples) < EXAMPLES:
                    into.refused_examples.append(RefusedExample(lost.file, lost.row, lost.field, lost.reason))
            elif not mapped.records:
                into.skipped += 1
            if reading.tell is not None and into.rows % 500 == 0:
                reading.tell("looking at rows", into.rows, None)
    except FileRefusedError as error:
        into.file_refused = str(error)
    except IngestError as error:
        into.file_refused = str(error)
    compared.flush()
    into.whole = into.whole and not cut
    into.warnings = (*into.warnings, *shared.warnings.lines())
