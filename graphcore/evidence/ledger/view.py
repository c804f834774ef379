"""The evidence as one access context may read it: filtered in SQL by allowed labels, as-at time and withdrawal.

An entity record is visible by itself. A link record is visible only while both its ends are: otherwise its text would
tell of an entity that the reader may not know of. Hidden and unknown ids get the same answer: nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import orjson
from sqlalchemy import ColumnElement, FromClause, RowMapping, and_, or_, select

from graphcore.access.context import AccessContext
from graphcore.access.label import AccessLabel
from graphcore.access.policy import allowed_labels
from graphcore.evidence.grading import Grading, GradingScheme
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.labels import read_labels
from graphcore.evidence.ledger.places import is_withdrawn
from graphcore.evidence.ledger.states import properties
from graphcore.evidence.ledger.tables import link_origin, origin, record
from graphcore.evidence.ledger.values import OriginRecords, OriginView, RecordView
from graphcore.model.graph import Value
from graphcore.model.times import TimeSpan, iso_utc, parse_iso_utc

PAGE = 2_000


class EvidenceView:
    """Reading for people. Cheap to make, one a request."""

    def __init__(self, database: Database, context: AccessContext) -> None:
        """See :meth:`Ledger.view`."""
        self._database = database
        with database.reading() as connection:
            labels = read_labels(connection)
        self._labels: Mapping[int, AccessLabel] = {
            number: labels[number] for number in allowed_labels(labels, context)
        }
        self._as_at = iso_utc(context.as_at) if context.as_at else None

    def records(self, rids: Sequence[str]) -> tuple[RecordView, ...]:
        """The visible ones of ``rids``, each once, in order of arrival."""
        wanted = (
            select(record)
            .where(record.c.rid.in_(items_of("keys")), self._visible(record))
            .where(or_(record.c.kind == "entity", self._joins_visible()))
            .order_by(record.c.seq)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted, {"keys": key_list([*rids])}).mappings().all()
        return tuple(self._record(row) for row in rows)

    def origins(self, uid: str) -> tuple[OriginView, ...]:
        """The members of an entity that a visible record speaks of, in order of arrival."""
        wanted = (
            select(origin.c.origin_id, origin.c.source, origin.c.entity_type, origin.c.reference)
            .where(origin.c.uid == uid, self._spoken_of(origin))
            .order_by(origin.c.first_seq)
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
            yield from self._origin_records(keys)
            last = keys[-1]

    def _origin_page(self, entity_type: str, after: str) -> list[str]:
        wanted = select(origin.c.origin_id).where(
            origin.c.entity_type == entity_type, origin.c.origin_id > after
        )
        with self._database.reading() as connection:
            return [*connection.scalars(wanted.order_by(origin.c.origin_id).limit(PAGE))]

    def _origin_records(self, keys: list[str]) -> list[OriginRecords]:
        named = (origin.c.origin_id, origin.c.uid, origin.c.source, origin.c.reference, origin.c.first_seq)
        wanted = (
            select(*named, record.c.properties)
            .join_from(origin, record, record.c.owner == origin.c.origin_id)
            .where(origin.c.origin_id.in_(items_of("keys")), self._visible(record))
            .order_by(origin.c.origin_id, record.c.seq)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted, {"keys": key_list(keys)}).all()
        groups = (tuple(group) for _, group in groupby(rows, key=itemgetter(0)))
        return [OriginRecords(*group[0][:5], merged(row[5] for row in group)) for group in groups]

    def _visible(self, said: FromClause) -> ColumnElement[bool]:
        allowed = and_(said.c.label.in_([*self._labels]), ~is_withdrawn(said))
        return allowed if self._as_at is None else and_(allowed, said.c.known_at <= self._as_at)

    def _spoken_of(self, item: FromClause) -> ColumnElement[bool]:
        said = record.alias()
        return select(said.c.seq).where(said.c.owner == item.c.origin_id, self._visible(said)).exists()

    def _joins_visible(self) -> ColumnElement[bool]:
        ends = origin.alias(), origin.alias()
        joined = (
            select(link_origin.c.id)
            .join_from(link_origin, ends[0], ends[0].c.origin_id == link_origin.c.source_origin)
            .join(ends[1], ends[1].c.origin_id == link_origin.c.target_origin)
            .where(link_origin.c.id == record.c.owner)
        )
        for end in ends:
            member = origin.alias()
            joined = joined.where(
                select(member.c.origin_id).where(member.c.uid == end.c.uid, self._spoken_of(member)).exists()
            )
        return joined.exists()

    def _record(self, row: RowMapping) -> RecordView:
        scheme = row["grading_scheme"]
        grade = row["grading_source"] or "", row["grading_intelligence"] or ""
        same = ("rid", "seq", "kind", "type", "source", "reference", "file", "row", "batch")
        return RecordView(
            **{name: row[name] for name in same},
            original=orjson.loads(row["original"]),
            properties=properties(row["properties"]),
            grading=Grading(GradingScheme(scheme), *grade) if scheme else None,
            label=self._labels[row["label"]],
            valid=TimeSpan(
                *(parse_iso_utc(row[end]) if row[end] else None for end in ("valid_from", "valid_to"))
            ),
            known_at=parse_iso_utc(row["known_at"]),
        )


def merged(raws: Iterable[str]) -> Mapping[str, tuple[Value, ...]]:
    """Distinct values of several records' properties, those of the first record first."""
    found: dict[str, dict[tuple[type, Value], Value]] = {}
    for raw in raws:
        for name, values in properties(raw).items():
            found.setdefault(name, {}).update({(type(value), value): value for value in values})
    return {name: tuple(values.values()) for name, values in found.items()}
