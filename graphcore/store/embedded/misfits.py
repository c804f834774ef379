"""What the embedded graph keeps beside its states, held against them: label sets, texts that are searched, measures."""

import sqlite3
from collections.abc import Iterator
from math import isnan

from graphcore.store.assemble import link_measures
from graphcore.store.codec import decode_properties
from graphcore.store.ranking import search_text

# what is filed under another label set than that of its assertions: views would show too much or too little
_MISFILED = (
    """
    SELECT e.uid FROM graph_entity AS e LEFT JOIN graph_labelset AS s ON s.id = e.labelset
    WHERE s.numbers IS NOT (SELECT json_group_array(label) FROM
        (SELECT DISTINCT label FROM graph_entity_assertion WHERE eid = e.eid ORDER BY label))
    """,
    """
    SELECT l.lid FROM graph_link AS l LEFT JOIN graph_labelset AS s ON s.id = l.labelset
    WHERE s.numbers IS NOT (SELECT json_group_array(label) FROM
        (SELECT DISTINCT label FROM graph_link_assertion WHERE n = l.n ORDER BY label))
    """,
)
# what is not seen to be made of items that some see and others do not: links would show to the others
_UNMIXED = """
SELECT e.uid FROM graph_entity AS e JOIN (
    SELECT eid, count(*) AS items, count(DISTINCT labels) AS kinds FROM (
        SELECT eid, json_group_array(label) AS labels FROM (
            SELECT DISTINCT eid, origin_id, label FROM graph_entity_assertion ORDER BY eid, origin_id, label
        ) GROUP BY eid, origin_id
    ) GROUP BY eid
) AS made ON made.eid = e.eid
WHERE e.mixed < CASE WHEN made.items = 1 THEN 0 WHEN made.kinds = 1 THEN 1 ELSE 2 END
"""
_TEXTS = """
SELECT e.uid, e.type, a.caption, a.properties, a.text
FROM graph_entity_assertion AS a JOIN graph_entity AS e ON e.eid = a.eid
"""
_MEASURES = """
SELECT l.lid, l.type, a.properties, a.share_min, a.share_max, a.amount, a.occurrences
FROM graph_link_assertion AS a JOIN graph_link AS l ON l.n = a.n
"""


def misfits(connection: sqlite3.Connection) -> Iterator[str]:
    """One line for each thing that does not fit; one pass over the assertions."""
    for statement in _MISFILED:
        for (key,) in connection.execute(statement):
            yield f"{key} is filed under other access labels than its records have"
    for (uid,) in connection.execute(_UNMIXED):
        yield f"{uid} is made of items under different access labels, and is not filed so"
    for uid, entity_type, caption, raw, text in connection.execute(_TEXTS):
        if search_text(entity_type, caption, decode_properties(raw)) != text:
            yield f"{uid} is found by other words than its records say"
    for lid, link_type, raw, *kept in connection.execute(_MEASURES):
        made = [None if isnan(value) else value for value in link_measures(link_type, decode_properties(raw))]
        if made != kept:
            yield f"{lid} has other measures than its records say"
