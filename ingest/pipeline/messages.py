"""What a reading is told and what it says: its order, the items it gives, and what its process says besides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graphcore.access import AccessLabel
from graphcore.evidence.ledger import UNLABELLED, QuarantineRow
from graphcore.evidence.ledger.prepare import Prepared
from graphcore.evidence.ledger.series_draft import Drafted
from graphcore.lexicon import Lexicon
from graphcore.model.ids import IdMaker
from ingest.mapping.model import MappingWords
from ingest.pipeline.plan import PlannedFile


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """What a reading is told; it can be sent to another process. A chunk has about this many records or rows at most."""

    words: MappingWords
    source: str
    files: tuple[PlannedFile, ...]
    ids: IdMaker
    workspace: Path
    chunk_records: int
    chunk_rows: int
    strictest: AccessLabel = UNLABELLED
    lexicon: Lexicon | None = None


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file that can be loaded; ``total``: rows of all its sections together; ``columns``: its headers."""

    name: str
    source: str
    digest: str
    total: int
    columns: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Chunk:
    """Rows of file number ``at`` up to row ``done``, ready to be committed together. ``skipped`` rows state nothing.

    ``again`` counts by label what the rows state that is known to have been stated by earlier rows of the file.
    """

    at: int
    done: int
    skipped: int
    made: Prepared
    refused: list[QuarantineRow]
    again: dict[AccessLabel, int] = field(default_factory=dict[AccessLabel, int])


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """Occurrences of file number ``at``, to be committed together; ``step`` is the same each time the file is read."""

    at: int
    step: str
    groups: list[Drafted]


@dataclass(frozen=True, slots=True)
class FileEnd:
    """File number ``at`` is read; it has this many rows."""

    at: int
    rows: int


@dataclass(frozen=True, slots=True)
class Warned:
    """The last of a reading: its warnings, one sentence each."""

    lines: tuple[str, ...]


Item = Chunk | SeriesPart | FileEnd | Warned
Starts = Callable[[Sequence[CheckedFile]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Told:
    """How far a check has come."""

    what: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """All files are checked: where to start in each?"""

    files: tuple[CheckedFile, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The reading ended with an error (None: of a class that cannot travel); ``where``: the places it came through."""

    error: Exception | None
    name: str
    where: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Nothing more comes."""
