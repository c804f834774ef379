"""The part of the ledger that identity writes and reads: judgements, and which entity an origin is in."""

from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection

from graphcore.access.needs import NeedsOf
from graphcore.evidence.ledger import decisions, moves
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.deciding import Deciding
from graphcore.evidence.ledger.values import OriginPlace
from graphcore.identity.judgement import Judgement
from graphcore.model.ids import IdMaker


class Judged:
    """The part of :class:`Ledger` that identity uses."""

    _database: Database
    _ids: IdMaker
    _needs_of: NeedsOf

    def _now(self) -> str:
        """The ledger's clock, ISO UTC."""
        raise NotImplementedError

    @contextmanager
    def deciding(self) -> Generator[Deciding]:
        """The only writer until the block ends: read, decide and write; all of it is kept, or nothing."""
        with self._database.writing() as connection:
            yield Deciding(connection, self._ids, self._now(), self._needs_of)

    @property
    def ids(self) -> IdMaker:
        """What makes the ids of this ledger."""
        return self._ids

    def decide_inside(self, connection: Connection) -> Deciding:
        """A decision in a writing transaction that is under way."""
        return Deciding(connection, self._ids, self._now(), self._needs_of)

    @contextmanager
    def looking(self) -> Generator[Deciding]:
        """As :meth:`deciding`, on one snapshot and for reading alone."""
        with self._database.reading() as connection:
            yield Deciding(connection, self._ids, self._now(), self._needs_of)

    def judge(self, judgements: Sequence[Judgement], changes: Mapping[str, str] | None = None) -> None:
        """Keep judgements; ``changes`` (as in :meth:`recluster`) that follow from them go into the same transaction.

        Raises:
            UnknownKeyError: an origin is not in the ledger; nothing is written.
        """
        with self._database.writing() as connection:
            decisions.write_judgements(connection, judgements)
            moves.recluster(connection, self._ids, changes or {})

    def undo(
        self, decision_id: str, changes: Mapping[str, str] | None = None, *, undone_by: str = ""
    ) -> None:
        """Take back a decision with all its judgements, and with it the ``changes`` that then follow.

        Raises:
            UnknownKeyError: there is no such decision.
            LedgerError: the decision is not reversible.
        """
        with self._database.writing() as connection:
            decisions.write_undo(connection, decision_id, undone_by, self._now())
            moves.recluster(connection, self._ids, changes or {})

    def judgements(self, *, with_undone: bool = False) -> tuple[Judgement, ...]:
        """The judgements that stand, by time and id of their decision, then by pair."""
        with self._database.reading() as connection:
            return decisions.read_judgements(connection, with_undone=with_undone)

    def clusters(self, origin_ids: Collection[str]) -> list[OriginPlace]:
        """All members of the entities that some origins are in, by uid, then in order of arrival.

        The canonical id of a cluster is the origin of its member that came first.
        """
        with self._database.reading() as connection:
            return moves.clusters(connection, [*origin_ids])

    def recluster(self, changes: Mapping[str, str]) -> int:
        """Put origins (keys) into entities (values, origin ids too) and re-key their links: all or nothing.

        Returns:
            The number of origins that moved.

        Raises:
            UnknownKeyError: an origin is not in the ledger.
        """
        with self._database.writing() as connection:
            return moves.recluster(connection, self._ids, changes)
