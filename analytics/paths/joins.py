"""Which people and businesses stand side by side in business: the graph that business-link paths are walked on.

Two *actors* (persons, businesses, organisations, owners of unknown kind) are joined directly (officer, owner, franchise,
supply, workforce), through a *thing* both use (address, phone, account, ...), or by a payment between their accounts.
At least one of the two is a business: so every path between two persons runs through one. Nothing is unfolded before it
is walked.

**Rule of cost.** A direct link costs 1, a shared thing 2, a payment 3. Running through something that joins d others adds
log2(d - 1): each doubling counts like one more link. What joins more than ``HUB_LIMIT`` others in one way (the address of
a formation agent, a nominee with hundreds of appointments, a bank's own account) is not run through at all and is reported.
The two ends of the path are free: a question about a hub is answered.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

from analytics.engine.csr import Incidence, build_incidence, ints
from graphcore.projection.arrays import GraphArrays
from graphcore.store.query import ExportQuery

HUB_LIMIT = 50
ACTORS = frozenset({"Person", "Business", "Organisation", "Unknown"})
THINGS = {
    "Location": "address", "Phone": "phone", "Account": "account", "OnlineIdentity": "online identity",
    "Vehicle": "vehicle",
}  # fmt: skip
DIRECT = {
    "OFFICER_OF": "officer", "PSC_OF": "ownership", "OWNS": "ownership", "CONTROLS": "ownership",
    "FRANCHISE_OF": "franchise", "SUCCESSOR_OF": "succession", "SUPPLIES": "supply", "PARTNER_OF": "partner",
    "EMPLOYS": "workforce",
}  # fmt: skip
USE = frozenset(
    {
        "LIVES_AT", "REGISTERED_AT", "TRADES_FROM", "USES_PHONE", "HOLDS_ACCOUNT", "USES_IDENTITY", "KEEPER_OF",
        "USES_VEHICLE", "OWNS", "CONTROLS",
    }
)  # fmt: skip
PAYMENT = "PAYS"
EXPORT = ExportQuery(ACTORS | THINGS.keys(), USE | DIRECT.keys() | {PAYMENT})
_BASE = {"direct": 1.0, "thing": 2.0, "payment": 3.0}


@dataclass(frozen=True, slots=True)
class Join:
    """One way in which two actors are joined: its kind in words, its cost, link numbers, vertices in between."""

    kind: str
    cost: float
    edges: tuple[int, ...]
    via: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Hub:
    """An entity that was not run through: it joins ``degree`` others in the way ``kind`` says."""

    uid: str
    caption: str
    kind: str
    degree: int


def weight_of(degree: int) -> float:
    """What running through something that joins ``degree`` others adds to the cost."""
    return math.log2(max(1, degree - 1))


class JoinGraph:
    """Joins between the actors of arrays, unfolded on demand. ``free`` are the ends of the path asked for."""

    def __init__(self, arrays: GraphArrays, free: frozenset[int], hub_limit: int = HUB_LIMIT) -> None:
        self._arrays, self._free, self._limit = arrays, free, hub_limit
        self._incidence: Incidence = build_incidence(arrays)
        self._type = [arrays.entity_types[kind] for kind in ints(arrays.kinds)]
        self._links: dict[int, dict[str, dict[int, list[int]]]] = {}
        self._joins: dict[int, dict[int, tuple[Join, ...]]] = {}
        self.hubs: dict[tuple[int, str], int] = {}

    def neighbours(self, actor: int) -> dict[int, float]:
        """Cheapest join to each actor beside this one."""
        return {other: joins[0].cost for other, joins in self.joins(actor).items()}

    def joins(self, actor: int) -> dict[int, tuple[Join, ...]]:
        """All joins to each actor beside this one, each list by (cost, kind, links)."""
        if actor not in self._joins:
            found: dict[int, list[Join]] = defaultdict(list)
            for kind, near in self._by_kind(actor).items():
                if kind in THINGS.values():
                    self._through_things(actor, kind, near, found)
                elif self._passable(actor, kind, len(near)):
                    self._directly(actor, kind, near, found)
            self._joins[actor] = {
                other: tuple(sorted(joins, key=lambda join: (join.cost, join.kind, join.edges)))
                for other, joins in sorted(found.items())
            }
        return self._joins[actor]

    def hubs_met(self) -> tuple[Hub, ...]:
        """What was not run through so far, by (others joined descending, uid, kind)."""
        hubs = [
            Hub(self._arrays.uids[at], self._arrays.captions[at], kind, n)
            for (at, kind), n in self.hubs.items()
        ]
        return tuple(sorted(hubs, key=lambda hub: (-hub.degree, hub.uid, hub.kind)))

    def _directly(
        self, actor: int, kind: str, near: dict[int, list[int]], found: dict[int, list[Join]]
    ) -> None:
        for other, edges in near.items():
            far = len(self._by_kind(other).get(kind, ()))
            if self._business(actor, other) and self._passable(other, kind, far):
                cost = _BASE["direct"] + self._half(actor, len(near)) + self._half(other, far)
                found[other].append(Join(kind, cost, tuple(edges)))

    def _through_things(
        self, actor: int, kind: str, near: dict[int, list[int]], found: dict[int, list[Join]]
    ) -> None:
        for thing, edges in near.items():
            users = self._by_kind(thing).get("use", {})
            if self._passable(thing, kind, len(users)):
                cost = _BASE["thing"] + weight_of(len(users))
                for other, more in users.items():
                    if other != actor and self._business(actor, other):
                        found[other].append(Join(f"shared {kind}", cost, (*edges, *more), (thing,)))
            self._through_payments(actor, thing, edges, found)

    def _through_payments(
        self, actor: int, account: int, edges: list[int], found: dict[int, list[Join]]
    ) -> None:
        paid = self._by_kind(account).get(PAYMENT, {})
        if not paid or not self._passable(account, "payments", len(paid)):
            return
        for other_account, payments in paid.items():
            far = self._by_kind(other_account)
            if not self._passable(other_account, "payments", len(far.get(PAYMENT, ()))):
                continue
            cost = _BASE["payment"] + (weight_of(len(paid)) + weight_of(len(far[PAYMENT]))) / 2
            for other, more in far.get("use", {}).items():
                if other != actor and self._business(actor, other):
                    via = (account, other_account)
                    found[other].append(Join("payments", cost, (*edges, *payments, *more), via))

    def _by_kind(self, vertex: int) -> dict[str, dict[int, list[int]]]:
        """Kind of join -> far end -> link numbers, for one actor or thing."""
        if vertex not in self._links:
            made: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
            start, stop = int(self._incidence.indptr[vertex]), int(self._incidence.indptr[vertex + 1])
            others, edges = ints(self._incidence.other[start:stop]), ints(self._incidence.edge[start:stop])
            for other, edge in zip(others, edges, strict=True):
                kind = self._kind(vertex, other, edge)
                if kind and other != vertex:
                    made[kind][other].append(edge)
            self._links[vertex] = made
        return self._links[vertex]

    def _kind(self, vertex: int, other: int, edge: int) -> str | None:
        name = self._arrays.link_types[int(self._arrays.link_kinds[edge])]
        if name == PAYMENT:
            return PAYMENT
        here, there = self._type[vertex], self._type[other]
        if here in ACTORS and there in ACTORS:
            return DIRECT.get(name)
        if name not in USE or (here in THINGS and there in THINGS):
            return None
        return THINGS.get(there, "use")

    def _business(self, actor: int, other: int) -> bool:
        return "Business" in (self._type[actor], self._type[other])

    def _half(self, actor: int, degree: int) -> float:
        return 0.0 if actor in self._free else weight_of(degree) / 2

    def _passable(self, vertex: int, kind: str, degree: int) -> bool:
        if degree <= self._limit or vertex in self._free:
            return True
        self.hubs[vertex, kind] = degree
        return False
