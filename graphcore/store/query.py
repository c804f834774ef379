"""Questions that a view answers. Every one has limits; an answer that met a limit says so."""

from dataclasses import dataclass
from enum import StrEnum

from graphcore.model.times import TimeSpan

MAX_LINKS_IN_PATH = 12
MAX_PATHS = 100
MAX_HOPS = 6
MAX_ELEMENTS = 50_000


class Direction(StrEnum):
    """Which way links are walked, seen from the start."""

    OUT = "out"
    IN = "in"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Full-text search over captions and the schema's search properties of visible records.

    All words must match (word prefixes count); with ``fuzzy`` a word of 4-7 letters may be one edit away and a longer one
    two. Answers are ranked by likeness to the whole text (rapidfuzz, 0-100, descending), then uid.

    ``synonyms``: phrases of the text, folded, each with further phrases that may stand in its place, whole words side by
    side. What matches through a synonym alone is ranked by the text with that synonym in it, at nine tenths.
    """

    text: str
    types: frozenset[str] | None = None
    fuzzy: bool = True
    limit: int = 20
    offset: int = 0
    synonyms: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ExpandQuery:
    """Neighbours of some entities, breadth first, nearest first.

    ``during`` keeps links whose valid time may overlap it. ``limit`` bounds entities plus links in the answer;
    ``per_entity`` bounds the links taken from any one entity (hubs), in order of lid.
    """

    hops: int = 1
    direction: Direction = Direction.BOTH
    link_types: frozenset[str] | None = None
    entity_types: frozenset[str] | None = None
    during: TimeSpan | None = None
    limit: int = 500
    per_entity: int = 1_000


@dataclass(frozen=True, slots=True)
class PathQuery:
    """Shortest paths, links walked either way. ``k`` paths at most, loopless, by (length, uids in order).

    ``avoid_types``: entity types that a path may end at but not run through (areas and officers join everybody).
    ``node_budget``: entities looked at before giving up; the answer then says ``truncated``.
    """

    k: int = 1
    max_links: int = 8
    link_types: frozenset[str] | None = None
    avoid_types: frozenset[str] = frozenset()
    during: TimeSpan | None = None
    node_budget: int = 200_000


@dataclass(frozen=True, slots=True)
class ChainQuery:
    """Ownership and control from one entity: ``Direction.IN`` climbs to owners, ``Direction.OUT`` goes down."""

    direction: Direction
    link_types: frozenset[str] = frozenset({"PSC_OF", "OWNS", "CONTROLS"})
    max_depth: int = 12
    during: TimeSpan | None = None
    limit: int = 5_000


@dataclass(frozen=True, slots=True)
class ExportQuery:
    """Which part of the view goes into arrays; None means every type. Links keep both ends inside."""

    entity_types: frozenset[str] | None = None
    link_types: frozenset[str] | None = None

    @property
    def key(self) -> tuple[frozenset[str] | None, frozenset[str] | None]:
        """Equal for equal questions, whatever sets they were asked with."""
        given = (self.entity_types, self.link_types)
        first, second = (None if types is None else frozenset(types) for types in given)
        return first, second
