"""The store port: what every graph store can do. Two backends implement it; one contract suite holds both to it.

Reading is possible only through ``store.view(access_context)``. A view decides once which access labels its context may
see and puts their numbers, and the as-at time, into the backend's own query. An assertion is visible if its label is
allowed and, with ``as_at``, its ``known_at`` is not later; that of a link also only if each item that it joins has a
visible assertion. An entity is visible if one of its assertions is, a link likewise. Entities and links are built from
their visible assertions alone.
Unknown and hidden ids get the same answer: None, or nothing.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from graphcore.access.context import AccessContext
from graphcore.access.label import AccessLabel
from graphcore.model.graph import Counts, Entity, Link, Neighbourhood, Path
from graphcore.projection.arrays import GraphArrays
from graphcore.store.query import ChainQuery, ExpandQuery, ExportQuery, PathQuery, SearchQuery
from graphcore.store.state import EntityState, GraphBatch, LinkState


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One answer of a search: the entity and its likeness to the question, 0 to 100."""

    entity: Entity
    score: float


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Hits in order; ``total`` counts all visible matches (``complete`` is False where counting stopped at a bound)."""

    hits: tuple[SearchHit, ...]
    total: int
    complete: bool = True


@dataclass(frozen=True, slots=True)
class PathAnswer:
    """Paths in order of (length, uids); ``truncated``: the budget ran out before the search was complete."""

    paths: tuple[Path, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a deletion took away."""

    assertions: int
    entities: int
    links: int


class GraphView(Protocol):
    """All reading. Cheap to make, one a request; holds no more than its context and the allowed label numbers."""

    @property
    def context(self) -> AccessContext:
        """The context this view was made for."""
        ...

    @property
    def labels(self) -> Mapping[int, AccessLabel]:
        """The allowed labels by number (a banner is the highest marking among those of what is shown)."""
        ...

    def entity(self, uid: str) -> Entity | None:
        """One entity, None where it does not exist for this context."""
        ...

    def entities(self, uids: Sequence[str]) -> tuple[Entity, ...]:
        """The visible ones of ``uids``, each once, ascending by uid."""
        ...

    def link(self, lid: str) -> Link | None:
        """One link, None where it does not exist for this context."""
        ...

    def search(self, query: SearchQuery) -> SearchPage:
        """Full-text search; query syntax of the backend in ``text`` is plain text."""
        ...

    def expand(self, uids: Sequence[str], query: ExpandQuery) -> Neighbourhood:
        """The neighbourhood of the visible ones of ``uids``: empty where none is."""
        ...

    def paths(self, source: str, target: str, query: PathQuery) -> PathAnswer:
        """The ``k`` shortest loopless paths between two entities; none where either is hidden or they are apart."""
        ...

    def chain(self, uid: str, query: ChainQuery) -> Neighbourhood:
        """Everything reached from ``uid`` along ownership and control; ``hops`` is the depth; cycles are walked once."""
        ...

    def export(self, query: ExportQuery) -> GraphArrays:
        """The view as arrays for engines: entities ascending by uid, links ascending by lid."""
        ...

    def counts(self) -> Counts:
        """How many entities and links this context sees."""
        ...

    def iter_entities(self, entity_type: str | None = None) -> Iterator[Entity]:
        """All visible entities ascending by uid, in bounded memory."""
        ...

    def entity_states(self) -> Iterator[EntityState]:
        """All visible entities ascending by uid, each with its visible assertions alone, in bounded memory."""
        ...

    def link_states(self) -> Iterator[LinkState]:
        """All visible links ascending by lid, each with its visible assertions alone; holds no more than their keys."""
        ...


class GraphStore(Protocol):
    """One graph store. Writing is for the projection; reading is through :meth:`view`."""

    @property
    def name(self) -> str:
        """``embedded`` or ``neo4j``."""
        ...

    def prepare(self) -> None:
        """Create tables, constraints and indexes where they are missing; can be called again."""
        ...

    def applied(self) -> int:
        """Number of the last outbox item in the graph; 0 for an empty store; -1 while a rebuild is under way."""
        ...

    def write(self, batch: GraphBatch) -> None:
        """Apply one batch in one transaction; applying it again changes nothing.

        Raises:
            StoreUnavailableError: the server does not answer; nothing was written.
            StoreError: the batch is against the rules above; nothing was written.
        """
        ...

    def clear(self) -> None:
        """Empty the store and put ``applied`` to -1: the start of a rebuild."""
        ...

    def absorb(self, labels: Mapping[int, AccessLabel], progress: Callable[[int], None]) -> None:
        """During a rebuild, behind the entities and before any link: bring in links without the projection's pages.

        For a store beside the ledger in one file; any other does nothing. ``labels`` are the ledger's by number;
        ``progress`` is told how many links came in, step by step.
        """
        ...

    def absorbed(self, lids: Collection[str]) -> set[str]:
        """Those of some links that :meth:`absorb` has brought in: the rest is for the pages."""
        ...

    def delete_source(self, source: str) -> Deleted:
        """Remove every assertion of one source, and what then has none left."""
        ...

    def fingerprint(self) -> str:
        """Hash of everything in the store but ``known_at`` and ``seq``: equal for equal graphs on any backend.

        Defined in ``graphcore.store.fingerprint``; tells no content.
        """
        ...

    def entity_states(self) -> Iterator[EntityState]:
        """Every state ascending by uid, as it is held; for the comparison with the ledger, never for people."""
        ...

    def link_states(self) -> Iterator[LinkState]:
        """Every state ascending by lid, as it is held; for the comparison with the ledger, never for people."""
        ...

    def misfits(self) -> Iterator[str]:
        """What the backend keeps beside its states (to filter, to search, to measure) and does not fit them, a line each."""
        ...

    def view(self, context: AccessContext) -> GraphView:
        """The only way to read.

        Raises:
            AccessDeniedError: the context has no subject or no purpose.
        """
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...
