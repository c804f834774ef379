"""How a chain touches recorded organised crime groups: each member found, and the shortest walk from the subject to it."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable

from analytics.business.collect import Draft
from analytics.business.model import GroupLink, Role
from graphcore.model import Link
from graphcore.store.query import Direction

SOCIAL = frozenset({"FAMILY_OF", "ASSOCIATE_OF", "CO_OFFENDS_WITH"})
GROUP = "OrganisedCrimeGroup"
_ASSOCIATES_READ = 1_000
_SHOWN = 50


def add_groups(draft: Draft, actors: Collection[str]) -> tuple[GroupLink, ...]:
    """Find group members among the actors of the chain, those they share things with, and one social link further.

    Walks run over links that are drawn, social links and memberships; widely shared things are no way through, since their
    other users are not drawn.

    Returns:
        By (distance, group, via), the first fifty.
    """
    pool = draft.pool
    people = [uid for uid in actors if pool.type_of(uid) == "Person"]
    social = pool.expand(people, SOCIAL)
    near = {uid for link in social for uid in (link.source, link.target)}
    known = set(actors) | set(draft.with_role(Role.NEIGHBOUR, Role.WORKFORCE, Role.SUPPLY))
    asked = [*sorted(known), *draft.nearest(near - known, _ASSOCIATES_READ, "associates")]
    memberships = [
        link
        for link in pool.expand(_members_only(draft, asked), ["MEMBER_OF"], Direction.OUT)
        if _of_group(draft, link)
    ]
    walked = [pool.links[lid] for lid in draft.lids] + social + memberships
    before = _walk(draft.subject, walked)
    found: list[GroupLink] = []
    for link in memberships:
        if link.source in before:
            uids, lids = _way(draft.subject, link.source, before)
            role = "; ".join(str(value) for value in link.properties.get("role", ()))
            found.append(GroupLink(link.target, link.source, role, (*uids, link.target), (*lids, link.lid)))
    if draft.pool.type_of(draft.subject) == GROUP:
        found = [way for way in found if way.group != draft.subject]
    found.sort(key=lambda way: (way.distance, way.group, way.via, way.lids))
    if len(found) > _SHOWN:
        draft.gap("limit", draft.subject, f"{len(found) - _SHOWN} links to group members are not listed")
    for way in found[:_SHOWN]:
        _draw_way(draft, way)
    return tuple(found[:_SHOWN])


def _members_only(draft: Draft, uids: Iterable[str]) -> list[str]:
    return [
        uid for uid in uids if draft.pool.type_of(uid) in {"Person", "Business", "Organisation", "Unknown"}
    ]


def _of_group(draft: Draft, link: Link) -> bool:
    return draft.pool.type_of(link.target) == GROUP


def _walk(start: str, links: Iterable[Link]) -> dict[str, tuple[str, str]]:
    """Entity -> (entity before it, link), breadth first, smallest uid and lid first; no way leads through a group."""
    at: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for link in links:
        if link.type != "MEMBER_OF":
            at[link.source].append((link.target, link.lid))
            at[link.target].append((link.source, link.lid))
    before: dict[str, tuple[str, str]] = {start: ("", "")}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for other, lid in sorted(at[here]):
            if other not in before:
                before[other] = (here, lid)
                queue.append(other)
    return before


def _way(start: str, end: str, before: dict[str, tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    uids, lids = [end], list[str]()
    while uids[-1] != start:
        uid, lid = before[uids[-1]]
        uids.append(uid)
        lids.append(lid)
    return tuple(reversed(uids)), tuple(reversed(lids))


def _draw_way(draft: Draft, way: GroupLink) -> None:
    draft.draw(way.group, Role.GROUP)
    for lid in way.lids:
        draft.draw_link(draft.pool.links[lid], Role.ASSOCIATE)
