"""What a label demands of its readers, as a value: two labels that the same readers may see demand the same.

``a <= b`` says that whoever may see b may also see a. It is found by asking the rules about every kind of reader that they
can tell apart, so that other rules change it too; a label that nobody may see demands more than every other. ``a | b`` is seen by those who see
both, ``a & b`` by those who see either. Readers differ in organisation and compartments, of which there are any number, and
in clearance, law enforcement and conditional reading, and in purpose and operation where the rules look at those: all but the
first two are bits of a mask. Purposes of retention are not looked at: how a record is held is decided after it came.
A grant over an originator counts as being of it; one over a compartment as holding it, unless the rules tell the two apart.

Readers are those in law enforcement unless ``partners`` says that there are others: the more kinds of readers there are, the
less can be compared (a partner may see one of two things, and a police officer the other).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, reduce
from itertools import combinations, product
from typing import Final

from graphcore.access.context import AccessContext, Purpose, PurposeCode
from graphcore.access.filter import Column
from graphcore.access.grant import Grant, Grantee, Scope
from graphcore.access.label import AccessLabel, Marking
from graphcore.access.policy import decide
from graphcore.access.rules import NONE, Rule, RuleSet, Ways, shipped_rules

_OPERATION: Final = "asked of the policy"
_NOW: Final = datetime(2000, 1, 1, tzinfo=UTC)
_GRANTED: Final = "\x1fgranted "  # before the name of a compartment, which has no such character


@dataclass(frozen=True, slots=True)
class _Seen:
    """Which kinds of readers see something: in an organisation of ``own`` those of its mask, elsewhere ``anyone``."""

    anyone: int
    own: tuple[tuple[str, int], ...] = ()

    def of(self, organisation: str) -> int:
        return dict(self.own).get(organisation, self.anyone)

    def joined(self, other: _Seen, *, both: bool) -> _Seen:
        organisations = sorted({name for name, _ in (*self.own, *other.own)})
        anyone = self.anyone & other.anyone if both else self.anyone | other.anyone
        masks = ((name, (self.of(name), other.of(name))) for name in organisations)
        own = ((name, a & b if both else a | b) for name, (a, b) in masks)
        return _Seen(anyone, tuple((name, mask) for name, mask in own if mask != anyone))

    def within(self, other: _Seen) -> bool:
        return self.joined(other, both=True) == self


_NOBODY: Final = _Seen(0)


@dataclass(frozen=True)
class Needs:
    """One part for each set of compartments that lets somebody see more than its subsets do: who, and with which.

    Made by :func:`needs_of` and the operators; equal values have equal readers.
    """

    parts: tuple[tuple[frozenset[str], _Seen], ...]

    def __le__(self, other: Needs) -> bool:
        return all(seen.within(self._seen(held)) for held, seen in other.parts)

    def __ge__(self, other: Needs) -> bool:
        return other <= self

    def __lt__(self, other: Needs) -> bool:
        return self <= other and self != other

    def __or__(self, other: Needs) -> Needs:
        """Seen by those who see both."""
        pairs = product(self.parts, other.parts)
        return _made({(a | b, one.joined(two, both=True)) for (a, one), (b, two) in pairs})

    def __and__(self, other: Needs) -> Needs:
        """Seen by those who see either."""
        return _made((*self.parts, *other.parts))

    @cached_property
    def unowned(self) -> Needs:
        """As others see it than those to whom it shows only because it is their own organisation's."""
        return _made((held, _Seen(seen.anyone)) for held, seen in self.parts)

    @cached_property
    def order(self) -> tuple[float, float, str]:
        """Sorts what demands less before what demands more, whatever else is sorted with it.

        How many kinds of readers see it where each of its compartments is held by one reader in two; O(2^compartments).
        """
        named = sorted({name for held, _ in self.parts for name in held})
        anyone = owners = 0
        for size in range(len(named) + 1):
            for held in combinations(named, size):
                seen = self._seen(frozenset(held))
                anyone += seen.anyone.bit_count()
                owners += sum(mask.bit_count() - seen.anyone.bit_count() for _, mask in seen.own)
        return -anyone / 2 ** len(named), -owners / 2 ** len(named), self.name

    @cached_property
    def name(self) -> str:
        """Equal for equal needs alone; for keeping something by them, not for people."""
        return repr([(sorted(held), seen.anyone, seen.own) for held, seen in self.parts])

    def _seen(self, held: frozenset[str]) -> _Seen:
        """Who sees it with these compartments alone."""
        return _union(seen for names, seen in self.parts if names <= held)


