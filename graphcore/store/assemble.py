"""From visible assertions to what a viewer sees. Whatever is not among the given assertions cannot show.

Backends filter in their own query and give the rest to these functions, so that both build the same answer.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from graphcore.model.graph import Entity, Link, Value
from graphcore.store.state import Assertion

OCCURRENCES = "occurrences"
AMOUNT = {"PAYS": "amount_pence", "CALLS": "duration_s"}
_FIRST, _LAST = "first_at", "last_at"


def build_entity(uid: str, entity_type: str, assertions: Iterable[Assertion]) -> Entity:
    """One entity from its visible assertions (one at least, any order).

    Caption and kind are those of the oldest visible record that has one.
    """
    ordered = in_order(assertions)
    return Entity(
        uid=uid,
        type=entity_type,
        kind=next((a.kind for a in ordered if a.kind), ""),
        caption=next((a.caption for a in ordered if a.caption), ""),
        properties=merge_properties(ordered),
        rids=tuple(a.rid for a in ordered),
        labels=tuple(sorted({a.label for a in ordered})),
        sources=tuple(sorted({a.source for a in ordered})),
        gradings=tuple(sorted({a.grading for a in ordered if a.grading})),
    )


def build_link(
    key: tuple[str, str, str, str],
    assertions: Iterable[Assertion],
) -> Link:
    """One link from its visible assertions (one at least, any order); ``key`` is (lid, type, source, target)."""
    ordered = in_order(assertions)
    starts = [a.valid_from for a in ordered if a.valid_from is not None]
    ends = [a.valid_to for a in ordered if a.valid_to is not None]
    lid, link_type, source, target = key
    return Link(
        lid=lid,
        type=link_type,
        source=source,
        target=target,
        properties=merge_properties(ordered),
        rids=tuple(a.rid for a in ordered),
        labels=tuple(sorted({a.label for a in ordered})),
        sources=tuple(sorted({a.source for a in ordered})),
        valid_from=min(starts) if len(starts) == len(ordered) else None,
        valid_to=max(ends) if len(ends) == len(ordered) else None,
        gradings=tuple(sorted({a.grading for a in ordered if a.grading})),
    )


def merge_properties(ordered: Sequence[Assertion]) -> Mapping[str, tuple[Value, ...]]:
    """Every distinct value, oldest record first; names ascending. 1, 1.0 and True are three values.

    Records of a series (those with ``occurrences``) are added up: their whole numbers within a source, of several sources
    the largest; ``first_at`` is the earliest and ``last_at`` the latest. Two sources may both have the same calls, and one
    source's records never have the same twice.
    """
    if len(ordered) == 1 and all(len(values) == 1 for values in ordered[0].properties.values()):
        return dict(sorted(ordered[0].properties.items()))  # most entities and links: nothing to merge
    merged: dict[str, dict[tuple[type, Value], Value]] = {}
    for name, value in _series([a for a in ordered if OCCURRENCES in a.properties]).items():
        merged[name] = {(type(value), value): value}
    for assertion in ordered:
        of_series = OCCURRENCES in assertion.properties
        for name, values in assertion.properties.items():
            if of_series and _adds_up(name, values):
                continue
            seen = merged.setdefault(name, {})
            for value in values:
                seen.setdefault((type(value), value), value)
    return {name: tuple(merged[name].values()) for name in sorted(merged)}


def _series(assertions: Sequence[Assertion]) -> dict[str, Value]:
    """What the records of a series say together."""
    found: dict[str, Value] = {}
    sums: dict[str, dict[str, int]] = {}
    for assertion in assertions:
        for name, values in assertion.properties.items():
            if name in (_FIRST, _LAST):
                pick = min if name == _FIRST else max
                found[name] = pick(str(found.get(name, values[0])), str(values[0]))
            elif _adds_up(name, values):
                of_source = sums.setdefault(name, {})
                of_source[assertion.source] = of_source.get(assertion.source, 0) + int(values[0])
    return found | {name: max(by_source.values()) for name, by_source in sums.items()}


def _adds_up(name: str, values: Sequence[Value]) -> bool:
    return name in (_FIRST, _LAST) or (len(values) == 1 and type(values[0]) is int)


def link_measures(
    link_type: str, properties: Mapping[str, Sequence[Value]]
) -> tuple[float, float, float, float]:
    """(share_min, share_max, amount, occurrences) of one assertion for the arrays; NaN where it gives none.

    ``amount`` is pence for PAYS and seconds for CALLS.
    """
    return (
        _number(properties.get("share_min", ())),
        _number(properties.get("share_max", ())),
        _number(properties.get(AMOUNT.get(link_type, ""), ())),
        _number(properties.get(OCCURRENCES, ())),
    )


def _number(values: Sequence[Value]) -> float:
    return next(
        (float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)), math.nan
    )


def in_order(assertions: Iterable[Assertion]) -> tuple[Assertion, ...]:
    """Oldest first, as every state has them."""
    return tuple(sorted(assertions, key=lambda a: (a.seq, a.rid)))
