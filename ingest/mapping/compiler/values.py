"""Values of a mapping as functions from a row to a tuple of cleaned values (empty: the row says nothing)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from graphcore.model import Value
from ingest.clean import CleanSettings, make_cleaner
from ingest.errors import RowRefusedError
from ingest.mapping.compiler.columns import Columns, Getter, Row, as_text
from ingest.mapping.compiler.conditions import optional_condition
from ingest.mapping.compiler.context import NOTHING, Values, Warnings
from ingest.mapping.compiler.memo import Memo
from ingest.mapping.conditions import Scalar
from ingest.mapping.model import Constant, First, FromColumn, Joined, Several, ValueOf

ValuesOf = Callable[[Row], Values]
KEPT_MIN = 4  # letters and digits
KEPT_MAX = 200  # characters of a value that is kept though it is not what its column should hold
_TEXTS = {str}
_LISTS_MAX = 4_096  # lists of texts whose answer is remembered
_TYPED = frozenset({"integer", "decimal", "boolean", "pence", "money", "money_size", "percent"})


@dataclass(frozen=True, slots=True)
class ValueCompiler:
    """Makes the value functions of one file's section. ``whole_joins``: a join with a missing part gives nothing."""

    columns: Columns
    settings: CleanSettings
    lookups: Mapping[str, Mapping[str, Scalar]]
    warnings: Warnings
    whole_joins: bool = False

    def key(self, value: ValueOf) -> Callable[[Row], str | None]:
        """The function that gives one reference, None where the row has none."""
        values = replace(self, whole_joins=True).values(value, "key")
        field = field_of(value)

        def one(row: Row) -> str | None:
            found = values(row)
            if len(found) > 1:
                raise RowRefusedError(field, "more than one value where one reference is wanted")
            return str(found[0]) if found else None

        return one

    def values(self, value: ValueOf, cleaner: str) -> ValuesOf:
        """The function for ``value``; ``cleaner`` counts where the value names none."""
        made = self._form(value, value.clean or cleaner)
        if value.on_error == "omit" and not isinstance(value, FromColumn):
            made = self._omitting(made, field_of(value))
        test = optional_condition(value.when, self.columns)
        if test is None:
            return made
        return lambda row: made(row) if test(row) else NOTHING

    def _form(self, value: ValueOf, cleaner: str) -> ValuesOf:
        if isinstance(value, FromColumn):
            return self._column(value, cleaner)
        if isinstance(value, Joined):
            return self._joined(value, cleaner)
        if isinstance(value, Constant):
            constant = self._constant(value.const, cleaner, value)
            return lambda _row: constant
        if isinstance(value, First):
            return self._first(value, cleaner)
        return self._several(value, cleaner)

    def _memo(self, value: ValueOf, cleaner: str) -> Memo:
        memo = Memo(make_cleaner(cleaner, self.settings), field_of(value), self.warnings)
        if value.default is not None:
            memo.with_default(self._constant(value.default, cleaner, value))
        if isinstance(value, FromColumn) and value.lookup is not None:
            memo.with_lookup(self.lookups[value.lookup])
        return memo

    def _constant(self, const: Scalar, cleaner: str, value: ValueOf) -> Values:
        if not isinstance(const, str):
            return (const,) if cleaner in _TYPED else (as_text(const),)
        return Memo(make_cleaner(cleaner, self.settings), field_of(value), self.warnings).miss(const)

    def _column(self, value: FromColumn, cleaner: str) -> ValuesOf:
        get = self.columns.getter(value.column)
        whole = make_cleaner(cleaner, self.settings).whole
        if whole is not None:
            return _whole(get, whole)
        memo = self._memo(value, cleaner)
        miss = self._careful(memo, value)
        if value.split is not None:
            return _split(get, miss, value.split)
        scalar = _scalar(get, memo.cache, miss, value.column)
        return self._omitting(scalar, value.column) if value.on_error == "omit" else scalar

    def _careful(self, memo: Memo, value: FromColumn | Joined) -> Callable[[str], Values]:
        """``memo.miss`` under the value's ``on_error``, item by item: one damaged item of a list costs that item alone."""
        miss, warnings, field = memo.miss, self.warnings, field_of(value)
        if value.on_error == "quarantine":
            return miss
        keep = value.on_error == "keep"

        def careful(raw: str) -> Values:
            try:
                return miss(raw)
            except RowRefusedError as refused:
                found = _kept(raw) if keep else None
                warnings.add(f"{'kept as received' if found else 'left out'}: {refused.reason}", field)
                return NOTHING if found is None else (found,)

        return careful

    def _joined(self, value: Joined, cleaner: str) -> ValuesOf:
        parts = tuple(self.values(part, "text") for part in value.join)
        memo, separator = self._memo(value, cleaner), value.with_
        whole = self.whole_joins if value.parts is None else value.parts == "all"
        cache = memo.cache
        miss = self._careful(memo, value) if value.on_error == "keep" else memo.miss

        def joined(row: Row) -> Values:
            found = [part(row) for part in parts]
            if whole and not all(found):
                return miss("")
            text = separator.join([str(item) for values in found for item in values])
            hit = cache.get(text)
            return miss(text) if hit is None else hit

        return joined

    def _first(self, value: First, cleaner: str) -> ValuesOf:
        parts = tuple(self.values(part, cleaner) for part in value.first)
        default = NOTHING if value.default is None else self._constant(value.default, cleaner, value)

        def first(row: Row) -> Values:
            return next((found for part in parts if (found := part(row))), default)

        return first

    def _several(self, value: Several, cleaner: str) -> ValuesOf:
        parts = tuple(self.values(part, cleaner) for part in value.list_)

        def several(row: Row) -> Values:
            return tuple(dict.fromkeys(item for part in parts for item in part(row)))

        return several

    def _omitting(self, made: ValuesOf, field: str) -> ValuesOf:
        warnings = self.warnings

        def careful(row: Row) -> Values:
            try:
                return made(row)
            except RowRefusedError as refused:
                warnings.add(f"left out: {refused.reason}", field)
                return NOTHING

        return careful


