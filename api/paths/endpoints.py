"""What joins two entities."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from analytics.paths.business import BusinessPathQuery
from api.answers import json_answer
from api.auth.model import Role
from api.openapi import Tag, describe
from api.paths import service
from api.paths.schemas import BusinessPathsAnswer, PathsAnswer
from api.reading import Reader
from api.schemas import UidQuery
from graphcore.schema import LinkType
from graphcore.store.query import MAX_LINKS_IN_PATH, MAX_PATHS, PathQuery

router = APIRouter(prefix="/v1", tags=[Tag.PATHS])


@router.get("/paths", **describe("findPaths", Role.READER, answer=PathsAnswer))
def find_paths(
    access: Reader,
    source: UidQuery,
    target: UidQuery,
    k: Annotated[int, Query(ge=1, le=MAX_PATHS, description="Paths wanted.")] = 1,
    max_links: Annotated[int, Query(ge=1, le=MAX_LINKS_IN_PATH)] = 8,
    link_type: Annotated[list[LinkType] | None, Query(max_length=40)] = None,
) -> Response:
    """The k shortest paths, links walked either way. Links that join everybody are left out unless they are named."""
    types = frozenset(kind.value for kind in link_type) if link_type else None
    with access.heavy():
        read = access.read("path.find", {"source": source, "target": target, "k": k}, (source, target))
        return json_answer(service.shortest(read, source, target, PathQuery(k, max_links, types)))


@router.get("/business-links", **describe("findBusinessLinks", Role.READER, answer=BusinessPathsAnswer))
def find_business_links(
    access: Reader,
    source: UidQuery,
    target: UidQuery,
    k: Annotated[int, Query(ge=1, le=MAX_PATHS, description="Paths wanted.")] = 5,
    hub_limit: Annotated[
        int | None, Query(ge=1, le=10_000, description="What joins more than so many is not run through.")
    ] = None,
) -> Response:
    """How two people or businesses are joined in business: ownership, control, shared address, phone, account."""
    query = BusinessPathQuery(k=k) if hub_limit is None else BusinessPathQuery(k=k, hub_limit=hub_limit)
    with access.heavy():
        read = access.read("path.business", {"source": source, "target": target, "k": k}, (source, target))
        return json_answer(service.business(read, source, target, query))
