"""The evidence ledger: records as sources gave them, kept for good, and all that follows from them."""

from graphcore.evidence.ledger.errors import (
    LedgerBusyError,
    LedgerDamagedError,
    LedgerVersionError,
    UnknownKeyError,
)
from graphcore.evidence.ledger.ledger import Ledger
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
    "AppendCounts", "BatchId", "BatchSummary", "EvidenceView", "Ledger", "LedgerBusyError", "LedgerDamagedError", "LedgerVersionError",
    "OriginPlace", "OriginRecords", "OriginView", "OutboxItem", "QuarantineRow", "RecordView", "UnknownKeyError",
]  # fmt: skip