def _whole(get: Getter, clean: Callable[[object], Value | None]) -> ValuesOf:
    memo: dict[tuple[str, ...], Values] = {}

    def whole(row: Row) -> Values:
        raw = get(row)
        texts = _texts(raw)
        known = memo.get(texts)
        if known is None:
            value = clean(raw)
            known = NOTHING if value is None else (value,)
            if len(memo) >= _LISTS_MAX:
                memo.clear()
            if texts:
                memo[texts] = known
        return known

    return whole


def _texts(raw: object) -> tuple[str, ...]:
    """The items of a list of texts, () for anything else."""
    items = tuple(cast("list[str]", raw)) if isinstance(raw, list) else ()
    return items if {*map(type, items)} == _TEXTS else ()


def _scalar(get: Getter, cache: Mapping[str, Values], miss: Callable[[str], Values], field: str) -> ValuesOf:
    def scalar(row: Row) -> Values:
        raw = get(row)
        if raw is None:
            raw = ""
        if type(raw) is str:
            hit = cache.get(raw)
            return miss(raw) if hit is None else hit
        if isinstance(raw, list):
            return _each(cast("list[object]", raw), miss, field)
        if isinstance(raw, dict):
            raise RowRefusedError(field, "an object where a plain value is wanted")
        return miss(as_text(raw))

    return scalar


def _each(items: list[object], miss: Callable[[str], Values], field: str) -> Values:
    if any(isinstance(item, (list, dict)) for item in items):
        raise RowRefusedError(field, "a list of lists or objects where plain values are wanted")
    return tuple(dict.fromkeys(value for item in items for value in miss(as_text(item))))


def _kept(raw: str) -> str | None:
    """A damaged value as received; words that only say that there is none (N/A, UNKNOWN) are no value."""
    text = " ".join(raw.split())
    telling = sum(char.isalnum() for char in text) >= KEPT_MIN and (
        "@" in text or any(map(str.isdigit, text))
    )
    return text if telling and len(text) <= KEPT_MAX and text.isprintable() else None


def _split(get: Getter, miss: Callable[[str], Values], separator: str) -> ValuesOf:
    def split(row: Row) -> Values:
        raw = get(row)
        texts = (
            [as_text(item) for item in cast("list[object]", raw)] if isinstance(raw, list) else [as_text(raw)]
        )
        pieces = [piece for text in texts for piece in text.split(separator) if piece.strip()]
        return tuple(dict.fromkeys(value for piece in pieces for value in miss(piece)))

    return split


def field_of(value: ValueOf) -> str:
    """The columns a value comes from, as named in quarantine and warnings."""
    if isinstance(value, FromColumn):
        return value.column
    if isinstance(value, Constant):
        return "(constant)"
    parts = (
        value.join if isinstance(value, Joined) else value.first if isinstance(value, First) else value.list_
    )
    return "+".join(dict.fromkeys(field_of(part) for part in parts if not isinstance(part, Constant)))
