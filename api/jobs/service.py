"""Jobs as their owners see them; other people's jobs do not exist."""

from api.errors import not_found
from api.jobs.queue import Job, JobQueue


def shape(job: Job) -> dict[str, object]:
    """What the owner may see of a job."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": "cancelling" if job.cancel and job.state == "running" else job.state,
        "source": job.request["source"],
        "file": job.request["file"],
        "progress": job.progress,
        "result": job.result,
        "error": job.error,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def own(queue: JobQueue, job_id: str, subject: str) -> Job:
    """A job of this subject.

    Raises:
        ProblemError: there is none of that id that is theirs.
    """
    job = queue.find(job_id, subject)
    if job is None:
        raise not_found()
    return job
