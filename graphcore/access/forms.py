"""A filter in three further forms, for where labels are kept: a numpy mask, a condition in SQL, parameters for Cypher.

All four forms let the same labels pass (``tests/property/access/test_forms_property.py``). Values are parameters in SQL
and Cypher; the text of the SQL condition is made of fixed pieces and says only which columns are tested.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from graphcore.access.filter import SINGLE, Column, Filter, LabelValues, Test
from graphcore.access.label import AccessLabel

Mask = NDArray[np.bool_]
CypherRules = list[list[list[dict[str, object]]]]
_UNREADABLE: Final = -1
T = TypeVar("T", str, tuple[str, ...])


def json_each(listed: str) -> str:
    """SQLite's rows of a JSON list."""
    return "SELECT value FROM json_each(LISTED)".replace("LISTED", listed)


def jsonb_each(listed: str) -> str:
    """PostgreSQL's rows of a JSON list."""
    return "SELECT value FROM jsonb_array_elements_text(CAST(LISTED AS jsonb))".replace("LISTED", listed)


@dataclass(frozen=True, slots=True)
class SqlShape:
    """How labels lie in a table: the expression of each column, and how a JSON list becomes rows."""

    columns: Mapping[Column, str]
    rows_of: Callable[[str], str] = json_each


def sql_condition(filter_: Filter, shape: SqlShape) -> tuple[str, dict[str, str]]:
    """The condition that a row of labels passes the filter, and its parameters (JSON lists).

    A row with NULL in a tested column does not pass.
    """
    parameters: dict[str, str] = {}

    def one(test: Test) -> str:
        name = f"rule_{len(parameters)}"
        parameters[name] = orjson.dumps(sorted(test.values)).decode()
        listed = shape.rows_of(":" + name)
        column = shape.columns[test.column]
        if test.column is not Column.CONDITIONS:
            return column + " IN (" + listed + ")"
        carried = shape.rows_of(column)
        return f"({column} IS NOT NULL AND NOT EXISTS ({carried} WHERE value NOT IN ({listed})))"

    rules = [_any([_all([one(test) for test in way]) for way in rule.ways]) for rule in filter_.rules]
    return _all(rules), parameters


def _any(parts: Sequence[str]) -> str:
    return "(" + " OR ".join(parts) + ")" if parts else "(1 = 0)"


def _all(parts: Sequence[str]) -> str:
    return "(" + " AND ".join(parts) + ")" if parts else "(1 = 1)"


def cypher_rules(filter_: Filter) -> CypherRules:
    """The parameter ``rules`` of ``cypher/read/labels.cypher``."""
    return [
        [[{"column": str(test.column), "values": sorted(test.values)} for test in way] for way in rule.ways]
        for rule in filter_.rules
    ]


class LabelTable:
    """Labels as columns of codes, for asking of very many labels, or for very many readers.

    Made once in O(labels); a mask costs O(labels) a test in array operations, and O(distinct values).
    """

    def __init__(self, labels: Mapping[int, AccessLabel]) -> None:
        self.numbers: NDArray[np.int64] = np.array(sorted(labels), np.int64)
        self._values = [_values(labels[number]) for number in self.numbers.tolist()]

    def mask(self, filter_: Filter) -> Mask:
        """True where the label of ``numbers`` passes."""
        passed = self._readable.copy()
        for rule in filter_.rules:
            some = np.zeros_like(passed)
            for way in rule.ways:
                every = np.ones_like(passed)
                for test in way:
                    every &= self._holds(test)
                some |= every
            passed &= some
        return passed

    def allowed(self, filter_: Filter) -> tuple[int, ...]:
        """Numbers of the labels that pass, ascending."""
        return tuple(self.numbers[self.mask(filter_)].tolist())

    def _holds(self, test: Test) -> Mask:
        codes, distinct = self._columns[test.column]
        if test.column is Column.CONDITIONS:
            holds = [set(value) <= test.values for value in distinct]
        else:
            holds = [value in test.values for value in distinct]
        # the place behind the last is that of labels that cannot be read
        return np.array([*holds, False], np.bool_)[codes]

    @cached_property
    def _readable(self) -> Mask:
        return np.array([value is not None for value in self._values], np.bool_)

    @cached_property
    def _columns(self) -> dict[Column, tuple[NDArray[np.int64], list[str] | list[tuple[str, ...]]]]:
        found: dict[Column, tuple[NDArray[np.int64], list[str] | list[tuple[str, ...]]]] = {
            column: _coded([None if value is None else value.single[column] for value in self._values])
            for column in SINGLE
        }
        found[Column.CONDITIONS] = _coded(
            [None if value is None else tuple(sorted(value.conditions)) for value in self._values]
        )
        return found


def _values(label: AccessLabel) -> LabelValues | None:
    try:
        return LabelValues.of(label)
    except Exception:  # noqa: BLE001 -- a label that cannot be read passes no filter
        return None


def _coded(values: Sequence[T | None]) -> tuple[NDArray[np.int64], list[T]]:
    code: dict[T, int] = {}
    numbers = [_UNREADABLE if value is None else code.setdefault(value, len(code)) for value in values]
    return np.array(numbers, np.int64), [*code]
