"""Breadth first, within limits: neighbourhoods, and ownership chains.

Order of taking: hop by hop, entities of a hop ascending by uid, links of an entity ascending by lid. The first link that
does not fit the limit ends the walk, so an answer depends on nothing but what the context sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from graphcore.store.query import ChainQuery, ExpandQuery
from graphcore.store.walk.step import Fetch, Step

_CHUNK = 64


@dataclass(slots=True)
class Reach:
    """What a walk took: hop by uid, in order of (hop, uid), and the links; ``truncated`` if a limit cut it."""

    hops: dict[str, int] = field(default_factory=dict[str, int])
    lids: set[str] = field(default_factory=set[str])
    truncated: bool = False

    @property
    def size(self) -> int:
        """Entities plus links."""
        return len(self.hops) + len(self.lids)


def expand_reach(starts: Sequence[str], query: ExpandQuery, fetch: Fetch) -> Reach:
    """The neighbourhood of ``starts`` (visible uids); more hops than asked for are not a cut."""
    reach = _start(starts, query.limit)
    for hop in range(query.hops):
        if not _walk_hop(reach, hop, fetch, (query.limit, query.per_entity)):
            break
    return _ordered(reach)


def chain_reach(start: str, query: ChainQuery, fetch: Fetch) -> Reach:
    """Everything reached from ``start``; says ``truncated`` where the chain goes on below ``max_depth``."""
    reach = _start([start], query.limit)
    for hop in range(query.max_depth):
        if not _walk_hop(reach, hop, fetch, (query.limit, query.limit)):
            break
    last = sorted(uid for uid, hop in reach.hops.items() if hop == query.max_depth)
    if last and not reach.truncated:
        reach.truncated = any(
            step.lid not in reach.lids for steps in fetch(last, None).values() for step in steps
        )
    return _ordered(reach)


def _start(starts: Sequence[str], limit: int) -> Reach:
    ordered = sorted(set(starts))
    kept = ordered[: max(limit, 0)]
    return Reach(hops=dict.fromkeys(kept, 0), truncated=len(kept) < len(ordered))


def _walk_hop(reach: Reach, hop: int, fetch: Fetch, limits: tuple[int, int]) -> bool:
    """Walk every entity of one hop; False when there is none or the limit is met."""
    limit, per_entity = limits
    frontier = sorted(uid for uid, at in reach.hops.items() if at == hop)
    # limit + 1 links of one entity always hold one that is not in the answer yet: more need not be fetched
    most = min(per_entity, limit) + 1
    for begin in range(0, len(frontier), _CHUNK):
        chunk = frontier[begin : begin + _CHUNK]
        found = fetch(chunk, most)
        for uid in chunk:
            steps = found.get(uid, ())
            reach.truncated |= len(steps) > per_entity
            if not _take(reach, hop, steps[:per_entity], limit):
                return False
    return bool(frontier)


def _take(reach: Reach, hop: int, steps: Sequence[Step], limit: int) -> bool:
    for step in steps:
        if step.lid in reach.lids:
            continue
        new = step.far not in reach.hops
        if reach.size + 1 + new > limit:
            reach.truncated = True
            return False
        reach.lids.add(step.lid)
        if new:
            reach.hops[step.far] = hop + 1
    return True


def _ordered(reach: Reach) -> Reach:
    reach.hops = dict(sorted(reach.hops.items(), key=lambda item: (item[1], item[0])))
    return reach
