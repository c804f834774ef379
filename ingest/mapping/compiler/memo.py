"""Cleaning memoised on distinct texts: the cost of a cleaner is paid once a value, not once a row."""

from collections.abc import Mapping

from ingest.clean import Cleaner, flags
from ingest.errors import CleanError, RowRefusedError
from ingest.mapping.compiler.context import NOTHING, Values, Warnings
from ingest.mapping.model import Scalar

MAX_DISTINCT = 200_000


class Memo:
    """Text to cleaned values, through a lookup table where one is given.

    ``cache`` may be read directly; what is not in it goes through :meth:`miss`.
    """

    __slots__ = ("_cleaner", "_default", "_field", "_lookup", "_warnings", "cache")

    def __init__(self, cleaner: Cleaner, field: str, warnings: Warnings) -> None:
        self.cache: dict[str, Values] = {}
        self._cleaner = cleaner
        self._field = field
        self._warnings = warnings
        self._lookup: Mapping[str, Scalar] | None = None
        self._default: Values = NOTHING

    def with_lookup(self, table: Mapping[str, Scalar]) -> "Memo":
        """Go through ``table`` before cleaning."""
        self._lookup = table
        return self

    def with_default(self, default: Values) -> "Memo":
        """What an empty text, or one that the table lacks, gives."""
        self._default = default
        return self

    def miss(self, raw: str) -> Values:
        """Clean a text that is not in the cache.

        Raises:
            RowRefusedError: the text breaks the cleaner's rule.
        """
        text = raw if self._cleaner.name == "verbatim" else raw.strip()
        try:
            values = self._clean(text) if text else self._default
        except CleanError as error:
            raise RowRefusedError(self._field, str(error)) from error
        if len(self.cache) >= MAX_DISTINCT:
            self.cache.clear()
        self.cache[raw] = values
        return values

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
        if isinstance(value, str):
            for flag in flags(text):
                self._warnings.add(flag, self._field)
        return (value,)
