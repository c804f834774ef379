"""Batches and refused rows as answers, and their changes as jobs."""

from api.errors import not_found
from api.ingest.batch_schemas import RetryIn
from api.ingest.shapes import batch_body, refused_body
from api.jobs.queue import Job
from api.jobs.request import asked_by
from api.reading import Access
from graphcore.audit import Ask, Operation
from graphcore.evidence.ledger import BatchLine, RefusedFilter, UnknownKeyError
from ingest.quality import QualityReport, quality_of


def batches(access: Access) -> dict[str, object]:
    """The batches that the caller may know of."""
    entry = access.begin(Ask("ingest.batches", {}, Operation.CONSULTATION))
    lines = access.services.workspace.ledger.view(access.context).batches()
    entry.done(count=len(lines))
    return {"batches": [batch_body(line) for line in lines]}


def refused(access: Access, wanted: RefusedFilter, after: int, limit: int) -> dict[str, object]:
    """Refused rows, and how many there are by reason.

    Raises:
        ProblemError: the filter names a batch that is not there for the caller.
    """
    query = {"batch": wanted.batch, "file": wanted.file, "reason": wanted.reason, "after": after}
    entry = access.begin(Ask("ingest.quarantine", query, Operation.CONSULTATION))
    view = access.services.workspace.ledger.view(access.context)
    if wanted.batch is not None and wanted.batch not in {line.number for line in view.batches()}:
        raise not_found()
    rows, reasons = view.refused(wanted, after=after, limit=limit), view.refused_reasons(wanted)
    entry.done(count=len(rows))
    return {
        "total": sum(count for _, _, count in reasons),
        "reasons": [{"field": field, "reason": reason, "rows": count} for field, reason, count in reasons],
        "rows": [refused_body(row) for row in rows],
    }


def quality(access: Access, number: int) -> QualityReport:
    """The report of a batch.

    Raises:
        ProblemError: there is no such batch for the caller.
    """
    entry = access.begin(Ask("ingest.quality", {"batch": number}, Operation.CONSULTATION))
    try:
        report = quality_of(access.services.workspace, access.context, number)
    except UnknownKeyError as error:
        raise not_found() from error
    entry.done(count=report.records)
    return report


def quality_body(report: QualityReport) -> dict[str, object]:
    """The report as an answer."""
    return {"batch": batch_body(report.batch), **report.body()}


def queue_retry(access: Access, asked: RetryIn) -> Job:
    """Queue the retry of refused rows.

    Raises:
        ProblemError: no such batch for the caller.
    """
    entry = access.begin(
        Ask("ingest.queue", {"batch": asked.batch, "rows": asked.rows[:100]}, Operation.COLLECTION)
    )
    source = _line(access, asked.batch).source if asked.batch is not None else ""
    words = {"batch": asked.batch, "rows": asked.rows, "why": asked.reason}
    job = _queued(access, "retry", {"source": source, "file": "", **words})
    entry.done(count=1)
    return job


def queue_change(access: Access, number: int, kind: str, reason: str) -> Job:
    """Queue the removal or return of a batch.

    Raises:
        ProblemError: no such batch for the caller.
    """
    operation = Operation.ERASURE if kind == "remove" else Operation.ALTERATION
    entry = access.begin(Ask("ingest.queue", {"batch": number, "change": kind}, operation))
    line = _line(access, number)
    job = _queued(access, kind, {"source": line.source, "file": line.file, "batch": number, "why": reason})
    entry.done(count=1)
    return job


def _line(access: Access, number: int) -> BatchLine:
    view = access.services.workspace.ledger.view(access.context)
    found = next((line for line in view.batches() if line.number == number), None)
    if found is None:
        raise not_found()
    return found


def _queued(access: Access, kind: str, words: dict[str, object]) -> Job:
    job = access.services.jobs.add(kind, access.context, {**asked_by(access.context), **words})
    access.services.worker.wake()
    return job
