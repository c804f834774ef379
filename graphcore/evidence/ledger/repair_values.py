"""What goes into the ledger after a load, and what people read of it. Frozen values, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphcore.access.label import AccessLabel

BATCH, REFUSED_ROW = "batch", "refused row"
"""Kinds of references: see :mod:`graphcore.model.references`."""


@dataclass(frozen=True, slots=True)
class LoadNote:
    """How a batch was loaded, so that its refused rows can be tried again.

    ``loaded_as`` is the source's name as it was asked for; ``own_mapping``: it was loaded under the source's own mapping.
    ``mapping`` is the identity of the mapping that was used, ``mapping_text`` its text. ``columns``: the header of each
    file (by the name it has in lineage) that has one.
    """

    loaded_as: str
    own_mapping: bool
    mapping: str
    mapping_name: str
    mapping_text: str
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class Correction:
    """A refused row as a person corrected it; ``changed`` names the fields that differ from the original."""

    quarantine: int
    fields: Mapping[str, object]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """Rows of one batch tried again: by whom, why, and under which mapping (its identity)."""

    batch: int
    by: str
    reason: str
    mapping: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row: the number of records it states, or ``field`` and ``refused`` (the reason) as before."""

    quarantine: int
    correction: int | None
    records: int = 0
    field: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class RefusedFilter:
    """Which refused rows: of a batch, of a file (its exact name), with a word in the reason, or by their numbers."""

    batch: int | None = None
    file: str | None = None
    reason: str | None = None
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is still refused, as it stands: field and reason of the last attempt, and the newest correction.

    ``corrected`` is the whole row as JSON, None where nobody has corrected it; ``attempts`` counts retries. ``unread``: see
    :class:`QuarantineRow`.
    """

    number: int
    batch: int
    file: str
    row: int
    field: str
    reason: str
    original: str
    label: AccessLabel | None
    unread: bool
    corrected: str | None
    correction: int | None
    attempts: int


@dataclass(frozen=True, slots=True)
class CorrectionNote:
    """Who corrected which fields of a row that then loaded, when and why."""

    file: str
    row: int
    changed: tuple[str, ...]
    by: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One batch as a reader may know of it: only what its visible records and refused rows say.

    ``rows`` counts those that gave something visible where something is hidden. ``state``: loading, loaded, removed, or why it was removed.
    """

    number: int
    source: str
    file: str
    started_at: str
    finished_at: str | None
    rows: int
    loaded: int
    unchanged: int
    waiting: int
    refused: int
    repaired: int
    state: str
    removed_by: str
    removed_at: str
    reason: str
