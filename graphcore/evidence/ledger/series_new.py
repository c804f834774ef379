"""Series of links that the ledger does not know: written as drafted, column by column, without a look at each record."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from graphcore.access.label import AccessLabel
from graphcore.evidence.ledger.dialect import insert_new, insert_tuples
from graphcore.evidence.ledger.places import any_withdrawn, lid_of, uids_of
from graphcore.evidence.ledger.prepare import Row
from graphcore.evidence.ledger.said import Noted, add_counts
from graphcore.evidence.ledger.series_arrange import Int
from graphcore.evidence.ledger.series_draft import Draft, DraftBlock
from graphcore.evidence.ledger.series_prepare import Listed
from graphcore.evidence.ledger.series_tables import series_block, series_part
from graphcore.evidence.ledger.tables import link_origin, outbox, record, waiting
from graphcore.evidence.ledger.values import AppendCounts, BatchId
from graphcore.model.ids import IdMaker

_LAST_BLOCK = select(func.coalesce(func.max(series_block.c.number), 0))
_LAST_SEQ = select(func.coalesce(func.max(record.c.seq), 0))
_LINK = ("id", "type", "source_origin", "target_origin", "discriminator", "lid")
_OWN = ("seq", "rid", "owner", "properties", "content_hash", "valid_from", "valid_to", "row")
_PART = ("seq", "block", "start", "length", "first_at", "last_at")


@dataclass(frozen=True, slots=True)
class SeriesAppend:
    """What one append of series needs to know; ``labels`` is the known part of the label table and grows."""

    ids: IdMaker
    here: BatchId
    labels: dict[AccessLabel, int]
    noted: Noted
    moment: str


def append_new(connection: Connection, listed: Listed, made: Draft, told: SeriesAppend) -> AppendCounts:
    """Write a draft of links of which none is in the ledger, so that none of the records can be."""
    last = int(connection.execute(_LAST_SEQ).scalar_one())
    seqs = range(last + 1, last + 1 + len(made.groups))
    _write_records(connection, listed, made, told, seqs)
    told.noted.note(connection, told.here.number, seqs, ())
    waits = _write_links(connection, listed, made, told.ids)
    write_blocks(connection, made.blocks, seqs)
    for label, (new, same) in by_label(listed, made, made.lengths).items():
        add_counts(connection, told.here.number, told.labels[label], new, same)
    return AppendCounts(int(made.lengths.sum()), int(made.left_out.sum()), waits)


def by_label(listed: Listed, made: Draft, new: Int) -> dict[AccessLabel, tuple[int, int]]:
    """``new`` by record and what was left out, added up by label."""
    found: dict[AccessLabel, list[int]] = {}
    for group, count in zip(made.groups, new.tolist(), strict=True):
        found.setdefault(listed.heads[group].label, [0, 0])[0] += count
    for head, count in zip(listed.heads, made.left_out.tolist(), strict=True):
        if count:
            found.setdefault(head.label, [0, 0])[1] += count
    return {label: (counts[0], counts[1]) for label, counts in found.items()}


def write_blocks(connection: Connection, blocks: Sequence[DraftBlock], seqs: Sequence[int]) -> None:
    """Write blocks, and which part of which is of which record (``seqs`` by place)."""
    number = int(connection.execute(_LAST_BLOCK).scalar_one())
    for block in blocks:
        number += 1
        connection.execute(insert(series_block), {"number": number, "body": block.body})
        columns = (block.start, block.length, block.first_at, block.last_at)
        parts = [(seqs[at], number, *rest) for at, *rest in zip(block.record, *columns, strict=True)]
        insert_tuples(connection, series_part, _PART, parts)


def _write_records(
    connection: Connection, listed: Listed, made: Draft, told: SeriesAppend, seqs: Sequence[int]
) -> None:
    shared: dict[int, tuple[object, ...]] = {}
    rows: list[tuple[object, ...]] = []
    rest: tuple[str, ...] = ()
    for at, group in enumerate(made.groups):
        head = listed.heads[group]
        if id(head) not in shared:
            row = {**made.record_row(listed, at, told.here), "label": told.labels[head.label]}
            rest = tuple(name for name in row if name not in _OWN)
            shared[id(head)] = tuple(row[name] for name in rest)
        rows.append(
            (
                seqs[at], made.rids[at], listed.links[group].id, made.properties[at], made.content[at],
                made.valid_from[at], made.valid_to[at], made.row[at], *shared[id(head)],
            )
        )  # fmt: skip
    insert_tuples(connection, record, (*_OWN, *rest), rows)


def _write_links(connection: Connection, listed: Listed, made: Draft, ids: IdMaker) -> int:
    """Write the links and their place in the outbox; gives how many records wait for an end."""
    links = {
        listed.links[group].id: (listed.links[group], lid)
        for group, lid in zip(made.groups, made.lids, strict=True)
    }
    ends = {end for link, _ in links.values() for end in (link.source, link.target)}
    uids = uids_of(connection, ends)
    own = {end for end in ends if uids.get(end) == end}
    rows: list[tuple[object, ...]] = []
    lids: dict[str, None] = {}
    missing: list[Row] = []
    short: set[str] = set()
    for link, drafted in links.values():
        lid = drafted if link.source in own and link.target in own else lid_of(ids, link, uids)
        rows.append((link.id, link.type, link.source, link.target, link.discriminator, lid))
        if lid is not None:
            lids[lid] = None
        elif link.source not in uids or link.target not in uids:
            short.add(link.id)
            both = dict.fromkeys((link.source, link.target))
            missing += [{"missing": end, "link_origin": link.id} for end in both if end not in uids]
    insert_tuples(connection, link_origin, _LINK, rows)
    if missing:
        insert_new(connection, waiting, missing)
    moved = any_withdrawn(connection)
    insert_tuples(connection, outbox, ("kind", "key", "moved"), [("link", lid, moved) for lid in lids])
    return sum(listed.links[group].id in short for group in made.groups)
