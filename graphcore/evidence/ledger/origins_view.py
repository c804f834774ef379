"""Origins as one access context may read them, and the same context narrowed to what all readers of a tier may see."""

from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from itertools import groupby
from operator import itemgetter
from typing import Protocol, Self

from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, select

from graphcore.access.label import AccessLabel
from graphcore.access.needs import Needs, NeedsOf, tiers
from graphcore.evidence.ledger.dialect import items_of, key_list, numbers_of
from graphcore.evidence.ledger.held import merged
from graphcore.evidence.ledger.holdings import label_now
from graphcore.evidence.ledger.tables import origin, record
from graphcore.evidence.ledger.values import OriginPlace, OriginRecords, OriginView

PAGE = 2_000
_Wanted = Select[str, str, str, str, int, str]
_first = record.alias("first")
_SAID: _Wanted = select(
    origin.c.origin_id,
    origin.c.uid,
    origin.c.source,
    origin.c.reference,
    origin.c.first_seq,
    record.c.properties,
).order_by(origin.c.origin_id, record.c.seq)
_SAID_BY = {
    "id": _SAID.join_from(origin, record, record.c.owner == origin.c.origin_id).where(
        origin.c.origin_id.in_(items_of("keys"))
    ),
    "number": _SAID.join_from(_first, origin, origin.c.origin_id == _first.c.owner)
    .join(record, record.c.owner == origin.c.origin_id)
    .where(_first.c.seq.in_(numbers_of("keys"))),
}


class Reading(Protocol):
    """Where a view reads."""

    def reading(self) -> AbstractContextManager[Connection]:
        """One snapshot."""
        ...


