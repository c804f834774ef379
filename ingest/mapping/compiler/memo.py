"""Cleaning memoised on distinct texts: the cost of a cleaner is paid once a value, not once a row."""

from collections.abc import Mapping

from ingest.clean import Cleaner, flags
from ingest.errors import CleanError, RowRefusedError
from ingest.mapping.compiler.context import NOTHING, Values, Warnings
from ingest.mapping.conditions import Scalar

MAX_DISTINCT = 65_536  # texts remembered of one column: about 20 MB
MAX_NUMBERS = 200_000  # telephone numbers take fifty times as long to clean: about 50 MB
LEAST_ROOM = 1_024  # where nearly every text is told once
PROBE_AFTER = 64  # times that such a column fills its room before it gets the whole again
MAX_LENGTH = 256  # longer texts are mostly told once


class Memo:
    """Text to cleaned values, through a lookup table where one is given.

    ``cache`` may be read directly; what is not in it goes through :meth:`miss`. It is emptied when it is full, and has
    little room for a while where most texts were told once: references, names.
    """

    __slots__ = (
        "_begun",
        "_cleaner",
        "_default",
        "_field",
        "_filled",
        "_lookup",
        "_most",
        "_room",
        "_warnings",
        "cache",
    )

    def __init__(self, cleaner: Cleaner, field: str, warnings: Warnings) -> None:
        self.cache: dict[str, Values] = {}
        self._cleaner = cleaner
        self._field = field
        self._warnings = warnings
        self._lookup: Mapping[str, Scalar] | None = None
        self._default: Values = NOTHING
        self._room = self._most = MAX_NUMBERS if cleaner.name.startswith("phone") else MAX_DISTINCT
        self._begun = self._filled = 0

    def with_lookup(self, table: Mapping[str, Scalar]) -> "Memo":
        """Go through ``table`` before cleaning."""
        self._lookup = table
        return self

    def with_default(self, default: Values) -> "Memo":
        """What an empty text, or one that the table lacks, gives."""
        self._default = default
        return self

    def miss(self, raw: str) -> Values:
        """Clean a text, if it is not in the cache.

        Raises:
            RowRefusedError: the text breaks the cleaner's rule.
        """
        known = self.cache.get(raw)
        if known is not None:
            return known
        text = raw if self._cleaner.name == "verbatim" else raw.strip()
        try:
            values = self._clean(text) if text else self._default
        except CleanError as error:
            raise RowRefusedError(self._field, str(error)) from error
        if len(raw) <= MAX_LENGTH:
            if len(self.cache) >= self._room:
                self._make_room()
            self.cache[raw] = values
        return values

    def _make_room(self) -> None:
        rows = self._warnings.row - self._begun
        if self._room == self._most and rows < 1.25 * self._room:
            self._room, self._filled = LEAST_ROOM, 0
        elif self._room < self._most:
            self._filled += 1
            self._room = self._most if self._filled == PROBE_AFTER else LEAST_ROOM
        self._begun = self._warnings.row
        self.cache.clear()

    def _clean(self, text: str) -> Values:
        if self._lookup is None:
            return self._cleaned(text)
        found = self._lookup.get(text)
        if found is None:
            if not self._default:
                raise CleanError("not in the mapping's table of values")
            return self._default
        return self._cleaned(found) if isinstance(found, str) else (found,)

    def _cleaned(self, text: str) -> Values:
        clean = self._cleaner.text
        value = clean(text) if clean else text
        if value is None:
            return self._default
        notes = self._cleaner.notes
        for note in notes(text) if notes is not None else ():
            self._warnings.add(note, self._field)
        if isinstance(value, str):
            for flag in flags(text):
                self._warnings.add(flag, self._field)
        return (value,)
