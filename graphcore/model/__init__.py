"""What a view returns: entities, links, paths and sub-graphs. Frozen values, no I/O, nothing hidden inside."""

from graphcore.model.graph import Counts, Entity, Link, Neighbourhood, Path, Value
from graphcore.model.ids import IdMaker
from graphcore.model.times import TimeSpan, iso_utc, parse_iso_utc

__all__ = [
    "Counts",
    "Entity",
    "IdMaker",
    "Link",
    "Neighbourhood",
    "Path",
    "TimeSpan",
    "Value",
    "iso_utc",
    "parse_iso_utc",
]
