"""Shapes of jobs."""

from pydantic import BaseModel


class JobProgress(BaseModel):
    """What is being done; ``total`` is null where it is not known."""

    step: str | None = None
    done: int | None = None
    total: int | None = None


class JobBody(BaseModel):
    """A job as its owner sees it."""

    id: str
    kind: str
    state: str
    source: str
    file: str
    progress: JobProgress
    result: dict[str, int | str | list[str] | None]
    error: str
    created_at: str
    started_at: str | None
    finished_at: str | None


class JobList(BaseModel):
    """Own jobs, newest first."""

    jobs: list[JobBody]
