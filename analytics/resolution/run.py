"""One run of the rules: reads origins through a view, decides, and gives judgements. It never moves anything itself.

All judgements of a run carry one decision, so a run is undone by its name. Persons' judgements are the frame: what
they joined stays joined, what they parted stays apart, what they left open is left to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from analytics.resolution.businesses import BUSINESSES
from analytics.resolution.comparer import Comparer
from analytics.resolution.decide import Couple, decide
from analytics.resolution.exact import IDENTIFIERS, by_identifier
from analytics.resolution.model import Outcome, Settings, likeness
from analytics.resolution.persons import PERSONS
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.identity.book import IdentityBook, Moved
from graphcore.identity.clusters import RULE_PREFIX, effective, is_rule
from graphcore.identity.judgement import Decision, Judgement, Verdict

RULES: Final = RULE_PREFIX + "resolution/1"
TYPES: Final = ("Person", "Business", *IDENTIFIERS)


class OriginReader(Protocol):
    """What a run reads through: an evidence view, filtered for whoever runs it."""

    def iter_origins(self, entity_type: str) -> Iterator[OriginRecords]:
        """The visible origins of a type, ascending by id."""
        ...


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
    """The judgements of one run and its figures by entity type."""

    judgements: tuple[Judgement, ...]
    summary: Mapping[str, TypeSummary]


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
    bound = settings or Settings()
    judgements: list[Judgement] = []
    summary: dict[str, TypeSummary] = {}
    for entity_type in types:
        if progress is not None:
            progress(entity_type)
        records = sorted(reader.iter_origins(entity_type), key=lambda record: record.origin_id)
        if not records:
            continue
        outcome = _resolve(entity_type, records, standing, bound)
        same = _judgements(records, outcome.joined, Verdict.SAME, decision)
        unsure = _judgements(records, outcome.review, Verdict.UNSURE, decision)
        judgements += same + _new(unsure, standing)
        summary[entity_type] = TypeSummary(
            len(records), outcome.compared, len(outcome.clusters), len(same), len(unsure)
        )
    return Proposal(tuple(judgements), summary)


def resolve(book: IdentityBook, proposal: Proposal) -> Moved:
    """Put a proposal into the book of identity: all or nothing."""
    return book.judge(proposal.judgements) if proposal.judgements else Moved(0, 0, 0)


def undo(book: IdentityBook, run_id: str, *, undone_by: str) -> Moved:
    """Take a whole run back; entities are then as the other judgements make them.

    Raises:
        LedgerError: no such run stands.
    """
    return book.undo(run_id, undone_by=undone_by)


def _resolve(
    entity_type: str, records: Sequence[OriginRecords], standing: Sequence[Judgement], settings: Settings
) -> Outcome:
    if entity_type in IDENTIFIERS:
        return by_identifier(entity_type, records, settings)
    same, apart = _persons_said(records, standing)
    kind = PERSONS if entity_type == PERSONS.entity_type else BUSINESSES
    return decide(Comparer(kind, records), settings, same, apart)


def _persons_said(
    records: Sequence[OriginRecords], standing: Sequence[Judgement]
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


def _judgements(
    records: Sequence[OriginRecords],
    pairs: Sequence[tuple[int, int, float]],
    verdict: Verdict,
    decision: Decision,
) -> list[Judgement]:
    """Judgements on pairs that are still two entities; what is one already needs no saying."""
    return [
        Judgement(records[low].origin_id, records[high].origin_id, verdict, decision, likeness(bits))
        for low, high, bits in pairs
        if records[low].uid != records[high].uid
    ]


def _new(unsure: list[Judgement], standing: Sequence[Judgement]) -> list[Judgement]:
    known = {(judgement.left, judgement.right) for judgement in standing}
    return [judgement for judgement in unsure if (judgement.left, judgement.right) not in known]
