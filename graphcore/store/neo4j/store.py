"""The Neo4j backend of the store port: a projection that people can also open in Neo4j Browser."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from cypher import schema_statements
from graphcore.access.context import AccessContext
from graphcore.access.filter import EVERYTHING, Filter
from graphcore.access.forms import cypher_rules
from graphcore.access.label import AccessLabel
from graphcore.access.policy import readable, require_purpose, under
from graphcore.access.rules import RuleSet
from graphcore.errors import StoreError
from graphcore.projection.cache import ArrayCache
from graphcore.store.codec import check_batch
from graphcore.store.fingerprint import fingerprint
from graphcore.store.neo4j.connection import Connection, Neo4jSettings, Writing
from graphcore.store.neo4j.stored import SHAPE, label_of
from graphcore.store.neo4j.upkeep import entity_states, link_states, remove_source
from graphcore.store.neo4j.view import Neo4jView
from graphcore.store.neo4j.writer import apply_batch
from graphcore.store.port import Deleted
from graphcore.store.state import EntityState, GraphBatch, LinkState

REBUILDING: Final = -1


class Neo4jStore:
    """A :class:`graphcore.store.port.GraphStore` on a Neo4j server. Opens no connection before it is used.

    Args:
        settings: Where the server is.
        rules: What views are by, whatever their context brings; None: by the context's own.
        cache: Keeps arrays of views; None: one of its own with the usual bounds.
    """

    def __init__(
        self, settings: Neo4jSettings, *, rules: RuleSet | None = None, cache: ArrayCache | None = None
    ) -> None:
        self._connection = Connection(settings)
        self._cache = cache or ArrayCache()
        self._rules = rules

    @property
    def name(self) -> str:
        """``neo4j``."""
        return "neo4j"

    def prepare(self) -> None:
        """Check the server's version, then create constraints and indexes where they are missing.

        Raises:
            StoreUnavailableError: no server answers within seven seconds.
            StoreError: it is too old, has no such database, refuses the password, or holds a published graph.
        """
        self._connection.check()
        _refuse_publication(self._connection.read("upkeep/publication"))
        self._connection.run_schema(schema_statements())
        self._connection.run_alone("upkeep/outgrown", shape=SHAPE)

    def applied(self) -> int:
        """Number of the last outbox item in the graph; 0 for an empty store; -1 while a rebuild is under way."""
        rows = self._connection.read("read/applied")
        return int(rows[0]["applied"]) if rows else 0

    def write(self, batch: GraphBatch) -> None:
        """Apply one batch in one transaction; applying it again changes nothing."""
        check_batch(batch)

        def work(writing: Writing) -> None:
            _refuse_publication(writing.run("upkeep/publication"))
            apply_batch(writing, batch)

        self._connection.write(work)

    def clear(self) -> None:
        """Put ``applied`` to -1, then empty the store in steps; a crash between leaves the -1."""
        self._connection.write(_note_rebuild)
        self._connection.run_alone("upkeep/clear")

    def absorb(self, labels: Mapping[int, AccessLabel], progress: Callable[[int], None]) -> None:
        """See the port: there is no ledger on the server."""

    def absorbed(self, lids: Collection[str]) -> set[str]:
        """See the port."""
        del lids
        return set()

    def delete_source(self, source: str) -> Deleted:
        """Remove every assertion of one source, and what then has none left.

        Works in steps of 5,000; after a crash the same call finishes the work.
        """
        return remove_source(self._connection, source)

    def fingerprint(self) -> str:
        """Hash of everything in the store but ``known_at`` and ``seq``."""
        return fingerprint(entity_states(self._connection), link_states(self._connection), self._labels())

    def entity_states(self) -> Iterator[EntityState]:
        """Every state ascending by uid."""
        return iter(entity_states(self._connection))

    def link_states(self) -> Iterator[LinkState]:
        """Every state ascending by lid."""
        return iter(link_states(self._connection))

    def misfits(self) -> Iterator[str]:
        """Nothing that this looks at: labels stand with the assertions, and a rebuild writes the rest anew."""
        return iter(())

    def view(self, context: AccessContext) -> Neo4jView:
        """The only way to read."""
        require_purpose(context)
        reader = under(self._rules, context)
        return Neo4jView(self._connection, self._labels(readable(reader)), reader, self._cache)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _labels(self, filter_: Filter = EVERYTHING) -> dict[int, AccessLabel]:
        rows = self._connection.read("read/labels", rules=cypher_rules(filter_))
        return {int(row["number"]): label_of(row) for row in rows}


def _refuse_publication(rows: Sequence[object]) -> None:
    """Everything in the ledger must never be brought into a graph that others read."""
    if rows:
        raise StoreError(
            "this database holds a graph that was published to an audience: name another one in OCB_NEO4J_URI"
        )


def _note_rebuild(writing: Writing) -> None:
    _refuse_publication(writing.run("upkeep/publication"))
    writing.run("write/applied", applied=REBUILDING, shape=SHAPE)
