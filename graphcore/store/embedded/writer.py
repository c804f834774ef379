"""Writing: whole states inside the caller's transaction, so that a batch is in the graph altogether or not at all.

The rows of a state that is written again are deleted and inserted anew; entity numbers (eid) and link numbers (n) stay.
"""

import sqlite3
from collections.abc import Iterable, Mapping

from graphcore.access.label import AccessLabel
from graphcore.errors import StoreError
from graphcore.store.assemble import link_measures
from graphcore.store.codec import check_batch, encode_properties
from graphcore.store.embedded.labelsets import LabelSets
from graphcore.store.embedded.removal import (
    forget_entity_assertions,
    forget_link_assertions,
    remove_entities,
    remove_links,
)
from graphcore.store.embedded.visibility import encode_label, json_list, read_labels
from graphcore.store.ranking import search_text
from graphcore.store.state import Assertion, EntityState, GraphBatch, LinkState

_ADD_ENTITY_ASSERTION = """
INSERT INTO graph_entity_assertion (aid, eid, label, known_at, seq, rid, origin_id, source, kind, valid_from, valid_to,
    grading, caption, properties, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ADD_LINK_ASSERTION = """
INSERT INTO graph_link_assertion (n, label, known_at, seq, rid, origin_id, source, valid_from, valid_to, grading,
    share_min, share_max, amount, occurrences, properties, source_origin, target_origin)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_Row = tuple[str | int | float | None, ...]


def apply_batch(connection: sqlite3.Connection, batch: GraphBatch) -> None:
    """Apply one batch in the order that :class:`GraphBatch` gives.

    Raises:
        StoreError: the batch is against the rules; the caller rolls back.
    """
    check_batch(batch)
    add_labels(connection, batch.labels)
    gone = _numbers(
        connection,
        "SELECT lid, n FROM graph_link WHERE lid IN (SELECT value FROM json_each(?))",
        batch.gone_links,
    )
    remove_links(connection, list(gone.values()))
    remove_entities(connection, list(_eids(connection, batch.gone_entities).values()))
    sets = LabelSets(connection)
    _write_entities(connection, batch.entities, sets)
    _write_links(connection, batch.links, sets)
    put_state(connection, "applied", batch.applied)


def put_state(connection: sqlite3.Connection, name: str, value: int) -> None:
    """Set one number of the store's state and raise ``version``."""
    upsert = "INSERT INTO graph_state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = "
    connection.execute(upsert + "excluded.value", (name, value))
    raise_version(connection)


def raise_version(connection: sqlite3.Connection) -> None:
    """Note that the graph has changed: what is kept of views before is not asked any more."""
    connection.execute(
        "INSERT INTO graph_state (name, value) VALUES ('version', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
    )


def add_labels(connection: sqlite3.Connection, labels: Mapping[int, AccessLabel]) -> None:
    """Put down what label numbers stand for.

    Raises:
        StoreError: one stands for another label in this store.
    """
    known = read_labels(connection)
    for number, label in labels.items():
        if known.get(number, label) != label:
            raise StoreError(
                f"label {number} stands for another access label in this store: rebuild the graph"
            )
    rows = [(number, encode_label(label)) for number, label in labels.items() if number not in known]
    connection.executemany("INSERT INTO graph_label (number, body) VALUES (?, ?)", rows)


def _numbers(connection: sqlite3.Connection, find: str, keys: Iterable[str]) -> dict[str, int]:
    return dict(connection.execute(find, (json_list(list(keys)),)).fetchall())


def _eids(connection: sqlite3.Connection, uids: Iterable[str]) -> dict[str, int]:
    find = "SELECT uid, eid FROM graph_entity WHERE uid IN (SELECT value FROM json_each(?))"
    return _numbers(connection, find, uids)


def _next(connection: sqlite3.Connection, find_last: str) -> int:
    return (connection.execute(find_last).fetchone()[0] or 0) + 1


