"""Series into the ledger: records that count, blocks that keep every occurrence, all in the caller's transaction.

A record's content is that of its occurrences (times, references, values), so the same ones in another file are the same
record. What the same source has already said under the same label is left out: the counts of its records add up.
"""

from dataclasses import replace

import numpy as np
from sqlalchemy import Connection, select

from graphcore.evidence.ledger.append import append_rows
from graphcore.evidence.ledger.dialect import insert_new
from graphcore.evidence.ledger.labels import label_numbers
from graphcore.evidence.ledger.prepare import Prepared
from graphcore.evidence.ledger.said import add_counts
from graphcore.evidence.ledger.series_arrange import Int, arrange
from graphcore.evidence.ledger.series_draft import (
    Draft,
    Drafted,
    blocks_of,
    draft,
    marks_with_heads,
    pairs_of,
)
from graphcore.evidence.ledger.series_known import find_known, links_there
from graphcore.evidence.ledger.series_new import (
    SeriesAppend,
    append_new,
    by_label,
    write_blocks,
)
from graphcore.evidence.ledger.series_prepare import Listed, hash_key
from graphcore.evidence.ledger.series_tables import series_step
from graphcore.evidence.ledger.values import AppendCounts


def put_step(connection: Connection, batch: int, step: str) -> bool:
    """Put down that a batch has made a step; False where it had made it before."""
    written = insert_new(connection, series_step, [{"batch": batch, "step": step}])
    return written is not None and written.rowcount == 1


def steps_of(connection: Connection, batch: int) -> frozenset[str]:
    """The steps that a batch has made."""
    return frozenset(connection.scalars(select(series_step.c.step).where(series_step.c.batch == batch)))


def append_groups(connection: Connection, drafted: Drafted, told: SeriesAppend) -> AppendCounts:
    """Write what is new of some occurrences; counts are of occurrences, ``waiting`` of records."""
    listed = drafted.listed
    label_numbers(connection, {head.label for head in listed.heads}, told.labels)
    pairs = pairs_of(listed)
    there = links_there(connection, pairs)
    if not there and len(set(drafted.draft.rids)) == len(drafted.draft.rids):
        return append_new(connection, listed, drafted.draft, told)
    known = None
    if there:
        known = find_known(connection, there, listed.stated_by, pairs, told.labels, hash_key(told.ids))
    groups = drafted.groups(told.ids)
    marks = marks_with_heads(groups)
    arranged = arrange(
        groups.number, pairs.of_group, groups.row, marks, None if known is None else (known.pair, known.marks)
    )
    made = _with_left_out(draft(groups, marks, arranged, told.ids), drafted.draft.left_out)
    rows = [made.record_row(listed, at, told.here) for at in range(len(made.groups))]
    links = {listed.links[group].id: listed.links[group] for group in made.groups}
    placed = append_rows(
        connection, told.ids, Prepared(rows, {}, links), told.labels, told.noted, told.moment
    )
    if known is not None:
        told.noted.note(connection, told.here.number, [], known.repeated(arranged.repeated))
    fresh = np.array([at for at, row in enumerate(rows) if "seq" in row], np.int64)
    blocks = made.blocks if len(fresh) == len(rows) else blocks_of(groups, arranged, fresh)
    write_blocks(connection, blocks, [row.get("seq", 0) for row in rows])
    _count(connection, listed, made, told)
    return AppendCounts(int(made.lengths.sum()), int(made.left_out.sum()), placed.waiting)


def _with_left_out(made: Draft, before: Int) -> Draft:
    """The draft with what an earlier one left out of each group counted as well."""
    left_out = before.copy()
    left_out[: len(made.left_out)] += made.left_out
    return replace(made, left_out=left_out)


def _count(connection: Connection, listed: Listed, made: Draft, told: SeriesAppend) -> None:
    """Occurrences by label, where :func:`append_rows` counted one for each record."""
    more = made.lengths - 1
    for label, (new, same) in by_label(listed, made, more).items():
        if new or same:
            add_counts(connection, told.here.number, told.labels[label], new, same)
