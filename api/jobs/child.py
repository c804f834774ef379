"""The process of one job: ``python -m api.jobs.child FOLDER STORE JOB ATTEMPT MEMORY``.

Ends with 0 where the job has an ending, also a failed one; anything else sends the job back to the queue.
"""

import logging
import resource
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Literal, cast

from analytics.resolution.run import TYPES
from api.identity.service import run_identity
from api.ingest.upkeep import require_visible, wanted_rows
from api.jobs.queue import Job, JobQueue
from api.jobs.request import context_of
from graphcore.audit import Operation
from graphcore.audit.log import utc_now
from graphcore.errors import AuditError, GraphcoreError, Transient
from graphcore.evidence.ledger import BATCH, DoneBeforeError
from graphcore.store.port import GraphStore
from graphcore.workspace import Workspace
from ingest.errors import IngestError, LoadCancelledError
from ingest.pipeline import load
from ingest.pipeline.refused_label import strictest_label
from ingest.repair import Retry, retry

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
            store = workspace.store(store_name)
            store.prepare()
            result = _WORK[job.kind](workspace, store, job, progress)
        queue.finish(job, "done", result=result)
    except LoadCancelledError:
        queue.finish(job, "cancelled")
    except MemoryError:
        queue.finish(job, "failed", error="it needs more memory than a job may take: raise OCB_JOB_MEMORY")
    except (IngestError, GraphcoreError, OSError) as error:
        if isinstance(error, Transient | AuditError):
            log.warning("job %s: %s", job_id, type(error).__name__)
            return 1  # the queue tries again
        queue.finish(job, "failed", error=str(error))
    finally:
        queue.close()
    return 0


def _load(workspace: Workspace, store: GraphStore, job: Job, progress: _Progress) -> dict[str, object]:
    request = job.request
    path = Path(request["path"])
    mapping = Path(request["mapping"]) if request["mapping"] else None
    query = {"source": request["source"], "file": path.name}
    who = workspace.admit(context_of(job.subject, request))
    with workspace.audit.entry(who, Operation.COLLECTION, "ingest.load", query) as entry:
        summary = load(
            workspace,
            request["source"],
            path,
            mapping=mapping,
            store=store,
            progress=progress,
            cancel=progress.cancelled,
            strictest=strictest_label(who.clearance, who.organisation, tuple(who.compartments)),
        )
        entry.done(count=summary.loaded)
    batches = [workspace.ids.reference(BATCH, number) for number in summary.batches]
    return {**asdict(summary), "batches": batches}


def _retry(workspace: Workspace, store: GraphStore, job: Job, progress: _Progress) -> dict[str, object]:
    request = job.request
    who = workspace.admit(context_of(job.subject, request))
    batch: str | None = request["batch"]
    rows: list[str] = request["rows"]
    wanted = wanted_rows(workspace.ids, batch, rows=rows)
    query = {"batch": batch, "rows": rows[:100], "why": request["why"]}
    with workspace.audit.entry(who, Operation.COLLECTION, "ingest.quarantine.retry", query) as entry:
        order = Retry(who, request["why"], wanted)
        found = retry(workspace, order, store, progress=progress, cancel=progress.cancelled)
        entry.done(count=found.loaded)
    return asdict(found)


def _change(workspace: Workspace, store: GraphStore, job: Job, progress: _Progress) -> dict[str, object]:
    """Removal or return of a batch; done again after a crash it finds it done, and brings the graph up to date."""
    request, upkeep = job.request, workspace.ledger.upkeep
    who, batch, removes = (
        workspace.admit(context_of(job.subject, request)),
        str(request["batch"]),
        job.kind == "remove",
    )
    operation = Operation.ERASURE if removes else Operation.ALTERATION
    with workspace.audit.entry(who, operation, f"ingest.{job.kind}", {"batch": batch}) as entry:
        view = workspace.ledger.view(who)
        number = require_visible(view, batch).number
        change = upkeep.remove_batch if removes else upkeep.restore_batch
        count = 0
        with suppress(DoneBeforeError):
            count = change(number, by=who.subject, reason=request["why"], labels=view.label_numbers)
        workspace.projection(store).catch_up(progress)
        entry.done(count=count)
    return {"records": count}


def _identity(workspace: Workspace, store: GraphStore, job: Job, progress: _Progress) -> dict[str, object]:
    """One run of the rules. It judges at its end in one transaction: stopped before that, nothing was judged."""

    def told(what: str, done: int = 0, total: int | None = None) -> None:
        progress(what, done, total)
        if progress.stopped:
            raise LoadCancelledError("the run was cancelled: nothing was judged")

    request = job.request
    who = workspace.admit(context_of(job.subject, request))
    learn = bool(request.get("learn"))  # a job that waits from before has no such word
    done = run_identity(workspace, store, who, told, types=request["types"] or TYPES, learn=learn)
    return {
        "run": done.run,
        "judgements": done.judgements,
        "moved": done.moved.origins,
        "waits": str(done.waits).lower(),
    }


_WORK = {"load": _load, "retry": _retry, "remove": _change, "restore": _change, "identity": _identity}


def limit(memory: int) -> None:
    """Let this process have no more than ``memory`` bytes of address space; 0: as many as there are."""
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    limit(int(sys.argv[5]))
    sys.exit(
        run(
            Path(sys.argv[1]),
            cast("Literal['embedded', 'neo4j']", sys.argv[2]),
            sys.argv[3],
            int(sys.argv[4]),
        )
    )
