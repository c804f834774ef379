"""Series into the ledger: records that count, blocks that keep every occurrence, all in the caller's transaction.

A record's content is that of its occurrences (times, references, values), so the same ones in another file are the same
record. What the same source has already said under the same label is left out: the counts of its records add up.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
from sqlalchemy import Connection, func, insert, select

from graphcore.access.label import AccessLabel
from graphcore.evidence.ledger.append import append_rows
from graphcore.evidence.ledger.dialect import insert_many, insert_new
from graphcore.evidence.ledger.prepare import Prepared, Row
from graphcore.evidence.ledger.labels import label_numbers
from graphcore.evidence.ledger.said import Noted, add_counts
from graphcore.evidence.ledger.series_arrange import NO_END, Arranged, Int, Marks, arrange, integers
from graphcore.evidence.ledger.series_blocks import cut, encode, rows_from
from graphcore.evidence.ledger.series_known import Pair, find_known
from graphcore.evidence.ledger.series_prepare import Groups, hash_key, head_bytes, known_at_text
from graphcore.evidence.ledger.series_tables import series_block, series_part, series_step
from graphcore.evidence.ledger.values import AppendCounts, BatchId
from graphcore.evidence.series import VALUE
from graphcore.model.ids import IdMaker

_LAST_BLOCK = select(func.coalesce(func.max(series_block.c.number), 0))


@dataclass(frozen=True, slots=True)
class SeriesAppend:
    """What one append of series needs to know; ``labels`` is the known part of the label table and grows."""

    ids: IdMaker
    here: BatchId
    labels: dict[AccessLabel, int]
    noted: Noted
    moment: str


def put_step(connection: Connection, batch: int, step: str) -> bool:
    """Put down that a batch has made a step; False where it had made it before."""
    written = insert_new(connection, series_step, [{"batch": batch, "step": step}])
    return written is not None and written.rowcount == 1


def steps_of(connection: Connection, batch: int) -> frozenset[str]:
    """The steps that a batch has made."""
    return frozenset(connection.scalars(select(series_step.c.step).where(series_step.c.batch == batch)))


def append_groups(connection: Connection, groups: Groups, told: SeriesAppend) -> AppendCounts:
    """Write what is new of some occurrences; counts are of occurrences, ``waiting`` of records."""
    pairs, pair = _pairs(groups)
    known = find_known(connection, groups.rows.stated_by, pairs, told.labels, hash_key(told.ids))
    marks = Marks(groups.marks.at, groups.marks.same, groups.marks.said ^ groups.other[groups.number])
    arranged = arrange(
        groups.number, pair, groups.row, marks, None if known is None else (known.pair, known.marks)
    )
    rows = [*_record_rows(groups, marks, arranged, told)]
    links = {groups.links[group].id: groups.links[group] for group in arranged.groups.tolist()}
    placed = append_rows(
        connection, told.ids, Prepared(rows, {}, links), told.labels, told.noted, told.moment
    )
    if known is not None:
        again = known.repeated(arranged.repeated)
        told.noted.note(connection, told.here.number, [], again)
    _write_blocks(connection, groups, arranged, rows)
    _count(connection, groups, arranged, told)
    return AppendCounts(len(arranged.rows), int(arranged.left_out.sum()), placed.waiting)


def _count(connection: Connection, groups: Groups, arranged: Arranged, told: SeriesAppend) -> None:
    """Occurrences by label, where :func:`append_rows` counted one for each record."""
    label_numbers(connection, {head.label for head in groups.heads}, told.labels)
    number = np.array([told.labels[head.label] for head in groups.heads], np.int64)
    new = np.zeros(len(number), np.int64)
    new[arranged.groups] = arranged.lengths - 1
    for label in np.unique(number).tolist():
        here = number == label
        more, same = int(new[here].sum()), int(arranged.left_out[here].sum())
        if more or same:
            add_counts(connection, told.here.number, label, more, same)


def _pairs(groups: Groups) -> tuple[dict[Pair, int], Int]:
    """Numbers of link and label, and the number of each group."""
    pairs: dict[Pair, int] = {}
    numbers = [
        pairs.setdefault((link.id, head.label), len(pairs))
        for link, head in zip(groups.links, groups.heads, strict=True)
    ]
    return pairs, np.array(numbers, np.int64)


def _record_rows(groups: Groups, marks: Marks, arranged: Arranged, told: SeriesAppend) -> Sequence[Row]:
    """One row for each group of which something is left, in order."""
    if not len(arranged.rows):
        return []
    rows = groups.rows
    digests = _digests(marks, arranged)
    heads = {id(head): head_bytes(rows, head) for head in {id(h): h for h in groups.heads}.values()}
    summed = _summed(groups, arranged)
    made: list[Row] = []
    for at, group in enumerate(arranged.groups.tolist()):
        head, link = groups.heads[group], groups.links[group]
        said = hashlib.blake2b(heads[id(head)] + digests[at], digest_size=16).hexdigest()
        grading = head.grading
        made.append(
            {
                "kind": "link", "type": head.link_type, "entity_kind": "", "owner": link.id, "source": rows.stated_by,
                "reference": head.reference, "label": head.label, "original": "{}",
                "grading_scheme": grading.scheme.value if grading else None,
                "grading_source": grading.source if grading else None,
                "grading_intelligence": grading.intelligence if grading else None,
                "valid_from": summed.first[at], "valid_to": summed.end[at],
                "known_at": known_at_text(head, told.here.known_at), "file": rows.file, "row": summed.row[at],
                "content_hash": said, "properties": _properties(head.properties, summed, at),
                "rid": told.ids.record(link.id, said), "batch": told.here.number,
            }
        )  # fmt: skip
    return made


@dataclass(frozen=True, slots=True)
class _Summed:
    """By record: first row, count, times as text, totals by name (None: no occurrence gives the value)."""

    row: list[int]
    counts: list[int]
    first: list[str]
    last: list[str]
    end: list[str]
    totals: dict[str, list[int | None]]


def _summed(groups: Groups, arranged: Arranged) -> _Summed:
    order, starts = arranged.rows, arranged.starts
    at = groups.marks.at[order]
    table = groups.rows.table
    end = at
    if groups.rows.layout.until:
        until = integers(table.column("until"))[order]
        end = np.where(until == NO_END, at, until)
    return _Summed(
        np.minimum.reduceat(groups.row[order], starts).tolist(),
        np.add.reduceat(arranged.counted.astype(np.int64), starts).tolist(),
        _texts(np.minimum.reduceat(at, starts)),
        _texts(np.maximum.reduceat(at, starts)),
        _texts(np.maximum.reduceat(end, starts)),
        {name: _total(table.column(VALUE + name), arranged) for name in groups.rows.layout.total},
    )


def _total(column: pa.ChunkedArray, arranged: Arranged) -> list[int | None]:
    values = integers(column)[arranged.rows]
    counts = arranged.counted & (values != NO_END)
    given = np.add.reduceat(counts.astype(np.int64), arranged.starts)
    sums = np.add.reduceat(np.where(counts, values, 0), arranged.starts)
    return [total if some else None for total, some in zip(sums.tolist(), given.tolist(), strict=True)]


def _texts(moments: Int) -> list[str]:
    """ISO UTC texts of 27 characters."""
    return [f"{text}Z" for text in np.datetime_as_string(moments.view("datetime64[us]")).tolist()]


def _properties(own: Sequence[tuple[str, Sequence[object]]], summed: _Summed, at: int) -> str:
    said = {name: list(values) for name, values in own}
    said |= {
        "occurrences": [summed.counts[at]], "first_at": [summed.first[at]], "last_at": [summed.last[at]],
    }  # fmt: skip
    said |= {name: [total] for name, totals in summed.totals.items() if (total := totals[at]) is not None}
    return orjson.dumps(said).decode()


def _digests(marks: Marks, arranged: Arranged) -> list[bytes]:
    """By record the hash of what its occurrences say, in their order."""
    order, counted = arranged.rows, arranged.counted
    said = np.column_stack(
        [marks.at[order].view(np.uint64), marks.same[order], marks.said[order], counted.astype(np.uint64)]
    )
    ends = np.append(arranged.starts, len(order)).tolist()
    return [
        hashlib.blake2b(said[begin:end].tobytes(), digest_size=16).digest()
        for begin, end in zip(ends, ends[1:], strict=False)
    ]


def _write_blocks(connection: Connection, groups: Groups, arranged: Arranged, rows: Sequence[Row]) -> None:
    """The occurrences of the records that are new; those of restored records are there."""
    fresh = np.array([at for at, row in enumerate(rows) if "seq" in row], np.int64)
    if not len(fresh):
        return
    number = int(connection.execute(_LAST_BLOCK).scalar_one())
    columns = groups.rows.table.select(groups.rows.layout.schema().names)
    lengths, starts = arranged.lengths[fresh], arranged.starts[fresh]
    parts: list[Row] = []
    for pieces in cut(lengths):
        number += 1
        places = np.concatenate([np.arange(p.length) + starts[p.record] + p.offset for p in pieces])
        at = groups.marks.at[arranged.rows[places]]
        body = encode(rows_from(columns, arranged.rows[places], arranged.counted[places]))
        connection.execute(insert(series_block), {"number": number, "body": body})
        parts += [
            {
                "seq": rows[int(fresh[p.record])]["seq"], "block": number, "start": p.start, "length": p.length,
                "first_at": int(at[p.start]), "last_at": int(at[p.start + p.length - 1]),
            }
            for p in pieces
        ]  # fmt: skip
    insert_many(connection, series_part, parts)
