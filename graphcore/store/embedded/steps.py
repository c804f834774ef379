"""The embedded store's ``fetch``: visible steps out of some entities, a few statements a batch."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from graphcore.model.times import TimeSpan, iso_utc
from graphcore.store.embedded.kept import Kept
from graphcore.store.embedded.statements import FIRST_STEPS, STEPS, VISIBLE
from graphcore.store.embedded.visibility import Parameters, json_list, json_list_or_null
from graphcore.store.query import Direction
from graphcore.store.walk import Step

_WAYS = {
    Direction.OUT: (Direction.OUT,),
    Direction.IN: (Direction.IN,),
    Direction.BOTH: (Direction.OUT, Direction.IN),
}


@dataclass(frozen=True, slots=True)
class StepFilter:
    """Which steps a question lets through, beside what the view lets through."""

    direction: Direction = Direction.BOTH
    link_types: frozenset[str] | None = None
    entity_types: frozenset[str] | None = None
    avoid_types: frozenset[str] = frozenset()
    ends: tuple[str, ...] = ()
    during: TimeSpan | None = None

    def parameters(self) -> Parameters:
        """As parameters of the step statements."""
        since = self.during.start if self.during else None
        until = self.during.end if self.during else None
        return {
            "link_types": json_list_or_null(self.link_types),
            "types": json_list_or_null(self.entity_types),
            "avoid": json_list_or_null(self.avoid_types or None),
            "ends": json_list(self.ends),
            "since": iso_utc(since) if since else None,
            "until": iso_utc(until) if until else None,
        }


@dataclass(slots=True)
class StepFetch:
    """A ``Fetch`` on one read transaction; what its view has read of this state before is not read again."""

    connection: sqlite3.Connection
    kept: Kept
    filter: StepFilter

    def starts(self, uids: Sequence[str]) -> list[str]:
        """The visible ones of ``uids``, each once: where a walk may start."""
        numbers = self.kept.numbers
        unknown = [uid for uid in uids if uid not in numbers]
        if unknown:
            numbers.update(
                self.connection.execute(
                    VISIBLE, {**self.kept.parameters, "uids": json_list(unknown)}
                ).fetchall()
            )
        return sorted({uid for uid in uids if uid in numbers})

    def __call__(self, uids: Sequence[str], per_entity: int | None) -> Mapping[str, Sequence[Step]]:
        """See :class:`graphcore.store.walk.Fetch`."""
        found: dict[str, Sequence[Step]] = {}
        unknown: list[str] = []
        for uid in uids:
            held = self.kept.steps(self.filter, uid, per_entity)
            if held is None:
                unknown.append(uid)
            else:
                found[uid] = held
        if unknown:
            for uid, steps in self._read(unknown, per_entity).items():
                self.kept.keep_steps(self.filter, uid, per_entity, steps)
                found[uid] = steps
        return found

    def _read(self, uids: Sequence[str], per_entity: int | None) -> Mapping[str, Sequence[Step]]:
        numbers = self.kept.numbers
        by_eid = {numbers[uid]: uid for uid in uids}
        parameters = {
            **self.kept.parameters,
            **self.filter.parameters(),
            "frontier": json_list(by_eid),
            "most": per_entity,
        }
        found: dict[int, list[Step]] = {eid: [] for eid in by_eid}
        ways = _WAYS[self.filter.direction]
        statements = STEPS if per_entity is None else FIRST_STEPS
        for way in ways:
            parameters["loops_out"] = int(way is Direction.IN and len(ways) > 1)
            for start, lid, eid, uid in self.connection.execute(statements[way], parameters):
                numbers[uid] = eid
                found[start].append(Step(lid, uid))
        for steps in found.values():
            steps.sort(key=itemgetter(0))
        return {by_eid[start]: steps[:per_entity] for start, steps in found.items()}
