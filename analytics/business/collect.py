"""Reading for one business chain: what was read from the view, and what of it is drawn.

``Pool`` only grows and every entity and link in it came through the view. ``Draft`` holds what the finished chain shows;
it is private to this package and becomes a frozen ``BusinessChain`` at the end.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analytics.business.model import ChainLink, ChainNode, Gap, Role
from graphcore.model import Entity, Link, Neighbourhood, TimeSpan, parse_iso_utc
from graphcore.store.port import GraphView
from graphcore.store.query import ChainQuery, Direction, ExpandQuery

OWNERSHIP = frozenset({"PSC_OF", "OWNS", "CONTROLS"})
_CHUNK = 100
_LIMIT = 10_000
PER_ENTITY = 500


@dataclass(slots=True)
class Pool:
    """Everything read so far, each once. ``truncated``: a limit of the view cut something."""

    view: GraphView
    on: datetime | None
    entities: dict[str, Entity] = field(default_factory=dict[str, Entity])
    links: dict[str, Link] = field(default_factory=dict[str, Link])
    truncated: bool = False

    def expand(
        self, uids: Iterable[str], link_types: Collection[str], direction: Direction = Direction.BOTH
    ) -> list[Link]:
        """Links of these types at these entities, by lid; the far ends are read too."""
        wanted = sorted(set(uids))
        query = ExpandQuery(
            hops=1, direction=direction, link_types=frozenset(link_types), limit=_LIMIT, per_entity=PER_ENTITY
        )
        found: dict[str, Link] = {}
        for at in range(0, len(wanted), _CHUNK):
            answer = self.view.expand(wanted[at : at + _CHUNK], query)
            self._take(answer)
            found |= {link.lid: link for link in answer.links}
        return [found[lid] for lid in sorted(found)]

    def chain(self, uid: str, direction: Direction, limit: int) -> Neighbourhood:
        """Ownership and control from one entity, up (IN) or down (OUT), ended links included."""
        answer = self.view.chain(uid, ChainQuery(direction, OWNERSHIP, limit=limit))
        self._take(answer)
        return answer

    def current(self, link: Link) -> bool:
        """True if the link held at ``on`` (or may have); without ``on``: if no record ends it."""
        if self.on is None:
            return link.valid_to is None
        start, end = (
            None if text is None else parse_iso_utc(text) for text in (link.valid_from, link.valid_to)
        )
        if start and end and end < start:
            return False
        return TimeSpan(start, end).overlaps(TimeSpan(self.on, self.on + timedelta(microseconds=1)))

    def type_of(self, uid: str) -> str:
        """Type of an entity read before."""
        return self.entities[uid].type

    def of_type(self, uids: Iterable[str], entity_type: str) -> list[str]:
        """Those of ``uids`` that are of one type, ascending."""
        return sorted({uid for uid in uids if self.type_of(uid) == entity_type})

    def _take(self, answer: Neighbourhood) -> None:
        self.entities |= {entity.uid: entity for entity in answer.entities}
        self.links |= {link.lid: link for link in answer.links}
        self.truncated |= answer.truncated


@dataclass(slots=True)
class Draft:
    """What will be drawn. The first level given to an entity stays; roles add up."""

    pool: Pool
    subject: str
    roles: dict[str, set[Role]] = field(default_factory=lambda: defaultdict(set))
    levels: dict[str, int] = field(default_factory=dict[str, int])
    lids: set[str] = field(default_factory=set[str])
    placeholders: list[tuple[ChainNode, ChainLink]] = field(default_factory=list[tuple[ChainNode, ChainLink]])
    gaps: list[Gap] = field(default_factory=list[Gap])

    def draw(self, uid: str, role: Role, level: int | None = None) -> None:
        """Show an entity in a role."""
        self.roles[uid].add(role)
        if level is not None:
            self.levels.setdefault(uid, level)

    def draw_link(self, link: Link, role: Role | None = None) -> None:
        """Show a link; ends that are not shown yet get ``role``."""
        self.lids.add(link.lid)
        for uid in (link.source, link.target):
            if not self.roles.get(uid):
                self.draw(uid, role or Role.NEIGHBOUR)

    def with_role(self, *roles: Role) -> list[str]:
        """Entities shown in one of these roles, ascending."""
        return sorted(uid for uid, held in self.roles.items() if held & set(roles))

    def gap(self, kind: str, uid: str, text: str) -> None:
        """Note what the records do not say."""
        self.gaps.append(Gap(kind, uid, text))

    def nearest(self, uids: Collection[str], most: int, what: str) -> Sequence[str]:
        """The first ``most`` of ``uids`` by (distance in levels, uid); a gap says how many are left out."""
        ordered = sorted(uids, key=lambda uid: (abs(self.levels.get(uid, 0)), uid))
        if len(ordered) > most:
            self.gap("limit", self.subject, f"{len(ordered) - most} {what} further away were not followed")
        return ordered[:most]
