"""Suggestions in the ledger: written with the record whose text says them, read through a view, decided by persons.

An accepted suggestion is two records of the document's own source, under the document's label: what is taken from the
graph with the source is taken with its document.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select

from graphcore.errors import LedgerError, ValueRefusedError
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.dialect import insert_new, items_of, key_list
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.suggestion_tables import suggestion, suggestion_decision
from graphcore.evidence.ledger.tables import record
from graphcore.evidence.ledger.values import AppendCounts, BatchId, OriginView, RecordView
from graphcore.evidence.record import EntityRecord, Evidence, Lineage, LinkRecord, OriginRef, Record
from graphcore.evidence.suggestion import Suggested, SuggestionState, SuggestionView
from graphcore.model.ids import IdMaker
from graphcore.model.times import iso_utc
from graphcore.schema import SCHEMA

NAMED = ("Person", "Business", "Location", "Organisation", "OrganisedCrimeGroup", "Operation")
"""Types that a name can become."""
KIND_OF = {"Location": "area"}
REASON_MAX = 500
_SAME = ("suggestion_id", "number", "rid", "source", "field", "kind", "label", "first", "last", "excerpt")

_LAST = (
    select(func.max(suggestion_decision.c.number).label("number"))
    .group_by(suggestion_decision.c.suggestion)
    .subquery()
)
_NOW = (
    select(suggestion_decision)
    .where(suggestion_decision.c.number.in_(select(_LAST.c.number)))
    .subquery("decided")
)
_SEQS = select(record.c.rid, record.c.seq).where(record.c.rid.in_(items_of("keys")))


class ReadsSuggestions(Protocol):
    """The view through which a person decides: what it does not show cannot be decided on."""

    def suggestion(self, suggestion_id: str) -> SuggestionView | None:
        """One visible suggestion."""
        ...

    def records(self, rids: Sequence[str]) -> tuple[RecordView, ...]:
        """The visible ones of ``rids``."""
        ...

    def origins(self, uid: str) -> tuple[OriginView, ...]:
        """The visible members of an entity."""
        ...


class Appends(Protocol):
    """The part of a ledger that takes records."""

    def begin_batch(self, source: str, file: str, file_hash: str, mapping: str) -> BatchId:
        """See :class:`graphcore.evidence.ledger.Ledger`."""
        ...

    def append(
        self, batch: BatchId, records: Sequence[Record], quarantined: Sequence[Any], rows_done: int
    ) -> AppendCounts:
        """See :class:`graphcore.evidence.ledger.Ledger`."""
        ...

    def finish_batch(self, batch: BatchId) -> object:
        """See :class:`graphcore.evidence.ledger.Ledger`."""
        ...


def write_suggestions(connection: Connection, ids: IdMaker, told: Sequence[tuple[str, Suggested]]) -> None:
    """Keep what the texts of records (by id, written already) suggest. What is there already stays."""
    if not told:
        return
    seqs = dict(connection.execute(_SEQS, {"keys": key_list(sorted({rid for rid, _ in told}))}).all())
    insert_new(
        connection,
        suggestion,
        [
            {
                "suggestion_id": ids.token("suggestion", rid, found.field, str(found.first), str(found.last)),
                "seq": seqs[rid], "field": found.field, "kind": found.kind, "label": found.label, "first": found.first,
                "last": found.last, "excerpt": found.excerpt,
            }
            for rid, found in told
        ],
    )  # fmt: skip


def read_suggestions(
    connection: Connection,
    visible: ColumnElement[bool],
    *,
    state: SuggestionState | None,
    after: int = 0,
    limit: int = 100,
    one: str | None = None,
) -> list[SuggestionView]:
    """Suggestions whose record ``visible`` allows, ascending by number behind ``after``."""
    now = func.coalesce(_NOW.c.state, SuggestionState.OPEN.value)
    wanted = (
        select(
            suggestion, now.label("state"), _NOW.c.decided_by, _NOW.c.decided_at, _NOW.c.reason,
            record.c.rid, record.c.source, record.c.reference,
        )
        .join_from(suggestion, record, record.c.seq == suggestion.c.seq)
        .outerjoin(_NOW, _NOW.c.suggestion == suggestion.c.number)
        .where(and_(visible, suggestion.c.number > after))
        .order_by(suggestion.c.number)
        .limit(limit)
    )  # fmt: skip
    if state is not None:
        wanted = wanted.where(now == state.value)
    if one is not None:
        wanted = wanted.where(suggestion.c.suggestion_id == one)
    return [
        SuggestionView(
            document=row["reference"],
            state=SuggestionState(row["state"]),
            decided_by=row["decided_by"] or "",
            decided_at=row["decided_at"] or "",
            reason=row["reason"] or "",
            **{name: row[name] for name in _SAME},
        )
        for row in connection.execute(wanted).mappings()
    ]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Decisions on suggestions. Each is told who decides, and the view of that person."""

    database: Database
    ledger: Appends
    clock: Callable[[], datetime]

    def accept(
        self, view: ReadsSuggestions, suggestion_id: str, entity_type: str, *, by: str, reason: str = ""
    ) -> OriginRef:
        """Make the name an entity of ``entity_type`` that its document mentions; gives the entity's origin.

        Raises:
            UnknownKeyError: no such suggestion is visible.
            LedgerError: it was accepted or linked before.
            ValueRefusedError: a name cannot become an entity of that type.
        """
        if entity_type not in NAMED:
            raise ValueRefusedError(f"a name becomes one of {', '.join(NAMED)}")
        found, document = self._undecided(view, suggestion_id)
        made = OriginRef(document.source, entity_type, f"named {suggestion_id}")
        kinds = SCHEMA.entities[entity_type].kinds
        kind = KIND_OF.get(entity_type, kinds[0] if kinds else "")
        evidence = _evidence(document, found, by)
        self._say(
            found,
            document,
            [
                EntityRecord(made, kind, {"name": (found.label,)}, evidence),
                _mention(document, made, evidence),
            ],
        )
        self._decide(found, SuggestionState.ACCEPTED, made.reference, by, reason)
        return made

    def link(
        self, view: ReadsSuggestions, suggestion_id: str, uid: str, *, by: str, reason: str = ""
    ) -> OriginRef:
        """Say that the document mentions the entity ``uid``.

        Raises:
            UnknownKeyError: no such suggestion or entity is visible.
            LedgerError: it was accepted or linked before.
        """
        found, document = self._undecided(view, suggestion_id)
        members = view.origins(uid)
        if not members:
            raise UnknownKeyError("there is no such entity: look it up by a search")
        target = OriginRef(members[0].source, members[0].entity_type, members[0].reference)
        self._say(found, document, [_mention(document, target, _evidence(document, found, by))])
        self._decide(found, SuggestionState.LINKED, target.reference, by, reason)
        return target

    def reject(self, view: ReadsSuggestions, suggestion_id: str, *, by: str, reason: str = "") -> None:
        """Say that it is no name that matters; it may still be accepted later.

        Raises:
            UnknownKeyError: no such suggestion is visible.
            LedgerError: it was accepted or linked before.
        """
        found, _ = self._undecided(view, suggestion_id)
        self._decide(found, SuggestionState.REJECTED, "", by, reason)

    def _undecided(self, view: ReadsSuggestions, suggestion_id: str) -> tuple[SuggestionView, RecordView]:
        found = view.suggestion(suggestion_id)
        records = view.records([found.rid]) if found else ()
        if found is None or not records:
            raise UnknownKeyError("there is no such suggestion: list them to find its name")
        if found.state in (SuggestionState.ACCEPTED, SuggestionState.LINKED):
            raise LedgerError(f"this suggestion was {found.state} already, by {found.decided_by}")
        return found, records[0]

    def _say(self, found: SuggestionView, document: RecordView, records: list[Record]) -> None:
        batch = self.ledger.begin_batch(
            document.source, document.file, found.suggestion_id, "accepted suggestion"
        )
        self.ledger.append(batch, records, (), 1)
        self.ledger.finish_batch(batch)

    def _decide(
        self, found: SuggestionView, state: SuggestionState, origin: str, by: str, reason: str
    ) -> None:
        row = {
            "suggestion": found.number, "state": state.value, "origin": origin, "decided_by": by,
            "reason": reason[:REASON_MAX], "decided_at": iso_utc(self.clock()),
        }  # fmt: skip
        with self.database.writing() as connection:
            connection.execute(insert(suggestion_decision), [row])


def _evidence(document: RecordView, found: SuggestionView, by: str) -> Evidence:
    original = {
        "field": found.field, "characters": f"{found.first}-{found.last}", "as written": found.label, "accepted by": by,
    }  # fmt: skip
    return Evidence(Lineage(document.file, document.row), document.label, document.grading, original)


def _mention(document: RecordView, target: OriginRef, evidence: Evidence) -> LinkRecord:
    said_by = OriginRef(document.source, document.type, document.reference)
    return LinkRecord(document.source, "MENTIONS", said_by, target, "", {}, evidence)
