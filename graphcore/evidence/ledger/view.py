"""The evidence as one access context may read it: filtered in SQL by allowed labels, as-at time and withdrawal.

An entity record is visible by itself. A link record is visible only while both its ends are: otherwise its text would
tell of an entity that the reader may not know of. Hidden and unknown ids get the same answer: nothing.
"""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, FromClause, RowMapping, and_, or_, select

from graphcore.access.context import AccessContext
from graphcore.access.label import AccessLabel
from graphcore.access.needs import NeedsOf
from graphcore.access.policy import decide, readable, require_purpose
from graphcore.evidence.grading import Grading, GradingScheme
from graphcore.evidence.ledger import series_view
from graphcore.evidence.ledger.batch_events import Joined, event_times, joined_in
from graphcore.evidence.ledger.batch_view import batch_lines
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.held import Held, held_by
from graphcore.evidence.ledger.holdings import STEP, any_held, label_now
from graphcore.evidence.ledger.identity_view import IdentityView
from graphcore.evidence.ledger.item_records import ItemRecords, item_origins, item_records
from graphcore.evidence.ledger.labels import read_labels
from graphcore.evidence.ledger.origins_view import OriginsView
from graphcore.evidence.ledger.places import is_withdrawn
from graphcore.evidence.ledger.refused_view import (
    UNLABELLED,
    corrections_of,
    open_reasons,
    open_rows,
    visible_row,
)
from graphcore.evidence.ledger.repair_values import (
    BATCH,
    BatchLine,
    CorrectionNote,
    RefusedFilter,
    RefusedRow,
)
from graphcore.evidence.ledger.said import Span, said_by
from graphcore.evidence.ledger.series_view import Contacts, OccurrenceCursor, OccurrenceView
from graphcore.evidence.ledger.states import properties
from graphcore.evidence.ledger.suggestions import read_suggestions
from graphcore.evidence.ledger.tables import link_origin, origin, record
from graphcore.evidence.ledger.values import RecordView
from graphcore.evidence.ledger.view_links import LinkPage, link_pages
from graphcore.evidence.suggestion import SuggestionState, SuggestionView
from graphcore.model.ids import IdMaker
from graphcore.model.times import TimeSpan, iso_utc, parse_iso_utc

PAGE = 2_000


