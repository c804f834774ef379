"""What a chain's businesses and people use and with whom: officers, addresses, phones, accounts, franchise, supply, staff.

Things that very many use are named with their number and not followed (``discounted``).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from analytics.business.collect import PER_ENTITY, Draft
from analytics.business.model import Appointment, Role, SharedThing
from analytics.paths.joins import ACTORS, HUB_LIMIT, THINGS, USE
from graphcore.model import Link
from graphcore.store.query import Direction

FRANCHISE = frozenset({"FRANCHISE_OF"})
SUPPLY = frozenset({"SUPPLIES", "PARTNER_OF"})
_FRANCHISE_ROUNDS = 3
_OTHERS_SHOWN = 20
_STAFF_SHOWN = 100


def add_franchise(draft: Draft, businesses: Collection[str]) -> tuple[str, ...]:
    """Draw the franchise network around the businesses, three links far; lids ascending."""
    found: dict[str, Link] = {}
    frontier = set(businesses)
    seen = set(businesses)
    for _ in range(_FRANCHISE_ROUNDS):
        links = draft.pool.expand(frontier, FRANCHISE) if frontier else []
        found |= {link.lid: link for link in links}
        ends = {uid for link in links for uid in (link.source, link.target)}
        frontier, seen = ends - seen, seen | ends
    return _draw_all(draft, found.values(), Role.FRANCHISE)


def add_supply(draft: Draft, businesses: Collection[str]) -> tuple[str, ...]:
    """Draw suppliers, customers and partners; lids ascending."""
    return _draw_all(draft, draft.pool.expand(businesses, SUPPLY), Role.SUPPLY)


def add_workforce(draft: Draft, businesses: Collection[str]) -> tuple[str, ...]:
    """Draw the first hundred employment links; lids ascending."""
    links = draft.pool.expand(businesses, ["EMPLOYS"], Direction.OUT)
    if len(links) > _STAFF_SHOWN:
        draft.gap("limit", draft.subject, f"{len(links) - _STAFF_SHOWN} employment links are not drawn")
    return _draw_all(draft, links[:_STAFF_SHOWN], Role.WORKFORCE)


def add_officers(draft: Draft, businesses: Collection[str]) -> tuple[Appointment, ...]:
    """Draw the officers of the businesses and count what else each of them is an officer of."""
    pool = draft.pool
    links = pool.expand(businesses, ["OFFICER_OF"], Direction.IN)
    counts: dict[str, set[str]] = defaultdict(set)
    for link in pool.expand({link.source for link in links}, ["OFFICER_OF"], Direction.OUT):
        counts[link.source].add(link.target)
    _draw_all(draft, links, Role.OFFICER)
    for uid in {link.source for link in links}:
        draft.draw(uid, Role.OFFICER)
        if len(counts[uid]) > HUB_LIMIT:
            caption = pool.entities[uid].caption
            text = f"{caption}: officer of {_counted(len(counts[uid]))} businesses; such appointments say little about who is behind"
            draft.gap("many appointments", uid, text)
    made = [
        Appointment(
            link.source, link.target, "; ".join(str(role) for role in link.properties.get("role", ())),
            pool.current(link), link.lid, len(counts[link.source]),
        )
        for link in links
    ]  # fmt: skip
    return tuple(sorted(made, key=lambda a: (a.business, not a.current, a.person, a.lid)))


def _counted(number: int) -> str:
    return f"{number} or more" if number >= PER_ENTITY else str(number)


def add_shared(draft: Draft, businesses: Collection[str], people: Collection[str]) -> tuple[SharedThing, ...]:
    """Draw what the businesses use, and what the people use together with a business or with others.

    Returns:
        By (kind, weight descending, uid).
    """
    pool = draft.pool
    members = set(businesses) | set(people)
    own = [
        link
        for link in pool.expand(members, USE)
        if pool.type_of(link.target) in THINGS and link.source in members
    ]
    things = {link.target for link in own}
    by_thing: dict[str, list[Link]] = defaultdict(list)
    for link in pool.expand(things, USE, Direction.IN):
        if link.target in things and pool.type_of(link.source) in ACTORS:
            by_thing[link.target].append(link)
    found = [_shared(draft, thing, by_thing[thing], members) for thing in sorted(things)]
    kept = [s for s in found if s.joins > 1 or set(s.members) & set(businesses)]
    for shared in kept:
        _draw_shared(draft, shared)
    return tuple(sorted(kept, key=lambda s: (s.kind, -s.weight, s.uid)))


def _shared(draft: Draft, thing: str, links: list[Link], members: set[str]) -> SharedThing:
    users = {link.source for link in links}
    discounted = len(users) > HUB_LIMIT
    others = () if discounted else tuple(sorted(users - members)[:_OTHERS_SHOWN])
    shown = (users & members) | set(others)
    return SharedThing(
        uid=thing, kind=THINGS[draft.pool.type_of(thing)], members=tuple(sorted(users & members)), others=others,
        joins=len(users), weight=1 / max(1, len(users) - 1), discounted=discounted,
        lids=tuple(sorted(link.lid for link in links if link.source in shown)),
    )  # fmt: skip


def _draw_shared(draft: Draft, shared: SharedThing) -> None:
    draft.draw(shared.uid, Role.SHARED)
    _draw_all(draft, (draft.pool.links[lid] for lid in shared.lids), Role.NEIGHBOUR)
    if shared.discounted:
        caption = draft.pool.entities[shared.uid].caption
        text = f"{caption}: used by {_counted(shared.joins)} others; sharing it says next to nothing, and it was not followed"
        draft.gap("widely shared", shared.uid, text)


def _draw_all(draft: Draft, links: Iterable[Link], role: Role) -> tuple[str, ...]:
    lids: list[str] = []
    for link in links:
        draft.draw_link(link, role)
        lids.append(link.lid)
    return tuple(sorted(lids))