@cache
def needs_of(label: AccessLabel, *, partners: bool = False, rules: RuleSet | None = None) -> Needs:
    """What the rules demand of those who may see records under ``label``.

    Args:
        label: Of a record.
        partners: Whether there are readers outside law enforcement.
        rules: None: the shipped ones.
    """
    asked = _Asked(rules or shipped_rules(), partners)
    none, held, granted = (
        frozenset[str](),
        frozenset({label.compartment}),
        frozenset({_GRANTED + label.compartment}),
    )
    parts = {one: asked.seen(label, one) for one in (none, held, granted)}
    if parts[granted] == parts[held]:
        del parts[granted]
    else:
        parts[held | granted] = asked.seen(label, held | granted)
    return _made(parts.items())


NeedsOf = Callable[[AccessLabel], Needs]


def either(several: Iterable[Needs]) -> Needs:
    """Seen by those who see any of some (at least one)."""
    return reduce(lambda one, other: one if one == other else one & other, several)


def tiers(labels: Mapping[int, AccessLabel], asked: NeedsOf = needs_of) -> dict[Needs, tuple[int, ...]]:
    """The distinct needs of some labels, the least demanding first, each with the numbers of its labels."""
    found: dict[Needs, list[int]] = {}
    for number, label in sorted(labels.items()):
        found.setdefault(asked(label), []).append(number)
    return {needs: tuple(found[needs]) for needs in sorted(found, key=lambda one: one.order)}


@cache
def _kinds(rules: RuleSet) -> tuple[tuple[Marking, bool, bool, PurposeCode, bool], ...]:
    """Clearance, law enforcement, conditional reading, purpose, and whether on the operation: all that the rules tell apart."""
    used = {name for rule in rules.read for ways in _ways_of(rule) for way in ways for name in way}
    named = [code for code in PurposeCode if f"for {code}" in used]
    # a purpose that is not named stands for all such
    others = [code for code in PurposeCode if code not in named]
    purposes = {PurposeCode.SYSTEM, *named, *others[:1]} if named else {PurposeCode.SYSTEM}
    operations = (False, True) if "works on the operation" in used else (False,)
    return tuple(product(Marking, (False, True), (False, True), sorted(purposes), operations))


def _ways_of(rule: Rule) -> Iterable[Ways]:
    cases = rule.cases or {}
    return (
        rule.ways,
        *(ways for value, ways in cases.items() if rule.by is not Column.RETENTION or value == NONE),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """The rules, asked about every kind of reader."""

    rules: RuleSet
    partners: bool

    def seen(self, label: AccessLabel, held: frozenset[str]) -> _Seen:
        anyone, own = (self._mask(label, held, organisation) for organisation in ("", label.originator))
        return _Seen(anyone, ((label.originator, own),) if own != anyone else ())

    def _mask(self, label: AccessLabel, held: frozenset[str], organisation: str) -> int:
        named = {name.removeprefix(_GRANTED) for name in held if name.startswith(_GRANTED)}
        over = [*((Scope.COMPARTMENT, name) for name in named), (Scope.ORIGINATOR, organisation)]
        grants = tuple(
            Grant("asked", Grantee.SUBJECT, "policy", scope, name, _OPERATION, _NOW + timedelta(1))
            for scope, name in over
        )
        mask = 0
        for bit, (clearance, police, conditional, purpose, working) in enumerate(_kinds(self.rules)):
            reader = AccessContext(
                "policy", organisation, clearance, Purpose(purpose, _OPERATION, _OPERATION), held, law_enforcement=police,
                may_read_conditional=conditional, operations=frozenset({_OPERATION} if working else ()), grants=grants,
                now=_NOW, rules=self.rules,
            )  # fmt: skip
            mask |= ((police or self.partners) and decide(label, reader).allow) << bit
        return mask


def _union(several: Iterable[_Seen]) -> _Seen:
    total = _NOBODY
    for seen in several:
        total = total.joined(seen, both=False)
    return total


def _made(parts: Iterable[tuple[frozenset[str], _Seen]]) -> Needs:
    """Parts in their one form: what a part adds to those with fewer compartments, in order."""
    given = [*parts]
    kept: list[tuple[frozenset[str], _Seen]] = []
    for held in sorted({names for names, _ in given}, key=lambda names: (len(names), sorted(names))):
        below = _union(seen for names, seen in given if names < held)
        here = _union(seen for names, seen in given if names <= held)
        if here != below:
            kept.append((held, here))
    return Needs(tuple(kept))
