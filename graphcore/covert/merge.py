"""One transaction that brings a covert ledger up to its open one: first what rows refer to, then the rows, then what follows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, union, update
from sqlalchemy.dialects.sqlite import insert

from graphcore.covert.copied import (
    BATCHES,
    BY_ROWID,
    KEYED,
    NUMBERED,
    OF_BATCHES,
    OF_RECORDS,
    pull_by_rowid,
    pull_keyed,
    pull_numbered,
)
from graphcore.covert.held import pull_held
from graphcore.covert.numbers import newest, ours, reached, rowid, theirs
from graphcore.covert.records import (
    pull_labels,
    pull_parts,
    pull_records,
    pull_said,
    pull_suggestion_decisions,
    pull_suggestions,
)
from graphcore.covert.standing import changed_batches, follow
from graphcore.evidence.ledger import Ledger, deferral
from graphcore.evidence.ledger.access_tables import holding
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.eyes_tables import confirmed
from graphcore.evidence.ledger.repair_tables import batch_label, removal
from graphcore.evidence.ledger.series_tables import series_block
from graphcore.evidence.ledger.tables import batch, judgement, label, record, undone
from graphcore.identity.book import settle_inside

_COUNTS = ("rows_done", "loaded", "unchanged", "quarantined")
_PROGRESS = (
    update(batch)
    .where(batch.c.number == bindparam("key"))
    .values(
        finished_at=func.coalesce(batch.c.finished_at, bindparam("ended")),
        **{name: func.max(batch.c[name], bindparam(f"new_{name}")) for name in _COUNTS},
    )
)
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought: rows that are new here, records that went or came back, and origins that changed entity."""

    batches: int
    records: int
    judgements: int
    held: int
    withdrawn: int
    restored: int
    moved: int


@dataclass(slots=True)
class Merge:
    """One merge under way. ``touched``: judged origins whose entity may change; all else of it is in the database."""

    connection: Connection
    ledger: Ledger
    moment: str
    progress: Progress
    touched: set[str] = field(default_factory=set[str])

    def run(self) -> Pulled:
        """Bring everything; the caller's transaction keeps it, or nothing."""
        connection = self.connection
        records_before, holdings_before = newest(connection, record.c.seq), reached(connection, holding.name)
        batches, judgements, changed = self._around()
        self._records()
        held = self._with_records(records_before, holdings_before)
        self.progress("following removals", 0, None)
        moved = follow(connection, changed, self.moment, self._changed)
        self.progress("settling entities", 0, None)
        settled = (
            settle_inside(self.ledger.decide_inside(connection), self.touched).origins if self.touched else 0
        )
        records = newest(connection, record.c.seq) - records_before
        return Pulled(batches, records, judgements, held, moved.withdrawn, moved.restored, settled)

    def _around(self) -> tuple[int, int, list[int]]:
        """Everything that does not name a record; gives new batches, new judgements, and batches removed or put back."""
        connection = self.connection
        self.progress("pulling batches and decisions", 0, None)
        pull_labels(connection)
        batches = pull_numbered(connection, BATCHES)
        _pull_progress(connection)
        removals_before = newest(connection, removal.c.number)
        for rows in (*NUMBERED, *OF_BATCHES):
            pull_numbered(connection, rows)
        changed = changed_batches(connection, removals_before)
        self.touched.update(_judged_anew(connection))
        judgements = [pull_by_rowid(connection, rows) for rows in BY_ROWID][-1]
        for rows in KEYED:
            pull_keyed(connection, rows)
        return batches, judgements, changed

    def _records(self) -> None:
        connection = self.connection
        new = newest(connection, theirs(record).c.seq) - reached(connection, record.name)
        behind = deferral.pays(connection, new) and not deferral.is_deferred(connection)
        if behind:
            deferral.defer(connection)
        for owners in pull_records(connection, self.ledger.ids, self._tell_records):
            self._touch(owners)
        if behind:
            for index in deferral.deferred_indexes():
                self.progress("building indexes", 0, None)
                deferral.build(connection, index)
            deferral.end(connection)

    def _with_records(self, records_before: int, holdings_before: int) -> int:
        """What names records; gives how many are held otherwise."""
        connection = self.connection
        self.progress("pulling what names records", 0, None)
        pull_said(connection)
        blocks_before = reached(connection, series_block.name)
        for rows in OF_RECORDS:
            pull_numbered(connection, rows)
        pull_parts(connection, blocks_before, records_before)
        pull_suggestions(connection)
        pull_suggestion_decisions(connection)
        return pull_held(connection, holdings_before, self._changed)

    def _tell_records(self, done: int, total: int) -> None:
        self.progress("pulling records", done, total)

    def _changed(self, rows: Sequence[Any]) -> None:
        self.progress("following what changed", 0, None)
        self._touch(row[2] for row in rows if row[1] == "entity")

    def _touch(self, owners: Iterable[str]) -> None:
        keys = {"keys": key_list(sorted(set(owners)))}
        ends = (judgement.c.left, judgement.c.right)
        named = union(*(select(end).where(end.in_(items_of("keys"))) for end in ends))
        self.touched.update(self.connection.scalars(named, keys))


def _judged_anew(connection: Connection) -> set[str]:
    """The ends of judgements that are not here yet, and of those that were confirmed or undone since."""
    there = theirs(judgement)
    ends = select(there.c.left, there.c.right)
    wanted = [ends.where(rowid(judgement) > reached(connection, judgement.name))]
    for table in (undone, confirmed):
        new = theirs(table).c.decision_id
        since = select(new).where(new.not_in(select(table.c.decision_id)))
        wanted.append(ends.where(there.c.decision_id.in_(since)))
    return {end for chosen in wanted for pair in connection.execute(chosen) for end in pair}


def _pull_progress(connection: Connection) -> None:
    """How far batches have come that were pulled before; a count never falls, as a repair on either side adds to it."""
    there = theirs(batch)
    more = [there.c[name] > batch.c[name] for name in _COUNTS]
    ended = there.c.finished_at.is_not(None) & batch.c.finished_at.is_(None)
    wanted = (
        select(batch.c.number, there.c.finished_at, *(there.c[name] for name in _COUNTS))
        .join_from(there, batch, batch.c.number == ours(batch.name, there.c.number))
        .where(or_(ended, *more))
    )
    found = connection.execute(wanted).all()
    names = ("key", "ended", *(f"new_{name}" for name in _COUNTS))
    if found:
        connection.execute(_PROGRESS, [dict(zip(names, row, strict=True)) for row in found])
    _pull_counts(connection)


def _pull_counts(connection: Connection) -> None:
    there, names = theirs(batch_label), ("loaded", "unchanged")
    here = (ours(batch.name, there.c.batch), ours(label.name, there.c.label))
    known = select(batch_label.c.batch).where(
        batch_label.c.batch == here[0],
        batch_label.c.label == here[1],
        *(batch_label.c[name] >= there.c[name] for name in names),
    )
    new = select(*here, *(there.c[name] for name in names)).where(~known.exists())
    written = insert(batch_label).from_select(["batch", "label", *names], new)
    higher = {name: func.max(batch_label.c[name], written.excluded[name]) for name in names}
    connection.execute(written.on_conflict_do_update(index_elements=["batch", "label"], set_=higher))
