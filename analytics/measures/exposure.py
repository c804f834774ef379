"""Who stands close to people who are party to a crime, and is no party to one: a question of safeguarding.

An indicator: it counts recorded acquaintance, says nothing of harm, and follows how well people were watched.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analytics.engine.csr import ints
from analytics.errors import MeasureError
from analytics.measures.scope import export_query
from graphcore.projection.arrays import GraphArrays
from graphcore.store.port import GraphView
from graphcore.store.query import ExportQuery

ASSOCIATES = frozenset({"ASSOCIATE_OF"})
FAMILY = frozenset({"FAMILY_OF"})
DIRECT = (ASSOCIATES,)
FRIENDS_OF_FRIENDS = (ASSOCIATES, ASSOCIATES)
FAMILY_FRIENDS = (FAMILY, ASSOCIATES)
# Roles, as sources word them, that do not make a person an offender.
OTHER_ROLES = frozenset({"victim", "witness", "complainant", "aggrieved", "informant", "reporting person"})
_PERSONS = frozenset({"Person"})
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Exposure:
    """``offenders`` (uids, ascending) are within reach of the person by the walk asked for."""

    uid: str
    caption: str
    offenders: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many offenders are within reach."""
        return len(self.offenders)


def associates_of_offenders(
    view: GraphView,
    *,
    walk: Sequence[frozenset[str]] = DIRECT,
    within: bool = True,
    kind: str = "crime",
    top: int = 20,
) -> tuple[Exposure, ...]:
    """People who are party to no crime, by the number of people within reach who are.

    Args:
        view: What the reader may see.
        walk: Link types of each step, walked either way between persons: ``DIRECT``, ``FRIENDS_OF_FRIENDS``,
            ``FAMILY_FRIENDS`` or your own.
        within: True: whoever is met at any step counts. False: only at the last step.
        kind: Kind of event that makes an offender; roles of ``OTHER_ROLES`` do not.
        top: Lines wanted.

    Returns:
        By (count descending, uid); those within reach of nobody are left out.

    Raises:
        ScopeError: a link type that the schema does not know.
        MeasureError: an empty walk.
    """
    if not walk:
        raise MeasureError("the walk has no step: give the link types of at least one")
    arrays = view.export(export_query(_PERSONS, frozenset[str]().union(*walk)))
    offenders = parties_to(view, kind)
    steps = [_neighbours(arrays, types) for types in walk]
    found: list[Exposure] = []
    for at, uid in enumerate(arrays.uids):
        if uid in offenders:
            continue
        near = {arrays.uids[other] for other in _reached(at, steps, within)} & offenders
        if near:
            found.append(Exposure(uid, arrays.captions[at], tuple(sorted(near))))
    return tuple(sorted(found, key=lambda line: (-line.count, line.uid))[:top])


def parties_to(view: GraphView, kind: str) -> set[str]:
    """Persons with a visible PARTY_TO link to an event of this kind, in a role that is not one of ``OTHER_ROLES``."""
    arrays = view.export(ExportQuery(_PERSONS | {"Event"}, frozenset({"PARTY_TO"})))
    events = {arrays.uids[at] for at in ints(arrays.target)}
    of_kind = {
        entity.uid
        for chunk in _chunks(sorted(events))
        for entity in view.entities(chunk)
        if entity.kind == kind
    }
    found: set[str] = set()
    for lid, source, target in zip(arrays.lids, ints(arrays.source), ints(arrays.target), strict=True):
        person = arrays.uids[source]
        if person in found or arrays.uids[target] not in of_kind:
            continue
        link = view.link(lid)
        roles = (
            {str(role).strip().lower() for role in link.properties.get("role", ())} if link else set[str]()
        )
        if not roles or roles - OTHER_ROLES:
            found.add(person)
    return found


def _neighbours(arrays: GraphArrays, types: Iterable[str]) -> Mapping[int, set[int]]:
    wanted = {number for number, name in enumerate(arrays.link_types) if name in set(types)}
    near: dict[int, set[int]] = defaultdict(set)
    columns = (ints(arrays.link_kinds), ints(arrays.source), ints(arrays.target))
    for number, source, target in zip(*columns, strict=True):
        if number in wanted:
            near[source].add(target)
            near[target].add(source)
    return near


def _reached(start: int, steps: Sequence[Mapping[int, set[int]]], within: bool) -> set[int]:
    frontier, met = {start}, set[int]()
    for near in steps:
        frontier = set[int]().union(*(near.get(vertex, set()) for vertex in frontier))
        met = met | frontier if within else frontier
    return met - {start}


def _chunks(uids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (uids[at : at + _CHUNK] for at in range(0, len(uids), _CHUNK))
