"""Pointers, requests for detail, and notices of de-confliction."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.errors import ProblemError
from api.openapi import Tag, describe
from api.reading import Owner, Reader
from api.requests import service
from api.requests.deconflict import Stance
from api.requests.model import State
from api.requests.schemas import (
    AnswerIn,
    Enquiry,
    Inbox,
    NoticeList,
    OperationBody,
    OperationIn,
    OwnedBody,
    PointerAnswer,
    RequestBody,
    RequestIn,
    RequestList,
    WhyIn,
)
from api.schemas import UID_PATTERN
from graphcore.audit import Ask, Operation
from graphcore.schema import EntityType

router = APIRouter(prefix="/v1", tags=[Tag.REQUESTS])
RequestId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{16}$", description="Id of a request.", examples=["0123456789abcdef"])
]
OperationName = Annotated[str, Path(min_length=1, max_length=200, examples=["Larkspur"])]


@router.get("/pointers", **describe("findPointers", Role.READER, answer=PointerAnswer))
def find_pointers(
    access: Reader,
    uid: Annotated[str, Query(pattern=UID_PATTERN, description="An entity.")] = "",
    type: Annotated[EntityType | None, Query(description="With `value`.")] = None,  # noqa: A002  the field's word
    value: Annotated[str, Query(max_length=200, description="A key, exactly: a mark, a number.")] = "",
) -> Response:
    """Whether somebody has something that you may not see, and whom to ask; nothing of what is silent."""
    enquiry = Enquiry(uid=uid, type=type, value=value)
    query = {"about": service.words_of(enquiry)}
    entry = access.begin(Ask("pointer.find", query, Operation.CONSULTATION, (uid,) if uid else ()))
    found = service.pointers(access.services.workspace, access.context, enquiry)
    entry.done(count=len(found))
    return json_answer({"pointers": service.told(found)})


@router.post("/requests", **describe("openRequest", Role.READER, answer=RequestBody, status=201))
def open_request(access: Reader, body: RequestIn) -> Response:
    """Ask the owner behind a pointer for detail."""
    return json_answer(service.ask(access, body, body.pointer, body.question), 201)


@router.get("/requests", **describe("listRequests", Role.READER, answer=RequestList))
def list_requests(access: Reader) -> Response:
    """Your own requests, with their answers."""
    entry = access.begin(Ask("request.list", {}, Operation.CONSULTATION))
    now, found = access.services.clock(), access.services.requests.asked_by(access.subject)
    entry.done(count=len(found))
    return json_answer({"requests": [service.shape(one, now) for one in found]})


@router.post(
    "/requests/{request_id}/chase", **describe("chaseRequest", Role.READER, answer=RequestBody, also=(409,))
)
def chase_request(access: Reader, request_id: RequestId, body: WhyIn) -> Response:
    """Escalate your own request when its time has run out."""
    return json_answer(service.chase(access, request_id, body.why))


@router.get("/requests/inbox", **describe("readInbox", Role.OWNER, answer=Inbox))
def read_inbox(access: Owner) -> Response:
    """Requests to your organisation, in your compartments."""
    entry = access.begin(Ask("request.inbox", {}, Operation.CONSULTATION))
    now, found = access.services.clock(), access.services.requests.inbox(access.context)
    entry.done(count=len(found), shown=[one.uid for one in found])
    return json_answer({"requests": [service.owned(one, now) for one in found]})


@router.post(
    "/requests/{request_id}/answer", **describe("answerRequest", Role.OWNER, answer=OwnedBody, also=(409,))
)
def answer_request(access: Owner, request_id: RequestId, body: AnswerIn) -> Response:
    """Answer a request: a disclosure to its asker under a legal gateway."""
    return json_answer(service.answer(access, request_id, body.text, body.gateway))


@router.post(
    "/requests/{request_id}/refuse", **describe("refuseRequest", Role.OWNER, answer=OwnedBody, also=(409,))
)
def refuse_request(access: Owner, request_id: RequestId, body: WhyIn) -> Response:
    """Refuse a request; its asker reads why."""
    made = service.close(access, service.own(access, request_id), State.REFUSED, body.why)
    return json_answer(service.owned(made, access.services.clock()))


@router.post(
    "/requests/{request_id}/escalate",
    **describe("escalateRequest", Role.OWNER, answer=OwnedBody, also=(409,)),
)
def escalate_request(access: Owner, request_id: RequestId, body: WhyIn) -> Response:
    """Hand a request up; it can still be answered or refused."""
    made = service.close(access, service.own(access, request_id), State.ESCALATED, body.why)
    return json_answer(service.owned(made, access.services.clock()))


@router.put(
    "/operations/{operation}", **describe("declareOperation", Role.OWNER, answer=OperationBody, also=(409,))
)
def declare_operation(access: Owner, operation: OperationName, body: OperationIn) -> Response:
    """Open an operation to notices of de-confliction, or silence it again."""
    query = {"operation": operation, "open": body.open, "why": body.why}
    entry = access.begin(Ask("operation.declare", query, Operation.ACCESS))
    kept = access.services.requests.deconfliction
    known = kept.stance(operation)
    if known is not None and known.organisation != access.context.organisation:
        raise ProblemError(409, "operation", "The operation is not your organisation's to declare.")
    made = Stance(operation, access.context.organisation, body.open, body.contact)
    kept.declare(made, by=access.subject, reason=body.why)
    entry.done(count=1)
    return json_answer(
        {
            "operation": operation,
            "organisation": made.organisation,
            "open": made.open,
            "contact": made.contact,
        }
    )


@router.get("/notices", **describe("listNotices", Role.READER, answer=NoticeList))
def list_notices(access: Reader) -> Response:
    """Other operations that look at nominals which you looked at, where both may be told of each other."""
    read = access.read("notice.list", {})
    several = access.services.requests.deconfliction.notices(access.subject)
    seen = {entity.uid for entity in read.view.entities([one.uid for one in several])}
    found = [one for one in several if one.uid in seen]
    read.entry.done(count=len(found), shown=[one.uid for one in found])
    return json_answer({"notices": found})
