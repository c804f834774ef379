"""Entities and links as one viewer sees them: built only from the records that the view lets through."""

from collections.abc import Mapping
from dataclasses import dataclass

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, business, phone, ... : a cluster of records.

    ``properties`` holds every distinct value the visible records give, oldest record first; ``caption`` and ``kind``
    are those of the oldest visible record that gives one. ``rids`` are the visible records, ``labels`` the numbers of
    their access labels (distinct, ascending), ``sources`` the distinct source names (ascending).
    """

    uid: str
    type: str
    kind: str
    caption: str
    properties: Mapping[str, tuple[Value, ...]]
    rids: tuple[str, ...]
    labels: tuple[int, ...]
    sources: tuple[str, ...]
    gradings: tuple[str, ...] = ()

    def first(self, name: str) -> Value | None:
        """The first value of a property, None where no visible record gives one."""
        values = self.properties.get(name, ())
        return values[0] if values else None


@dataclass(frozen=True, slots=True)
class Link:
    """A directed link ``source`` -> ``target`` (entity uids).

    ``valid_from`` and ``valid_to`` are ISO UTC texts: the earliest start and the latest end that visible records give;
    None where any of them leaves it open.
    """

    lid: str
    type: str
    source: str
    target: str
    properties: Mapping[str, tuple[Value, ...]]
    rids: tuple[str, ...]
    labels: tuple[int, ...]
    sources: tuple[str, ...]
    valid_from: str | None = None
    valid_to: str | None = None
    gradings: tuple[str, ...] = ()

    def first(self, name: str) -> Value | None:
        """The first value of a property, None where no visible record gives one."""
        values = self.properties.get(name, ())
        return values[0] if values else None

    def other(self, uid: str) -> str:
        """The far end, seen from ``uid``."""
        return self.target if uid == self.source else self.source


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A sub-graph around some entities. ``truncated``: a limit cut it; there is more.

    Entities are in order of (hop, uid) and include the start; links are in order of lid; both ends of every link are
    in ``entities``. ``hops`` gives each entity's distance from the start, aligned with ``entities``.
    """

    entities: tuple[Entity, ...]
    links: tuple[Link, ...]
    hops: tuple[int, ...]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Path:
    """A loopless path: n entities and the n-1 links that join them (walked in either direction)."""

    entities: tuple[Entity, ...]
    links: tuple[Link, ...]

    @property
    def length(self) -> int:
        """Number of links."""
        return len(self.links)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a view holds; ``by_type`` counts entities by type, ``links_by_type`` links by type (ascending names)."""

    entities: int
    links: int
    by_type: Mapping[str, int]
    links_by_type: Mapping[str, int]
