"""Every read statement of the embedded store. See ``sql`` for what ``@rule(alias)`` stands for.

Each is one constant text; questions that leave a filter out give NULL for it. ``json_each`` turns a list parameter into
rows; CROSS JOIN fixes the order of tables, so that a walk starts at the list and never at a scan.
"""

from graphcore.store.embedded.sql import statement
from graphcore.store.query import Direction

# raised by every transaction that changes the graph
DATA_VERSION = "SELECT value FROM graph_state WHERE name = 'version'"

ENTITIES = statement("""
SELECT e.uid, e.type, a.rid, a.seq, a.origin_id, a.source, a.label, a.known_at, a.properties, a.kind, a.caption,
    a.valid_from, a.valid_to, a.grading
FROM json_each(:keys) AS f CROSS JOIN graph_entity AS e ON e.uid = f.value
CROSS JOIN graph_entity_assertion AS a ON a.eid = e.eid
WHERE @assertion(a)
""")

LINKS = statement("""
SELECT l.lid, l.type, s.uid, t.uid, a.rid, a.seq, a.origin_id, a.source, a.label, a.known_at, a.properties, '', '',
    a.valid_from, a.valid_to, a.grading, coalesce(a.source_origin, s.uid), coalesce(a.target_origin, t.uid)
FROM json_each(:keys) AS f CROSS JOIN graph_link AS l ON l.lid = f.value
CROSS JOIN graph_entity AS s ON s.eid = l.src CROSS JOIN graph_entity AS t ON t.eid = l.dst
CROSS JOIN graph_link_assertion AS a ON a.n = l.n
WHERE @entity(s) AND @entity(t) AND @assertion(a) AND @joins(a, s, t)
""")

PAGE = statement("""
SELECT e.uid FROM graph_entity AS e
WHERE e.uid > :after AND (:type IS NULL OR e.type = :type) AND @entity(e) ORDER BY e.uid LIMIT :size
""")

LINK_PAGE = statement("""
SELECT l.lid FROM graph_link AS l
CROSS JOIN graph_entity AS s ON s.eid = l.src CROSS JOIN graph_entity AS t ON t.eid = l.dst
WHERE l.lid > :after AND @stated(l, s, t) AND @entity(s) AND @entity(t) ORDER BY l.lid LIMIT :size
""")

VISIBLE = statement("""
SELECT e.uid, e.eid FROM json_each(:uids) AS f CROSS JOIN graph_entity AS e ON e.uid = f.value WHERE @entity(e)
""")

# what a step must pass; with :loops_out a link to itself is taken going out alone
_PASSES = """
    (NOT :loops_out OR l.src <> l.dst)
    AND (:link_types IS NULL OR l.type IN (SELECT value FROM json_each(:link_types)))
    AND @stated(l, SOURCE, TARGET) AND @during(l, SOURCE, TARGET) AND @entity(o)
    AND (:types IS NULL OR o.type IN (SELECT value FROM json_each(:types)))
    AND (:avoid IS NULL OR o.type NOT IN (SELECT value FROM json_each(:avoid))
        OR o.uid IN (SELECT value FROM json_each(:ends)))
"""
_STEPS = """
SELECT f.value, l.lid, o.eid, o.uid
FROM json_each(:frontier) AS f CROSS JOIN graph_entity AS m ON m.eid = f.value
CROSS JOIN graph_link AS l ON l.NEAR = f.value CROSS JOIN graph_entity AS o ON o.eid = l.FAR
WHERE PASSES
"""
# the same, the first :most of each entity by lid: the index on (NEAR, lid) gives them in order and the scan stops there
_FIRST_STEPS = """
SELECT f.value, k.lid, p.eid, p.uid
FROM json_each(:frontier) AS f CROSS JOIN graph_entity AS m ON m.eid = f.value CROSS JOIN graph_link AS k ON k.n IN (
    SELECT l.n FROM graph_link AS l CROSS JOIN graph_entity AS o ON o.eid = l.FAR
    WHERE l.NEAR = f.value AND PASSES ORDER BY l.lid LIMIT :most
) CROSS JOIN graph_entity AS p ON p.eid = k.FAR
"""


def _walk(text: str, near: str, far: str) -> str:
    source, target = ("m", "o") if near == "src" else ("o", "m")
    passes = _PASSES.replace("SOURCE", source).replace("TARGET", target)
    return statement(text.replace("PASSES", passes).replace("NEAR", near).replace("FAR", far))


