"""The queue of jobs: a table with a lease. A worker that lost its lease can no longer write (its attempt is fenced)."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Row, insert, or_, select, update

from api.database import open_engine
from api.jobs.tables import JOB, METADATA
from graphcore.access import AccessContext
from graphcore.model import iso_utc

FILE = "jobs.sqlite3"
LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 3
OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. ``request`` says what to do, ``progress`` and ``result`` are what its owner may see."""

    id: str
    kind: str
    subject: str
    state: str
    attempt: int
    cancel: bool
    request: Mapping[str, Any]
    progress: Mapping[str, Any]
    result: Mapping[str, Any]
    error: str
    created_at: str
    started_at: str | None
    finished_at: str | None


class JobQueue:
    """All jobs of a workspace; any number of processes may work on it."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._engine = open_engine(folder / FILE, METADATA)
        self._clock = clock

    def add(self, kind: str, context: AccessContext, request: Mapping[str, Any]) -> Job:
        """Queue a job of ``context``'s subject."""
        job_id = secrets.token_hex(12)
        row = {
            "id": job_id,
            "kind": kind,
            "subject": context.subject,
            "state": "queued",
            "request": _text(request),
            "created_at": iso_utc(self._clock()),
        }
        with self._engine.begin() as connection:
            connection.execute(insert(JOB).values(**row))
        return self._must(job_id)

    def find(self, job_id: str, subject: str) -> Job | None:
        """A job of this subject; others' jobs are not there."""
        found = self._one(job_id)
        return found if found and found.subject == subject else None

    def listed(self, subject: str, limit: int = 50) -> list[Job]:
        """The subject's own jobs, newest first."""
        wanted = select(JOB).where(JOB.c.subject == subject).order_by(JOB.c.n.desc()).limit(limit)
        with self._engine.connect() as connection:
            return [_job(row) for row in connection.execute(wanted)]

    def cancel(self, job_id: str) -> None:
        """Stop a job: at once where it waits, at its next step where it runs."""
        now = iso_utc(self._clock())
        mine = JOB.c.id == job_id
        with self._engine.begin() as connection:
            connection.execute(update(JOB).where(mine, JOB.c.state.in_(OPEN)).values(cancel=True))
            waiting = update(JOB).where(mine, JOB.c.state == "queued")
            connection.execute(waiting.values(state="cancelled", finished_at=now))

    def claim(self) -> Job | None:
        """The oldest job that waits, or whose worker is gone; one that lost three workers is given up."""
        now = self._clock()
        free = or_(JOB.c.state == "queued", (JOB.c.state == "running") & (JOB.c.lease_until < iso_utc(now)))
        with self._engine.begin() as connection:
            lost = update(JOB).where(free, JOB.c.attempt >= MAX_ATTEMPTS)
            gone = "its worker ended three times; the load can be started again and goes on from where it was"
            connection.execute(lost.values(state="failed", error=gone, finished_at=iso_utc(now)))
            oldest = select(JOB.c.id).where(free).order_by(JOB.c.n).limit(1)
            found = connection.execute(oldest).scalar()
            if found is None:
                return None
            values = {"state": "running", "started_at": iso_utc(now), "lease_until": iso_utc(now + LEASE)}
            connection.execute(
                update(JOB).where(JOB.c.id == found).values(attempt=JOB.c.attempt + 1, **values)
            )
        return self._must(found)

    def report(self, job: Job, progress: Mapping[str, Any] | None = None) -> bool:
        """Renew the lease and note progress; False if the job is no longer this worker's or was cancelled."""
        values: dict[str, Any] = {"lease_until": iso_utc(self._clock() + LEASE)}
        if progress is not None:
            values["progress"] = _text(progress)
        return self._update(job, values) and not self._must(job.id).cancel

    def finish(
        self, job: Job, state: str, *, result: Mapping[str, Any] | None = None, error: str = ""
    ) -> bool:
        """Put down how it ended; False (and nothing written) if another attempt has taken over."""
        ended = iso_utc(self._clock())
        return self._update(
            job, {"state": state, "result": _text(result or {}), "error": error, "finished_at": ended}
        )

    def give_back(self, job: Job) -> None:
        """Let the next worker take the job at once."""
        self._update(job, {"state": "queued", "lease_until": ""})

    def resume(self, job_id: str, attempt: int) -> Job | None:
        """The job as a child process takes it over: only while this attempt still holds it."""
        found = self._one(job_id)
        return found if found and found.state == "running" and found.attempt == attempt else None

    def _update(self, job: Job, values: dict[str, Any]) -> bool:
        held = (JOB.c.id == job.id) & (JOB.c.attempt == job.attempt) & (JOB.c.state == "running")
        with self._engine.begin() as connection:
            return connection.execute(update(JOB).where(held).values(**values)).rowcount == 1

    def _one(self, job_id: str) -> Job | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(JOB).where(JOB.c.id == job_id)).first()
        return _job(row) if row else None

    def _must(self, job_id: str) -> Job:
        found = self._one(job_id)
        if found is None:
            raise LookupError("a job is gone from the queue")
        return found

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()


def _text(values: Mapping[str, Any]) -> str:
    return orjson.dumps(dict(values)).decode()


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        state=row.state,
        attempt=row.attempt,
        cancel=bool(row.cancel),
        request=orjson.loads(row.request),
        progress=orjson.loads(row.progress),
        result=orjson.loads(row.result),
        error=row.error,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