def _write_entities(connection: sqlite3.Connection, states: tuple[EntityState, ...], sets: LabelSets) -> None:
    known = _eids(connection, (state.uid for state in states))
    forget_entity_assertions(connection, list(known.values()))
    eid = _next(connection, "SELECT max(eid) FROM graph_entity")
    rows: list[_Row] = []
    assertions: list[tuple[int, str, Assertion]] = []
    for state in {state.uid: state for state in states}.values():
        number = known.get(state.uid)
        if number is None:
            number, eid = eid, eid + 1
        labelset = sets.number([a.label for a in state.assertions])
        rows.append((number, state.uid, state.type, labelset, _mixed(state)))
        assertions += [(number, state.type, assertion) for assertion in state.assertions]
    connection.executemany(
        "INSERT INTO graph_entity (eid, uid, type, labelset, mixed) VALUES (?, ?, ?, ?, ?) ON CONFLICT (eid) DO UPDATE SET"
        " type = excluded.type, labelset = excluded.labelset, mixed = excluded.mixed",
        rows,
    )
    _write_entity_assertions(connection, assertions)


def _mixed(state: EntityState) -> int:
    """See ``tables``."""
    items: dict[str, set[int]] = {}
    for assertion in state.assertions:
        items.setdefault(assertion.origin_id, set()).add(assertion.label)
    return 0 if len(items) == 1 else 1 + (len({*map(frozenset, items.values())}) > 1)


def _write_entity_assertions(connection: sqlite3.Connection, items: list[tuple[int, str, Assertion]]) -> None:
    first = _next(connection, "SELECT max(aid) FROM graph_entity_assertion")
    rows = [_entity_row(aid, *item) for aid, item in enumerate(items, first)]
    connection.executemany(_ADD_ENTITY_ASSERTION, rows)
    texts = [(row[0], row[-1]) for row in rows if row[-1]]
    connection.executemany("INSERT INTO graph_text (rowid, text) VALUES (?, ?)", texts)


def _entity_row(aid: int, eid: int, entity_type: str, a: Assertion) -> _Row:
    return (
        aid, eid, a.label, a.known_at, a.seq, a.rid, a.origin_id, a.source, a.kind, a.valid_from, a.valid_to, a.grading,
        a.caption, encode_properties(a.properties), search_text(entity_type, a.caption, a.properties),
    )  # fmt: skip


def _write_links(connection: sqlite3.Connection, states: tuple[LinkState, ...], sets: LabelSets) -> None:
    find = "SELECT lid, n FROM graph_link WHERE lid IN (SELECT value FROM json_each(?))"
    known = _numbers(connection, find, (state.lid for state in states))
    forget_link_assertions(connection, list(known.values()))
    ends = _eids(connection, {uid for state in states for uid in (state.source, state.target)})
    n = _next(connection, "SELECT max(n) FROM graph_link")
    rows: list[_Row] = []
    assertions: list[_Row] = []
    for state in {state.lid: state for state in states}.values():
        if state.source not in ends or state.target not in ends:
            raise StoreError(
                f"link {state.lid} has an end that is not in the graph: write its entities first"
            )
        number = known.get(state.lid)
        if number is None:
            number, n = n, n + 1
        labelset = sets.number([a.label for a in state.assertions])
        rows.append((number, state.lid, state.type, ends[state.source], ends[state.target], labelset))
        assertions += [_link_row(number, state, assertion) for assertion in state.assertions]
    connection.executemany(
        "INSERT INTO graph_link (n, lid, type, src, dst, labelset) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (n) DO UPDATE SET"
        " type = excluded.type, src = excluded.src, dst = excluded.dst, labelset = excluded.labelset",
        rows,
    )
    connection.executemany(_ADD_LINK_ASSERTION, assertions)


def _link_row(n: int, state: LinkState, a: Assertion) -> _Row:
    # NaN is stored as NULL: no value given
    return (
        n, a.label, a.known_at, a.seq, a.rid, a.origin_id, a.source, a.valid_from, a.valid_to, a.grading,
        *link_measures(state.type, a.properties), encode_properties(a.properties),
        None if a.source_origin == state.source else a.source_origin,
        None if a.target_origin == state.target else a.target_origin,
    )  # fmt: skip
