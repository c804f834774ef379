"""Records pulled: written as they stand in the open ledger, and put in their places by the code that appends records.

A record that the covert ledger has is not written again: its number here stands for it. Memory holds one page.
"""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, func, insert, select

from graphcore.covert.numbers import newest, note, note_by_key, ours, reached, theirs
from graphcore.evidence.ledger.append import place
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.places import LinkPlace, any_withdrawn
from graphcore.evidence.ledger.prepare import Prepared, Row
from graphcore.evidence.ledger.pulled_tables import pulled
from graphcore.evidence.ledger.repair_tables import said
from graphcore.evidence.ledger.series_tables import series_block, series_part
from graphcore.evidence.ledger.suggestion_tables import suggestion, suggestion_decision
from graphcore.evidence.ledger.tables import batch, label, link_origin, origin, record
from graphcore.model.ids import IdMaker

PAGE = 5_000
_LABEL = tuple(column.name for column in label.columns if column.name != "number")
Tell = Callable[[int, int], None]


def pull_labels(connection: Connection) -> None:
    """Bring the labels that are new."""
    there = theirs(label)
    after, until = reached(connection, label.name), newest(connection, there.c.number)
    if until <= after:
        return
    same = select(label.c.number).where(*(label.c[name] == there.c[name] for name in _LABEL)).exists()
    rank = func.row_number().over(order_by=there.c.number) + newest(connection, label.c.number)
    new = select(rank, *(there.c[name] for name in _LABEL)).where(there.c.number > after, ~same)
    connection.execute(insert(label).from_select(["number", *_LABEL], new))
    note_by_key(connection, label, "number", _LABEL, after, until)


def pull_records(connection: Connection, ids: IdMaker, tell: Tell) -> Iterator[list[str]]:
    """Bring the records that are new and put them in their places; gives the origins that they speak of, page by page.

    ``tell`` hears how many of how many are looked at.
    """
    after, until = reached(connection, record.name), newest(connection, theirs(record).c.seq)
    total = until - after
    while after < until:
        tell(total - (until - after), total)
        page = min(after + PAGE, until)
        fresh = _write_page(connection, after, page)
        if fresh:
            place(connection, ids, _prepared(connection, fresh), fresh, moved=any_withdrawn(connection))
        yield [row["owner"] for row in fresh if row["kind"] == "entity"]
        after = page


def _write_page(connection: Connection, after: int, until: int) -> list[Row]:
    there, here = theirs(record), newest(connection, record.c.seq)
    known = select(record.c.seq).where(record.c.rid == there.c.rid).exists()
    said_otherwise = {
        "seq": func.row_number().over(order_by=there.c.seq) + here,
        "label": ours(label.name, there.c.label),
        "batch": ours(batch.name, there.c.batch),
    }
    values = [said_otherwise.get(column.name, there.c[column.name]) for column in record.columns]
    new = select(*values).where(there.c.seq > after, there.c.seq <= until, ~known).order_by(there.c.seq)
    connection.execute(insert(record).from_select([*record.columns], new))
    note_by_key(connection, record, "seq", ("rid",), after, until)
    wanted = select(record.c.seq, record.c.kind, record.c.owner).where(record.c.seq > here)
    return [{**row} for row in connection.execute(wanted.order_by(record.c.seq)).mappings()]


def _prepared(connection: Connection, fresh: list[Row]) -> Prepared:
    """What :func:`place` needs to know of the items and links that these records speak of. Each is an entity of its own."""
    owners: dict[str, set[str]] = {"entity": set(), "link": set()}
    for row in fresh:
        owners[row["kind"]].add(row["owner"])
    items, links = theirs(origin), theirs(link_origin)
    named = (items.c.origin_id, items.c.source, items.c.entity_type, items.c.reference)
    wanted = select(*named, items.c.origin_id.label("uid")).where(items.c.origin_id.in_(items_of("keys")))
    found = connection.execute(wanted, {"keys": key_list(sorted(owners["entity"]))}).mappings()
    ends = (links.c.id, links.c.type, links.c.source_origin, links.c.target_origin, links.c.discriminator)
    joins = select(*ends).where(links.c.id.in_(items_of("keys")))
    joined = connection.execute(joins, {"keys": key_list(sorted(owners["link"]))})
    return Prepared(
        [],
        {row["origin_id"]: {**row} for row in found},
        {
            id_: LinkPlace(id_, type_, source, target, apart, None)
            for id_, type_, source, target, apart in joined
        },
    )


def pull_said(connection: Connection) -> None:
    """Bring which batches say which records; a range is cut where its records lie apart here."""
    there = theirs(said)
    after, until = reached(connection, said.name), newest(connection, there.c.number)
    if until <= after:
        return
    here = newest(connection, said.c.number)
    low, high = func.max(there.c.first, pulled.c.first), func.min(there.c.last, pulled.c.last)
    shift = pulled.c.ours - pulled.c.first
    cut = (
        select(ours(batch.name, there.c.batch), low + shift, high + shift)
        .join_from(there, pulled, (pulled.c.first <= there.c.last) & (pulled.c.last >= there.c.first))
        .where(pulled.c.name == record.name, there.c.number > after)
        .order_by(there.c.number, low)
    )
    connection.execute(insert(said).from_select(["batch", "first", "last"], cut))
    note(connection, said.name, (after + 1, until), (here + 1, newest(connection, said.c.number)))


def pull_suggestions(connection: Connection) -> None:
    """Bring the suggestions that are new."""
    there = theirs(suggestion)
    after, until = reached(connection, suggestion.name), newest(connection, there.c.number)
    if until <= after:
        return
    known = select(suggestion.c.number).where(suggestion.c.suggestion_id == there.c.suggestion_id).exists()
    names = [column.name for column in suggestion.columns if column.name != "number"]
    values = [ours(record.name, there.c.seq) if name == "seq" else there.c[name] for name in names]
    new = select(*values).where(there.c.number > after, ~known).order_by(there.c.number)
    connection.execute(insert(suggestion).from_select(names, new))
    note_by_key(connection, suggestion, "number", ("suggestion_id",), after, until)


def pull_suggestion_decisions(connection: Connection) -> None:
    """Bring what persons decided on suggestions, unless somebody decided here later."""
    table, there = suggestion_decision, theirs(suggestion_decision)
    after, until = reached(connection, table.name), newest(connection, there.c.number)
    if until <= after:
        return
    here = ours(suggestion.name, there.c.suggestion)
    later = select(table.c.number).where(table.c.suggestion == here, table.c.decided_at > there.c.decided_at)
    names = [column.name for column in table.columns if column.name != "number"]
    values = [here if name == "suggestion" else there.c[name] for name in names]
    new = select(*values).where(there.c.number > after, ~later.exists()).order_by(there.c.number)
    connection.execute(insert(table).from_select(names, new))
    note(connection, table.name, (after + 1, until), (0, 0))  # nothing refers to one by its number


def pull_parts(connection: Connection, blocks_before: int, records_before: int) -> None:
    """Bring what part of which new block a new record counts; both numbers are those here before the pull."""
    there, here = theirs(series_part), ours(record.name, theirs(series_part).c.seq)
    block = ours(series_block.name, there.c.block)
    values = {"seq": here, "block": block}
    new = select(*(values.get(column.name, there.c[column.name]) for column in series_part.columns)).where(
        there.c.block > blocks_before, here > records_before
    )
    connection.execute(insert(series_part).from_select([*series_part.columns], new))
