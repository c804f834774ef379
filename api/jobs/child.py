"""The process of one job: ``python -m api.jobs.child FOLDER STORE JOB ATTEMPT``.

Ends with 0 where the job has an ending, also a failed one; anything else sends the job back to the queue.
"""

import logging
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Literal, cast

from api.jobs.queue import Job, JobQueue
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Operation
from graphcore.audit.log import utc_now
from graphcore.errors import AuditError, GraphcoreError, Transient
from graphcore.workspace import Workspace
from ingest.errors import IngestError, LoadCancelledError
from ingest.pipeline import LoadSummary, load

log = logging.getLogger(__name__)

_EVERY_S = 0.5


class _Progress:
    """Notes progress twice a second at most, and learns on the way whether the job was cancelled."""

    def __init__(self, queue: JobQueue, job: Job) -> None:
        self._queue = queue
        self._job = job
        self._next = 0.0
        self.stopped = False

    def __call__(self, what: str, done: int = 0, total: int | None = None) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVERY_S
            self.stopped = not self._queue.report(self._job, {"step": what, "done": done, "total": total})

    def cancelled(self) -> bool:
        return self.stopped


def run(folder: Path, store_name: Literal["embedded", "neo4j"], job_id: str, attempt: int) -> int:
    """Do the job; returns the exit code of the process."""
    queue = JobQueue(folder, utc_now)
    job = queue.resume(job_id, attempt)
    if job is None:
        return 0  # another attempt has it, or it was cancelled
    progress = _Progress(queue, job)
    try:
        with Workspace.open(folder, create=False) as workspace:
            summary = _load(workspace, store_name, job, progress)
        queue.finish(job, "done", result=asdict(summary))
    except LoadCancelledError:
        queue.finish(job, "cancelled")
    except (IngestError, GraphcoreError, OSError) as error:
        if isinstance(error, Transient | AuditError):
            log.warning("job %s: %s", job_id, type(error).__name__)
            return 1  # the queue tries again
        queue.finish(job, "failed", error=str(error))
    finally:
        queue.close()
    return 0


def _load(
    workspace: Workspace, store_name: Literal["embedded", "neo4j"], job: Job, progress: _Progress
) -> LoadSummary:
    request = job.request
    path = Path(request["path"])
    mapping = Path(request["mapping"]) if request["mapping"] else None
    query = {"source": request["source"], "file": path.name}
    with workspace.audit.entry(context_of(job), Operation.COLLECTION, "ingest.load", query) as entry:
        store = workspace.store(store_name)
        store.prepare()
        summary = load(
            workspace,
            request["source"],
            path,
            mapping=mapping,
            store=store,
            progress=progress,
            cancel=progress.cancelled,
        )
        entry.done(count=summary.loaded)
    return summary


def context_of(job: Job) -> AccessContext:
    """Who asked for the job, and why, as the audit log wants it."""
    request = job.request
    purpose = Purpose(PurposeCode(request["purpose"]), request["reason"], request["operation"])
    return AccessContext(job.subject, request["organisation"], Marking.OFFICIAL, purpose)


if __name__ == "__main__":
    sys.exit(
        run(
            Path(sys.argv[1]),
            cast("Literal['embedded', 'neo4j']", sys.argv[2]),
            sys.argv[3],
            int(sys.argv[4]),
        )
    )
