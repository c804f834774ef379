"""Batches and refused rows as one reader may know of them.

Counts are of visible records and rows alone, and a batch of which nothing is visible is not there.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from graphcore.access.label import AccessLabel, Marking
from graphcore.evidence.ledger.batches import FIRST
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.holdings import any_held, label_now
from graphcore.evidence.ledger.removals import REPLACED, stands
from graphcore.evidence.ledger.repair_tables import (
    batch_label,
    correction,
    refusal,
    removal,
    repair,
    restoration,
)
from graphcore.evidence.ledger.repair_values import BatchLine, CorrectionNote, RefusedFilter, RefusedRow
from graphcore.evidence.ledger.said import said_by
from graphcore.evidence.ledger.tables import batch, link_origin, quarantine, record, waiting

UNLABELLED = AccessLabel(Marking.OFFICIAL_SENSITIVE, "3x5x2", "C")
"""How a row is shown that was refused before rows had labels."""

Counts = dict[int, tuple[int, ...]]
_repaired = repair.c.quarantine.is_not(None)
_trial, _fixed = refusal.alias("trial"), correction.alias("fixed")
_last = select(func.max(_trial.c.number)).where(_trial.c.quarantine == quarantine.c.number)
_newest = select(func.max(_fixed.c.number)).where(_fixed.c.quarantine == quarantine.c.number)
_tries = select(func.count(_trial.c.number)).where(_trial.c.quarantine == quarantine.c.number)
_field = func.coalesce(refusal.c.field, quarantine.c.field)
_reason = func.coalesce(refusal.c.reason, quarantine.c.reason)


def batch_lines(
    connection: Connection, allowed: Collection[int], called: Callable[[int], str], *, unlabelled: bool
) -> list[BatchLine]:
    """The batches of which something is visible, ascending by number; ``called``: what people call one by."""
    said = _said(connection, allowed)
    refused = _refused(connection, allowed, unlabelled=unlabelled)
    waits: dict[int, int] = {row[0]: row[1] for row in _rows(connection, _waiting(allowed))}
    removed = _removed(connection)
    lines: list[BatchLine] = []
    for row in connection.execute(select(batch).order_by(batch.c.number)).mappings():
        number: int = row["number"]
        loaded, unchanged, hidden_records = said.get(number, (0, 0, 0))
        lost, repaired, hidden_rows = refused.get(number, (0, 0, 0))
        hidden = hidden_records + hidden_rows
        if hidden and not (loaded or unchanged or lost):
            continue
        because, by, at, reason = removed.get(number, ("", "", "", ""))
        state = because or ("loading" if row["finished_at"] is None else "loaded")
        same = {name: row[name] for name in ("number", "source", "file", "started_at", "finished_at")}
        lines.append(
            BatchLine(
                **same,
                rows=_visible_rows(connection, number, allowed) + lost if hidden else row["rows_done"],
                loaded=loaded,
                unchanged=unchanged,
                waiting=waits.get(number, 0),
                refused=lost - repaired,
                repaired=repaired,
                state=state,
                removed_by=by,
                removed_at=at,
                reason=reason,
            )
        )
    visible = {line.number for line in lines}
    return [replace(line, state=_said_state(line.state, visible, called)) for line in lines]


def _said_state(state: str, visible: Collection[int], called: Callable[[int], str]) -> str:
    """Of a batch that was replaced: by which of those that the reader may know of, as people call them."""
    if not state.startswith(REPLACED):
        return state
    known = [int(number) for number in re.findall(r"\d+", state) if int(number) in visible]
    return " ".join([REPLACED, ", ".join(map(called, known))]) if known else "replaced"


def _visible_rows(connection: Connection, number: int, allowed: Collection[int]) -> int:
    """Distinct rows behind the visible records of a batch; looked at only where not all of them are visible."""
    found = 0
    counts = label_now(record, held=any_held(connection)).in_([*allowed])
    for span in said_by(connection, number):
        rows = (
            select(record.c.file, record.c.row)
            .where(record.c.seq.between(span.first, span.last), counts)
            .distinct()
        )
        found += connection.scalar(select(func.count()).select_from(rows.subquery())) or 0
    return found


def _said(connection: Connection, allowed: Collection[int]) -> Counts:
    """Of each batch: records loaded and unchanged that are visible, and how many are not."""
    seen = batch_label.c.label.in_([*allowed])
    both = batch_label.c.loaded + batch_label.c.unchanged
    wanted = select(
        batch_label.c.batch,
        func.sum(case((seen, batch_label.c.loaded), else_=0)),
        func.sum(case((seen, batch_label.c.unchanged), else_=0)),
        func.sum(case((seen, 0), else_=both)),
    ).group_by(batch_label.c.batch)
    return {row[0]: tuple(map(int, row[1:])) for row in _rows(connection, wanted)}


def _refused(connection: Connection, allowed: Collection[int], *, unlabelled: bool) -> Counts:
    """Of each batch: refused rows that are visible, those of them repaired, and how many are not visible."""
    seen = visible_row(allowed, unlabelled=unlabelled)
    wanted = (
        select(
            quarantine.c.batch,
            func.sum(case((seen, 1), else_=0)),
            func.sum(case((and_(seen, _repaired), 1), else_=0)),
            func.sum(case((seen, 0), else_=1)),
        )
        .join_from(quarantine, repair, repair.c.quarantine == quarantine.c.number, isouter=True)
        .group_by(quarantine.c.batch)
    )
    return {row[0]: tuple(map(int, row[1:])) for row in _rows(connection, wanted)}


def _waiting(allowed: Collection[int]) -> Any:
    return (
        select(record.c.batch, func.count(record.c.seq.distinct()))
        .join_from(waiting, link_origin, link_origin.c.id == waiting.c.link_origin)
        .join(record, record.c.owner == link_origin.c.id)
        .where(record.c.label.in_([*allowed]))
        .group_by(record.c.batch)
    )


def _removed(connection: Connection) -> dict[int, tuple[str, str, str, str]]:
    back = select(restoration.c.removal).where(restoration.c.removal == removal.c.number).exists()
    words: dict[str, str] = {"batch": "removed", "source": "removed with its source"}
    named = (removal.c.because, removal.c.removed_by, removal.c.removed_at, removal.c.reason)
    found: dict[int, tuple[str, str, str, str]] = {}
    because: str
    rows: Any = connection.execute(select(removal.c.batch, *named).where(~back))
    for number, because, by, at, reason in rows:
        found[number] = (words.get(because, because), by, at, reason)
    return found


def visible_row(allowed: Collection[int], *, unlabelled: bool) -> ColumnElement[bool]:
    """Condition on a row of ``quarantine``: its label is allowed."""
    known = quarantine.c.label.in_([*allowed])
    return (
        or_(known, quarantine.c.label.is_(None))
        if unlabelled
        else and_(known, quarantine.c.label.is_not(None))
    )


def open_rows(
    connection: Connection,
    labels: Mapping[int, AccessLabel],
    wanted: RefusedFilter,
    page: tuple[int, int],
    *,
    unlabelled: bool,
) -> list[RefusedRow]:
    """Visible rows that are still refused, in the order in which they were; ``page``: behind which number, how many.

    Raises:
        UnknownKeyError: the filter names a batch that is not there.
    """
    after, limit = page
    named = (
        quarantine.c.number, quarantine.c.batch, quarantine.c.file, quarantine.c.row, _field, _reason,
        quarantine.c.original, quarantine.c.label, quarantine.c.unread, correction.c.fields, correction.c.number, _tries.correlate(quarantine).scalar_subquery(),
    )  # fmt: skip
    rows = (
        _open(select(*named), connection, [*labels], wanted, unlabelled=unlabelled)
        .where(quarantine.c.number > after)
        .order_by(quarantine.c.number)
        .limit(limit)
    )
    keys = {"keys": key_list([*wanted.numbers])}
    return [_refused_row(row, labels) for row in _rows(connection, rows, keys if wanted.numbers else {})]


def _refused_row(row: Any, labels: Mapping[int, AccessLabel]) -> RefusedRow:
    number, in_batch, file, at, field, reason, original, label, unread, fields, newest, tries = row
    shown = labels.get(label) if label is not None else None
    return RefusedRow(
        number, in_batch, file, at, field, reason, original, shown, bool(unread), fields, newest, tries
    )


def open_reasons(
    connection: Connection, allowed: Collection[int], wanted: RefusedFilter, *, unlabelled: bool
) -> list[tuple[str, str, int]]:
    """Field, reason and number of visible rows that are still refused, most first.

    Raises:
        UnknownKeyError: the filter names a batch that is not there.
    """
    count = func.count()
    rows = (
        _open(select(_field, _reason, count), connection, allowed, wanted, unlabelled=unlabelled)
        .group_by(_field, _reason)
        .order_by(count.desc(), _field, _reason)
    )
    keys = {"keys": key_list([*wanted.numbers])}
    return [(row[0], row[1], int(row[2])) for row in _rows(connection, rows, keys if wanted.numbers else {})]


def _open(
    chosen: Any,
    connection: Connection,
    allowed: Collection[int],
    wanted: RefusedFilter,
    *,
    unlabelled: bool,
) -> Any:
    found = (
        chosen.select_from(quarantine)
        .outerjoin(repair, repair.c.quarantine == quarantine.c.number)
        .outerjoin(refusal, refusal.c.number == _last.correlate(quarantine).scalar_subquery())
        .outerjoin(correction, correction.c.number == _newest.correlate(quarantine).scalar_subquery())
        .where(~_repaired, quarantine.c.batch.in_(FIRST), visible_row(allowed, unlabelled=unlabelled))
    )
    if wanted.batch is not None:
        found = found.where(quarantine.c.batch == _first_of(connection, wanted.batch))
    if wanted.file is not None:
        found = found.where(quarantine.c.file == wanted.file)
    if wanted.reason is not None:
        found = found.where(_reason.icontains(wanted.reason, autoescape=True))
    if wanted.numbers:
        found = found.where(quarantine.c.number.in_(items_of("keys")))
    return found


def _rows(connection: Connection, statement: Any, values: dict[str, str] | None = None) -> Any:
    return connection.execute(statement, values or {})


def _first_of(connection: Connection, number: int) -> int:
    """The first standing batch of the same bytes under the same mapping: it holds their refused rows."""
    same = ("source", "file_hash", "mapping")
    here = connection.execute(
        select(*(batch.c[name] for name in same)).where(batch.c.number == number)
    ).first()
    if here is None:
        raise UnknownKeyError("there is no such batch: `ocb ingest batches` lists them")
    alike = and_(*(batch.c[name] == value for name, value in zip(same, here, strict=True)))
    first = select(func.min(batch.c.number)).where(alike, stands(batch.c.number))
    return connection.scalar(first) or number


def corrections_of(
    connection: Connection, places: Collection[tuple[int, str, int]], seen: ColumnElement[bool]
) -> Iterator[tuple[tuple[int, str, int], CorrectionNote]]:
    """Corrections behind records, by (batch, file, row); ``seen`` is the condition on the refused row."""
    said = (correction.c.changed, correction.c.corrected_by, correction.c.reason, correction.c.corrected_at)
    wanted = (
        select(quarantine.c.batch, quarantine.c.file, quarantine.c.row, *said)
        .join_from(repair, quarantine, quarantine.c.number == repair.c.quarantine)
        .join(correction, correction.c.number == repair.c.correction)
        .where(quarantine.c.batch.in_(sorted({place[0] for place in places})), seen)
        .order_by(quarantine.c.number)
    )
    named = set(places)
    for number, file, row, changed, by, reason, at in _rows(connection, wanted):
        if (number, file, row) in named:
            yield (number, file, row), CorrectionNote(file, row, tuple(orjson.loads(changed)), by, reason, at)
