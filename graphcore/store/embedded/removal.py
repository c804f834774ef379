"""Taking away: entities, links, one source, or everything. Runs inside the caller's transaction.

The full-text index is contentless, so a text leaves it before the row that keeps the text does.
"""

import sqlite3

from graphcore.store.embedded.labelsets import LabelSets
from graphcore.store.embedded.tables import EMPTIED, TEXT_INDEX
from graphcore.store.embedded.visibility import json_list
from graphcore.store.port import Deleted

_FORGET_TEXT = """
INSERT INTO graph_text (graph_text, rowid, text)
SELECT 'delete', aid, text FROM graph_entity_assertion WHERE eid IN (SELECT value FROM json_each(?)) AND text <> ''
"""
_FORGET_SOURCE_TEXT = """
INSERT INTO graph_text (graph_text, rowid, text)
SELECT 'delete', aid, text FROM graph_entity_assertion WHERE source = ? AND text <> ''
"""
_LINKS_OF = """
SELECT n FROM graph_link WHERE src IN (SELECT value FROM json_each(:eids))
UNION SELECT n FROM graph_link WHERE dst IN (SELECT value FROM json_each(:eids))
"""
_ENTITY_LABELS = """
SELECT f.value, a.label FROM json_each(?) AS f LEFT JOIN graph_entity_assertion AS a ON a.eid = f.value
"""
# items that were seen by the same readers may now have lost different labels
_ENTITY_UPDATE = "UPDATE graph_entity SET labelset = ?, mixed = min(2, mixed * 2) WHERE eid = ?"
_LINK_LABELS = """
SELECT f.value, a.label FROM json_each(?) AS f LEFT JOIN graph_link_assertion AS a ON a.n = f.value
"""


def forget_entity_assertions(connection: sqlite3.Connection, eids: list[int]) -> int:
    """Delete all assertions of some entities, with their text; gives how many there were."""
    held = json_list(eids)
    connection.execute(_FORGET_TEXT, (held,))
    delete = "DELETE FROM graph_entity_assertion WHERE eid IN (SELECT value FROM json_each(?))"
    return connection.execute(delete, (held,)).rowcount


def forget_link_assertions(connection: sqlite3.Connection, numbers: list[int]) -> int:
    """Delete all assertions of some links; gives how many there were."""
    delete = "DELETE FROM graph_link_assertion WHERE n IN (SELECT value FROM json_each(?))"
    return connection.execute(delete, (json_list(numbers),)).rowcount


def remove_links(connection: sqlite3.Connection, numbers: list[int]) -> int:
    """Delete links with their assertions; gives how many assertions went."""
    assertions = forget_link_assertions(connection, numbers)
    connection.execute(
        "DELETE FROM graph_link WHERE n IN (SELECT value FROM json_each(?))", (json_list(numbers),)
    )
    return assertions


def remove_entities(connection: sqlite3.Connection, eids: list[int]) -> Deleted:
    """Delete entities with their assertions and whatever links they still have."""
    held = json_list(eids)
    numbers = [row[0] for row in connection.execute(_LINKS_OF, {"eids": held})]
    assertions = remove_links(connection, numbers) + forget_entity_assertions(connection, eids)
    connection.execute("DELETE FROM graph_entity WHERE eid IN (SELECT value FROM json_each(?))", (held,))
    return Deleted(assertions, len(eids), len(numbers))


def remove_source(connection: sqlite3.Connection, source: str) -> Deleted:
    """Delete every assertion of a source, then what has none left, then the links of entities that went."""
    find = "SELECT DISTINCT eid FROM graph_entity_assertion WHERE source = ?"
    eids = [row[0] for row in connection.execute(find, (source,))]
    find = "SELECT DISTINCT n FROM graph_link_assertion WHERE source = ?"
    numbers = [row[0] for row in connection.execute(find, (source,))]
    connection.execute(_FORGET_SOURCE_TEXT, (source,))
    assertions = sum(
        connection.execute(delete, (source,)).rowcount
        for delete in (
            "DELETE FROM graph_entity_assertion WHERE source = ?",
            "DELETE FROM graph_link_assertion WHERE source = ?",
        )
    )
    bare_links = _relabel(connection, numbers, _LINK_LABELS, "UPDATE graph_link SET labelset = ? WHERE n = ?")
    remove_links(connection, bare_links)
    bare = _relabel(connection, eids, _ENTITY_LABELS, _ENTITY_UPDATE)
    gone = remove_entities(connection, bare)
    return Deleted(assertions + gone.assertions, gone.entities, gone.links + len(bare_links))


def _relabel(connection: sqlite3.Connection, keys: list[int], find: str, update: str) -> list[int]:
    """Put down the label sets that are left; gives the keys that have no assertion any more."""
    left: dict[int, set[int]] = {key: set() for key in keys}
    for key, label in connection.execute(find, (json_list(keys),)):
        if label is not None:
            left[key].add(label)
    sets = LabelSets(connection)
    connection.executemany(update, [(sets.number(labels), key) for key, labels in left.items() if labels])
    return [key for key, labels in left.items() if not labels]


def empty(connection: sqlite3.Connection) -> None:
    """Delete everything but the label sets, which hold no content and whose numbers must not be used again."""
    for table in EMPTIED:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - a constant of ours
    connection.execute("DROP TABLE graph_vocabulary")
    connection.execute("DROP TABLE graph_text")
    for create in TEXT_INDEX:
        connection.execute(create)
