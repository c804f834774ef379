"""The ownership part of a chain: owners up, interests down, rings, and owners that no record names, drawn all the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.business.collect import OWNERSHIP, Draft
from analytics.business.interests import Network, interests_in, interests_of, network_of
from analytics.business.model import UNSTATED, ChainLink, ChainNode, Control, Interest, Role, Share
from analytics.business.rings import shortest_ring
from graphcore.model import Link, Neighbourhood
from graphcore.store.query import Direction

OWNED_TYPES = frozenset({"Business", "Organisation"})
UNKNOWN_OWNER = "UNKNOWN_OWNER"
MAX_ROOTS = 20
CHAIN_LIMIT = 1_000
_WHOLE = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Ownership:
    """Interests found and the rings of owners. ``roots``: the businesses whose owners were looked for."""

    owners: tuple[Interest, ...]
    interests: tuple[Interest, ...]
    cycles: tuple[tuple[str, ...], ...]
    roots: tuple[str, ...]


def add_ownership(draft: Draft) -> Ownership:
    """Read and draw owners and interests of the draft's subject."""
    pool, subject = draft.pool, draft.subject
    down = pool.chain(subject, Direction.OUT, CHAIN_LIMIT)
    _draw(draft, down, subject, Role.INTEREST, sign=-1)
    roots = _roots(draft, down)
    ups = [(root, pool.chain(root, Direction.IN, CHAIN_LIMIT)) for root in roots]
    for root, up in ups:
        _draw(draft, up, root, Role.OWNER, sign=1)
    every = {link.lid: link for part in (down, *(up for _, up in ups)) for link in part.links}
    network = network_of(link for link in every.values() if link.type in OWNERSHIP and pool.current(link))
    for root, up in ups:
        _unknown_owners(draft, network, up, root)
    interests, cycles = interests_of(network, subject)
    owners: list[Interest] = []
    for root in roots:
        found, more = interests_in(network, root)
        owners += [interest for interest in found if interest.owner != subject]
        cycles = (*cycles, *more)
    successors = {owner: sorted(held) for owner, held in network.down.items()}
    rings = tuple(sorted({shortest_ring(cycle, successors) for cycle in cycles}))
    _note_rings(draft, rings)
    return Ownership(tuple(owners), interests, rings, roots)


def _roots(draft: Draft, down: Neighbourhood) -> tuple[str, ...]:
    """The subject itself if it can be owned; else the businesses it holds or is an officer of."""
    pool, subject = draft.pool, draft.subject
    if pool.type_of(subject) in OWNED_TYPES:
        return (subject,)
    held = {
        e.uid for e, hop in zip(down.entities, down.hops, strict=True) if hop == 1 and e.type in OWNED_TYPES
    }
    for link in pool.expand([subject], ["OFFICER_OF"], Direction.OUT):
        held.add(link.target)
        draft.draw(link.target, Role.INTEREST if pool.current(link) else Role.FORMER, -1)
    return tuple(sorted(draft.nearest(held, MAX_ROOTS, "businesses of the subject")))


def _draw(draft: Draft, found: Neighbourhood, start: str, role: Role, *, sign: int) -> None:
    """Draw a chain: who is reached over current links gets the role, who is left over was there before."""
    pool = draft.pool
    current = [link for link in found.links if pool.current(link)]
    reached = _reached(start, current, upward=sign > 0)
    base = draft.levels.get(start, 0)
    for entity, hop in zip(found.entities, found.hops, strict=True):
        if entity.uid != start:
            draft.draw(entity.uid, role if entity.uid in reached else Role.FORMER, base + sign * hop)
    for link in found.links:
        draft.draw_link(link)


def _reached(start: str, links: Iterable[Link], *, upward: bool) -> set[str]:
    steps: dict[str, set[str]] = {}
    for link in links:
        here, there = (link.target, link.source) if upward else (link.source, link.target)
        steps.setdefault(here, set()).add(there)
    seen, frontier = {start}, [start]
    while frontier:
        new = steps.get(frontier.pop(), set()) - seen
        seen |= new
        frontier += sorted(new)
    return seen


def _unknown_owners(draft: Draft, network: Network, up: Neighbourhood, root: str) -> None:
    edge = (
        max(up.hops, default=0) if up.truncated else None
    )  # at the cut nothing is known of owners further up
    drawn = {node.uid for node, _ in draft.placeholders}
    for entity, hop in zip(up.entities, up.hops, strict=True):
        if entity.type == "Unknown":
            draft.gap(
                "owner not identified",
                entity.uid,
                f"{entity.caption}: the records name an owner but do not identify it",
            )
        if entity.type not in OWNED_TYPES or hop == edge or f"unknown:{entity.uid}" in drawn:
            continue
        if entity.uid == root or Role.OWNER in draft.roles[entity.uid]:
            _account_for(draft, network, entity.uid, entity.caption)


def _account_for(draft: Draft, network: Network, uid: str, caption: str) -> None:
    """Draw an unknown owner for what the known ones cannot hold together."""
    held = list(network.up.get(uid, {}).values())
    if not held:
        rest, text = UNSTATED, f"{caption}: no current owner or person with significant control is recorded"
    elif (most := sum(h.share.high for h in held)) < _WHOLE:
        lows = [h.share.low for h in held]
        least = sum(lows) if all(h.direct for h in held) else max(lows)
        rest = Share(round(1 - most, 12), round(1 - least, 12))
        text = f"{caption}: {rest.text()} of the shares are held by owners that no record names"
    else:
        return
    level = draft.levels.get(uid, 0) + 1
    node = ChainNode(f"unknown:{uid}", "Unknown", "Owner not known", (Role.UNKNOWN_OWNER,), level)
    control = Control.POSSIBLE if rest.high > 0.5 else Control.NONE
    link = ChainLink(
        node.uid, UNKNOWN_OWNER, "unknown owner of", node.uid, uid, current=True, share=rest, control=control
    )  # fmt: skip
    draft.placeholders.append((node, link))
    draft.gap("owner unknown", uid, text)


def _note_rings(draft: Draft, rings: tuple[tuple[str, ...], ...]) -> None:
    for ring in rings:
        names = " > ".join(draft.pool.entities[uid].caption for uid in (*ring, ring[0]))
        draft.gap(
            "ring of owners",
            ring[0],
            f"{names}: owners in a ring; who is behind it is not told by these shares",
        )
