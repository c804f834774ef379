"""The book of identity: judgements go in, clusters follow, in one transaction; any decision can be taken back.

Nothing here scores: it is told what somebody, or some rule, decided. Undoing a decision gives the clusters that the
remaining judgements make, which are those from before it if nothing else was decided since. State is read inside the
transaction that writes, so that two who decide at once decide one after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from graphcore.errors import LedgerError, ValueRefusedError
from graphcore.evidence.ledger.deciding import Deciding
from graphcore.evidence.ledger.ledger import Ledger
from graphcore.evidence.ledger.values import Fit, Standing
from graphcore.identity.clusters import Arranged, arrange, connected
from graphcore.identity.judgement import Decision, Judgement, Verdict


@dataclass(frozen=True, slots=True)
class Moved:
    """What a decision or its undoing changed.

    ``origins`` went to another entity; the other two count the entities touched, before and after. ``held_back``: its
    judgements that take no effect, because they would join or part what some readers may not know the reason of.
    """

    origins: int
    entities_before: int
    entities_after: int
    held_back: tuple[Judgement, ...] = ()


@dataclass(frozen=True, slots=True)
class _Area:
    """What may change together: judgements that stand, and where every origin is."""

    judgements: tuple[Judgement, ...]
    places: Mapping[str, Standing]


class IdentityBook:
    """Judging and undoing on one ledger. Holds no state of its own."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def judge(
        self, judgements: Sequence[Judgement], *, proposed_by: str = "", fits: Sequence[Fit] = ()
    ) -> Moved:
        """Record judgements and move the origins that follow from them, all or nothing.

        Args:
            judgements: Each on two origins of one type.
            proposed_by: Who proposes them: nothing moves until a second person confirms. "": they count at once.
            fits: The weights that led to them.

        Raises:
            UnknownKeyError: an origin is not in the ledger; nothing is written.
            ValueRefusedError: a judgement is on two things of different types.
        """
        touched = _ends(judgements)
        with self._ledger.deciding() as deciding:
            area = _area(deciding, touched)
            _require_one_type(area.places, judgements)
            deciding.keep(judgements, proposed_by=proposed_by)
            deciding.keep_fits(fits)
            if proposed_by:
                return Moved(0, 0, 0)
            return _follow(deciding, area.places, [*area.judgements, *judgements], judgements)

    def tried(self, judgements: Sequence[Judgement]) -> Moved:
        """What :meth:`judge` would do; nothing is written."""
        with self._ledger.looking() as deciding:
            area = _area(deciding, _ends(judgements))
        _require_one_type(area.places, judgements)
        arranged = _arranged(area.places, [*area.judgements, *judgements])
        return _moved(area.places, arranged, judgements)

    def split(
        self, out: Collection[str], stay: Collection[str], decision: Decision, *, proposed_by: str = ""
    ) -> Moved:
        """Part some members of an entity from the others; these stay together, whatever had held them.

        Args:
            out: Origins that go; what holds them to each other goes on to.
            stay: The other members.
            decision: A person's: no rule joins again what it parts.
            proposed_by: As for :meth:`judge`.

        Raises:
            UnknownKeyError: an origin is not in the ledger.
        """
        parted = [_judged(one, other, Verdict.DIFFERENT, decision) for one in out for other in stay]
        with self._ledger.deciding() as deciding:
            area = _area(deciding, {*out, *stay})
            uids = _arranged(area.places, [*area.judgements, *parted]).uids
            first = sorted({uids[one] for one in stay}, key=lambda uid: (area.places[uid].first_seq, uid))
            kept = [_judged(first[0], other, Verdict.SAME, decision) for other in first[1:]]
            made = [*parted, *kept]
            deciding.keep(made, proposed_by=proposed_by)
            if proposed_by:
                return Moved(0, 0, 0)
            return _follow(deciding, area.places, [*area.judgements, *made], made)

    def confirm(self, decision_id: str, *, by: str, reason: str) -> Moved:
        """Let a proposed decision take effect.

        Raises:
            UnknownKeyError: no such decision waits.
            LedgerError: ``by`` proposed it.
        """
        with self._ledger.deciding() as deciding:
            deciding.confirm(decision_id, by=by, reason=reason)
            made = deciding.of(decision_id)
            area = _area(deciding, _ends(made))
            return _follow(deciding, area.places, area.judgements, made)

    def undo(self, decision_id: str, *, undone_by: str) -> Moved:
        """Take a decision back with all its judgements; one that waits for a second person is dropped.

        Args:
            decision_id: A click of a reviewer or one run of the rules.
            undone_by: Who takes it back; the decision itself stays on record.

        Raises:
            LedgerError: nothing of that name stands, or it was made for good.
        """
        with self._ledger.deciding() as deciding:
            taken = deciding.of(decision_id)
            if not taken:
                raise LedgerError(
                    f"decision {decision_id} does not stand in this ledger: list the decisions to find its name"
                )
            area = _area(deciding, _ends(taken))
            deciding.take_back(decision_id, by=undone_by)
            rest = [judgement for judgement in area.judgements if judgement.decision_id != decision_id]
            return _follow(deciding, area.places, rest, ())

    def settle(self, origins: Collection[str] | None = None) -> Moved:
        """Bring clusters to what the standing judgements make of the records as they are now.

        A record that arrives, or is withdrawn, can change who may see an origin, and with that which judgements count.

        Args:
            origins: What may have changed; None: everything that was ever judged.
        """
        with self._ledger.deciding() as deciding:
            if deciding.one_tier:
                return Moved(0, 0, 0)
            touched = set(origins) if origins is not None else _ends(deciding.every())
            area = _area(deciding, touched)
            return _follow(deciding, area.places, area.judgements, ())

    def standing(self) -> tuple[Judgement, ...]:
        """The judgements that count now."""
        return self._ledger.judgements()

    def arranged(self, origins: Collection[str]) -> Arranged:
        """What holds the entities of some origins together, and which judgements on them take no effect."""
        with self._ledger.looking() as deciding:
            area = _area(deciding, set(origins))
        return _arranged(area.places, area.judgements)


