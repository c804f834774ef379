"""Business-chain reports."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from api.auth.model import Role
from api.documents import MEDIA, document, file_name, wanted_form
from api.openapi import Tag, describe
from api.reading import Reader
from api.reports import service
from api.reports.schemas import REPORT_FORMS, ReportDocument
from api.schemas import Uid

router = APIRouter(prefix="/v1/reports", tags=[Tag.REPORTS])


@router.get(
    "/business/{uid}",
    **describe(
        "readBusinessReport", Role.READER, answer=ReportDocument, media={MEDIA["html"]: "string"}, also=(406,)
    ),
)
def read_business_report(  # noqa: PLR0913, PLR0917  (a parameter of the address each)
    request: Request,
    access: Reader,
    uid: Uid,
    on: Annotated[
        AwareDatetime | None, Query(description="Draw the chain for this time; left out: as far as known.")
    ] = None,
    wanted: Annotated[
        Literal["json", "html"] | None, Query(alias="format", description="Else the Accept header decides.")
    ] = None,
    recipient: Annotated[
        str, Query(max_length=200, description="To whom it goes; makes it a disclosure.")
    ] = "",
    gateway: Annotated[str, Query(max_length=200, description="Legal ground of the disclosure.")] = "",
) -> Response:
    """Owners and controllers, interests, officers, shared things, money and groups around a business or person."""
    form = wanted_form(request, wanted, REPORT_FORMS)
    with access.heavy():
        query = {"uid": uid, "on": on}
        recipients = (recipient,) if recipient else ()
        read = access.read(
            "report.business", query, (uid,), recipients=recipients, gateway=gateway if recipient else ""
        )
        report = service.business(read, uid, access.services.clock(), on)
        return document(
            service.render(report, form), form, file_name("business-chain", access.services.clock())
        )