class EvidenceView(OriginsView):
    """Reading for people. Cheap to make, one a request."""

    def __init__(self, database: Database, context: AccessContext, needs_of: NeedsOf, ids: IdMaker) -> None:
        """See :meth:`Ledger.view`. ``ids`` says what people call the numbers of batches and refused rows by."""
        require_purpose(context)
        self._database, self._needs_of, self.ids = database, needs_of, ids
        with database.reading() as connection:
            self._labels: Mapping[int, AccessLabel] = read_labels(connection, readable(context))
            self._held = any_held(connection)
        self._columns = (record, label_now(record, held=self._held).label("label_now"))
        self._made = {}
        self._as_at = iso_utc(context.as_at) if context.as_at else None
        self._unlabelled = decide(UNLABELLED, context).allow

    @property
    def label_numbers(self) -> tuple[int, ...]:
        """Numbers of the labels that this reader may see, for changes that stay within them."""
        return tuple(self._labels)

    def batches(self) -> list[BatchLine]:
        """The batches of which something is visible, ascending by number; counts are of what is visible."""
        with self._database.reading() as connection:
            return batch_lines(
                connection, [*self._labels], partial(self.ids.reference, BATCH), unlabelled=self._unlabelled
            )

    def refused(self, wanted: RefusedFilter, *, after: int = 0, limit: int = 1_000) -> list[RefusedRow]:
        """Visible rows that are still refused, in the order in which they were, behind the number ``after``.

        Raises:
            UnknownKeyError: the filter names a batch that is not there.
        """
        with self._database.reading() as connection:
            return open_rows(connection, self._labels, wanted, (after, limit), unlabelled=self._unlabelled)

    def refused_reasons(self, wanted: RefusedFilter) -> list[tuple[str, str, int]]:
        """Field, reason and number of visible rows that are still refused, most first.

        Raises:
            UnknownKeyError: the filter names a batch that is not there.
        """
        with self._database.reading() as connection:
            return open_reasons(connection, [*self._labels], wanted, unlabelled=self._unlabelled)

    def corrections(self, records: Sequence[RecordView]) -> dict[str, list[CorrectionNote]]:
        """By rid: how the row that a record was read from had been corrected."""
        places = {(record.batch, record.file, record.row) for record in records}
        seen = visible_row([*self._labels], unlabelled=self._unlabelled)
        found: dict[tuple[int, str, int], list[CorrectionNote]] = {}
        with self._database.reading() as connection:
            for place, note in corrections_of(connection, places, seen):
                found.setdefault(place, []).append(note)
        return {
            record.rid: notes
            for record in records
            if (notes := found.get((record.batch, record.file, record.row)))
        }

    def iter_batch(self, number: int) -> Iterator[RecordView]:
        """The visible records that a batch says, in order of arrival, in bounded memory.

        Each page of answers is a snapshot of its own.
        """
        for span in self._spans(number):
            yield from self._between(span.first, span.last)

    def iter_batch_links(self, number: int, link_types: Collection[str]) -> Iterator[Joined]:
        """The visible link records of some types that a batch says, with their ends, in order of arrival."""
        for span in self._spans(number):
            with self._database.reading() as connection:
                found = joined_in(connection, self._visible_link(), span, link_types)
            yield from found

    def iter_batch_events(self, number: int) -> Iterator[NDArray[np.int64]]:
        """Times of the events in the series that a batch says, in pieces, microseconds UTC."""
        for span in self._spans(number):
            with self._database.reading() as connection:
                found = [*event_times(connection, self._visible_link(), span)]
            yield from found

    def _spans(self, number: int) -> Iterator[Span]:
        """What a batch says, in pieces of a page."""
        with self._database.reading() as connection:
            ranges = said_by(connection, number)
        for whole in ranges:
            for first in range(whole.first, whole.last + 1, PAGE):
                yield Span(first, min(first + PAGE - 1, whole.last))

    def _between(self, first: int, last: int) -> list[RecordView]:
        wanted = (
            select(*self._columns)
            .where(record.c.seq >= first, record.c.seq <= last, self._visible(record))
            .where(or_(record.c.kind == "entity", self._joins_visible()))
            .order_by(record.c.seq)
        )
        with self._database.reading() as connection:
            return [self._record(row) for row in connection.execute(wanted).mappings()]

    def records(self, rids: Sequence[str]) -> tuple[RecordView, ...]:
        """The visible ones of ``rids``, each once, in order of arrival."""
        wanted = (
            select(*self._columns)
            .where(record.c.rid.in_(items_of("keys")), self._visible(record))
            .where(or_(record.c.kind == "entity", self._joins_visible()))
            .order_by(record.c.seq)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted, {"keys": key_list([*rids])}).mappings().all()
        return tuple(self._record(row) for row in rows)

    def rids(self, origin_ids: Sequence[str], limit: int) -> tuple[str, ...]:
        """The visible records of some origins, in order of arrival."""
        wanted = (
            select(record.c.rid)
            .where(record.c.owner.in_(items_of("keys")), self._visible(record))
            .order_by(record.c.seq)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return tuple(connection.scalars(wanted, {"keys": key_list([*origin_ids])}))

    def suggestions(
        self, state: SuggestionState | None = SuggestionState.OPEN, *, after: int = 0, limit: int = 100
    ) -> list[SuggestionView]:
        """Names that visible texts seem to say, ascending by number behind ``after``; state None: of any."""
        with self._database.reading() as connection:
            return read_suggestions(connection, self._visible(record), state=state, after=after, limit=limit)

    def suggestion(self, suggestion_id: str) -> SuggestionView | None:
        """One of them, whatever its state; None where it is not there or its record may not be seen."""
        with self._database.reading() as connection:
            found = read_suggestions(connection, self._visible(record), state=None, one=suggestion_id)
        return found[0] if found else None

    @contextmanager
    def identity(self) -> Generator[IdentityView]:
        """What is visible of identity's judgements, on one snapshot."""
        with self._database.reading() as connection:
            yield IdentityView(connection, self._visible(record), self._joins_visible())

    def occurrences(
        self, lid: str, *, limit: int = 1_000, after: OccurrenceCursor | None = None
    ) -> list[OccurrenceView]:
        """The events behind a link by time, those of visible records alone and each once.

        Args:
            lid: The link; unknown and hidden ones have none.
            limit: Most events of an answer.
            after: The ``cursor`` of the last event of the page before.
        """
        with self._database.reading() as connection:
            return series_view.page(connection, self._visible_link(), lid, limit, after)

    def contacts(self, link_types: Collection[str] | None = None) -> Contacts:
        """Every visible event between two entities as arrays, for questions of order in time; None: of all link types."""
        with self._database.reading() as connection:
            return series_view.contacts(connection, self._visible_link(), link_types)

    def iter_links(self, link_types: Collection[str]) -> Iterator[LinkPage]:
        """Every visible link record of some types as columns, in order of arrival, in bounded memory."""
        return link_pages(self._database, self._visible_link(), link_types)

    def held(self, owners: Sequence[str]) -> dict[str, Held]:
        """By id of an origin or link origin: what visible records say of it; of others there is nothing."""
        with self._database.reading() as connection:
            visible = and_(self._visible(record), or_(record.c.kind == "entity", self._joins_visible()))
            return held_by(connection, visible, owners)

    def _visible_link(self) -> ColumnElement[bool]:
        return and_(record.c.kind == "link", self._visible(record), self._joins_visible())

    def items(self, source: str, prefix: str) -> list[ItemRecords]:
        """The visible items of a source whose references begin with ``prefix``, by reference, for disclosure."""
        with self._database.reading() as connection:
            visible = self._visible(record)
            labels = {number % STEP: self._labels[number] for number in sorted(self._labels, reverse=True)}
            return [
                item_records(connection, visible, labels, document)
                for document in item_origins(connection, visible, source, prefix)
            ]

    def _visible(self, said: FromClause) -> ColumnElement[bool]:
        number = label_now(said, held=self._held)
        allowed = and_(number.in_([*self._labels]), ~is_withdrawn(said))
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
        # each item itself: what it became one with says nothing of it to those who may not see it
        return joined.where(*map(self._spoken_of, ends)).exists()

    def _record(self, row: RowMapping) -> RecordView:
        scheme = row["grading_scheme"]
        grade = row["grading_source"] or "", row["grading_intelligence"] or ""
        same = ("rid", "seq", "kind", "type", "source", "reference", "file", "row", "batch")
        return RecordView(
            **{name: row[name] for name in same},
            original=orjson.loads(row["original"]),
            properties=properties(row["properties"]),
            grading=Grading(GradingScheme(scheme), *grade) if scheme else None,
            label=self._labels[row["label_now"]],
            valid=TimeSpan(
                *(parse_iso_utc(row[end]) if row[end] else None for end in ("valid_from", "valid_to"))
            ),
            known_at=parse_iso_utc(row["known_at"]),
        )
