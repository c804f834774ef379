"""Statements are constant texts; what may be seen is written once, here, and put in where a statement names it.

``@assertion(a)``   the assertion ``a`` is visible: its label is allowed and it was known at the time.
``@entity(e)``      the entity ``e`` has a visible assertion.
``@whole(e)``       the entity ``e`` is made of items that whoever sees any of them sees all of.
``@joins(a, s, t)`` the items that the assertion ``a`` of a link from ``s`` to ``t`` joins are visible, each by itself.
``@stated(l, s, t)`` the link ``l`` from ``s`` to ``t`` has a visible assertion that joins visible items.
``@during(l, s, t)`` its valid time, as these assertions give it, may overlap :since .. :until.

Parameters: :open (1 where every label of the store is allowed and no time is set, so that nothing is hidden), :allowed
(label numbers), :sets (label sets that hold an allowed label), :as_at, :since, :until. Lists are JSON arrays.
"""

import re

_VISIBLE = {
    "assertion": """(:open OR (?.label IN (SELECT value FROM json_each(:allowed))
        AND (:as_at IS NULL OR ?.known_at <= :as_at)))""",
    "entity": """(:open OR (?.labelset IN (SELECT value FROM json_each(:sets)) AND (:as_at IS NULL OR EXISTS (
        SELECT 1 FROM graph_entity_assertion AS own WHERE own.eid = ?.eid AND @assertion(own)))))""",
    "whole": """(?.mixed = 0 OR (?.mixed = 1 AND :as_at IS NULL))""",
    # an end that is the entity's first item is kept as NULL, one that is the entity as a whole as ''
    "end": """(@whole(??) OR ? = '' OR EXISTS (SELECT 1 FROM graph_entity_assertion AS item
        WHERE item.eid = ??.eid AND item.origin_id = coalesce(?, ??.uid) AND @assertion(item)))""",
    "joins": """(:open OR (@end(?.source_origin, ??) AND @end(?.target_origin, ???)))""",
    "stated": """(:open OR (?.labelset IN (SELECT value FROM json_each(:sets))
        AND ((:as_at IS NULL AND @whole(??) AND @whole(???)) OR EXISTS (SELECT 1 FROM graph_link_assertion AS own
            WHERE own.n = ?.n AND @assertion(own) AND @joins(own, ??, ???)))))""",
    "during": """(:until IS NULL OR EXISTS (SELECT 1 FROM graph_link_assertion AS early WHERE early.n = ?.n
            AND @assertion(early) AND @joins(early, ??, ???) AND (early.valid_from IS NULL OR early.valid_from < :until)))
        AND (:since IS NULL OR EXISTS (SELECT 1 FROM graph_link_assertion AS late WHERE late.n = ?.n
            AND @assertion(late) AND @joins(late, ??, ???) AND (late.valid_to IS NULL OR late.valid_to > :since)))""",
}
_CALL = re.compile(r"@(\w+)\(([\w., ]+)\)")


def statement(text: str) -> str:
    """The statement with every ``@rule(alias)`` written out; a rule names what it is given as ?, ?? and ???."""
    while _CALL.search(text):
        text = _CALL.sub(lambda call: _written(_VISIBLE[call[1]], call[2].split(", ")), text)
    return text


def _written(rule: str, given: list[str]) -> str:
    for place in range(len(given), 0, -1):
        rule = rule.replace("?" * place, given[place - 1])
    return rule
