"""Neighbours for the shared walks, filtered in the server by the view and by the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphcore.model.times import TimeSpan, iso_utc
from graphcore.store.neo4j.connection import Connection
from graphcore.store.query import Direction
from graphcore.store.walk import Step

ALL: Final = 2**31


@dataclass(frozen=True, slots=True)
class StepFilter:
    """What the question lets through: ``avoid`` leaves out entities of these types other than ``ends``."""

    direction: Direction = Direction.BOTH
    link_types: frozenset[str] | None = None
    entity_types: frozenset[str] | None = None
    avoid: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    during: TimeSpan | None = None

    def params(self) -> dict[str, Any]:
        """This filter as parameters of ``read/steps``."""
        during = self.during or TimeSpan()
        return {
            "outward": self.direction is not Direction.IN,
            "inward": self.direction is not Direction.OUT,
            "link_types": sorted_or_none(self.link_types),
            "entity_types": sorted_or_none(self.entity_types),
            "avoid": sorted(self.avoid),
            "ends": sorted(self.ends),
            "since": iso_utc(during.start) if during.start else None,
            "until": iso_utc(during.end) if during.end else None,
        }


class StepFetch:
    """A :class:`graphcore.store.walk.Fetch`; remembers where each link lies, so that it can be read at once."""

    def __init__(self, connection: Connection, view: Mapping[str, Any], question: StepFilter) -> None:
        self.elements: dict[str, str] = {}
        self._connection = connection
        self._params: dict[str, Any] = {**view, **question.params()}

    def __call__(self, uids: Sequence[str], per_entity: int | None) -> Mapping[str, Sequence[Step]]:
        """For each of ``uids`` its first ``per_entity`` steps (None: all) ascending by lid."""
        most = ALL if per_entity is None else per_entity
        rows = self._connection.read("read/steps", uids=list(uids), per_entity=most, **self._params)
        found: dict[str, list[Step]] = {}
        for row in rows:
            found[row["uid"]] = sorted(Step(lid, far) for lid, far, _ in row["steps"])
            self.elements.update((lid, element) for lid, _, element in row["steps"])
        return found


def sorted_or_none(types: frozenset[str] | None) -> list[str] | None:
    """Type names as a parameter; None means every type."""
    return None if types is None else sorted(types)