STEPS = {Direction.OUT: _walk(_STEPS, "src", "dst"), Direction.IN: _walk(_STEPS, "dst", "src")}
FIRST_STEPS = {
    Direction.OUT: _walk(_FIRST_STEPS, "src", "dst"),
    Direction.IN: _walk(_FIRST_STEPS, "dst", "src"),
}

SEARCH = statement("""
SELECT e.uid, a.text
FROM graph_text(:match) AS f CROSS JOIN graph_entity_assertion AS a ON a.aid = f.rowid
CROSS JOIN graph_entity AS e ON e.eid = a.eid
WHERE @assertion(a)
    AND (:types IS NULL OR e.type IN (SELECT value FROM json_each(:types)))
ORDER BY e.uid
""")

COUNT_ENTITIES = statement("""
SELECT e.type, count(*) FROM graph_entity AS e WHERE @entity(e) GROUP BY e.type
""")

# entities whose links have to be looked at one by one are few, and none where nothing is hidden
_MIXED = "mixed AS MATERIALIZED (SELECT e.eid FROM graph_entity AS e WHERE NOT :open AND NOT @whole(e))"
_PLAIN = "(l.src NOT IN (SELECT eid FROM mixed) AND l.dst NOT IN (SELECT eid FROM mixed))"


def _told_apart(text: str) -> str:
    return statement(text.replace("MIXED", _MIXED).replace("PLAIN", _PLAIN))


COUNT_LINKS = _told_apart("""
WITH seen AS MATERIALIZED (SELECT e.eid FROM graph_entity AS e WHERE @entity(e)), MIXED
SELECT l.type, count(*) FROM graph_link AS l
WHERE :open OR (l.labelset IN (SELECT value FROM json_each(:sets))
    AND l.src IN (SELECT eid FROM seen) AND l.dst IN (SELECT eid FROM seen)
    AND ((:as_at IS NULL AND PLAIN) OR EXISTS (
        SELECT 1 FROM graph_entity AS s CROSS JOIN graph_entity AS t
        WHERE s.eid = l.src AND t.eid = l.dst AND @stated(l, s, t))))
GROUP BY l.type
""")

# a bare column beside min() comes from the row of the minimum: the oldest visible record that has a caption
EXPORT_ENTITIES = statement("""
SELECT e.eid, e.uid, e.type, a.caption, min(CASE WHEN a.caption <> '' THEN a.seq END)
FROM graph_entity AS e NOT INDEXED CROSS JOIN graph_entity_assertion AS a ON a.eid = e.eid
WHERE (:types IS NULL OR e.type IN (SELECT value FROM json_each(:types))) AND @assertion(a)
GROUP BY e.eid ORDER BY e.uid
""")

EXPORT_LINKS = _told_apart("""
WITH MIXED
SELECT l.lid, l.type, l.src, l.dst, a.valid_from, a.valid_to, a.share_min, a.share_max, a.amount,
    a.occurrences, a.source
FROM graph_link AS l NOT INDEXED CROSS JOIN graph_link_assertion AS a ON a.n = l.n
WHERE (:link_types IS NULL OR l.type IN (SELECT value FROM json_each(:link_types))) AND @assertion(a)
    AND (PLAIN OR EXISTS (
        SELECT 1 FROM graph_entity AS s CROSS JOIN graph_entity AS t
        WHERE s.eid = l.src AND t.eid = l.dst AND @joins(a, s, t)))
ORDER BY l.lid, a.seq, a.rid
""")

STATES = """
SELECT e.uid, e.type, a.rid, a.seq, a.origin_id, a.source, a.label, a.known_at, a.properties, a.kind, a.caption,
    a.valid_from, a.valid_to, a.grading
FROM graph_entity AS e CROSS JOIN graph_entity_assertion AS a ON a.eid = e.eid ORDER BY e.uid, a.seq, a.rid
"""

LINK_STATES = """
SELECT l.lid, l.type, s.uid, t.uid, a.rid, a.seq, a.origin_id, a.source, a.label, a.known_at, a.properties, '', '',
    a.valid_from, a.valid_to, a.grading, coalesce(a.source_origin, s.uid), coalesce(a.target_origin, t.uid)
FROM graph_link AS l CROSS JOIN graph_entity AS s ON s.eid = l.src CROSS JOIN graph_entity AS t ON t.eid = l.dst
CROSS JOIN graph_link_assertion AS a ON a.n = l.n ORDER BY l.lid, a.seq, a.rid
"""
