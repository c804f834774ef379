"""The links of series straight from the ledger's tables, which stand in the same file: for filling an empty graph.

A link with one record, and that one of a series, is in the graph what it is in the ledger: no value has to be looked at, so
one statement moves a hundred thousand of them. All other links, and those whose ends are not in the graph, are left to
the projection's pages. A test holds both ways to the same graph.
"""

import sqlite3
from collections.abc import Collection
from itertools import pairwise

from graphcore.schema import SCHEMA
from graphcore.store.assemble import AMOUNT
from graphcore.store.embedded.labelsets import LabelSets
from graphcore.store.embedded.tables import LINK_INDEXES

SPAN = 50_000  # record numbers at a time
_TABLES = ("record", "origin", "link_origin", "series_part", "withdrawn", "held_record")
_SYMMETRIC = ", ".join(f"'{name}'" for name, spec in sorted(SCHEMA.links.items()) if spec.symmetric)
_AMOUNTS = " ".join(
    f"WHEN '{name}' THEN json_extract(r.properties, '$.{value}[0]')" for name, value in sorted(AMOUNT.items())
)
_TEMPORARY = ("absorb_end", "absorb_crowded", "absorb_label", "absorbed")
_PREPARE = (
    *(f"DROP TABLE IF EXISTS temp.{name}" for name in _TEMPORARY),
    "CREATE TEMP TABLE absorb_end (origin TEXT PRIMARY KEY, eid INTEGER NOT NULL, uid TEXT NOT NULL) WITHOUT ROWID",
    """
    INSERT INTO absorb_end (origin, eid, uid)
    SELECT o.origin_id, e.eid, e.uid FROM origin AS o CROSS JOIN graph_entity AS e ON e.uid = o.uid ORDER BY o.origin_id
    """,
    # what several records or origins speak of has to be put together
    "CREATE TEMP TABLE absorb_crowded (key TEXT PRIMARY KEY) WITHOUT ROWID",
    """
    INSERT INTO absorb_crowded (key)
    SELECT owner FROM record GROUP BY owner HAVING count(*) > 1 AND owner NOT IN (SELECT origin_id FROM origin)
    """,
    """
    INSERT OR IGNORE INTO absorb_crowded (key)
    SELECT lid FROM link_origin WHERE lid IS NOT NULL GROUP BY lid HAVING count(*) > 1
    """,
    """
    CREATE TEMP TABLE absorb_label (label INTEGER PRIMARY KEY, labelset INTEGER NOT NULL)
    """,
    """
    CREATE TEMP TABLE absorbed (
        n INTEGER PRIMARY KEY, lid TEXT NOT NULL, type TEXT NOT NULL, src INTEGER NOT NULL, dst INTEGER NOT NULL,
        labelset INTEGER NOT NULL, seq INTEGER NOT NULL, source_origin TEXT, target_origin TEXT
    )
    """,
)
# ledger and identity may change between two spans: what is wrong then stands in the outbox and is put right from there.
# The order of ids: each page of the index by id is then met once in a span
_CHOOSE = f"""
INSERT INTO absorbed (lid, type, labelset, seq, src, dst, source_origin, target_origin)
SELECT f.* FROM (
    SELECT k.lid, k.type, b.labelset, r.seq,
        CASE WHEN k.type IN ({_SYMMETRIC}) AND s.uid > t.uid THEN t.eid ELSE s.eid END AS src,
        CASE WHEN k.type IN ({_SYMMETRIC}) AND s.uid > t.uid THEN s.eid ELSE t.eid END AS dst,
        CASE WHEN k.type IN ({_SYMMETRIC}) AND s.uid > t.uid THEN nullif(t.origin, t.uid) ELSE nullif(s.origin, s.uid) END,
        CASE WHEN k.type IN ({_SYMMETRIC}) AND s.uid > t.uid THEN nullif(s.origin, s.uid) ELSE nullif(t.origin, t.uid) END
    FROM record AS r
    CROSS JOIN link_origin AS k ON k.id = r.owner
    CROSS JOIN absorb_label AS b ON b.label = r.label
    CROSS JOIN absorb_end AS s ON s.origin = k.source_origin CROSS JOIN absorb_end AS t ON t.origin = k.target_origin
    WHERE r.seq >= :first AND r.seq < :end AND EXISTS (SELECT 1 FROM series_part AS p WHERE p.seq = r.seq)
        AND k.lid IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM absorb_crowded AS c WHERE c.key = r.owner)
        AND NOT EXISTS (SELECT 1 FROM absorb_crowded AS c WHERE c.key = k.lid)
    GROUP BY k.lid HAVING count(*) = 1
) AS f
WHERE NOT EXISTS (SELECT 1 FROM graph_link AS g WHERE g.lid = f.lid)
"""  # noqa: S608 -- names of the schema
_LINKS = """
INSERT INTO graph_link (n, lid, type, src, dst, labelset)
SELECT :last + n, lid, type, src, dst, labelset FROM absorbed ORDER BY n
"""
# in the order of the records, which are long: each page of theirs is read once
_ASSERTIONS = f"""
INSERT INTO graph_link_assertion (n, label, known_at, seq, rid, origin_id, source, valid_from, valid_to, grading,
    share_min, share_max, amount, occurrences, properties, source_origin, target_origin)
SELECT :last + x.n, r.label, r.known_at, r.seq, r.rid, r.owner, r.source, r.valid_from, r.valid_to,
    CASE WHEN r.grading_scheme IS NULL THEN '' ELSE r.grading_scheme || ':'
        || coalesce(nullif(r.grading_source, ''), '-') || coalesce(nullif(r.grading_intelligence, ''), '-') END,
    json_extract(r.properties, '$.share_min[0]'), json_extract(r.properties, '$.share_max[0]'),
    CASE x.type {_AMOUNTS} END, json_extract(r.properties, '$.occurrences[0]'), r.properties,
    x.source_origin, x.target_origin
FROM (SELECT n, type, seq, source_origin, target_origin FROM absorbed ORDER BY seq) AS x CROSS JOIN record AS r ON r.seq = x.seq
"""  # noqa: S608 -- names of the schema


