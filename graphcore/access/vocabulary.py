"""The conditions that a rule file may use: what each means for one reader.

A condition is settled by the reader alone (yes or no), or leaves a test of the label. What is missing of a reader raises,
and the caller denies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from graphcore.access.context import PurposeCode
from graphcore.access.filter import Column, Test, printable
from graphcore.access.grant import Scope, granted
from graphcore.access.label import Marking, Pointer

if TYPE_CHECKING:
    from graphcore.access.context import AccessContext

Markings = Mapping[str, Marking]
Meaning = Callable[["AccessContext", Markings], Test | bool]
RANK: Mapping[str, int] = MappingProxyType({marking: rank for rank, marking in enumerate(Marking)})


def _clearance(context: AccessContext, markings: Markings) -> Test:
    held = RANK[Marking(context.clearance)]
    return Test(Column.MARKING, printable(name for name, needs in markings.items() if RANK[needs] <= held))


def _holds_compartment(context: AccessContext, _: Markings) -> Test:
    return Test(Column.COMPARTMENT, printable(_texts(context.compartments)))


def _granted(scope: Scope, column: Column) -> Meaning:
    def meaning(context: AccessContext, _: Markings) -> Test:
        return Test(column, printable(_texts(granted(context, scope))))

    return meaning


def _own(context: AccessContext, _: Markings) -> Test:
    return Test(Column.ORIGINATOR, printable(_texts(frozenset({context.organisation})) - {""}))


def _purpose(code: PurposeCode) -> Meaning:
    return lambda context, _: context.purpose is not None and context.purpose.code == code


def _on_operation(context: AccessContext, _: Markings) -> bool:
    return context.purpose is not None and context.purpose.operation in _texts(context.operations)


def _texts(values: Any) -> frozenset[str]:
    """The values, refused where they are not a set of texts: a text alone would pass for a set of letters."""
    if not isinstance(values, frozenset | set) or not all(isinstance(value, str) for value in values):  # pyright: ignore[reportUnknownVariableType]
        raise TypeError("not a set of texts")
    return frozenset(values)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _single(column: Column, *values: str) -> Meaning:
    test = Test(column, frozenset(values))
    return lambda _context, _markings: test


CONDITIONS: Mapping[str, Meaning] = MappingProxyType(
    {
        "anyone": lambda _context, _markings: True,
        "clearance covers marking": _clearance,
        "no compartment": _single(Column.COMPARTMENT, ""),
        "holds compartment": _holds_compartment,
        "granted compartment": _granted(Scope.COMPARTMENT, Column.COMPARTMENT),
        "own record": _own,
        "granted originator": _granted(Scope.ORIGINATOR, Column.ORIGINATOR),
        "law enforcement": lambda context, _: _flag(context.law_enforcement),
        "conditional reading": lambda context, _: _flag(context.may_read_conditional),
        "without conditions": _single(Column.CONDITIONS),
        "purpose given": lambda context, _: context.purpose is not None,
        "works on the operation": _on_operation,
        "held as pointer": _single(Column.POINTER, Pointer.EXISTS, Pointer.CONTACT),
        **{f"for {code}": _purpose(code) for code in PurposeCode},
    }
)
