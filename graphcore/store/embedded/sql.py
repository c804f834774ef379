"""Statements are constant texts; what may be seen is written once, here, and put in where a statement names it.

``@assertion(a)``   the assertion ``a`` is visible: its label is allowed and it was known at the time.
``@entity(e)``      the entity ``e`` has a visible assertion.
``@stated(l)``      the link ``l`` has a visible assertion (its ends are a matter of the statement).
``@during(l)``      the valid time of ``l``, as its visible assertions give it, may overlap :since .. :until.

Parameters: :open (1 where every label of the store is allowed and no time is set, so that nothing is hidden), :allowed
(label numbers), :sets (label sets that hold an allowed label), :as_at, :since, :until. Lists are JSON arrays.
"""

import re

_VISIBLE = {
    "assertion": """(:open OR (?.label IN (SELECT value FROM json_each(:allowed))
        AND (:as_at IS NULL OR ?.known_at <= :as_at)))""",
    "entity": """(:open OR (?.labelset IN (SELECT value FROM json_each(:sets)) AND (:as_at IS NULL OR EXISTS (
        SELECT 1 FROM graph_entity_assertion AS own WHERE own.eid = ?.eid AND @assertion(own)))))""",
    "stated": """(:open OR (?.labelset IN (SELECT value FROM json_each(:sets)) AND (:as_at IS NULL OR EXISTS (
        SELECT 1 FROM graph_link_assertion AS own WHERE own.n = ?.n AND @assertion(own)))))""",
    "during": """(:until IS NULL OR EXISTS (SELECT 1 FROM graph_link_assertion AS early
            WHERE early.n = ?.n AND @assertion(early) AND (early.valid_from IS NULL OR early.valid_from < :until)))
        AND (:since IS NULL OR EXISTS (SELECT 1 FROM graph_link_assertion AS late
            WHERE late.n = ?.n AND @assertion(late) AND (late.valid_to IS NULL OR late.valid_to > :since)))""",
}
_CALL = re.compile(r"@(\w+)\((\w+)\)")


def statement(text: str) -> str:
    """The statement with every ``@rule(alias)`` written out."""
    while _CALL.search(text):
        text = _CALL.sub(lambda call: _VISIBLE[call[1]].replace("?", call[2]), text)
    return text
