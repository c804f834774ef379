"""Counts of what the reader sees, and whether the server lives."""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.openapi import PUBLIC, Tag, describe
from api.reading import Reader
from api.stats.schemas import HealthAnswer, StatsAnswer

router = APIRouter(prefix="/v1", tags=[Tag.STATS])


@router.get("/stats", **describe("readStats", Role.READER, answer=StatsAnswer))
def read_stats(access: Reader) -> Response:
    """Entities and links that you may see, by type."""
    read = access.read("graph.stats", {})
    counts = read.view.counts()
    read.entry.done(count=counts.entities)
    return json_answer(
        {
            "entities": counts.entities,
            "links": counts.links,
            "by_type": counts.by_type,
            "links_by_type": counts.links_by_type,
        }
    )


@router.get("/health", **describe("readHealth", PUBLIC, answer=HealthAnswer))
async def read_health() -> Response:
    """Answers while the server lives; tells nothing of the data."""
    return json_answer({"status": "ok"})
