"""How types look, from the one table that printed charts use too. Nothing of the data."""

from fastapi import APIRouter
from starlette.responses import Response

from analytics.reports.style import LineStyle, load_style
from analytics.reports.svg import picture, symbol
from api.answers import json_answer
from api.documents import MEDIA
from api.openapi import ANYONE, Tag, describe
from api.reading import Anyone
from api.style.schemas import StyleAnswer
from graphcore.schema import EntityType

router = APIRouter(prefix="/v1", tags=[Tag.CHARTS])
_SIDE = 64.0
_KEEP = {"Cache-Control": "private, max-age=3600"}


@router.get("/style", **describe("readStyle", ANYONE, answer=StyleAnswer))
def read_style(access: Anyone) -> Response:
    """Labels and colours of entity and link types, dashes of lines."""
    del access
    style = load_style()
    return json_answer(
        {
            "items": {
                name: {"label": look.label, "colour": look.colour} for name, look in style.items.items()
            },
            "links": {
                name: {"label": look.label, "colour": look.colour} for name, look in style.links.items()
            },
            "lines": {name: _line(look) for name, look in style.lines.items()},
            "inferred": _line(style.inferred),
        },
        headers=_KEEP,
    )


@router.get("/symbols/{type}", **describe("readSymbol", ANYONE, media={MEDIA["svg"]: "string"}))
def read_symbol(access: Anyone, type: EntityType) -> Response:  # noqa: A002  the field's word
    """The mark of an entity type as a picture."""
    del access
    look = load_style().items[type.value]
    drawn = picture(_SIDE, _SIDE, look.label, [symbol(look)], origin=(-_SIDE / 2, -_SIDE / 2))
    return Response(drawn, headers=_KEEP, media_type=MEDIA["svg"])


def _line(look: LineStyle) -> dict[str, object]:
    return {"label": look.label, "dash": look.dash, "colour": look.colour}
