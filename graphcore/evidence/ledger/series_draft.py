"""Groups of occurrences as the records and blocks that they will be, where nothing of them is known yet. Pure.

All that costs time is done here, outside of any transaction and perhaps in another process: ids, hashes, sums, texts and
the compressed blocks. What the ledger knows may still change it; then it is drafted anew.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import orjson

from graphcore.access.label import AccessLabel
from graphcore.arrow import ChunkedArray, pa
from graphcore.evidence.ledger.places import LinkPlace
from graphcore.evidence.ledger.prepare import Row
from graphcore.evidence.ledger.series_arrange import NO_END, Arranged, Int, Marks, arrange, integers
from graphcore.evidence.ledger.series_blocks import COUNTED, cut, decode, encode, rows_from
from graphcore.evidence.ledger.series_prepare import (
    Groups,
    Listed,
    grouped,
    head_bytes,
    known_at_text,
    prepare_series,
)
from graphcore.evidence.ledger.values import BatchId
from graphcore.evidence.series import VALUE, SeriesRows
from graphcore.model.ids import IdMaker
from graphcore.schema import SCHEMA


@dataclass(frozen=True, slots=True)
class DraftBlock:
    """One block, and by piece the place of its record, where it starts, how long it is and its times."""

    body: bytes
    record: list[int]
    start: list[int]
    length: list[int]
    first_at: list[int]
    last_at: list[int]


@dataclass(frozen=True, slots=True)
class Draft:
    """By record: the number of its group, and what the ledger will hold of it.

    ``lids`` are the links where the ends are entities of their own. ``left_out`` counts by group.
    """

    groups: list[int]
    lengths: Int
    left_out: Int
    content: list[str]
    rids: list[str]
    properties: list[str]
    valid_from: list[str]
    valid_to: list[str]
    row: list[int]
    lids: list[str]
    blocks: list[DraftBlock]

    def record_row(self, listed: Listed, at: int, batch: BatchId) -> Row:
        """The ledger's row of one record."""
        head, link = listed.heads[self.groups[at]], listed.links[self.groups[at]]
        grading = head.grading
        return {
            "rid": self.rids[at], "kind": "link", "type": head.link_type, "entity_kind": "", "owner": link.id,
            "source": listed.stated_by, "reference": head.reference, "properties": self.properties[at],
            "original": "{}", "content_hash": self.content[at], "label": head.label,
            "grading_scheme": grading.scheme.value if grading else None,
            "grading_source": grading.source if grading else None,
            "grading_intelligence": grading.intelligence if grading else None,
            "valid_from": self.valid_from[at], "valid_to": self.valid_to[at],
            "known_at": known_at_text(head, batch.known_at), "file": listed.file, "row": self.row[at],
            "batch": batch.number,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drafted:
    """Groups with their first draft, which has all that their rows say: the rows themselves are not sent along."""

    listed: Listed
    draft: Draft

    def groups(self, ids: IdMaker) -> Groups:
        """The groups with the rows of the draft: those of its rows that said the same as another are gone."""
        blocks = self.draft.blocks
        table = pa.concat_tables([decode(block.body) for block in blocks])
        group_of = np.array(self.draft.groups, np.int64)
        numbers = [np.repeat(group_of[block.record], block.length) for block in blocks]
        return grouped(self.listed, table.drop_columns([COUNTED]), np.concatenate(numbers), ids)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Links under labels: ``numbers`` of (link, place in ``labels``), and the number of each group."""

    labels: list[AccessLabel]
    numbers: dict[tuple[str, int], int]
    of_group: Int


def pairs_of(listed: Listed) -> Pairs:
    """What groups may repeat: the link and the access label of each."""
    heads = {id(head): head for head in listed.heads}  # few objects: hashing each group's label costs more
    places: dict[AccessLabel, int] = {}
    label_of = {key: places.setdefault(head.label, len(places)) for key, head in heads.items()}
    numbers: dict[tuple[str, int], int] = {}
    of_group = [
        numbers.setdefault((link.id, label_of[id(head)]), len(numbers))
        for link, head in zip(listed.links, listed.heads, strict=True)
    ]
    return Pairs([*places], numbers, np.array(of_group, np.int64))


def marks_with_heads(groups: Groups) -> Marks:
    """The marks of the rows; what a head says besides tells occurrences apart too."""
    return Marks(groups.marks.at, groups.marks.same, groups.marks.said ^ groups.other[groups.number])


def first_draft(groups: Groups, ids: IdMaker) -> Draft:
    """The draft for a ledger that knows none of these links."""
    marks = marks_with_heads(groups)
    return draft(
        groups, marks, arrange(groups.number, pairs_of(groups.listed).of_group, groups.row, marks), ids
    )


def drafted(rows: SeriesRows, ids: IdMaker) -> Drafted:
    """Rows ready for the ledger.

    Raises:
        LedgerError: a head has a type that is not in the schema.
    """
    groups = prepare_series(rows, ids)
    return Drafted(groups.listed, first_draft(groups, ids))


def draft(groups: Groups, marks: Marks, arranged: Arranged, ids: IdMaker) -> Draft:
    """What the groups become in this order; the blocks are packed in another thread, by Arrow."""
    with ThreadPoolExecutor(1, "ocb-blocks") as other:
        blocks = other.submit(blocks_of, groups, arranged, np.arange(len(arranged.groups)))
        return replace(_without_blocks(groups, marks, arranged, ids), blocks=blocks.result())


def _without_blocks(groups: Groups, marks: Marks, arranged: Arranged, ids: IdMaker) -> Draft:
    kept: list[int] = arranged.groups.tolist()
    listed = groups.listed
    links = [listed.links[group] for group in kept]
    summed = _summed(groups, arranged)
    heads = {id(head): head for head in listed.heads}
    said = {key: head_bytes(listed.stated_by, head) for key, head in heads.items()}
    content = [
        hashlib.blake2b(said[id(listed.heads[group])] + digest, digest_size=16).hexdigest()
        for group, digest in zip(kept, _digests(marks, arranged), strict=True)
    ]
    return Draft(
        kept,
        arranged.lengths,
        arranged.left_out,
        content,
        ids.records((link.id, told) for link, told in zip(links, content, strict=True)),
        _properties(groups, kept, summed),
        summed.first,
        summed.end,
        summed.row,
        _own_lids(ids, links),
        [],
    )


def blocks_of(groups: Groups, arranged: Arranged, records: Int) -> list[DraftBlock]:
    """The blocks of some of the records."""
    columns = groups.table.select(groups.listed.layout.schema().names)
    lengths, starts = arranged.lengths[records], arranged.starts[records]
    made: list[DraftBlock] = []
    for pieces in cut(lengths):
        places = np.concatenate([np.arange(p.length) + starts[p.record] + p.offset for p in pieces])
        at = groups.marks.at[arranged.rows[places]]
        body = encode(rows_from(columns, arranged.rows[places], arranged.counted[places]))
        first = np.array([p.start for p in pieces], np.int64)
        length = np.array([p.length for p in pieces], np.int64)
        made.append(
            DraftBlock(
                body, [int(records[p.record]) for p in pieces], first.tolist(), length.tolist(),
                at[first].tolist(), at[first + length - 1].tolist(),
            )
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
    if not len(order):
        return _Summed([], [], [], [], [], {})
    at = groups.marks.at[order]
    table, layout = groups.table, groups.listed.layout
    end = at
    if layout.until:
        until = integers(table.column("until"))[order]
        end = np.where(until == NO_END, at, until)
    return _Summed(
        np.minimum.reduceat(groups.row[order], starts).tolist(),
        np.add.reduceat(arranged.counted.astype(np.int64), starts).tolist(),
        _texts(np.minimum.reduceat(at, starts)),
        _texts(np.maximum.reduceat(at, starts)),
        _texts(np.maximum.reduceat(end, starts)),
        {name: _total(table.column(VALUE + name), arranged) for name in layout.total},
    )


def _total(column: ChunkedArray, arranged: Arranged) -> list[int | None]:
    values = integers(column)[arranged.rows]
    counts = arranged.counted & (values != NO_END)
    given = np.add.reduceat(counts.astype(np.int64), arranged.starts)
    sums = np.add.reduceat(np.where(counts, values, 0), arranged.starts)
    return [total if some else None for total, some in zip(sums.tolist(), given.tolist(), strict=True)]


def _texts(moments: Int) -> list[str]:
    """ISO UTC texts of 27 characters."""
    return [f"{text}Z" for text in np.datetime_as_string(moments.view("datetime64[us]")).tolist()]


def _properties(groups: Groups, kept: Sequence[int], summed: _Summed) -> list[str]:
    made: list[str] = []
    listed = groups.listed
    totals = [*summed.totals.items()]
    for at, group in enumerate(kept):
        said: dict[str, Sequence[object]] = dict(listed.heads[group].properties)
        said["occurrences"] = (summed.counts[at],)
        said["first_at"] = (summed.first[at],)
        said["last_at"] = (summed.last[at],)
        for name, values in totals:
            total = values[at]
            if total is not None:
                said[name] = (total,)
        made.append(orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode())
    return made


def _digests(marks: Marks, arranged: Arranged) -> list[bytes]:
    """By record the hash of what its occurrences say, in their order."""
    order, counted = arranged.rows, arranged.counted
    said = np.column_stack(
        [marks.at[order].view(np.uint64), marks.same[order], marks.said[order], counted.astype(np.uint64)]
    )
    ends = np.append(arranged.starts, len(order)).tolist()
    return [
        hashlib.blake2b(said[begin:end].tobytes(), digest_size=16).digest() for begin, end in pairwise(ends)
    ]


def _own_lids(ids: IdMaker, links: Sequence[LinkPlace]) -> list[str]:
    """The links where each end is an entity of its own."""
    symmetric = {link.type for link in links if SCHEMA.links[link.type].symmetric}
    return ids.links(
        (link.type, link.target, link.source, link.discriminator)
        if link.type in symmetric and link.source > link.target
        else (link.type, link.source, link.target, link.discriminator)
        for link in links
    )
