"""Loading files: each load is a job with progress."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, UploadFile
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.ingest import preview, register, service
from api.ingest.preview_schemas import PreviewAsked, PreviewBody
from api.ingest.register_schemas import RegisterChange, RegisterEntryBody, RegisterHistory, RegisterList
from api.ingest.schemas import InboxList, InboxLoad, SourceList
from api.jobs.queue import Job
from api.jobs.schemas import JobBody
from api.jobs.service import shape
from api.openapi import ANYONE, Tag, describe
from api.reading import Admin, Anyone, Loader
from ingest.register.words import SOURCE_NAME

router = APIRouter(prefix="/v1/ingest", tags=[Tag.INGEST])
SourceName = Annotated[
    str, Path(pattern=SOURCE_NAME, description="Name of a source.", examples=["call_records"])
]


@router.get("/sources", **describe("listSources", ANYONE, answer=SourceList))
def list_sources(access: Anyone) -> Response:
    """The sources that can be loaded."""
    del access
    return json_answer(service.sources())


@router.get("/register", **describe("listRegister", ANYONE, answer=RegisterList))
def list_register(access: Anyone) -> Response:
    """The source register: owners, defaults, last load, and whether the next is overdue."""
    return json_answer(register.listing(access))


@router.get("/register/{source}", **describe("readRegister", ANYONE, answer=RegisterHistory))
def read_register(access: Anyone, source: SourceName) -> Response:
    """All versions of one source's entry, oldest first."""
    return json_answer(register.history(access, source))


@router.put("/register/{source}", **describe("changeRegister", Role.ADMIN, answer=RegisterEntryBody))
def change_register(access: Admin, source: SourceName, body: RegisterChange) -> Response:
    """Add a version of one source's entry; loads from then on take its defaults."""
    return json_answer(register.change(access, source, body.entry, body.why))


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


@router.post("/preview", **describe("previewFromInbox", Role.LOADER, answer=PreviewBody))
def preview_from_inbox(access: Loader, body: PreviewAsked) -> Response:
    """What a load of a file of the inbox would bring; nothing is loaded."""
    return json_answer(preview.of_inbox(access, body))


@router.post("/preview/files", **describe("previewFile", Role.LOADER, answer=PreviewBody))
def preview_file(
    access: Loader,
    file: Annotated[UploadFile, File(description="The file; it is not kept.")],
    source: Annotated[str, Form(max_length=100)] = "",
    mapping: Annotated[UploadFile | None, File(description="A mapping (YAML).")] = None,
) -> Response:
    """What a load of a file that is sent would bring; nothing is loaded."""
    rules = mapping.file if mapping else None
    return json_answer(preview.of_upload(access, file.file, file.filename or "", source, rules))


def _accepted(job: Job) -> Response:
    return json_answer(shape(job), 202, {"Location": f"/v1/jobs/{job.id}"})
