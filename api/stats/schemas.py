"""Shapes of counts."""

from pydantic import BaseModel


class StatsAnswer(BaseModel):
    """How much the reader sees."""

    entities: int
    links: int
    by_type: dict[str, int]
    links_by_type: dict[str, int]


class HealthAnswer(BaseModel):
    """Nothing of the data: only that the server answers."""

    status: str
