"""Who stands out, and who belongs together: computed on what the reader may see."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from analytics.measures import MEASURES
from api.answers import json_answer
from api.auth.model import Role
from api.measures import service
from api.measures.schemas import CommunitiesAnswer, MeasureList, RankAnswer
from api.openapi import ANYONE, Tag, describe
from api.reading import Anyone, Reader
from graphcore.schema import EntityType, LinkType

router = APIRouter(prefix="/v1", tags=[Tag.MEASURES])
MeasureName = Annotated[
    str, Path(max_length=40, json_schema_extra={"enum": list(MEASURES)}, description="Name of a measure.")
]
LinkTypes = Annotated[list[LinkType] | None, Query(max_length=40, description="Only links of these types.")]


@router.get("/measures", **describe("listMeasures", ANYONE, answer=MeasureList))
def list_measures(access: Anyone) -> Response:
    """Every measure: what it says, and what it does not say."""
    del access
    return json_answer(service.measures())


@router.get("/measures/{measure}", **describe("rankEntities", Role.READER, answer=RankAnswer))
def rank_entities(
    access: Reader,
    measure: MeasureName,
    type: Annotated[EntityType | None, Query(description="Only this type and the links within it.")] = None,  # noqa: A002  the field's word
    link_type: LinkTypes = None,
    top: Annotated[int, Query(ge=1, le=1_000)] = 20,
) -> Response:
    """The first entities by a measure."""
    query = {"measure": measure, "type": type, "link_type": link_type, "top": top}
    with access.heavy():
        read = access.read("measure.rank", query)
        links = [kind.value for kind in link_type] if link_type else None
        return json_answer(service.ranking(read, measure, type.value if type else None, links, top))


@router.get("/communities", **describe("findCommunities", Role.READER, answer=CommunitiesAnswer))
def list_communities(
    access: Reader,
    entity_type: Annotated[list[EntityType] | None, Query(max_length=20)] = None,
    link_type: LinkTypes = None,
    resolution: Annotated[float, Query(gt=0, le=100, allow_inf_nan=False)] = 1.0,
    top: Annotated[int, Query(ge=1, le=500)] = 20,
) -> Response:
    """Groups with more links among themselves than chance gives, largest first, and the recorded groups they touch."""
    query = {"entity_type": entity_type, "link_type": link_type, "resolution": resolution}
    with access.heavy():
        read = access.read("measure.communities", query)
        entities = [kind.value for kind in entity_type] if entity_type else None
        links = [kind.value for kind in link_type] if link_type else None
        return json_answer(service.communities(read, entities, links, resolution, top))
