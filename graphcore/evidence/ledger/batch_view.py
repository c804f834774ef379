"""Batches as one reader may know of them.

Counts are of visible records and rows alone, and a batch of which nothing is visible is not there.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from graphcore.evidence.ledger.holdings import any_held, label_now
from graphcore.evidence.ledger.refused_view import REPAIRED, visible_row
from graphcore.evidence.ledger.removals import ALONE, PUT_BACK, REPLACED, WITH_SOURCE
from graphcore.evidence.ledger.repair_tables import batch_label, removal, repair, replacement
from graphcore.evidence.ledger.repair_values import BatchLine
from graphcore.evidence.ledger.said import said_by
from graphcore.evidence.ledger.tables import batch, link_origin, quarantine, record, waiting

Counts = dict[int, tuple[int, ...]]


def batch_lines(
    connection: Connection, allowed: Collection[int], called: Callable[[int], str], *, unlabelled: bool
) -> list[BatchLine]:
    """The batches of which something is visible, ascending by number; ``called``: what people call one by."""
    said = _said(connection, allowed)
    refused = _refused(connection, allowed, unlabelled=unlabelled)
    waits = _counts(connection, _waiting(allowed))
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
                waiting=waits.get(number, (0,))[0],
                refused=lost - repaired,
                repaired=repaired,
                state=state,
                removed_by=by,
                removed_at=at,
                reason=reason,
            )
        )
    return _name_replacements(lines, _replacements(connection), called)


def _name_replacements(
    lines: list[BatchLine], by: Mapping[int, list[int]], called: Callable[[int], str]
) -> list[BatchLine]:
    """Of a batch that was replaced: by which of those that the reader may know of, as people call them."""
    visible = {line.number for line in lines}
    known = {number: [called(one) for one in others if one in visible] for number, others in by.items()}
    return [
        replace(line, state=f"{REPLACED} by {', '.join(known[line.number])}")
        if known.get(line.number)
        else line
        for line in lines
    ]


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
    return _counts(connection, wanted)


def _refused(connection: Connection, allowed: Collection[int], *, unlabelled: bool) -> Counts:
    """Of each batch: refused rows that are visible, those of them repaired, and how many are not visible."""
    seen = visible_row(allowed, unlabelled=unlabelled)
    wanted = (
        select(
            quarantine.c.batch,
            func.sum(case((seen, 1), else_=0)),
            func.sum(case((and_(seen, REPAIRED), 1), else_=0)),
            func.sum(case((seen, 0), else_=1)),
        )
        .join_from(quarantine, repair, repair.c.quarantine == quarantine.c.number, isouter=True)
        .group_by(quarantine.c.batch)
    )
    return _counts(connection, wanted)


def _counts(connection: Connection, wanted: Any) -> Counts:
    return {row[0]: tuple(map(int, row[1:])) for row in connection.execute(wanted)}


def _waiting(allowed: Collection[int]) -> Any:
    return (
        select(record.c.batch, func.count(record.c.seq.distinct()))
        .join_from(waiting, link_origin, link_origin.c.id == waiting.c.link_origin)
        .join(record, record.c.owner == link_origin.c.id)
        .where(record.c.label.in_([*allowed]))
        .group_by(record.c.batch)
    )


_REPLACEMENTS = (
    select(removal.c.batch, replacement.c.batch)
    .join_from(replacement, removal, removal.c.number == replacement.c.removal)
    .where(~PUT_BACK)
    .distinct()
    .order_by(removal.c.batch, replacement.c.batch)
)


def _replacements(connection: Connection) -> dict[int, list[int]]:
    """The batches that took the place of each removed one."""
    found: dict[int, list[int]] = {}
    for number, by in connection.execute(_REPLACEMENTS):
        found.setdefault(number, []).append(by)
    return found


def _removed(connection: Connection) -> dict[int, tuple[str, str, str, str]]:
    words = {ALONE.name: "removed", WITH_SOURCE.name: "removed with its source"}
    named = (removal.c.because, removal.c.removed_by, removal.c.removed_at, removal.c.reason)
    found: dict[int, tuple[str, str, str, str]] = {}
    rows: Any = connection.execute(select(removal.c.batch, *named).where(~PUT_BACK))
    for number, because, by, at, reason in rows:
        # what ledgers of before say goes on with numbers, which are nobody's business
        found[number] = (words.get(because, REPLACED), by, at, reason)
    return found
