"""Shapes of kept outputs."""

from pydantic import BaseModel


class OutputBody(BaseModel):
    """A chart or report that was kept."""

    name: str
    title: str
    kind: str
    subject: str | None
    marking: str
    made_at: str


class OutputList(BaseModel):
    """Outputs by name."""

    outputs: list[OutputBody]