def judge_inside(deciding: Deciding, judgements: Sequence[Judgement]) -> Moved:
    """As :meth:`IdentityBook.judge`, in a decision that is under way.

    Raises:
        UnknownKeyError: an origin is not in the ledger; the caller's transaction must end.
        ValueRefusedError: a judgement is on two things of different types.
    """
    area = _area(deciding, _ends(judgements))
    _require_one_type(area.places, judgements)
    deciding.keep(judgements)
    return _follow(deciding, area.places, [*area.judgements, *judgements], judgements)


def settle_inside(deciding: Deciding, origins: Collection[str]) -> Moved:
    """As :meth:`IdentityBook.settle`, in a decision that is under way: also of judgements that came without it."""
    area = _area(deciding, set(origins))
    return _follow(deciding, area.places, area.judgements, ())


def _ends(judgements: Sequence[Judgement]) -> set[str]:
    return {origin for judgement in judgements for origin in (judgement.left, judgement.right)}


def _area(deciding: Deciding, touched: set[str]) -> _Area:
    """All that can change with some origins: what "same" reaches from them, and whoever is in one entity with that."""
    reached: set[str] = set()
    judgements: tuple[Judgement, ...] = ()
    places: dict[str, Standing] = {}
    while not touched <= reached:
        judgements = deciding.judgements(touched)
        reached = touched | connected(judgements, touched)
        places = deciding.places(reached)
        touched = reached | places.keys()
    return _Area(judgements, places)


def _arranged(places: Mapping[str, Standing], judgements: Sequence[Judgement]) -> Arranged:
    seen = {origin: place for origin, place in places.items() if place.seen}
    needs = {origin: place.needs for origin, place in seen.items() if place.needs is not None}
    arranged = arrange({origin: place.first_seq for origin, place in seen.items()}, judgements, needs)
    alone = {origin: origin for origin, place in places.items() if not place.seen}
    return Arranged(arranged.uids | alone, arranged.holding, arranged.held_back)


def _follow(
    deciding: Deciding,
    places: Mapping[str, Standing],
    judgements: Sequence[Judgement],
    new: Sequence[Judgement],
) -> Moved:
    """Move each origin to where it belongs under ``judgements``."""
    arranged = _arranged(places, judgements)
    deciding.move(_changes(places, arranged))
    return _moved(places, arranged, new)


def _changes(places: Mapping[str, Standing], arranged: Arranged) -> dict[str, str]:
    return {origin: uid for origin, uid in sorted(arranged.uids.items()) if places[origin].uid != uid}


def _moved(places: Mapping[str, Standing], arranged: Arranged, new: Sequence[Judgement]) -> Moved:
    before, after = {place.uid for place in places.values()}, set(arranged.uids.values())
    mine = set(new)
    held_back = tuple(judgement for judgement in arranged.held_back if judgement in mine)
    return Moved(len(_changes(places, arranged)), len(before), len(after), held_back)


def _judged(one: str, other: str, verdict: Verdict, decision: Decision) -> Judgement:
    left, right = sorted((one, other))
    return Judgement(left, right, verdict, decision)


def _require_one_type(places: Mapping[str, Standing], judgements: Sequence[Judgement]) -> None:
    for one in judgements:
        types = {places[end].entity_type for end in (one.left, one.right) if end in places}
        if len(types) > 1:
            raise ValueRefusedError(
                f"a judgement is on a {' and a '.join(sorted(types))}: only things of one type can be the same"
            )
