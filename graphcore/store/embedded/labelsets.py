"""Numbers for distinct sets of access labels: added when first met, never changed or deleted."""

import sqlite3
from collections.abc import Collection

import orjson


class LabelSets:
    """The label sets as one write transaction sees them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known = {
            members: number
            for number, members in connection.execute("SELECT id, numbers FROM graph_labelset")
        }

    def number(self, labels: Collection[int]) -> int:
        """The number of a set, given a new one where the set is new."""
        members = orjson.dumps(sorted(set(labels))).decode()
        number = self._known.get(members)
        if number is None:
            insert = "INSERT INTO graph_labelset (numbers) VALUES (?)"
            number = self._connection.execute(insert, (members,)).lastrowid or 0
            self._known[members] = number
        return number
