"""A filter: the rules as they stand for one reader, as plain sets of values that a label may carry.

Every form of the rules is made from it: the function with reasons here, the numpy mask, the SQL condition and the
parameters of the Cypher statement in ``graphcore.access.forms``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, cast

from graphcore.access.label import AccessLabel

UNREADABLE = "label"


class Column(StrEnum):
    """What of a label a test looks at. ``handling`` is scheme and code with a space between them."""

    MARKING = "marking"
    HANDLING = "handling"
    CONDITIONS = "conditions"
    COMPARTMENT = "compartment"
    ORIGINATOR = "originator"
    RETENTION = "retention"
    POINTER = "pointer"


@dataclass(frozen=True, slots=True)
class Test:
    """The label's value is one of ``values``; of ``conditions``: all that the label carries are among them."""

    column: Column
    values: frozenset[str]


Way = tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class RuleFilter:
    """One rule: passed where every test of one of its ways holds."""

    name: str
    ways: tuple[Way, ...]

    def passes(self, values: "LabelValues") -> bool:
        """Whether a label passes."""
        return any(all(values.holds(test) for test in way) for way in self.ways)


@dataclass(frozen=True, slots=True)
class Filter:
    """All rules that are left to look at for one reader; a label must pass each.

    ``fault``: why the rules cannot be applied to this reader; nothing passes then.
    """

    rules: tuple[RuleFilter, ...]
    fault: str = ""

    def denied(self, label: AccessLabel) -> tuple[str, ...]:
        """Names of the rules that a label does not pass, each once, in the order of the rules; total."""
        try:
            values = _values(label)
        except Exception as error:  # noqa: BLE001 -- whatever a label is, what cannot be read is denied
            return (f"{UNREADABLE} ({type(error).__name__})",)
        return tuple(dict.fromkeys(rule.name for rule in self.rules if not rule.passes(values)))


EVERYTHING = Filter(())


def nobody(name: str) -> Filter:
    """What no label passes, because of the fault ``name``."""
    return Filter((RuleFilter(name, ()),), name)


@dataclass(frozen=True, slots=True)
class LabelValues:
    """A label by column, checked to be made of texts."""

    single: dict[Column, str]
    conditions: frozenset[str]

    @classmethod
    def of(cls, label: AccessLabel) -> "LabelValues":
        """The values that tests look at.

        Raises:
            TypeError: something of it is no text.
            AttributeError: something of it is missing.
        """
        single: dict[Column, Any] = {column: read(label) for column, read in SINGLE.items()}
        conditions: Any = label.handling_conditions
        if not isinstance(conditions, tuple):
            raise TypeError("conditions are no tuple")
        carried = cast("tuple[Any, ...]", conditions)
        if not all(isinstance(text, str) for text in (*single.values(), *carried)):
            raise TypeError("a value is no text")
        return cls(single, frozenset(carried))

    def holds(self, test: Test) -> bool:
        """Whether a test holds."""
        if test.column is Column.CONDITIONS:
            return self.conditions <= test.values
        return self.single[test.column] in test.values


# few labels exist, and each is asked about by every reader
_values = lru_cache(maxsize=4_096)(LabelValues.of)


def handling_key(scheme: str, code: str) -> str:
    """Handling scheme and code as one value; " " where a label has none."""
    return scheme + " " + code


def printable(values: Iterable[str]) -> frozenset[str]:
    """The values that a stored label can carry: no control character and no half of a surrogate pair."""
    return frozenset(value for value in values if value.isprintable())


SINGLE: dict[Column, Callable[[AccessLabel], str]] = {
    Column.MARKING: lambda label: label.marking,
    Column.HANDLING: lambda label: handling_key(label.handling_scheme, label.handling_code),
    Column.COMPARTMENT: lambda label: label.compartment,
    Column.ORIGINATOR: lambda label: label.originator,
    Column.RETENTION: lambda label: label.retention,
    Column.POINTER: lambda label: label.pointer,
}
