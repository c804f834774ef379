"""The embedded store: tables in the ledger's SQLite file. See ``graphcore.store.port`` for what it promises."""

import sqlite3
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from graphcore.access.context import AccessContext
from graphcore.access.label import AccessLabel
from graphcore.access.policy import under
from graphcore.access.rules import RuleSet
from graphcore.errors import StoreError
from graphcore.projection.cache import ArrayCache
from graphcore.store.embedded import absorb
from graphcore.store.embedded.connections import Connections, store_error
from graphcore.store.embedded.kept import KeptViews
from graphcore.store.embedded.misfits import misfits
from graphcore.store.embedded.removal import empty, remove_source
from graphcore.store.embedded.rows import entity_states, link_states
from graphcore.store.embedded.search import Vocabulary
from graphcore.store.embedded.statements import LINK_STATES, STATES
from graphcore.store.embedded.tables import TABLES, UPGRADES, VERSION
from graphcore.store.embedded.view import EmbeddedView
from graphcore.store.embedded.visibility import Decisions, json_list, read_labels
from graphcore.store.embedded.writer import add_labels, apply_batch, put_state, raise_version
from graphcore.store.fingerprint import fingerprint
from graphcore.store.port import Deleted, GraphView
from graphcore.store.state import EntityState, GraphBatch, LinkState


class JoinedGraph:
    """The graph inside a transaction that is not its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def applied(self) -> int:
        """Number of the last outbox item applied."""
        return _state(self._connection, "applied") or 0

    def write(self, batch: GraphBatch) -> None:
        """See the port."""
        apply_batch(self._connection, batch)


class EmbeddedStore:
    """A ``GraphStore`` in one SQLite file; usable from many threads and by several processes at once.

    Args:
        path: The file, normally the ledger's; made when it is missing.
        rules: What views are by, whatever their context brings; None: by the context's own.
        cache: Keeps arrays of views; None: one of its own with the usual bounds.
    """

    def __init__(self, path: Path, *, rules: RuleSet | None = None, cache: ArrayCache | None = None) -> None:
        self._connections = Connections(path)
        self._cache = cache or ArrayCache()
        self._kept = KeptViews()
        self._decisions = Decisions(self._connections)
        self._rules = rules
        self._vocabulary = Vocabulary()

    @property
    def name(self) -> str:
        """See the port."""
        return "embedded"

    def prepare(self) -> None:
        """See the port."""
        with self._connections.write() as connection:
            for create in TABLES:
                connection.execute(create)
            held = _state(connection, "tables")
            while held in UPGRADES:
                for change in UPGRADES[held]:
                    connection.execute(change)
                held += 1
                put_state(connection, "tables", held)
            if held is None:
                put_state(connection, "tables", VERSION)
            elif held != VERSION:
                raise StoreError(
                    f"the graph's tables are of version {held}, this program has {VERSION}: use the program that wrote them"
                )

    def applied(self) -> int:
        """See the port."""
        with self._connections.read() as connection:
            return _state(connection, "applied") or 0

    def write(self, batch: GraphBatch) -> None:
        """See the port."""
        try:
            with self._connections.write() as connection:
                apply_batch(connection, batch)
        except UnicodeEncodeError as error:
            raise StoreError("a text holds half a surrogate pair: clean it before it is written") from error

    @contextmanager
    def joined(self, connection: object) -> Generator[JoinedGraph]:
        """The graph inside the transaction of a connection to the same file, which commits it or not.

        Raises:
            StoreError: the connection is to another file, or to none.
        """
        if not isinstance(connection, sqlite3.Connection) or not self._connections.same_file(connection):
            raise StoreError("the ledger is not in the graph's file: bring the graph up to date by itself")
        try:
            yield JoinedGraph(connection)
        except sqlite3.Error as error:
            raise store_error(error) from error

    def clear(self) -> None:
        """See the port."""
        with self._connections.write() as connection:
            empty(connection)
            put_state(connection, "applied", -1)

    def absorb(self, labels: Mapping[int, AccessLabel], progress: Callable[[int], None]) -> None:
        """See the port: the links of series, from the ledger's tables in the same file."""
        with self._connections.write() as connection:
            if not absorb.can_absorb(connection):
                return
            add_labels(connection, labels)
            spans = absorb.begin(connection, labels)
        try:
            for span in spans:
                with self._connections.write() as connection:
                    count = absorb.absorb(connection, span)
                    raise_version(connection)
                progress(count)
        finally:
            with self._connections.write() as connection:
                absorb.end(connection)

    def absorbed(self, lids: Collection[str]) -> set[str]:
        """See the port."""
        find = "SELECT lid FROM graph_link WHERE lid IN (SELECT value FROM json_each(?))"
        with self._connections.read() as connection:
            return {lid for (lid,) in connection.execute(find, (json_list(lids),))}

    def delete_source(self, source: str) -> Deleted:
        """See the port."""
        with self._connections.write() as connection:
            deleted = remove_source(connection, source)
            put_state(connection, "applied", _state(connection, "applied") or 0)
            return deleted

    def fingerprint(self) -> str:
        """See the port."""
        with self._connections.read() as connection:
            return fingerprint(
                entity_states(connection.execute(STATES)),
                link_states(connection.execute(LINK_STATES)),
                read_labels(connection),
            )

    def entity_states(self) -> Iterator[EntityState]:
        """See the port."""
        with self._connections.read() as connection:
            yield from entity_states(connection.execute(STATES))

    def link_states(self) -> Iterator[LinkState]:
        """See the port."""
        with self._connections.read() as connection:
            yield from link_states(connection.execute(LINK_STATES))

    def misfits(self) -> Iterator[str]:
        """See the port."""
        with self._connections.read() as connection:
            yield from misfits(connection)

    def view(self, context: AccessContext) -> GraphView:
        """See the port."""
        reader = under(self._rules, context)
        visibility = self._decisions.of(reader)
        return EmbeddedView(
            self._connections, reader, visibility, self._vocabulary, (self._cache, self._kept)
        )

    def close(self) -> None:
        """See the port."""
        self._connections.close()


def _state(connection: sqlite3.Connection, name: str) -> int | None:
    row = connection.execute("SELECT value FROM graph_state WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None
