"""Refused rows as one reader may know of them, and what was corrected behind records."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from graphcore.access.label import AccessLabel, Marking
from graphcore.evidence.ledger.batches import FIRST
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.removals import stands
from graphcore.evidence.ledger.repair_tables import correction, refusal, repair
from graphcore.evidence.ledger.repair_values import CorrectionNote, RefusedFilter, RefusedRow
from graphcore.evidence.ledger.tables import batch, quarantine

UNLABELLED = AccessLabel(Marking.OFFICIAL_SENSITIVE, "3x5x2", "C")
"""How a row is shown that was refused before rows had labels."""

REPAIRED = repair.c.quarantine.is_not(None)
_trial, _fixed = refusal.alias("trial"), correction.alias("fixed")
_last = select(func.max(_trial.c.number)).where(_trial.c.quarantine == quarantine.c.number)
_newest = select(func.max(_fixed.c.number)).where(_fixed.c.quarantine == quarantine.c.number)
_tries = select(func.count(_trial.c.number)).where(_trial.c.quarantine == quarantine.c.number)
_field = func.coalesce(refusal.c.field, quarantine.c.field)
_reason = func.coalesce(refusal.c.reason, quarantine.c.reason)


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
    return [_refused_row(row, labels) for row in _fetched(connection, rows, wanted)]


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
    return [(row[0], row[1], int(row[2])) for row in _fetched(connection, rows, wanted)]


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
        .where(~REPAIRED, quarantine.c.batch.in_(FIRST), visible_row(allowed, unlabelled=unlabelled))
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


def _fetched(connection: Connection, rows: Any, wanted: RefusedFilter) -> Any:
    return connection.execute(rows, {"keys": key_list([*wanted.numbers])} if wanted.numbers else {})


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
    for number, file, row, changed, by, reason, at in connection.execute(wanted):
        if (number, file, row) in named:
            yield (number, file, row), CorrectionNote(file, row, tuple(orjson.loads(changed)), by, reason, at)
