"""Batches, refused rows and lineage as plain dicts: the same for the command and the API. Numbers stay inside."""

from collections.abc import Sequence
from dataclasses import asdict

from graphcore.evidence.ledger import BATCH, REFUSED_ROW, BatchLine, CorrectionNote, RecordView, RefusedRow
from graphcore.evidence.suggestion import SuggestionView
from graphcore.model import iso_utc
from graphcore.model.ids import IdMaker


def refused_body(row: RefusedRow, ids: IdMaker) -> dict[str, object]:
    """One refused row; what it holds is not in it."""
    return {
        "reference": ids.reference(REFUSED_ROW, row.number),
        "batch": ids.reference(BATCH, row.batch),
        "file": row.file,
        "row": row.row,
        "field": row.field,
        "reason": row.reason,
        "attempts": row.attempts,
        "corrected": row.correction is not None,
    }


def batch_body(line: BatchLine, ids: IdMaker) -> dict[str, object]:
    """One batch."""
    said = {name: value for name, value in asdict(line).items() if name != "number"}
    return {"reference": ids.reference(BATCH, line.number), **said}


def suggestion_body(one: SuggestionView) -> dict[str, object]:
    """One suggestion."""
    return {name: value for name, value in asdict(one).items() if name != "number"}


def record_body(record: RecordView, corrections: Sequence[CorrectionNote], ids: IdMaker) -> dict[str, object]:
    """One record with where it stood, and how its row had been corrected."""
    label, grading = record.label, record.grading
    return {
        "rid": record.rid,
        "type": record.type,
        "source": record.source,
        "reference": record.reference,
        "file": record.file,
        "row": record.row,
        "batch": ids.reference(BATCH, record.batch),
        "original": record.original,
        "grading": f"{grading.scheme} {grading.code}" if grading else "",
        "marking": label.marking,
        "handling": f"{label.handling_scheme} {label.handling_code}".strip(),
        "conditions": label.handling_conditions,
        "known_at": iso_utc(record.known_at),
        "corrections": [asdict(note) for note in corrections],
    }
