"""What the projection asks of a ledger: changes in their order, and what the changed things are now; its proof. Not for people."""

from collections.abc import Collection, Iterator, Sequence

from graphcore.access.label import AccessLabel
from graphcore.evidence.ledger import outbox, states
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.labels import read_labels
from graphcore.evidence.ledger.outbox import Page
from graphcore.evidence.ledger.proof import Proof
from graphcore.evidence.ledger.values import OutboxItem
from graphcore.model.ids import IdMaker
from graphcore.store.state import EntityState, LinkState

PAGE = 5_000


class Projected:
    """The part of :class:`Ledger` that stores follow, and are held against."""

    _database: Database
    _ids: IdMaker

    @property
    def proof(self) -> Proof:
        """The ledger held against itself: hashes, ids and places computed again."""
        return Proof(self._database, self._ids)

    def labels(self) -> dict[int, AccessLabel]:
        """Every access label in use, by number."""
        with self._database.reading() as connection:
            return read_labels(connection)

    def last_outbox(self) -> int:
        """Number of the newest outbox item; 0 for an empty ledger."""
        with self._database.reading() as connection:
            return outbox.last_number(connection)

    def outbox(self, after: int, limit: int) -> Sequence[OutboxItem]:
        """The next ``limit`` changes behind number ``after``, ascending."""
        with self._database.reading() as connection:
            return outbox.items(connection, after, limit)

    def page(self, after: int, limit: int) -> Page | None:
        """The next changes with what the changed things are now, read in one snapshot; None where there are none."""
        with self._database.reading() as connection:
            return outbox.page(connection, after, limit)

    def states_since(self, start: int, uids: Collection[str], lids: Collection[str]) -> Page:
        """States for a rebuild that began at outbox number ``start``, read in one snapshot."""
        with self._database.reading() as connection:
            return outbox.states_since(connection, start, uids, lids)

    def entity_states(self, uids: Collection[str]) -> list[EntityState]:
        """Whole current states ascending by uid; a uid that is not in the answer is gone."""
        with self._database.reading() as connection:
            return states.entity_states(connection, uids)

    def link_states(self, lids: Collection[str]) -> list[LinkState]:
        """Whole current states ascending by lid; a lid that is not in the answer is gone."""
        with self._database.reading() as connection:
            return states.link_states(connection, lids)

    def all_uids(self) -> Iterator[str]:
        """Every entity id, ascending (some may have no state)."""
        last = ""
        while uids := self.uid_page(last, PAGE):
            yield from uids
            last = uids[-1]

    def all_lids(self) -> Iterator[str]:
        """Every link id, ascending (some may have no state)."""
        last = ""
        while lids := self.lid_page(last, PAGE):
            yield from lids
            last = lids[-1]

    def uid_page(self, after: str, limit: int) -> list[str]:
        """The next entity ids behind ``after``, ascending."""
        with self._database.reading() as connection:
            return outbox.uid_page(connection, after, limit)

    def lid_page(self, after: str, limit: int) -> list[str]:
        """The next link ids behind ``after``, ascending."""
        with self._database.reading() as connection:
            return outbox.lid_page(connection, after, limit)

    def count_keys(self) -> int:
        """An upper bound of the entities and links together, for progress."""
        with self._database.reading() as connection:
            return outbox.count_keys(connection)
