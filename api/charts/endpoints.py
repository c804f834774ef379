"""Link charts: JSON for programs, GraphML for other tools, SVG and HTML for people."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.auth.model import Role
from api.charts import service
from api.charts.schemas import CHART_FORMS, MAX_STARTS, ChartDocument, ChartIn, UidText
from api.documents import MEDIA, Form, document, file_name, wanted_form
from api.openapi import Tag, describe
from api.reading import Access, Reader

router = APIRouter(prefix="/v1/charts", tags=[Tag.CHARTS])
Format = Annotated[Form | None, Query(alias="format", description="Else the Accept header decides.")]
_FORMS = {MEDIA[form]: "string" for form in CHART_FORMS if form != "json"}


@router.post("", **describe("buildChart", Role.READER, answer=ChartDocument, media=_FORMS, also=(406,)))
def build(request: Request, access: Reader, body: ChartIn, wanted: Format = None) -> Response:
    """A link chart around some entities, sealed, with banner, legend, grade key and sources."""
    return _answer(request, access, body, wanted)


@router.get("", **describe("readChart", Role.READER, answer=ChartDocument, media=_FORMS, also=(406,)))
def read(
    request: Request,
    access: Reader,
    uid: Annotated[
        list[UidText], Query(min_length=1, max_length=MAX_STARTS, description="Entities to start from.")
    ],
    hops: Annotated[int, Query(ge=0, le=3)] = 1,
    limit: Annotated[int, Query(ge=1, le=2_000)] = 200,
    wanted: Format = None,
) -> Response:
    """The same for an address that a page can show in a frame."""
    return _answer(request, access, ChartIn(uids=uid, hops=hops, limit=limit), wanted)


def _answer(request: Request, access: Access, asked: ChartIn, given: Form | None) -> Response:
    form = wanted_form(request, given, CHART_FORMS)
    recipients = (asked.recipient,) if asked.recipient else ()
    query = asked.model_dump(mode="json")
    with access.heavy():
        opened = access.read(
            "chart.build",
            query,
            asked.uids,
            recipients=recipients,
            gateway=asked.gateway if recipients else "",
        )
        made = service.chart(opened, asked, access.services.clock())
        return document(service.render(made, form), form, file_name("link-chart", access.services.clock()))
