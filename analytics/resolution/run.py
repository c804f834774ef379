"""One run of the rules: reads origins through a view, decides, and gives judgements. It never moves anything itself.

All judgements of a run carry one decision, so a run is undone by its name. Persons' judgements are the frame: what
they joined stays joined, what they parted stays apart, what they left open is left to them. Tier by tier: what fewer may
see does not shape what is decided on what more may see (:mod:`analytics.resolution.turns`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from analytics.resolution.businesses import BUSINESSES
from analytics.resolution.comparer import Aids, Comparer
from analytics.resolution.decide import Couple, decide
from analytics.resolution.exact import IDENTIFIERS, by_identifier
from analytics.resolution.fitted import dump_fitted
from analytics.resolution.freeze import Frozen, Left, frozen, frozen_identifiers
from analytics.resolution.learned import lessons
from analytics.resolution.model import Outcome, Settings, likeness
from analytics.resolution.persons import PERSONS
from analytics.resolution.relations import Surroundings, two_passes
from analytics.resolution.turns import OriginReader, Turn, Turns, TypeTurns
from analytics.resolution.weights import Weights
from graphcore.evidence.ledger.values import Fit, Placed
from graphcore.identity.book import IdentityBook, Moved
from graphcore.identity.clusters import RULE_PREFIX, effective, is_rule
from graphcore.identity.judgement import Decision, Judgement, Verdict

RULES: Final = RULE_PREFIX + "resolution/1"
TYPES: Final = ("Person", "Business", *IDENTIFIERS)


@dataclass(frozen=True, slots=True)
class TypeSummary:
    """What a run did with one type: records read, pairs compared, clusters found, judgements made."""

    records: int
    compared: int
    clusters: int
    same: int
    unsure: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """The judgements of one run, its figures by entity type, the weights that led to them, and what is left for later."""

    judgements: tuple[Judgement, ...]
    summary: Mapping[str, TypeSummary]
    fits: tuple[Fit, ...] = ()
    left: tuple[Left, ...] = ()


def rule_decision(run_id: str, decided_at: datetime) -> Decision:
    """The decision that all judgements of one run carry; ``decided_at`` is aware UTC."""
    return Decision(run_id, RULES, "identifiers, names, birth dates and addresses compared", decided_at)


def propose(
    reader: OriginReader,
    decision: Decision,
    *,
    standing: Sequence[Judgement] = (),
    settings: Settings | None = None,
    types: Sequence[str] = TYPES,
    progress: Callable[[str], None] | None = None,
) -> Proposal:
    """What the rules would judge now.

    Args:
        reader: Decides what can be seen; hidden records are neither compared nor joined.
        decision: From :func:`rule_decision`: the name under which everything can be undone.
        standing: Judgements that stand; those of persons bind the run.
        settings: Thresholds and bounds.
        types: Entity types to resolve.
        progress: Told each type before it is resolved.
    """
    bound, turns = settings or Settings(), Turns(reader)
    around: dict[str, Surroundings] = {}
    judgements: list[Judgement] = []
    fits: list[Fit] = []
    left: list[Left] = []
    summary: dict[str, TypeSummary] = {}
    for entity_type in types:
        if progress is not None:
            progress(entity_type)
        of_type = turns.of(entity_type)
        if not of_type.places:
            continue
        run = _TypeRun(entity_type, decision, standing, bound, around)
        made, summary[entity_type] = run.of(of_type)
        judgements += made
        fits += run.fits
        left += run.left
    return Proposal(tuple(judgements), summary, tuple(fits), tuple(left))


def resolve(book: IdentityBook, proposal: Proposal, *, proposed_by: str = "") -> Moved:
    """Put a proposal into the book of identity: all or nothing.

    With ``proposed_by`` nothing moves until a second person confirms the run.
    """
    return book.judge(proposal.judgements, proposed_by=proposed_by, fits=proposal.fits)


def undo(book: IdentityBook, run_id: str, *, undone_by: str) -> Moved:
    """Take a whole run back; entities are then as the other judgements make them.

    Raises:
        LedgerError: no such run stands.
    """
    return book.undo(run_id, undone_by=undone_by)


class _TypeRun:
    """One type, turn by turn. Weights are fitted by the larger turns and used by the smaller."""

    def __init__(
        self,
        entity_type: str,
        decision: Decision,
        standing: Sequence[Judgement],
        settings: Settings,
        around: dict[str, Surroundings],
    ) -> None:
        self._type, self._decision, self._around = entity_type, decision, around
        self._standing, self._settings = standing, settings
        self._weights: list[tuple[int, Weights | None]] = []
        self.fits: list[Fit] = []
        self.left: list[Left] = []

    def of(self, turns: TypeTurns) -> tuple[list[Judgement], TypeSummary]:
        """The judgements on one type, and what was done."""
        judgements: list[Judgement] = []
        compared = 0
        for turn in turns:
            outcome = self._turn(turn)
            same = self._judgements(turn, outcome.joined, Verdict.SAME)
            unsure = self._judgements(turn, outcome.review, Verdict.UNSURE)
            turns.joined(
                (turn.places[low].origin_id, turn.places[high].origin_id) for low, high, _ in outcome.joined
            )
            judgements += same + _new(unsure, self._standing)
            compared += outcome.compared
        counted = [
            sum(made.verdict is verdict for made in judgements) for verdict in (Verdict.SAME, Verdict.UNSURE)
        ]
        return judgements, TypeSummary(len(turns.places), compared, turns.clusters(), *counted)

    def _turn(self, turn: Turn) -> Outcome:
        if self._type in IDENTIFIERS:
            self._weights.append((0, None))
            records = [*turn.read()]
            self._leave(turn, lambda: frozen_identifiers(self._type, records))
            return _of_identifiers(by_identifier(self._type, records, self._settings), turn, self._settings)
        same, apart = persons_said(turn.places, self._standing)
        kind = PERSONS if self._type == PERSONS.entity_type else BUSINESSES
        settled = turn.settled
        around = self._around.setdefault(turn.tier, Surroundings(turn.reader))
        comparer, outcome = two_passes(
            Comparer(
                kind,
                around.told(turn.places, turn.read()),
                weights=self._weights_below(turn),
                aids=self._aids(turn),
            ),
            turn.places,
            around,
            lambda comparer: decide(comparer, self._settings, same, apart, settled),
        )
        self._weights.append((turn.new, comparer.weights))
        self.fits.append(
            Fit(self._decision.decision_id, self._type, turn.tier, dump_fitted(comparer.weights))
        )
        self._leave(turn, lambda: frozen(comparer, self._type, self._settings))
        return outcome

    def _aids(self, turn: Turn) -> Aids:
        """What is known beside the records of a turn: judgements on pairs of which both ends are among them."""
        among = turn.settled.open if turn.settled else None
        if not self._settings.learns:
            return Aids(self._settings.population, None, among)
        said = {
            pair: (one.verdict is Verdict.SAME, one.decision.decision_id)
            for pair, one in effective(self._standing).items()
            if not is_rule(one.decision) and one.verdict is not Verdict.UNSURE
        }
        return Aids(self._settings.population, lessons([one.origin_id for one in turn.places], said), among)

    def _leave(self, turn: Turn, make: Callable[[], Frozen]) -> None:
        """Leave what the first turn knew: what most readers see."""
        if self._settings.leaves and turn.settled is None and not self.left:
            self.left.append(Left.by(make(), turn.places))

    def _weights_below(self, turn: Turn) -> Weights | None:
        """Those of the largest turn below, where that decided on more records than this one does; else its own are fitted."""
        below = max((self._weights[at] for at in turn.below), key=lambda fitted: fitted[0], default=(0, None))
        return below[1] if below[0] > turn.new else None

    def _judgements(
        self, turn: Turn, pairs: Sequence[tuple[int, int, float]], verdict: Verdict
    ) -> list[Judgement]:
        """Judgements on pairs that are still two entities; what is one already needs no saying."""
        records, group = turn.places, turn.settled.group if turn.settled else None
        return [
            Judgement(
                records[low].origin_id, records[high].origin_id, verdict, self._decision, likeness(bits)
            )
            for low, high, bits in pairs
            if records[low].uid != records[high].uid and (group is None or group[low] != group[high])
        ]


def _of_identifiers(outcome: Outcome, turn: Turn, settings: Settings) -> Outcome:
    """What equal identifiers join in this turn."""
    if turn.settled is None:
        return outcome
    joined = tuple((low, high, settings.ceiling) for low, high in turn.settled.joins(outcome.clusters))
    return Outcome(outcome.entity_type, outcome.clusters, joined, compared=outcome.compared)


def joined_by_runs(records: Sequence[Placed], standing: Sequence[Judgement]) -> list[Couple]:
    """Pairs of record numbers that runs joined, whatever they saw around them."""
    number = {record.origin_id: at for at, record in enumerate(records)}
    return [
        (min(number[one.left], number[one.right]), max(number[one.left], number[one.right]))
        for one in effective(standing).values()
        if one.verdict is Verdict.SAME
        and one.decision.decided_by == RULES
        and one.left in number
        and one.right in number
    ]


def persons_said(
    records: Sequence[Placed], standing: Sequence[Judgement]
) -> tuple[list[Couple], list[Couple]]:
    """Pairs of record numbers that persons joined, and those that they parted or left open."""
    number = {record.origin_id: at for at, record in enumerate(records)}
    same: list[Couple] = []
    apart: list[Couple] = []
    for judgement in effective(standing).values():
        if is_rule(judgement.decision) or judgement.left not in number or judgement.right not in number:
            continue
        low, high = sorted((number[judgement.left], number[judgement.right]))
        (same if judgement.verdict is Verdict.SAME else apart).append((low, high))
    return same, apart


def _new(unsure: list[Judgement], standing: Sequence[Judgement]) -> list[Judgement]:
    known = {(judgement.left, judgement.right) for judgement in standing}
    return [judgement for judgement in unsure if (judgement.left, judgement.right) not in known]
