"""Phoenix hints: a business that ended, and one that looks like it risen again. Indicators, never findings.

A hint needs a successor link, or these together: the later one was incorporated from a year before to two years after the
end of the earlier one; they share an officer or owner; and they share an address, a phone or most words of the name. The end
is the day of dissolution; where the status tells of one but no day is recorded, the last end of an officer's appointment.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from analytics.business.collect import OWNERSHIP, Draft
from analytics.business.model import PhoenixHint, Role
from analytics.paths.joins import HUB_LIMIT
from graphcore.model import Entity, Link, Value
from graphcore.store.query import Direction

Runs = Mapping[str, Mapping[str, list[Link]]]
BEFORE, AFTER = timedelta(days=365), timedelta(days=730)
_RUNNING = frozenset({"OFFICER_OF", *OWNERSHIP})
_SITES = frozenset({"REGISTERED_AT", "TRADES_FROM", "USES_PHONE"})
_ENDING = (
    "liquidation",
    "dissolved",
    "administration",
    "receiver",
    "struck off",
    "closed",
    "insolvency",
    "removed",
)
_FORMS = frozenset({"limited", "ltd", "llp", "plc", "uk", "the", "and", "co", "company"})


def add_phoenix(draft: Draft, businesses: Collection[str]) -> tuple[PhoenixHint, ...]:
    """Look for phoenixes among the businesses and what their officers and owners run or ran; by (earlier, later)."""
    pool = draft.pool
    hints: dict[tuple[str, str], PhoenixHint] = {}
    for link in pool.expand(businesses, ["SUCCESSOR_OF"]):
        hint = PhoenixHint(link.target, link.source, ("recorded as successor",), (link.lid,))
        hints[hint.earlier, hint.later] = hint
        draft.draw_link(link, Role.SUCCESSOR)
    runs = _runs(draft, businesses)
    pairs = _pairs(draft, businesses, runs)
    sites = _sites(draft, {uid for pair in pairs for uid in pair})
    for earlier, later in pairs:
        hint = _compare(draft, earlier, later, runs, sites)
        if hint is not None and (earlier, later) not in hints:
            hints[earlier, later] = hint
            for lid in hint.lids:
                draft.draw_link(pool.links[lid], Role.SUCCESSOR)
    return tuple(hints[pair] for pair in sorted(hints))


def _runs(draft: Draft, businesses: Collection[str]) -> Runs:
    """Business -> who is or was its officer or owner -> the links; people with very many businesses are left out."""
    pool = draft.pool
    people = {link.source for link in pool.expand(businesses, _RUNNING, Direction.IN)}
    by_person: dict[str, list[Link]] = defaultdict(list)
    for link in pool.expand(people, _RUNNING, Direction.OUT):
        if pool.type_of(link.target) == "Business":
            by_person[link.source].append(link)
    runs: dict[str, dict[str, list[Link]]] = defaultdict(lambda: defaultdict(list))
    for person, links in sorted(by_person.items()):
        if len({link.target for link in links}) <= HUB_LIMIT:
            for link in links:
                runs[link.target][person].append(link)
    return runs


def _pairs(draft: Draft, businesses: Collection[str], runs: Runs) -> list[tuple[str, str]]:
    """Pairs with a common officer or owner, one of them in the chain, whose dates fit."""
    together: set[tuple[str, str]] = set()
    by_person: dict[str, set[str]] = defaultdict(set)
    for business, people in runs.items():
        for person in people:
            by_person[person].add(business)
    inside = set(businesses)
    for owned in by_person.values():
        for here in owned & inside:
            together |= {(here, other) for other in owned - {here}} | {
                (other, here) for other in owned - {here}
            }
    entities = draft.pool.entities
    return sorted(
        pair for pair in together if _dates_fit(_end(entities[pair[0]], runs), _began(entities[pair[1]]))
    )


def _dates_fit(ended: date | None, began: date | None) -> bool:
    return ended is not None and began is not None and ended - BEFORE <= began <= ended + AFTER


def _began(business: Entity) -> date | None:
    return _day(business.first("incorporated_on"))


def _end(business: Entity, runs: Runs) -> date | None:
    dissolved = _day(business.first("dissolved_on"))
    statuses = " ".join(str(status).casefold() for status in business.properties.get("status", ()))
    if dissolved is not None or not any(word in statuses for word in _ENDING):
        return dissolved
    links = [
        link for held in runs.get(business.uid, {}).values() for link in held if link.type == "OFFICER_OF"
    ]
    return _day(max((link.valid_to for link in links if link.valid_to), default=None))


def _day(text: Value | None) -> date | None:
    """The earliest day that a partial date or time can mean; None where there is none."""
    parts = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", str(text or "")[:10])
    if parts is None:
        return None
    try:
        return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
    except ValueError:
        return None


def _sites(draft: Draft, businesses: Collection[str]) -> Mapping[str, Mapping[str, Link]]:
    sites: dict[str, dict[str, Link]] = defaultdict(dict)
    for link in draft.pool.expand(businesses, _SITES, Direction.OUT):
        sites[link.source][link.target] = link
    crowd: dict[str, set[str]] = defaultdict(set)
    for link in draft.pool.expand({uid for held in sites.values() for uid in held}, _SITES, Direction.IN):
        crowd[link.target].add(link.source)
    return {
        business: {uid: link for uid, link in held.items() if len(crowd[uid]) <= HUB_LIMIT}
        for business, held in sites.items()
    }


def _compare(
    draft: Draft, earlier: str, later: str, runs: Runs,
    sites: Mapping[str, Mapping[str, Link]],
) -> PhoenixHint | None:  # fmt: skip
    entities = draft.pool.entities
    people = sorted(set(runs.get(earlier, {})) & set(runs.get(later, {})))
    places = sorted(set(sites.get(earlier, {})) & set(sites.get(later, {})))
    alike = _alike(entities[earlier].caption, entities[later].caption)
    if not people or not (places or alike):
        return None
    dates = f"ended {_end(entities[earlier], runs)}, the other began {_began(entities[later])}"
    reasons = [dates, *(f"same officer or owner: {entities[uid].caption}" for uid in people)]
    reasons += [f"same {entities[uid].type.lower()}: {entities[uid].caption}" for uid in places]
    if alike:
        reasons.append("names share most words")
    links = [link for uid in people for business in (earlier, later) for link in runs[business][uid]]
    links += [sites[business][uid] for uid in places for business in (earlier, later)]
    return PhoenixHint(earlier, later, tuple(reasons), tuple(sorted({link.lid for link in links})))


def _alike(one: str, other: str) -> bool:
    left, right = _words(one), _words(other)
    return bool(left and right) and len(left & right) * 2 >= max(len(left), len(right))


def _words(name: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", name.casefold())) - _FORMS
