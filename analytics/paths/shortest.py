"""What joins two entities: the shortest paths of a view, in words. The walking itself is the store's.

By default links that join everybody are not walked: which area a place lies in and which officer dealt with an event.
"""

from dataclasses import dataclass, replace

from analytics.errors import SubjectError
from analytics.measures.scope import export_query
from analytics.paths.explain import Step, explain
from graphcore.model import Entity
from graphcore.schema.loader import load_schema
from graphcore.store.port import GraphView
from graphcore.store.query import PathQuery

JOINS_EVERYBODY = frozenset({"LOCATED_IN", "INVESTIGATED_BY"})
NOT_THROUGH = frozenset({"PoliceOfficer"})


@dataclass(frozen=True, slots=True)
class ExplainedPath:
    """One path with its sentences; ``rids`` are the records of all its links, in order of the path."""

    entities: tuple[Entity, ...]
    lids: tuple[str, ...]
    steps: tuple[Step, ...]
    rids: tuple[str, ...]

    @property
    def length(self) -> int:
        """Number of links."""
        return len(self.lids)


@dataclass(frozen=True, slots=True)
class PathsFound:
    """Paths by (length, uids). ``left_out`` names the link types that were not walked; ``truncated``: the search gave up."""

    paths: tuple[ExplainedPath, ...]
    left_out: tuple[str, ...]
    truncated: bool


def shortest_paths(view: GraphView, source: str, target: str, query: PathQuery | None = None) -> PathsFound:
    """The ``query.k`` shortest loopless paths between two entities.

    Args:
        view: What the reader may see.
        source: Uid of one entity.
        target: Uid of the other.
        query: What to walk and how far. Where it names no link types, all but ``JOINS_EVERYBODY`` are walked; where it
            names no entity types to avoid, ``NOT_THROUGH`` are avoided.

    Raises:
        SubjectError: one of the two does not exist for this reader.
        ScopeError: a link type that the schema does not know.
    """
    for uid in (source, target):
        if view.entity(uid) is None:
            raise SubjectError("no such entity: check the id, or search for it again")
    asked = query or PathQuery()
    walked = (
        frozenset(load_schema().links) - JOINS_EVERYBODY if asked.link_types is None else asked.link_types
    )
    checked = export_query(None, walked).link_types
    asked_again = replace(asked, link_types=checked, avoid_types=asked.avoid_types or NOT_THROUGH)
    answer = view.paths(source, target, asked_again)
    paths = tuple(
        ExplainedPath(
            entities=path.entities, lids=tuple(link.lid for link in path.links), steps=explain(path),
            rids=tuple(dict.fromkeys(rid for link in path.links for rid in link.rids)),
        )
        for path in answer.paths
    )  # fmt: skip
    left_out = tuple(sorted(JOINS_EVERYBODY)) if asked.link_types is None else ()
    return PathsFound(paths, left_out, answer.truncated)
