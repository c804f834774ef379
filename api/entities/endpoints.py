"""Entities, the evidence behind them, and what lies around them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime
from starlette.responses import Response, StreamingResponse

from api.answers import NDJSON, json_answer
from api.auth.model import Role
from api.entities import service
from api.entities.occurrences import body, occurrences
from api.entities.schemas import EntityAnswer, EvidenceAnswer, NeighboursAnswer, OccurrencesAnswer
from api.errors import ProblemError
from api.openapi import Tag, describe
from api.reading import Access, Reader
from api.schemas import UID_PATTERN, Uid
from api.shapes import Shaper
from graphcore.evidence.ledger.register import SourceRegister
from graphcore.model import TimeSpan
from graphcore.schema import EntityType, LinkType
from graphcore.store.query import MAX_ELEMENTS, MAX_HOPS, Direction, ExpandQuery

router = APIRouter(prefix="/v1", tags=[Tag.ENTITIES])
Lid = Annotated[
    str, Path(pattern=UID_PATTERN, description="Id of a link.", examples=["3kq2m4zc6tq3v5x7a2b4d6fj"])
]
INLINE = 5_000


async def _period(
    since: Annotated[
        AwareDatetime | None, Query(description="Only links that may hold after this time.")
    ] = None,
    until: Annotated[
        AwareDatetime | None, Query(description="Only links that may hold before this time.")
    ] = None,
) -> TimeSpan | None:
    if since is None and until is None:
        return None
    try:
        return TimeSpan(since, until)
    except ValueError as error:
        raise ProblemError(422, "period", "until must not be before since.") from error


async def _expand(
    period: Annotated[TimeSpan | None, Depends(_period)],
    hops: Annotated[int, Query(ge=1, le=MAX_HOPS)] = 1,
    direction: Direction = Direction.BOTH,
    link_type: Annotated[list[LinkType] | None, Query(max_length=40)] = None,
    entity_type: Annotated[list[EntityType] | None, Query(max_length=20)] = None,
    per_entity: Annotated[
        int, Query(ge=1, le=10_000, description="Links taken from one entity at most.")
    ] = 1_000,
) -> ExpandQuery:
    links = frozenset(kind.value for kind in link_type) if link_type else None
    entities = frozenset(kind.value for kind in entity_type) if entity_type else None
    return ExpandQuery(hops, direction, links, entities, period, per_entity=per_entity)


Expand = Annotated[ExpandQuery, Depends(_expand)]


def _register(access: Access) -> SourceRegister:
    return access.services.workspace.ledger.register


def _with_limit(query: ExpandQuery, limit: int) -> ExpandQuery:
    return ExpandQuery(
        query.hops,
        query.direction,
        query.link_types,
        query.entity_types,
        query.during,
        limit,
        query.per_entity,
    )


@router.get("/entities/{uid}", **describe("readEntity", Role.READER, answer=EntityAnswer))
def read_entity(access: Reader, uid: Uid) -> Response:
    """One entity: what its visible records say together, and the source items it is made of."""
    read = access.read("entity.read", {"uid": uid}, (uid,))
    answer = service.entity(read, uid)
    access.services.requests.deconfliction.note(access.context, uid)
    return json_answer(answer)


@router.get("/entities/{uid}/evidence", **describe("readEvidence", Role.READER, answer=EvidenceAnswer))
def read_evidence(access: Reader, uid: Uid) -> Response:
    """The visible records behind an entity: grading, handling code, file and row, as cleaned and as received."""
    read = access.read("entity.evidence", {"uid": uid}, (uid,))
    return json_answer(service.evidence(read, service.must(read, uid).rids, _register(access)))


@router.get("/links/{lid}/evidence", **describe("readLinkEvidence", Role.READER, answer=EvidenceAnswer))
def read_link_evidence(access: Reader, lid: Lid) -> Response:
    """The visible records behind a link."""
    read = access.read("link.evidence", {"lid": lid})
    return json_answer(service.evidence(read, service.link_rids(read, lid), _register(access)))


@router.get(
    "/links/{lid}/occurrences", **describe("readLinkOccurrences", Role.READER, answer=OccurrencesAnswer)
)
def read_link_occurrences(
    access: Reader,
    lid: Lid,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    cursor: Annotated[str | None, Query(max_length=100, description="`next` of the page before.")] = None,
) -> Response:
    """The single calls, messages or reads that a link counts, by time, each with its file and row."""
    question = {"lid": lid, "as_at": access.context.as_at}
    offset = access.services.cursors.offset(cursor, access.subject, question)
    read = access.read("link.occurrences", {"lid": lid, "limit": limit})
    link, shown, more = occurrences(read, lid, limit, offset)
    last = access.services.cursors.make(offset + limit, access.subject, question) if more else None
    marking = Shaper(read.view).marking(link.labels)
    return json_answer({"occurrences": [body(one) for one in shown], "next": last, "marking": marking})


@router.get("/entities/{uid}/neighbours", **describe("readNeighbours", Role.READER, answer=NeighboursAnswer))
def read_neighbours(
    access: Reader,
    uid: Uid,
    query: Expand,
    limit: Annotated[int, Query(ge=1, le=INLINE, description="Entities and links together.")] = 500,
) -> Response:
    """Everything within some hops, nearest first."""
    read = access.read("entity.neighbours", {"uid": uid, "hops": query.hops, "limit": limit}, (uid,))
    return json_answer(service.neighbours(read, uid, _with_limit(query, limit), access.services.fragments))


@router.get(
    "/entities/{uid}/neighbours/export",
    **describe("exportNeighbours", Role.READER, media={NDJSON: "string"}),
)
def export_neighbours(
    access: Reader,
    uid: Uid,
    query: Expand,
    limit: Annotated[int, Query(ge=1, le=MAX_ELEMENTS)] = MAX_ELEMENTS,
) -> Response:
    """The same as a stream, one entity or link a line; the last line has ``end`` and says whether it is whole."""
    read = access.read("entity.export", {"uid": uid, "hops": query.hops, "limit": limit}, (uid,))
    found = service.around(read, uid, _with_limit(query, limit))
    return StreamingResponse(service.lines(read, found), media_type=NDJSON)
