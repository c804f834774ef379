"""Evidence: records as received, their grading and lineage, and the ledger that keeps them."""

from graphcore.evidence.grading import Grading, GradingScheme, grade_key
from graphcore.evidence.record import (
    EntityRecord,
    Evidence,
    Lineage,
    LinkRecord,
    OriginRef,
    Record,
    content_hash,
)
from graphcore.evidence.series import Occurrence, SeriesHead, SeriesLayout, SeriesRows

__all__ = [
    "EntityRecord", "Evidence", "Grading", "GradingScheme", "Lineage", "LinkRecord", "Occurrence", "OriginRef", "Record",
    "SeriesHead", "SeriesLayout", "SeriesRows", "content_hash", "grade_key",
]  # fmt: skip
