"""Charts and reports that were kept, such as those of the demo."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.documents import MEDIA, document
from api.errors import not_found
from api.openapi import Tag, describe
from api.outputs import service
from api.outputs.schemas import OutputList
from api.reading import Reader

router = APIRouter(prefix="/v1/outputs", tags=[Tag.OUTPUTS])
Name = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9][a-z0-9_.-]{0,90}$", description="Name of an output.", examples=["demo-chart.html"]
    ),
]


@router.get("", **describe("listOutputs", Role.READER, answer=OutputList))
def list_outputs(access: Reader) -> Response:
    """Kept charts and reports whose whole content you may see."""
    read = access.read("output.list", {})
    found = service.listed(access.services.settings.workspace, access.context)
    read.entry.done(count=len(found))
    return json_answer({"outputs": found})


@router.get("/{name}", **describe("readOutput", Role.READER, media=dict.fromkeys(MEDIA.values(), "string")))
def read_output(access: Reader, name: Name) -> Response:
    """One kept chart or report."""
    read = access.read("output.read", {"name": name})
    found = service.find(access.services.settings.workspace, name, access.context)
    if found is None:
        raise not_found()
    output, content = found
    read.entry.done(count=1, shown=[output.subject] if output.subject else [])
    return document(content, service.form_of(output), output.name.rpartition(".")[0])
