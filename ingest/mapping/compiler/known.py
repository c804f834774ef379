"""What a load remembers of every reference, in bounded memory: the newest in a table, the others in a file.

References are kept as 64-bit hashes, keyed anew in every process: two of a hundred million share one about once in a
thousand loads, and then count as one.
"""

import sqlite3

MOST = 500_000  # references in memory, about 60 MB
_CREATE = "CREATE TABLE known (key INTEGER PRIMARY KEY, content INTEGER NOT NULL)"
_PRAGMAS = ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-16384")


class Known:
    """References with the content that each was first given with (a 64-bit number); none is ever forgotten.

    The file is a temporary one without a name: it goes with this object, however the process ends.
    """

    __slots__ = ("_file", "_most", "_recent")

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._recent: dict[int, int] = {}
        self._file: sqlite3.Connection | None = None

    def __contains__(self, reference: str) -> bool:
        return self._find(hash(reference)) is not None

    def add(self, reference: str) -> None:
        """Remember a reference."""
        self.differs(reference, 0)

    def differs(self, reference: str, content: int) -> bool:
        """True if ``reference`` was given before with another ``content``; the first content stands."""
        key = hash(reference)
        found = self._find(key)
        if found is None:
            if len(self._recent) >= self._most:
                self._spill()
            self._recent[key] = content
        return found is not None and found != content

    def _find(self, key: int) -> int | None:
        found = self._recent.get(key)
        if found is None and self._file is not None:
            row = self._file.execute("SELECT content FROM known WHERE key = ?", (key,)).fetchone()
            found = None if row is None else int(row[0])
        return found

    def _spill(self) -> None:
        if self._file is None:
            self._file = sqlite3.connect("", isolation_level=None)
            for statement in (*_PRAGMAS, _CREATE):
                self._file.execute(statement)
        self._file.execute("BEGIN")
        self._file.executemany("INSERT INTO known VALUES (?, ?)", sorted(self._recent.items()))
        self._file.execute("COMMIT")
        self._recent = {}

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()