def can_absorb(connection: sqlite3.Connection) -> bool:
    """True where the ledger stands in the same file with series in it, no link is here, and every record is as it came:
    none is withdrawn, or held otherwise than under its own label.
    """
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    if not {name for (name,) in found}.issuperset(_TABLES):
        return False
    some = connection.execute("SELECT EXISTS (SELECT 1 FROM series_part)").fetchone()[0]
    against = """
        SELECT EXISTS (SELECT 1 FROM withdrawn WHERE restored_at IS NULL) OR EXISTS (SELECT 1 FROM held_record)
            OR EXISTS (SELECT 1 FROM graph_link)
    """
    return bool(some) and not connection.execute(against).fetchone()[0]


def begin(connection: sqlite3.Connection, labels: Collection[int]) -> list[tuple[int, int]]:
    """Put down, in tables of this connection alone, which ends there are, and put off the indexes of links.

    ``labels`` are numbers that the graph knows; records under others are left. Gives the spans of record numbers to bring in.
    """
    for statement in _PREPARE:
        connection.execute(statement)
    sets = LabelSets(connection)
    rows = [(label, sets.number([label])) for label in sorted(labels)]
    connection.executemany("INSERT INTO absorb_label (label, labelset) VALUES (?, ?)", rows)
    for name in LINK_INDEXES:
        connection.execute(f"DROP INDEX IF EXISTS {name}")
    first, last = connection.execute("SELECT min(seq), max(seq) FROM series_part").fetchone()
    bounds = [*range(first, last + 1, SPAN), last + 1]
    return [*pairwise(bounds)]


def absorb(connection: sqlite3.Connection, span: tuple[int, int]) -> int:
    """Bring in the links of one span of records; gives how many."""
    last = {"last": connection.execute("SELECT coalesce(max(n), 0) FROM graph_link").fetchone()[0]}
    connection.execute("DELETE FROM absorbed")
    count = connection.execute(_CHOOSE, {"first": span[0], "end": span[1]}).rowcount
    connection.execute(_LINKS, last)
    connection.execute(_ASSERTIONS, last)
    return count


def end(connection: sqlite3.Connection) -> None:
    """Forget what :func:`begin` put down, and build the indexes."""
    for name in _TEMPORARY:
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
    for create in LINK_INDEXES.values():
        connection.execute(create)
