"""The rule set: read from a file, the same for every form, and settled for one reader at a time.

:meth:`RuleSet.readable` and :meth:`RuleSet.pointed` give a :class:`~graphcore.access.filter.Filter`. They are total: of a
reader of whom something is missing or cannot be read they give a filter that nothing passes, and its rule says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from graphcore.access.filter import Column, Filter, RuleFilter, Test, Way, handling_key, nobody
from graphcore.access.label import Marking
from graphcore.access.vocabulary import CONDITIONS

if TYPE_CHECKING:
    from graphcore.access.context import AccessContext

SHIPPED = Path(__file__).with_name("rules.yaml")
NONE = "none"
BROKEN = "reader"

_WHENEVER = datetime.min.replace(tzinfo=UTC)  # before the end of every grant

Ways = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the file: ``ways`` of conditions joined by "and"; ``by`` a column: the ways of each of its values."""

    name: str
    ways: Ways = ()
    by: Column | None = None
    cases: Mapping[str, Ways] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """A valid rule file. ``digest`` names its text in audit rows and answers."""

    name: str
    version: int
    digest: str
    markings: Mapping[str, Marking]
    read: tuple[Rule, ...]
    pointers: Rule

    def readable(self, context: AccessContext) -> Filter:
        """What ``context`` may see."""
        return _settled(self, context, pointers=False)

    def pointed(self, context: AccessContext) -> Filter:
        """What ``context`` is told of, though it may not see it: to be asked only of labels that are not readable."""
        return _settled(self, context, pointers=True)


@cache
def shipped_rules() -> RuleSet:
    """The rules that count where a workspace brings none."""
    from graphcore.access.rule_file import read_rules  # noqa: PLC0415 -- it makes what is defined here

    return read_rules(SHIPPED)


def _settled(rules: RuleSet, context: AccessContext, *, pointers: bool) -> Filter:
    try:
        return _compiled(rules, _lasting(context), pointers)
    except Exception as error:  # noqa: BLE001 -- fails closed, whatever is wrong with the reader
        return nobody(f"{BROKEN} ({type(error).__name__})")


def _lasting(context: AccessContext) -> AccessContext:
    """The reader without what passes with every request: grants that count, at no matter which moment, and no words."""
    counting = tuple(grant for grant in context.grants if grant.counts(context))
    purpose = context.purpose and replace(context.purpose, reason="")
    now = _WHENEVER if counting else None
    return replace(context, purpose=purpose, grants=counting, now=now, as_at=None)


@lru_cache(maxsize=1_024)
def _compiled(rules: RuleSet, context: AccessContext, pointers: bool) -> Filter:
    def ways_of(ways: Ways) -> tuple[Way, ...]:
        return _joined(_ways(ways, lambda name: CONDITIONS[name](context, rules.markings)))

    wanted = (rules.pointers,) if pointers else rules.read
    left = chain.from_iterable(_rule(rule, ways_of) for rule in wanted)
    return _shared(Filter(tuple(rule for rule in left if () not in rule.ways)))


@lru_cache(maxsize=1_024)
def _shared(made: Filter) -> Filter:
    """Readers of equal rights have the very same filter, which others may then keep things by."""
    return made


def _ways(ways: Ways, meaning: Callable[[str], Test | bool]) -> Iterable[Way]:
    """Those ways that this reader can go, with the tests that are left of them."""
    for way in ways:
        settled = [meaning(name) for name in way]
        tests = tuple(dict.fromkeys(test for test in settled if isinstance(test, Test)))
        if all(one is not False for one in settled) and all(map(_can_hold, tests)):
            yield tests


def _can_hold(test: Test) -> bool:
    return bool(test.values) or test.column is Column.CONDITIONS


def _joined(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Ways of one test of the same column as one: "is one of these" or "is one of those"."""
    alone: dict[Column, Test] = {}
    others: list[Way] = []
    for way in ways:
        if len(way) != 1 or way[0].column is Column.CONDITIONS:
            others.append(way)
            continue
        held = alone.get(way[0].column, way[0])
        alone[held.column] = Test(held.column, held.values | way[0].values)
    return (*((test,) for test in alone.values()), *others)


def _rule(rule: Rule, ways_of: Callable[[Ways], tuple[Way, ...]]) -> Iterable[RuleFilter]:
    if rule.by is None or rule.cases is None:
        return [RuleFilter(rule.name, ways_of(rule.ways))]
    cases = {value: ways_of(ways) for value, ways in rule.cases.items()}
    if rule.by is Column.CONDITIONS:
        return _each_condition(rule.name, cases)
    grouped: dict[Way, set[str]] = {}
    for value, ways in cases.items():
        for way in ways:
            grouped.setdefault(way, set()).add(_stored(rule.by, value))
    by = tuple((Test(rule.by, frozenset(values)), *way) for way, values in grouped.items())
    return [RuleFilter(rule.name, by)]


def _each_condition(name: str, cases: Mapping[str, tuple[Way, ...]]) -> Iterable[RuleFilter]:
    """A label may carry several: each must be known, and its own ways count only where the label carries it."""
    known = frozenset(cases)
    yield RuleFilter(name, ((Test(Column.CONDITIONS, known),),))
    for value, ways in cases.items():
        yield RuleFilter(name, ((Test(Column.CONDITIONS, known - {value}),), *ways))


def _stored(column: Column, value: str) -> str:
    if value != NONE:
        return value
    return handling_key("", "") if column is Column.HANDLING else ""