class Pinned:
    """One transaction under way, for reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """The transaction itself, which goes on."""
        yield self._connection


class OriginsView:
    """The part of :class:`EvidenceView` that identity reads."""

    _database: Reading
    _labels: Mapping[int, AccessLabel]
    _unlabelled: bool
    _needs_of: NeedsOf
    _held: bool
    # by readable labels; shared by the views made of this one
    _made: dict[tuple[str, tuple[int, ...]], _Wanted]

    def _visible(self, said: FromClause) -> ColumnElement[bool]:
        """Condition on a record, or an alias of it."""
        raise NotImplementedError

    def _spoken_of(self, item: FromClause) -> ColumnElement[bool]:
        """Condition on an origin, or an alias of it."""
        raise NotImplementedError

    def inside(self, connection: Connection) -> Self:
        """The same view of what a transaction under way sees, its own writing among it."""
        view = copy(self)
        view._database = Pinned(connection)  # noqa: SLF001 -- a view of the same class
        return view

    def tiers(self) -> tuple[Needs, ...]:
        """What the labels in use that may be seen demand of readers: each once, the least demanding first."""
        return tuple(tiers(self._labels, self._needs_of))

    def needs(self, label: AccessLabel) -> Needs:
        """What a label demands of readers."""
        return self._needs_of(label)

    def narrowed(self, needs: Needs) -> Self:
        """The view of the records that all who meet ``needs`` may see."""
        view = copy(self)
        allowed = {number: label for number, label in self._labels.items() if self.needs(label) <= needs}
        view._labels, view._unlabelled = allowed, False  # noqa: SLF001 -- a view of the same class
        return view

    def demanded(self) -> tuple[Needs, dict[str, frozenset[Needs]]]:
        """What most visible records of entities demand, and of the origins with other records all that those demand.

        Two passes over the records; where all demand the same, none.
        """
        found = self.tiers()
        if len(found) <= 1:
            return next(iter(found), self.needs(AccessLabel())), {}
        mine = (record.c.kind == "entity", self._visible(record))
        number = label_now(record, held=self._held).label("number")
        with self._database.reading() as connection:
            counts = connection.execute(select(number, func.count()).where(*mine).group_by(number))
            most = self.needs(
                self._labels[max(counts, key=lambda row: (row[1], -row[0]), default=(min(self._labels),))[0]]
            )
            others = select(record.c.owner, number).where(*mine).distinct()
            said: dict[str, set[Needs]] = {}
            for owner, label in connection.execute(others):
                said.setdefault(owner, set()).add(self.needs(self._labels[label]))
        return most, {owner: frozenset(demands) for owner, demands in said.items() if demands != {most}}

    def origins(self, uid: str) -> tuple[OriginView, ...]:
        """The members of an entity that a visible record speaks of, in the order in which those arrived."""
        wanted = (
            select(origin.c.origin_id, origin.c.source, origin.c.entity_type, origin.c.reference)
            .join_from(origin, record, record.c.owner == origin.c.origin_id)
            .where(origin.c.uid == uid, self._visible(record))
            .group_by(origin.c.origin_id, origin.c.source, origin.c.entity_type, origin.c.reference)
            .order_by(func.min(record.c.seq))
        )
        with self._database.reading() as connection:
            return tuple(OriginView(*row) for row in connection.execute(wanted))

    def uid_of(self, entity_type: str | None, reference: str, source: str | None = None) -> tuple[str, ...]:
        """Entities that a source calls ``reference`` in a visible record, ascending.

        Args:
            entity_type: Only items of this type; None: of any.
            reference: The source's own reference, exactly.
            source: Only items of this source; None: of any.
        """
        wanted = select(origin.c.uid).where(origin.c.reference == reference, self._spoken_of(origin))
        if entity_type is not None:
            wanted = wanted.where(origin.c.entity_type == entity_type)
        if source is not None:
            wanted = wanted.where(origin.c.source == source)
        with self._database.reading() as connection:
            return tuple(connection.scalars(wanted.distinct().order_by(origin.c.uid)))

    def iter_origins(self, entity_type: str) -> Iterator[OriginRecords]:
        """Every origin of a type that a visible record speaks of, ascending by id, in bounded memory.

        Each page of answers is a snapshot of its own.
        """
        last = ""
        while keys := self._origin_page(entity_type, last):
            yield from self._origin_records("id", keys)
            last = keys[-1]

    def iter_places(self, entity_type: str) -> Iterator[OriginPlace]:
        """Where the origins of :meth:`iter_origins` are, in the same order, without what is said of them."""
        last = ""
        placed = select(origin.c.origin_id, origin.c.uid, origin.c.first_seq).order_by(origin.c.origin_id)
        of_type = placed.where(origin.c.entity_type == entity_type, self._spoken_of(origin)).limit(PAGE)
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(of_type.where(origin.c.origin_id > last)).all()
            yield from (OriginPlace(*row) for row in rows)
            if len(rows) < PAGE:
                return
            last = rows[-1][0]

    def origin_records(self, origin_ids: Collection[str]) -> Iterator[OriginRecords]:
        """Those of some origins that a visible record speaks of, ascending by id."""
        keys = sorted(origin_ids)
        for start in range(0, len(keys), PAGE):
            yield from self._origin_records("id", keys[start : start + PAGE])

    def numbered_records(self, numbers: Collection[int]) -> Iterator[OriginRecords]:
        """As :meth:`origin_records`, of origins by the numbers of their first records; ascending by id in each page."""
        keys = sorted(numbers)
        for start in range(0, len(keys), PAGE):
            yield from self._origin_records("number", keys[start : start + PAGE])

    def _origin_page(self, entity_type: str, after: str) -> list[str]:
        wanted = select(origin.c.origin_id).where(
            origin.c.entity_type == entity_type, origin.c.origin_id > after
        )
        with self._database.reading() as connection:
            return [*connection.scalars(wanted.order_by(origin.c.origin_id).limit(PAGE))]

    def _origin_records(self, by: str, keys: list[str] | list[int]) -> list[OriginRecords]:
        with self._database.reading() as connection:
            rows = connection.execute(self._said(by), {"keys": key_list(keys)}).all()
        groups = (tuple(group) for _, group in groupby(rows, key=itemgetter(0)))
        return [OriginRecords(*group[0][:5], merged(row[5] for row in group)) for group in groups]

    def _said(self, by: str) -> _Wanted:
        """The statement of :meth:`_origin_records`: to make it takes as long as to run it for a few records."""
        known = by, tuple(self._labels)
        if known not in self._made:
            self._made[known] = _SAID_BY[by].where(self._visible(record))
        return self._made[known]
