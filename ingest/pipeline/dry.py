"""Files mapped to records without a ledger: nothing is written, nothing is kept, one row at a time."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from graphcore.evidence import Record
from graphcore.evidence.ledger import QuarantineRow
from ingest.errors import RowRefusedError
from ingest.mapping.compiler import LoadContext, TypeIndex, wanted_types
from ingest.mapping.model import MappingWords
from ingest.pipeline.plan import plan_files
from ingest.pipeline.prepare import Part, Preparer
from ingest.readers import BadRow

WITHHELD = "(withheld)"


@dataclass(frozen=True, slots=True)
class Mapped:
    """What one row states: its records (none: it was skipped), or why it is refused."""

    file: str
    source: str
    row: int
    records: tuple[Record, ...]
    refused: QuarantineRow | None


def context_for(words: MappingWords) -> LoadContext:
    """What the sections of a mapping share where no former load is asked."""
    return LoadContext(types=TypeIndex(wanted_types(words)))


def dry_run(
    path: Path, words: MappingWords, source: str, context: LoadContext, *, limit: int | None = None
) -> Iterator[Mapped]:
    """Map the rows of a file or folder as a load would, in its order.

    Args:
        path: As for a load.
        words: The mapping.
        source: Origin of what names no source itself.
        context: Collects the warnings; see :func:`context_for`.
        limit: Rows read of each part of each file at most.

    Raises:
        FileRefusedError: a file cannot be used as a whole.
    """
    with ExitStack() as held:
        preparer = Preparer(words, source, context, held)
        ready = [preparer.prepare(file) for file in plan_files(path, words, held).files]
        for file in ready:
            for part in file.parts:
                yield from _rows(part, file.source, context, limit)


def _rows(part: Part, source: str, context: LoadContext, limit: int | None) -> Iterator[Mapped]:
    label = context.warnings.file = part.rows.label
    for number, row in enumerate(islice(part.rows.rows(), limit), start=1):
        context.warnings.row = number
        if isinstance(row, BadRow):
            lost = QuarantineRow(label, number, row.field, row.reason, row.original)
            yield Mapped(label, source, number, (), lost)
            continue
        try:
            records = part.map_row(row, number)
        except RowRefusedError as error:
            original = WITHHELD if error.withhold else part.show(row)
            yield Mapped(
                label, source, number, (), QuarantineRow(label, number, error.field, error.reason, original)
            )
            continue
        if part.watch is not None:
            part.watch(row)
        yield Mapped(label, source, number, tuple(records or ()), None)
