"""The one connection to a Neo4j server: limits that hold, and errors in our own words.

Nothing waits longer than its limit: a silent server is given up after about seven seconds, a read after the time its
settings allow. Texts of the server's errors are not passed on, because they may quote values; their codes are.
"""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    Driver,
    GraphDatabase,
    ManagedTransaction,
    Query,
    Record,
    Session,
    unit_of_work,
)
from neo4j.exceptions import (
    AuthError,
    ClientError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from cypher import statement
from graphcore.errors import StoreError, StoreUnavailableError

_LOG = logging.getLogger(__name__)
CONNECT_S: Final = 2.5
RETRY_S: Final = 2.5
FIRST_RETRY_S: Final = 0.1
OLDEST: Final = (5, 26)
TIMED_OUT: Final = "Neo.ClientError.Transaction.TransactionTimedOut"


@dataclass(frozen=True, slots=True)
class Neo4jSettings:
    """Where the server is and how long to wait for it. ``read_timeout_s`` bounds one read in the server."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str = "neo4j"
    read_timeout_s: float = 30.0
    write_timeout_s: float = 600.0


class Connection:
    """Runs named statements. Reads run in READ mode: the server refuses any change there."""

    def __init__(self, settings: Neo4jSettings) -> None:
        self.settings = settings
        self._driver: Driver = GraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType] -- **config of the driver is untyped
            settings.uri,
            auth=(settings.user, settings.password),
            connection_timeout=CONNECT_S,
            # without these two a server that accepts and stays silent holds a caller for a minute
            connection_acquisition_timeout=CONNECT_S,
            max_transaction_retry_time=RETRY_S,
            initial_retry_delay=FIRST_RETRY_S,  # doubled each time, with a fifth of jitter: six tries in RETRY_S
            user_agent="ocb-graph",
            notifications_min_severity="OFF",
        )

    def check(self) -> None:
        """Fail unless a server of a known version answers and takes the password."""
        rows = self.read("read/version")
        version = str(rows[0]["version"]) if rows else "unknown"
        numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
        if numbers < OLDEST:
            raise StoreError(
                f"{self.settings.uri} is Neo4j {version}; 5.26 or newer is needed. Upgrade it, or use the local "
                "server: ocb neo4j install"
            )

    def read(self, name: str, **params: object) -> list[Record]:
        """All rows of a statement, in one read transaction; tried twice where a pooled connection had died."""
        fixed = statement(name)
        fixed.check(params)
        query = Query(fixed.text, timeout=self.settings.read_timeout_s)
        with self._translated(name):
            try:
                return self._read_once(query, params)
            except (ServiceUnavailable, SessionExpired):
                return self._read_once(query, params)

    def _read_once(self, query: Query, params: dict[str, object]) -> list[Record]:
        # a transaction of its own making takes half the round trips of a managed one
        with self._session(READ_ACCESS) as session:
            return list(session.run(query, params))

    def stream(self, name: str, **params: object) -> Generator[Record]:
        """Rows as they come, in bounded memory; ends its transaction when the reader stops."""
        fixed = statement(name)
        fixed.check(params)
        with self._translated(name), self._session(READ_ACCESS) as session:
            yield from session.run(Query(fixed.text, timeout=self.settings.read_timeout_s * 4), params)

    def write(self, work: Callable[["Writing"], None]) -> None:
        """Run one transaction of writing; tried again for ``RETRY_S`` where the server asks for it."""

        @unit_of_work(timeout=self.settings.write_timeout_s)
        def run(transaction: ManagedTransaction) -> None:
            work(Writing(transaction))

        with self._translated("write"), self._session(WRITE_ACCESS) as session:
            session.execute_write(run)

    def run_alone(self, name: str, **params: object) -> None:
        """Run a statement that makes its own transactions."""
        fixed = statement(name)
        fixed.check(params)
        with self._translated(name), self._session(WRITE_ACCESS) as session:
            session.run(fixed.text, params).consume()

    def run_schema(self, texts: tuple[Any, ...]) -> None:
        """Run statements of ``cypher.schema_statements``, then wait until every index is online."""
        with self._translated("schema"), self._session(WRITE_ACCESS) as session:
            for text in texts:
                session.run(text).consume()
            session.run(statement("upkeep/await_indexes").text).consume()

    def close(self) -> None:
        """Close every socket."""
        self._driver.close()

    def _session(self, mode: str) -> Session:
        return self._driver.session(  # pyright: ignore[reportUnknownMemberType] -- as above
            database=self.settings.database, default_access_mode=mode, fetch_size=2_000
        )

    @contextmanager
    def _translated(self, doing: str) -> Generator[None]:
        try:
            yield
        except AuthError as error:
            raise StoreError(
                f"{self.settings.uri} refuses user {self.settings.user!r} ({_code(error)}). Check the user and the password "
                "(OCB_NEO4J_..., for a published graph OCB_PUBLISH_...); the local server's password is in the file that "
                "'ocb neo4j status' names."
            ) from None
        except (ServiceUnavailable, SessionExpired, TransientError) as error:
            _LOG.warning("neo4j unavailable during %s: %s", doing, type(error).__name__)
            raise StoreUnavailableError(
                f"Neo4j at {self.settings.uri} does not answer ({type(error).__name__}). Is it running? "
                "'ocb neo4j start' starts the local one; then try again."
            ) from None
        except ClientError as error:
            raise StoreError(self._refusal(doing, error)) from None
        except (Neo4jError, DriverError) as error:
            raise StoreError(f"Neo4j failed in {doing} ({_code(error)}); see its log.") from None

    def _refusal(self, doing: str, error: ClientError) -> str:
        code = _code(error)
        if code.startswith(TIMED_OUT):
            return (
                f"{doing} took longer than its limit in Neo4j; ask for less (fewer hops, types or results)."
            )
        if code.endswith("DatabaseNotFound"):
            return f"{self.settings.uri} has no database {self.settings.database!r}; check its name."
        return f"Neo4j refused {doing} ({code})."


class Writing:
    """One write transaction under way."""

    def __init__(self, transaction: ManagedTransaction) -> None:
        self._transaction = transaction

    def run(self, name: str, **params: object) -> list[Record]:
        """Run a statement within the transaction."""
        fixed = statement(name)
        fixed.check(params)
        return list(self._transaction.run(fixed.text, params))


def _code(error: BaseException) -> str:
    return str(getattr(error, "code", None) or type(error).__name__)
