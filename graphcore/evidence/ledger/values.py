"""What goes into the ledger beside records, and what comes out of it. Frozen values, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from graphcore.access.label import AccessLabel
from graphcore.access.needs import Needs
from graphcore.evidence.grading import Grading
from graphcore.model.graph import Value
from graphcore.model.times import TimeSpan

ItemKind = Literal["entity", "link"]


@dataclass(frozen=True, slots=True)
class BatchId:
    """One load of one file, open for :meth:`Ledger.append`.

    ``rows_done`` is where an interrupted load goes on. ``known_at`` (ISO UTC) is put on records that do not say when
    their source knew: one moment a batch, kept when the batch is taken up again.
    """

    number: int
    rows_done: int
    known_at: str


@dataclass(frozen=True, slots=True)
class AppendCounts:
    """Counted in records. ``waiting`` are those of ``loaded`` whose link misses an end; the others count once each."""

    loaded: int = 0
    unchanged: int = 0
    waiting: int = 0
    quarantined: int = 0

    def __add__(self, other: "AppendCounts") -> "AppendCounts":
        return AppendCounts(
            self.loaded + other.loaded,
            self.unchanged + other.unchanged,
            self.waiting + other.waiting,
            self.quarantined + other.quarantined,
        )


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """One batch as it stands; ``waiting`` is counted anew, so that links completed since are not in it."""

    number: int
    source: str
    file: str
    file_hash: str
    mapping: str
    started_at: str
    finished_at: str | None
    rows_done: int
    counts: AppendCounts


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """A row that was refused: where it stands, the field and reason, and the row as received.

    ``label`` says who may see it; None: not known (such a row is shown as the strictest of labels would be). ``unread``: it
    could not be read as a row at all, so that only a corrected one can be tried again.
    """

    file: str
    row: int
    field: str
    reason: str
    original: str
    label: AccessLabel | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """Something that changed: an entity (uid) or a link (lid); ``n`` is its place in the order of changes."""

    n: int
    kind: ItemKind
    key: str


@dataclass(frozen=True, slots=True)
class OriginPlace:
    """Where identity has put one origin: ``uid`` is its cluster, ``first_seq`` decides who is canonical."""

    origin_id: str
    uid: str
    first_seq: int


class Placed(Protocol):
    """Anything that tells where identity has put one origin."""

    @property
    def origin_id(self) -> str:
        """Its id."""
        ...

    @property
    def uid(self) -> str:
        """Its cluster."""
        ...

    @property
    def first_seq(self) -> int:
        """The number of its first record."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an origin stands: its entity, type and order of arrival.

    ``needs`` is what its records demand of readers, None where all records of the ledger demand the same. ``seen`` is False
    where nothing that stands speaks of it. Arrival is that of the first record that most readers may see.
    """

    uid: str
    entity_type: str
    first_seq: int
    needs: Needs | None = None
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Fit:
    """The weights that one run gave for one type, as a document; ``tier`` names what its records demand of readers."""

    decision_id: str
    entity_type: str
    tier: str
    document: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record as a person may read it."""

    rid: str
    seq: int
    kind: ItemKind
    type: str
    source: str
    reference: str
    original: Mapping[str, Value]
    properties: Mapping[str, tuple[Value, ...]]
    grading: Grading | None
    label: AccessLabel
    valid: TimeSpan
    known_at: datetime
    file: str
    row: int
    batch: int


@dataclass(frozen=True, slots=True)
class OriginView:
    """One member of a cluster: a source's own item."""

    origin_id: str
    source: str
    entity_type: str
    reference: str


@dataclass(frozen=True, slots=True)
class OriginRecords:
    """One origin with what its visible records say together: distinct values, oldest record first."""

    origin_id: str
    uid: str
    source: str
    reference: str
    first_seq: int
    properties: Mapping[str, tuple[Value, ...]]
