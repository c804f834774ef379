"""What happens after a load: batches, refused rows, data quality, lineage. Changes are jobs."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.documents import MEDIA, document, file_name, wanted_form
from api.errors import not_found
from api.ingest import batch_service as service
from api.ingest.batch_schemas import (
    BatchList,
    ChangeIn,
    LineageAnswer,
    QualityBody,
    RefusedList,
    RetryIn,
)
from api.ingest.lineage import lineage
from api.ingest.quality_page import page
from api.jobs.queue import Job
from api.jobs.schemas import JobBody
from api.jobs.service import shape
from api.openapi import Tag, describe
from api.reading import Loader, Reader
from api.schemas import UID_PATTERN
from graphcore.model.references import PATTERN

router = APIRouter(prefix="/v1", tags=[Tag.INGEST])
Batch = Annotated[str, Path(pattern=PATTERN, description="Reference of a batch.", examples=["jsunpgxtr2et"])]
Key = Annotated[
    str,
    Path(pattern=UID_PATTERN, description="Id of an entity or link.", examples=["7hq2m4zc6tq3v5x7a2b4d6fj"]),
]


@router.get("/ingest/batches", **describe("listBatches", Role.LOADER, answer=BatchList))
def list_batches(access: Loader) -> Response:
    """Every load of a file of which you may see something."""
    return json_answer(service.batches(access))


@router.get("/ingest/quarantine", **describe("listRefused", Role.LOADER, answer=RefusedList))
def list_refused(
    access: Loader,
    batch: Annotated[str | None, Query(pattern=PATTERN, description="Reference of a batch.")] = None,
    file: Annotated[str | None, Query(max_length=500)] = None,
    reason: Annotated[str | None, Query(max_length=500, description="Words that the reason holds.")] = None,
    after: Annotated[
        str | None,
        Query(
            pattern=PATTERN,
            description="Reference of the last row seen; one that is refused no more is not there.",
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Response:
    """Rows that are still refused and that you may see, with counts by reason."""
    return json_answer(service.refused(access, service.Asked(batch, file, reason, after, limit)))


@router.post("/ingest/quarantine/retry", **describe("retryRefused", Role.LOADER, answer=JobBody, status=202))
def retry_refused(access: Loader, body: RetryIn) -> Response:
    """Try refused rows again under the present mapping; the answer is the job."""
    return _accepted(service.queue_retry(access, body))


@router.get(
    "/ingest/batches/{reference}/quality",
    **describe("readQuality", Role.LOADER, answer=QualityBody, media={MEDIA["html"]: "string"}, also=(406,)),
)
def read_quality(
    request: Request,
    access: Loader,
    reference: Batch,
    wanted: Annotated[
        Literal["json", "html"] | None, Query(alias="format", description="Else the Accept header decides.")
    ] = None,
) -> Response:
    """What is missing, damaged, unlikely or twice in a batch, and which time it covers; as data or as a page."""
    form = wanted_form(request, wanted, ("json", "html"))
    with access.heavy():
        report = service.quality(access, reference)
    if form == "html":
        return document(
            page(report, access.services.workspace.ids),
            "html",
            file_name("data-quality", access.services.clock()),
        )
    return json_answer(service.quality_body(report, access.services.workspace.ids))


@router.post(
    "/ingest/batches/{reference}/removal",
    **describe("removeBatch", Role.LOADER, answer=JobBody, status=202),
)
def remove_batch(access: Loader, reference: Batch, body: ChangeIn) -> Response:
    """Take out of the graph what a batch alone says; the answer is the job."""
    return _accepted(service.queue_change(access, reference, "remove", body.reason))


@router.post(
    "/ingest/batches/{reference}/restoration",
    **describe("restoreBatch", Role.LOADER, answer=JobBody, status=202),
)
def restore_batch(access: Loader, reference: Batch, body: ChangeIn) -> Response:
    """Put back a batch that was removed; the answer is the job."""
    return _accepted(service.queue_change(access, reference, "restore", body.reason))


@router.get("/lineage/{key}", **describe("readLineage", Role.READER, answer=LineageAnswer))
def read_lineage(
    access: Reader,
    key: Key,
    wanted: Annotated[
        str | None, Query(alias="property", max_length=100, description="Only values of this property.")
    ] = None,
) -> Response:
    """Every value of an entity or link back to source, file, row, batch and the fields as received."""
    read = access.read("lineage.read", {"key": key, "property": wanted}, (key,))
    answer = lineage(read, key, wanted)
    if answer is None:
        raise not_found()
    return json_answer(answer.body())


def _accepted(job: Job) -> Response:
    return json_answer(shape(job), 202, {"Location": f"/v1/jobs/{job.id}"})
