"""Batches and refused rows as answers, and their changes as jobs."""

from dataclasses import dataclass

from api.errors import not_found
from api.ingest.batch_schemas import RetryIn
from api.ingest.shapes import batch_body, refused_body
from api.ingest.upkeep import require_visible
from api.jobs.queue import Job
from api.jobs.request import asked_by
from api.reading import Access
from graphcore.audit import Ask, Operation
from graphcore.evidence.ledger import (
    BATCH,
    REFUSED_ROW,
    BatchLine,
    EvidenceView,
    RefusedFilter,
    UnknownKeyError,
)
from graphcore.model.ids import IdMaker
from ingest.quality import QualityReport, quality_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Which refused rows; ``batch`` and ``after`` (the last one seen) are references."""

    batch: str | None
    file: str | None
    reason: str | None
    after: str | None
    limit: int


def batches(access: Access) -> dict[str, object]:
    """The batches that the caller may know of."""
    entry = access.begin(Ask("ingest.batches", {}, Operation.CONSULTATION))
    workspace = access.services.workspace
    lines = workspace.ledger.view(access.context).batches()
    entry.done(count=len(lines))
    return {"batches": [batch_body(line, workspace.ids) for line in lines]}


def refused(access: Access, asked: Asked) -> dict[str, object]:
    """Refused rows, and how many there are by reason.

    Raises:
        ProblemError: the filter names a batch, or a last row, that is not there for the caller.
    """
    query = {"batch": asked.batch, "file": asked.file, "reason": asked.reason, "after": asked.after}
    entry = access.begin(Ask("ingest.quarantine", query, Operation.CONSULTATION))
    view = access.services.workspace.ledger.view(access.context)
    number = _line(view, asked.batch).number if asked.batch is not None else None
    wanted = RefusedFilter(number, asked.file, asked.reason)
    after = _after(view, asked.after) if asked.after is not None else 0
    rows, reasons = view.refused(wanted, after=after, limit=asked.limit), view.refused_reasons(wanted)
    entry.done(count=len(rows))
    return {
        "total": sum(count for _, _, count in reasons),
        "reasons": [{"field": field, "reason": reason, "rows": count} for field, reason, count in reasons],
        "rows": [refused_body(row, view.ids) for row in rows],
    }


def quality(access: Access, batch: str) -> QualityReport:
    """The report of a batch.

    Raises:
        ProblemError: there is no such batch for the caller.
    """
    entry = access.begin(Ask("ingest.quality", {"batch": batch}, Operation.CONSULTATION))
    workspace = access.services.workspace
    try:
        report = quality_of(workspace, access.context, workspace.ids.number(BATCH, batch))
    except UnknownKeyError as error:
        raise not_found() from error
    entry.done(count=report.records)
    return report


def quality_body(report: QualityReport, ids: IdMaker) -> dict[str, object]:
    """The report as an answer."""
    return {"batch": batch_body(report.batch, ids), **report.body()}


def queue_retry(access: Access, asked: RetryIn) -> Job:
    """Queue the retry of refused rows.

    Raises:
        ProblemError: no such batch for the caller.
    """
    entry = access.begin(
        Ask("ingest.queue", {"batch": asked.batch, "rows": asked.rows[:100]}, Operation.COLLECTION)
    )
    view = access.services.workspace.ledger.view(access.context)
    source = _line(view, asked.batch).source if asked.batch is not None else ""
    words = {"batch": asked.batch, "rows": asked.rows, "why": asked.reason}
    job = _queued(access, "retry", {"source": source, "file": "", **words})
    entry.done(count=1)
    return job


def queue_change(access: Access, batch: str, kind: str, reason: str) -> Job:
    """Queue the removal or return of a batch.

    Raises:
        ProblemError: no such batch for the caller.
    """
    operation = Operation.ERASURE if kind == "remove" else Operation.ALTERATION
    entry = access.begin(Ask("ingest.queue", {"batch": batch, "change": kind}, operation))
    line = _line(access.services.workspace.ledger.view(access.context), batch)
    job = _queued(access, kind, {"source": line.source, "file": line.file, "batch": batch, "why": reason})
    entry.done(count=1)
    return job


def _after(view: EvidenceView, row: str) -> int:
    """The place of an open row that the caller sees: of any other it must not be told whether there is one."""
    number = view.ids.number(REFUSED_ROW, row)
    if not view.refused(RefusedFilter(numbers=(number,)), limit=1):
        raise not_found()
    return number


def _line(view: EvidenceView, batch: str) -> BatchLine:
    try:
        return require_visible(view, batch)
    except UnknownKeyError as error:
        raise not_found() from error


def _queued(access: Access, kind: str, words: dict[str, object]) -> Job:
    job = access.services.jobs.add(kind, access.context, {**asked_by(access.context), **words})
    access.services.worker.wake()
    return job
