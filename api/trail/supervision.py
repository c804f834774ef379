"""For supervisors: how the platform is used, and what is unusual in it. No content of any record, no wording."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.documents import MEDIA, document, file_name, wanted_form
from api.errors import ProblemError, not_found
from api.openapi import Tag, describe
from api.reading import Supervisor
from api.trail.schemas import AlertBody, AlertsAnswer, SettleIn, UsageAnswer
from api.trail.shapes import alert_body, usage_body
from api.trail.usage_page import usage_page
from graphcore.audit import Ask, Operation
from graphcore.audit.usage import usage

router = APIRouter(prefix="/v1/audit", tags=[Tag.AUDIT])
DAYS = 30
AlertId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$", description="Id of an alert.")]


@router.get(
    "/usage",
    **describe(
        "readUsage", Role.SUPERVISOR, answer=UsageAnswer, media={MEDIA["html"]: "string"}, also=(406,)
    ),
)
def read_usage(
    request: Request,
    access: Supervisor,
    since: Annotated[AwareDatetime | None, Query(description="Left out: thirty days before the end.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Not included; left out: now.")] = None,
    wanted: Annotated[
        Literal["json", "html"] | None, Query(alias="format", description="Else the Accept header decides.")
    ] = None,
) -> Response:
    """Entries, hits and hit rates by subject, purpose, operation, action and day."""
    form = wanted_form(request, wanted, ("json", "html"))
    end = until or access.services.clock()
    try:
        start = since or end - timedelta(days=DAYS)
    except OverflowError as error:
        raise ProblemError(422, "period", "The time is out of range.") from error
    entry = access.begin(Ask("audit.usage", {"since": start, "until": end}, Operation.ACCESS))
    with access.heavy():
        report = usage(access.services.audit, start, end)
    entry.done(count=len(report.uses))
    if form == "html":
        return document(usage_page(report), form, file_name("usage", access.services.clock()))
    return json_answer(usage_body(report))


@router.get("/alerts", **describe("readAlerts", Role.SUPERVISOR, answer=AlertsAnswer))
def read_alerts(
    access: Supervisor,
    settled: Annotated[bool, Query(description="Also those that are settled.")] = False,
) -> Response:
    """Unusual access, the newest first; what came in since the last look is looked through before."""
    entry = access.begin(Ask("audit.alerts", {"settled": settled}, Operation.ACCESS))
    access.services.alerts.look(access.services.clock())
    found = [alert_body(one) for one in reversed(access.services.alerts.all()) if settled or one.is_open]
    entry.done(count=len(found))
    return json_answer({"alerts": found})


@router.post(
    "/alerts/{alert_id}/settle", **describe("settleAlert", Role.SUPERVISOR, answer=AlertBody, also=(409,))
)
def settle_alert(access: Supervisor, alert_id: AlertId, body: SettleIn) -> Response:
    """Put down what came of an alert; nobody settles one about themselves."""
    access.begin(Ask("audit.alert.settle", {"alert": alert_id}, Operation.ACCESS)).done(count=1)
    alerts = access.services.alerts
    if all(one.id != alert_id for one in alerts.all()):
        raise not_found()
    return json_answer(alert_body(alerts.settle(alert_id, by=access.subject, reason=body.reason)))
