"""Who has what in whom over all chains: the arithmetic of ownership and control.

**Economic interest**: along a chain the intervals multiply. Over several chains the upper ends add up, at most to 100 %;
every turn around a ring of owners counts too, as a geometric series, and where a ring's upper ends do not shrink the bound
is 100 %. The lower ends add up only if every link is a direct holding; PSC bands say "directly or indirectly", so that two
chains may state one holding twice: then the largest chain is the lower end.

**Attributed interest**: what the owner and everything under its control hold in the entity. Control needs more than one
half and then passes undiluted; holdings of everything under control count together, under the same rule for lower ends.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analytics.business.model import Control, Interest, Share, ShareChain
from analytics.business.shares import Holding, at_least, holding, majority, product, weakest
from analytics.business.walks import Order, best_products, order_of, walk_sums
from graphcore.model import Link

MAX_CHAINS = 20
_MAX_PARTIAL = 5_000
_PLACES = 12  # 0.1 + 0.2 is 0.3 here
Holdings = Mapping[str, Mapping[str, Holding]]


@dataclass(frozen=True, slots=True)
class Network:
    """Holdings by owner and by owned entity: ``down[owner][owned]`` and ``up[owned][owner]`` are the same values."""

    down: Holdings
    up: Holdings


def network_of(links: Iterable[Link]) -> Network:
    """Ownership and control links as a network of holdings."""
    pairs: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        pairs[link.source, link.target].append(link)
    down: dict[str, dict[str, Holding]] = defaultdict(dict)
    up: dict[str, dict[str, Holding]] = defaultdict(dict)
    for (owner, owned), parallel in sorted(pairs.items()):
        down[owner][owned] = up[owned][owner] = holding(parallel)
    return Network(dict(down), dict(up))


def interests_in(network: Network, owned: str) -> tuple[tuple[Interest, ...], tuple[tuple[str, ...], ...]]:
    """What everybody upstream has in ``owned``, and the rings of owners met.

    Returns:
        Interests by (attributed, economic: upper end descending, owner), and the members of each ring.
    """
    owners = _reach(owned, network.up)
    order = order_of(
        sorted(owners), {node: sorted(set(network.down.get(node, {})) & owners) for node in owners}
    )
    return _interests(network, owned, owners - {owned}, order, upward=True), order.rings


def interests_of(network: Network, owner: str) -> tuple[tuple[Interest, ...], tuple[tuple[str, ...], ...]]:
    """What ``owner`` has in everything downstream, and the rings met; order as in :func:`interests_in`."""
    owned = _reach(owner, network.down)
    order = order_of(sorted(owned), {node: sorted(set(network.up.get(node, {})) & owned) for node in owned})
    return _interests(network, owner, owned - {owner}, order, upward=False), order.rings


def _interests(
    network: Network, goal: str, others: set[str], order: Order, *, upward: bool
) -> tuple[Interest, ...]:
    steps = network.down if upward else network.up  # from a node towards the goal
    inside = others | {goal}
    near = {node: {o: h for o, h in steps.get(node, {}).items() if o in inside} for node in inside}
    lows = {node: {o: h.share.low for o, h in held.items()} for node, held in near.items()}
    highs = {node: {o: h.share.high for o, h in held.items()} for node, held in near.items()}
    all_highs, all_lows = walk_sums(goal, order, highs), walk_sums(goal, order, lows)
    best_lows, direct = best_products(goal, order, lows), _direct_only(order, near)
    reach = {} if upward else {Control.CERTAIN: controlled(network, goal, Control.CERTAIN),
                               Control.POSSIBLE: controlled(network, goal, Control.POSSIBLE)}  # fmt: skip
    found: list[Interest] = []
    for node in sorted(others):
        owner, owned = (node, goal) if upward else (goal, node)
        low = (
            min(1.0, all_lows[node])
            if node in direct and math.isfinite(all_lows[node])
            else best_lows.get(node, 0.0)
        )
        chains, truncated = chains_between(network, owner, owned)
        high = max(low, min(1.0, all_highs[node]))
        economic = Share(
            round(low, _PLACES), round(high, _PLACES), all(chain.economic.stated for chain in chains)
        )
        attributed, control = _attributed(network, owner, owned, reach)
        rule = _rule(len(chains), node in direct, node in order.touching, all_highs[node])
        found.append(
            Interest(
                owner, owned, economic, attributed, control, chains, rule, node in order.touching, truncated
            )
        )
    key = "owner" if upward else "owned"
    return tuple(sorted(found, key=lambda i: (-i.attributed.high, -i.economic.high, getattr(i, key))))


def _reach(start: str, steps: Holdings) -> set[str]:
    seen, frontier = {start}, [start]
    while frontier:
        for other in steps.get(frontier.pop(), {}):
            if other not in seen:
                seen.add(other)
                frontier.append(other)
    return seen


def _direct_only(order: Order, near: Holdings) -> set[str]:
    """Nodes from which every link of every chain to the goal is a direct holding."""
    direct: set[str] = set()
    for part in order.parts:
        members = set(part)
        held = [(other, h) for node in part for other, h in near.get(node, {}).items()]
        if all(h.direct and (other in direct or other in members) for other, h in held):
            direct |= members
    return direct


def controlled(network: Network, owner: str, wanted: Control) -> set[str]:
    """Everything under the owner's control (with ``POSSIBLE``: that may be), itself included: a fixed point.

    What several controlled entities hold in one counts together.
    """
    under = {owner}
    frontier = [owner]
    while frontier:
        for owned in sorted(network.down.get(frontier.pop(), {})):
            if owned not in under and at_least(_control_by(network, under, owned), wanted):
                under.add(owned)
                frontier.append(owned)
    return under


def _control_by(network: Network, owners: set[str], owned: str) -> Control:
    held = [h for owner, h in network.up.get(owned, {}).items() if owner in owners]
    if any(h.control is Control.CERTAIN for h in held):
        return Control.CERTAIN
    together = majority(_together(held), banded=all(h.banded for h in held))
    return together if together is not Control.NONE else _strongest_single(held)


def _strongest_single(held: Sequence[Holding]) -> Control:
    return Control.POSSIBLE if any(h.control is Control.POSSIBLE for h in held) else Control.NONE


def _together(held: Sequence[Holding]) -> Share:
    if not held:
        return Share(0.0, 0.0)
    lows = [h.share.low for h in held]
    low = round(sum(lows), _PLACES) if all(h.direct for h in held) else max(lows)
    high = round(sum(h.share.high for h in held), _PLACES)
    return Share(min(1.0, low), min(1.0, high), all(h.share.stated for h in held))


def _attributed(
    network: Network, owner: str, owned: str, reach: Mapping[Control, set[str]]
) -> tuple[Share, Control]:
    certain = reach.get(Control.CERTAIN) or controlled(network, owner, Control.CERTAIN)
    possible = reach.get(Control.POSSIBLE) or controlled(network, owner, Control.POSSIBLE)
    holders = network.up.get(owned, {})
    sure = _together([h for node, h in holders.items() if node in certain and node != owned])
    maybe = _together([h for node, h in holders.items() if node in possible and node != owned])
    control = Control.CERTAIN if owned in certain else Control.POSSIBLE if owned in possible else Control.NONE
    return Share(sure.low, max(sure.low, maybe.high), maybe.stated), control


def chains_between(network: Network, owner: str, owned: str) -> tuple[tuple[ShareChain, ...], bool]:
    """Chains without repetition from owner down to owned, by (length, uids), the first 20; True if there are more."""
    above = _reach(owned, network.up)
    found: list[ShareChain] = []
    queue: list[tuple[int, tuple[str, ...]]] = [(0, (owner,))]
    looked = 0
    while queue:
        length, path = heapq.heappop(queue)
        looked += 1
        if len(found) == MAX_CHAINS or looked > _MAX_PARTIAL:
            return tuple(found), True
        if path[-1] == owned:
            found.append(_chain(network, path))
            continue
        for other in network.down.get(path[-1], {}):
            if other in above and other not in path:
                heapq.heappush(queue, (length + 1, (*path, other)))
    return tuple(found), False


def _chain(network: Network, path: tuple[str, ...]) -> ShareChain:
    held = [network.down[owner][owned] for owner, owned in pairwise(path)]
    to_last, last = weakest(h.control for h in held[:-1]), held[-1].share
    low = last.low if to_last is Control.CERTAIN else 0.0
    high = last.high if to_last is not Control.NONE else 0.0
    return ShareChain(
        uids=path, lids=tuple(lid for h in held for lid in h.lids), economic=product(h.share for h in held),
        attributed=Share(low, high, last.stated), control=weakest(h.control for h in held),
    )  # fmt: skip


def _rule(chains: int, direct: bool, cyclic: bool, high: float) -> str:
    if chains == 1:
        text = "one chain: intervals multiplied along it"
    elif direct:
        text = f"{chains} chains of direct holdings: added, at most 100 %"
    else:
        text = (
            f"{chains} chains that may state one holding twice (directly or indirectly): lower end is the largest chain, "
            "upper end the sum, at most 100 %"
        )
    if cyclic and math.isfinite(high):
        text += "; a ring of owners lies on the way: every further turn is counted, as a geometric series"
    elif cyclic:
        text += "; a ring of owners lies on the way and may not shrink: bounded by 100 %"
    return text
