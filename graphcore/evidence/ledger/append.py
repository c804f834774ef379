"""One append: records, their origins and links, what waits, the outbox, quarantine and progress, in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from graphcore.access.label import AccessLabel
from graphcore.evidence.ledger.dialect import insert_many, insert_new, items_of, key_list
from graphcore.evidence.ledger.labels import label_numbers
from graphcore.evidence.ledger.places import (
    LinkPlace,
    any_waiting,
    any_withdrawn,
    emit,
    lid_of,
    links_by_id,
    links_touching,
    members_of,
    set_lids,
    uids_of,
)
from graphcore.evidence.ledger.prepare import Prepared, Row
from graphcore.evidence.ledger.said import Noted, note_counts
from graphcore.evidence.ledger.tables import (
    batch,
    link_origin,
    origin,
    quarantine,
    record,
    waiting,
    withdrawn,
)
from graphcore.evidence.ledger.values import AppendCounts, BatchId, QuarantineRow
from graphcore.model.ids import IdMaker

_LAST_SEQ = select(func.coalesce(func.max(record.c.seq), 0))
_HELD = select(record.c.rid, record.c.seq).where(record.c.rid.in_(items_of("keys")))
_HELD_WITHDRAWN = (
    select(record.c.rid, record.c.seq)
    .join(withdrawn, withdrawn.c.seq == record.c.seq)
    .where(record.c.rid.in_(items_of("keys")), withdrawn.c.restored_at.is_(None))
)
_RESTORE = (
    update(withdrawn)
    .where(withdrawn.c.seq == bindparam("key"), withdrawn.c.restored_at.is_(None))
    .values(restored_at=bindparam("moment"))
)
_AWAITED = select(waiting.c.link_origin).where(waiting.c.missing.in_(items_of("keys")))
_ARRIVED = delete(waiting).where(waiting.c.missing.in_(items_of("keys")))
_STILL_WAITING = select(waiting.c.link_origin).where(waiting.c.link_origin.in_(items_of("keys")))
_PROGRESS = (
    update(batch)
    .where(batch.c.number == bindparam("key"))
    .values(
        rows_done=bindparam("done"),
        loaded=batch.c.loaded + bindparam("new"),
        unchanged=batch.c.unchanged + bindparam("same"),
        quarantined=batch.c.quarantined + bindparam("refused"),
    )
)
_MORE = (
    update(batch)
    .where(batch.c.number == bindparam("key"))
    .values(loaded=batch.c.loaded + bindparam("new"), unchanged=batch.c.unchanged + bindparam("same"))
)


def append_rows(
    connection: Connection,
    ids: IdMaker,
    made: Prepared,
    labels: dict[AccessLabel, int],
    noted: Noted,
    moment: str,
) -> AppendCounts:
    """Write what is new of ``made``; ``labels`` is the known part of the label table and grows.

    A record that was withdrawn and is now said again is restored and counts as loaded. What the batch says is put down
    in ``said``, also where another batch said it first; ``noted`` is told of it, and takes it in once it is committed.
    """
    by_rid = {row["rid"]: row for row in reversed(made.records)}  # the first of two equal ones stands
    keys = {"keys": key_list([*by_rid])}
    withdrawn_here = any_withdrawn(connection)
    held = dict(connection.execute(_HELD, keys).all())
    restored = dict(connection.execute(_HELD_WITHDRAWN, keys).all()) if withdrawn_here else {}
    fresh = _numbered(
        connection, [row for row in made.records if row["rid"] not in held and by_rid[row["rid"]] is row]
    )
    said = fresh + [by_rid[rid] for rid in restored]
    _write_records(connection, made.records, fresh, labels)
    if made.records:
        here: int = made.records[0]["batch"]
        noted.note(connection, here, [row["seq"] for row in fresh], held.values())
        note_counts(connection, here, made.records, said, labels)
    if restored:
        connection.execute(_RESTORE, [{"key": seq, "moment": moment} for seq in restored.values()])
    if not said:
        return AppendCounts(unchanged=len(made.records))
    place(connection, ids, made, said, moved=withdrawn_here)
    return AppendCounts(len(said), len(made.records) - len(said), _waits(connection, said))


def place(connection: Connection, ids: IdMaker, made: Prepared, said: list[Row], *, moved: bool) -> None:
    """Put the items and links of records that were written just now in their places, and into the outbox.

    ``said`` gives ``seq``, ``kind`` and ``owner`` of each record, ``made`` their origins and link origins; ``moved``: some
    record was withdrawn before.
    """
    uids, lids = _place(connection, ids, made, said)
    if moved:  # an entity that comes back brings back the links that others say it has
        touching = links_touching(connection, members_of(connection, uids))
        lids += [link.lid for link in touching if link.lid is not None]
    emit(connection, uids, lids, moved=moved)


def _numbered(connection: Connection, rows: list[Row]) -> list[Row]:
    last: int = connection.execute(_LAST_SEQ).scalar_one()
    for seq, row in enumerate(rows, start=last + 1):
        row["seq"] = seq
    return rows


def _write_records(
    connection: Connection, made: list[Row], fresh: list[Row], labels: dict[AccessLabel, int]
) -> None:
    here = {id(row["label"]): row["label"] for row in made}  # few objects: hashing each row's costs more
    label_numbers(connection, {*here.values()}, labels)
    numbers = {key: labels[label] for key, label in here.items()}
    insert_many(connection, record, [{**row, "label": numbers[id(row["label"])]} for row in fresh])


def _place(
    connection: Connection, ids: IdMaker, made: Prepared, said: list[Row]
) -> tuple[list[str], list[str]]:
    """Write new origins and link origins, complete what waited; gives the entities and links that changed."""
    entities = [row for row in said if row["kind"] == "entity"]
    uids = uids_of(connection, {row["owner"] for row in entities})
    first = {row["owner"]: row["seq"] for row in reversed(entities) if row["owner"] not in uids}
    arrived = [{**made.origins[owner], "first_seq": seq} for owner, seq in first.items()]
    insert_many(connection, origin, arrived)
    lids = _new_links(connection, ids, made, [row["owner"] for row in said if row["kind"] == "link"])
    if any_waiting(connection):
        lids += _complete(connection, ids, [*first])
    uids |= {owner: owner for owner in first}
    return [uids[row["owner"]] for row in entities], lids


def _new_links(connection: Connection, ids: IdMaker, made: Prepared, touched: list[str]) -> list[str]:
    """Write the link origins that are new; gives the link of each touched one that makes a link."""
    lids = {link.id: link.lid for link in links_by_id(connection, dict.fromkeys(touched))}
    new = [made.link_origins[owner] for owner in dict.fromkeys(touched) if owner not in lids]
    uids = uids_of(connection, {end for link in new for end in (link.source, link.target)})
    missing: list[Row] = []
    for link in new:
        lids[link.id] = lid_of(ids, link, uids)
        ends = dict.fromkeys((link.source, link.target))
        missing += [{"missing": end, "link_origin": link.id} for end in ends if end not in uids]
    insert_many(connection, link_origin, [_link_row(link, lids[link.id]) for link in new])
    if missing:
        insert_new(connection, waiting, missing)
    return [lid for owner in touched if (lid := lids[owner]) is not None]


def _waits(connection: Connection, said: list[Row]) -> int:
    """How many of these records are on a link that misses an end."""
    if not any_waiting(connection):
        return 0
    owners = sorted({row["owner"] for row in said if row["kind"] == "link"})
    still = set(connection.scalars(_STILL_WAITING, {"keys": key_list(owners)}))
    return sum(row["owner"] in still for row in said)


def _link_row(link: LinkPlace, lid: str | None) -> Row:
    return {
        "id": link.id, "type": link.type, "source_origin": link.source, "target_origin": link.target,
        "discriminator": link.discriminator, "lid": lid,
    }  # fmt: skip


def _complete(connection: Connection, ids: IdMaker, arrived: list[str]) -> list[str]:
    """Make the links that waited for an end that has arrived; gives those that now have both."""
    keys = {"keys": key_list(arrived)}
    awaited = {*connection.scalars(_AWAITED, keys)}
    if not awaited:
        return []
    connection.execute(_ARRIVED, keys)
    awaited -= {*connection.scalars(_STILL_WAITING, {"keys": key_list([*awaited])})}
    links = links_by_id(connection, sorted(awaited))
    uids = uids_of(connection, {end for link in links for end in (link.source, link.target)})
    lids = {link.id: lid_of(ids, link, uids) for link in links}
    set_lids(connection, lids)
    return [lid for _, lid in sorted(lids.items()) if lid is not None]


def write_progress(
    connection: Connection,
    here: BatchId,
    counts: AppendCounts,
    refused: Sequence[QuarantineRow],
    rows_done: int,
) -> AppendCounts:
    """Write the refused rows and how far the batch has come."""
    if refused:
        _refuse(connection, here, refused)
    progress = {
        "key": here.number, "done": rows_done, "new": counts.loaded, "same": counts.unchanged, "refused": len(refused),
    }  # fmt: skip
    connection.execute(_PROGRESS, progress)
    return replace(counts, quarantined=len(refused))


def add_progress(connection: Connection, here: BatchId, counts: AppendCounts) -> None:
    """Count what came of a step that reads no further rows."""
    more = {"key": here.number, "new": counts.loaded, "same": counts.unchanged}
    connection.execute(_MORE, more)


def _refuse(connection: Connection, here: BatchId, refused: Sequence[QuarantineRow]) -> None:
    labels: dict[AccessLabel, int] = {}
    label_numbers(connection, {row.label for row in refused if row.label is not None}, labels)
    rows: list[dict[str, Any]] = [
        {
            "batch": here.number, "file": row.file, "row": row.row, "field": row.field, "reason": row.reason,
            "original": row.original, "label": labels[row.label] if row.label is not None else None,
            "unread": row.unread,
        }
        for row in refused
    ]  # fmt: skip
    insert_many(connection, quarantine, rows)
