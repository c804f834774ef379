"""Own jobs: list, progress, cancel."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.jobs import service
from api.jobs.schemas import JobBody, JobList
from api.openapi import Tag, describe
from api.reading import Loader

router = APIRouter(prefix="/v1/jobs", tags=[Tag.JOBS])
JobId = Annotated[
    str, Path(pattern="^[0-9a-f]{1,64}$", description="Id of a job.", examples=["5f0c2a9be1d34c7788aa10ff"])
]


@router.get("", **describe("listJobs", Role.LOADER, answer=JobList))
def list_jobs(access: Loader) -> Response:
    """Your own jobs, newest first."""
    return json_answer({"jobs": [service.shape(job) for job in access.services.jobs.listed(access.subject)]})


@router.get("/{job_id}", **describe("readJob", Role.LOADER, answer=JobBody))
def read_job(access: Loader, job_id: JobId) -> Response:
    """One of your own jobs with its progress."""
    return json_answer(service.shape(service.own(access.services.jobs, job_id, access.subject)))


@router.delete("/{job_id}", **describe("cancelJob", Role.LOADER, answer=JobBody, status=202))
def cancel_job(access: Loader, job_id: JobId) -> Response:
    """Stop one of your own jobs; what was loaded stays, and the same load again goes on from there."""
    jobs = access.services.jobs
    service.own(jobs, job_id, access.subject)
    jobs.cancel(job_id)
    return json_answer(service.shape(service.own(jobs, job_id, access.subject)), 202)
