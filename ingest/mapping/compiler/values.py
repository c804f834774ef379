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
from ingest.mapping.model import Constant, First, FromColumn, Joined, Scalar, Several, ValueOf

ValuesOf = Callable[[Row], Values]
_TYPED = frozenset({"integer", "decimal", "boolean", "pence", "percent"})


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
        if value.on_error == "omit":
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
        if value.split is not None:
            return _split(get, memo, value.split)
        return _scalar(get, memo, value.column)

    def _joined(self, value: Joined, cleaner: str) -> ValuesOf:
        parts = tuple(self.values(part, "text") for part in value.join)
        memo, separator = self._memo(value, cleaner), value.with_
        whole = self.whole_joins if value.parts is None else value.parts == "all"
        cache, miss = memo.cache, memo.miss

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
    def whole(row: Row) -> Values:
        value = clean(get(row))
        return NOTHING if value is None else (value,)

    return whole


def _scalar(get: Getter, memo: Memo, field: str) -> ValuesOf:
    cache, miss = memo.cache, memo.miss

    def scalar(row: Row) -> Values:
        raw = get(row)
        if type(raw) is str:
            hit = cache.get(raw)
            return miss(raw) if hit is None else hit
        if isinstance(raw, list):
            return _each(cast("list[object]", raw), memo, field)
        if isinstance(raw, dict):
            raise RowRefusedError(field, "an object where a plain value is wanted")
        return miss(as_text(raw))

    return scalar


def _each(items: list[object], memo: Memo, field: str) -> Values:
    if any(isinstance(item, (list, dict)) for item in items):
        raise RowRefusedError(field, "a list of lists or objects where plain values are wanted")
    return tuple(dict.fromkeys(value for item in items for value in memo.miss(as_text(item))))


def _split(get: Getter, memo: Memo, separator: str) -> ValuesOf:
    def split(row: Row) -> Values:
        raw = get(row)
        texts = (
            [as_text(item) for item in cast("list[object]", raw)] if isinstance(raw, list) else [as_text(raw)]
        )
        pieces = [piece for text in texts for piece in text.split(separator) if piece.strip()]
        return tuple(dict.fromkeys(value for piece in pieces for value in memo.miss(piece)))

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
