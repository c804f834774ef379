"""The evidence ledger: records as sources gave them, kept for good, and all that follows from them."""

from graphcore.evidence.ledger.errors import (
    DoneBeforeError,
    LedgerBusyError,
    LedgerDamagedError,
    LedgerVersionError,
    UnknownKeyError,
)
from graphcore.evidence.ledger.ledger import Ledger
from graphcore.evidence.ledger.refused_view import UNLABELLED
from graphcore.evidence.ledger.repair_values import (
    BATCH,
    REFUSED_ROW,
    Attempt,
    BatchLine,
    Correction,
    CorrectionNote,
    LoadNote,
    Outcome,
    RefusedFilter,
    RefusedRow,
)
from graphcore.evidence.ledger.series_view import Contacts, OccurrenceCursor, OccurrenceView
from graphcore.evidence.ledger.values import (
    AppendCounts,
    BatchId,
    BatchSummary,
    OriginPlace,
    OriginRecords,
    OriginView,
    OutboxItem,
    QuarantineRow,
    RecordView,
)
from graphcore.evidence.ledger.view import EvidenceView

__all__ = [
    "BATCH",
    "REFUSED_ROW",
    "UNLABELLED",
    "AppendCounts",
    "Attempt",
    "BatchId",
    "BatchLine",
    "BatchSummary",
    "Contacts",
    "Correction",
    "CorrectionNote",
    "DoneBeforeError",
    "EvidenceView",
    "Ledger",
    "LedgerBusyError",
    "LedgerDamagedError",
    "LedgerVersionError",
    "LoadNote",
    "OccurrenceCursor",
    "OccurrenceView",
    "OriginPlace",
    "OriginRecords",
    "OriginView",
    "OutboxItem",
    "Outcome",
    "QuarantineRow",
    "RecordView",
    "RefusedFilter",
    "RefusedRow",
    "UnknownKeyError",
]  # fmt: skip
