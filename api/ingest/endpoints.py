"""Loading files: each load is a job with progress."""

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.ingest import service
from api.ingest.schemas import InboxList, InboxLoad, SourceList
from api.jobs.queue import Job
from api.jobs.schemas import JobBody
from api.jobs.service import shape
from api.openapi import ANYONE, Tag, describe
from api.reading import Anyone, Loader

router = APIRouter(prefix="/v1/ingest", tags=[Tag.INGEST])


@router.get("/sources", **describe("listSources", ANYONE, answer=SourceList))
def list_sources(access: Anyone) -> Response:
    """The sources that can be loaded."""
    del access
    return json_answer(service.sources())


@router.get("/inbox", **describe("listInbox", Role.LOADER, answer=InboxList))
def list_inbox(access: Loader) -> Response:
    """What lies in the inbox of the workspace."""
    return json_answer(service.listing(access.services.settings.workspace))


@router.post("/inbox", **describe("loadFromInbox", Role.LOADER, answer=JobBody, status=202))
def load_from_inbox(access: Loader, body: InboxLoad) -> Response:
    """Load a file or folder of the inbox; the answer is the job."""
    folder = access.services.settings.workspace
    path = service.in_inbox(folder, body.name)
    mapping = service.in_inbox(folder, body.mapping) if body.mapping else None
    return _accepted(service.queue(access, body.source, path, mapping))


@router.post("/files", **describe("uploadFile", Role.LOADER, answer=JobBody, status=202))
def upload_file(
    access: Loader,
    source: Annotated[str, Form(min_length=1, max_length=100)],
    file: Annotated[UploadFile, File(description="The file; at most OCB_UPLOAD_LIMIT bytes.")],
    mapping: Annotated[UploadFile | None, File(description="A mapping (YAML).")] = None,
) -> Response:
    """Send a file and load it; the answer is the job."""
    folder = access.services.settings.workspace
    kept = service.keep_upload(folder, file.file, file.filename or "")
    rules = service.keep_upload(folder, mapping.file, "mapping.yaml") if mapping else None
    return _accepted(service.queue(access, source, kept, rules))


def _accepted(job: Job) -> Response:
    return json_answer(shape(job), 202, {"Location": f"/v1/jobs/{job.id}"})
