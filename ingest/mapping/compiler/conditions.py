"""Conditions of a mapping as functions from a row to true or false."""

from collections.abc import Callable

from ingest.clean import CleanSettings, make_cleaner
from ingest.errors import CleanError
from ingest.mapping.compiler.columns import Columns, Getter, Row, as_text
from ingest.mapping.conditions import AllOf, AnyOf, ColumnIs, Condition, Not, Scalar

Test = Callable[[Row], bool]
_MEMO_MAX = 200_000


def compile_condition(condition: Condition, columns: Columns) -> Test:
    """The function that says whether a row meets ``condition``."""
    if isinstance(condition, ColumnIs):
        return _column_test(condition, columns)
    if isinstance(condition, Not):
        inner = compile_condition(condition.not_, columns)
        return lambda row: not inner(row)
    inside = condition.all if isinstance(condition, AllOf) else condition.any
    tests = tuple(compile_condition(part, columns) for part in inside)
    if isinstance(condition, AnyOf):
        return lambda row: any(test(row) for test in tests)
    return lambda row: all(test(row) for test in tests)


def optional_condition(condition: Condition | None, columns: Columns) -> Test | None:
    """As :func:`compile_condition`; None where there is no condition."""
    return None if condition is None else compile_condition(condition, columns)


def _column_test(condition: ColumnIs, columns: Columns) -> Test:
    get = columns.getter(condition.column)
    if condition.clean is not None:
        get = _cleaned(get, condition.clean)
    if condition.any_case:
        get = _folded(get)
    if condition.empty is not None:
        wanted = condition.empty
        return lambda row: (not as_text(get(row)).strip()) is wanted
    if condition.starts_with is not None:
        start = condition.starts_with.casefold() if condition.any_case else condition.starts_with
        return lambda row: as_text(get(row)).strip().startswith(start)
    words, positive = _words(condition)
    if positive:
        return lambda row: as_text(get(row)).strip() in words
    return lambda row: as_text(get(row)).strip() not in words


def _words(condition: ColumnIs) -> tuple[frozenset[str], bool]:
    positive = condition.is_ is not None or condition.in_ is not None
    single: Scalar | None = condition.is_ if positive else condition.is_not
    several = condition.in_ if positive else condition.not_in
    given = several if several is not None else [single]
    texts = [as_text(word) for word in given]
    return frozenset(text.casefold() for text in texts) if condition.any_case else frozenset(texts), positive


def _cleaned(get: Getter, name: str) -> Getter:
    """The column after a cleaner: nothing where it finds nothing, as received where it refuses."""
    clean, memo = make_cleaner(name, CleanSettings()).text, dict[str, object]()

    def cleaned(row: Row) -> object:
        text = as_text(get(row)).strip()
        if text not in memo:
            if len(memo) >= _MEMO_MAX:
                memo.clear()
            try:
                memo[text] = clean(text) if clean and text else text
            except CleanError:
                memo[text] = text
        return memo[text]

    return cleaned


def _folded(get: Getter) -> Getter:
    return lambda row: as_text(get(row)).casefold()
