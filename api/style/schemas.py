"""Shapes of the looks of types."""

from pydantic import BaseModel


class ItemLook(BaseModel):
    """Look of an entity type; its mark is at /v1/symbols/{type}."""

    label: str
    colour: str


class LinkLook(BaseModel):
    """Look of a link type."""

    label: str
    colour: str


class LineLook(BaseModel):
    """Dashes of a line strength; empty is solid."""

    label: str
    dash: list[int]
    colour: str


class StyleAnswer(BaseModel):
    """The looks of types and lines, the same as on printed charts."""

    items: dict[str, ItemLook]
    links: dict[str, LinkLook]
    lines: dict[str, LineLook]
    inferred: LineLook
