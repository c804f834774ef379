"""Random labels and readers: known and unknown codes, missing attributes, values that raise, grants that have run out."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from graphcore.access import AccessContext, AccessLabel, Grant, Grantee, Marking, Purpose, PurposeCode, Scope

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ORGANISATIONS = ("", "Northshire", "Portside", "Elsewhere")
COMPARTMENTS = ("", "KESTREL", "KITE", "harrier; DROP TABLE label --", "it's")
OPERATIONS = ("", "Larkspur", "Foxglove")


class Bomb:
    """Raises at whatever is done with it."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __hash__(self) -> int:
        raise RuntimeError("hash")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("eq")


def label(rng: random.Random) -> AccessLabel:
    """Mostly codes that are known; sometimes one that is not, or that belongs to another scheme."""
    scheme = rng.choice(
        ["", "3x5x2", "3x5x2", "5x5x5", "5x5x5", "odd", "3x5x2 P", None if rng.random() < 0.02 else ""]
    )
    codes = {"": [""], "3x5x2": ["P", "C", "C"], "5x5x5": ["1", "2", "3", "4", "5"]}.get(scheme or "", ["P"])
    code = rng.choice(codes) if rng.random() < 0.9 else rng.choice(["", "P", "C", "4", "X", "p"])
    several = (
        rng.sample(["A1", "A2", "A3", "S1", "S2", "Z9", ""], rng.choice([0, 0, 0, 1, 2]))
        if rng.random() < 0.4
        else []
    )
    return AccessLabel(
        rng.choice(["OFFICIAL", "OFFICIAL", "OFFICIAL-SENSITIVE", "SECRET", "", "official"]),
        scheme or "",
        code,
        tuple(sorted(several)),
        rng.choice(["", "", *COMPARTMENTS]),
        rng.choice(ORGANISATIONS),
        rng.choice(["", "", "", "review", "hold", "expired", "odd"]),
        rng.choice(["", "", "exists", "contact", "odd"]),
    )


def broken_labels() -> list[AccessLabel]:
    """What no store can hold, and a caller might still hand over."""
    bad: Any = [None, 3, Bomb(), ["OFFICIAL"]]
    made = [AccessLabel(marking=one) for one in bad] + [AccessLabel(compartment=one) for one in bad]
    made += [AccessLabel(handling_conditions=one) for one in (None, "A1", ("A1", None), 7, Bomb())]  # type: ignore[arg-type]
    return [*made, AccessLabel(handling_code=None), object()]  # type: ignore[arg-type, list-item]


def grant(rng: random.Random, number: int) -> Grant:
    grantee = rng.choice([*Grantee])
    name = {"subject": "ann", "team": "Northshire/Serious crime", "organisation": rng.choice(ORGANISATIONS)}[
        grantee
    ]
    scope = rng.choice([*Scope])
    over = rng.choice(COMPARTMENTS if scope is Scope.COMPARTMENT else ORGANISATIONS)
    until = NOW + timedelta(days=rng.choice([-1, 0, 1]))
    return Grant(f"g{number}", grantee, name, scope, over, rng.choice(OPERATIONS), until)


def reader(rng: random.Random) -> AccessContext:
    """A reader; one in ten lacks something or holds what is not of its type."""
    code = rng.choice([*PurposeCode])
    made = AccessContext(
        rng.choice(["ann", "bo"]),
        rng.choice(ORGANISATIONS),
        rng.choice([*Marking]),
        rng.choice([None, *[Purpose(code, "a test", rng.choice(OPERATIONS))] * 5]),
        frozenset(rng.sample(COMPARTMENTS, rng.choice([0, 0, 1, 2]))),
        law_enforcement=rng.random() < 0.7,
        may_read_conditional=rng.random() < 0.4,
        team=rng.choice(["", "Serious crime"]),
        operations=frozenset(rng.sample(OPERATIONS, rng.choice([0, 1, 2]))),
        grants=tuple(grant(rng, n) for n in range(rng.choice([0, 0, 2, 4]))),
        now=rng.choice([None, NOW, NOW]),
    )
    return made if rng.random() < 0.9 else broken(rng, made)


def broken(rng: random.Random, made: AccessContext) -> AccessContext:
    """The same reader with one attribute missing or wrong."""
    wrong: list[dict[str, Any]] = [
        {"clearance": "TOP"}, {"clearance": None}, {"compartments": "KITE"}, {"compartments": None},
        {"organisation": None}, {"law_enforcement": "yes"}, {"may_read_conditional": None}, {"grants": None},
        {"grants": (Bomb(),)}, {"purpose": Bomb()}, {"compartments": frozenset({3})}, {"clearance": Bomb()},
    ]  # fmt: skip
    changed = replace(made, **rng.choice(wrong))
    if rng.random() < 0.2:
        object.__delattr__(changed, "compartments")
    return changed
