"""The review queue: pairs that a run left to a person, and decisions that wait for a second one, the weightiest first.

It is what the standing judgements say, so nothing has to be kept beside them; of a pair that a person or a later run has
settled it tells how.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graphcore.evidence.ledger.identity_view import IdentityView, Judged, Weight
from graphcore.identity.clusters import is_rule
from graphcore.identity.judgement import Verdict


class PairState(StrEnum):
    """What became of a pair that was put to a person. ``superseded``: something else has settled it since."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNSURE = "left unsure"
    SUPERSEDED = "superseded"


class Band(StrEnum):
    """Why a pair is in the queue: likely but not enough, or decided and in want of a second person."""

    REVIEW = "review"
    AUTOMATIC = "automatic"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One pair. ``effect``: records and links that would change their entity, by the lighter side; ``weights``: of both."""

    judged: Judged
    state: PairState
    band: Band
    weights: tuple[Weight, Weight]
    settled_by: Judged | None = None

    @property
    def effect(self) -> int:
        """Records and links that would come to another entity."""
        return min(weight.records + weight.links for weight in self.weights)

    @property
    def pointed(self) -> int:
        """Markers and memberships of crime groups on either side."""
        return sum(weight.groups + weight.markers for weight in self.weights)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which pairs are wanted; "" and None stand for all."""

    entity_type: str = ""
    source: str = ""
    band: Band | None = None
    state: PairState | None = PairState.OPEN


_OF_VERDICT = {
    Verdict.SAME: PairState.ACCEPTED,
    Verdict.DIFFERENT: PairState.REJECTED,
    Verdict.UNSURE: PairState.UNSURE,
}


def queue(view: IdentityView, wanted: QueueFilter) -> list[QueueItem]:
    """The pairs of the queue whose both ends are visible, the weightiest first, then those closest to the bar.

    O(pairs) in the queue: how much hangs on each side is asked for all of them at once.
    """
    pairs = _once(view.to_review(wanted.entity_type, wanted.source))
    settled = _Settled(view.by_persons())
    states = [(one, *settled.state(one)) for one in pairs]
    kept = [
        row for row in states if wanted.state in (None, row[1]) and wanted.band in (None, band_of(row[0]))
    ]
    weights = view.weights(sorted({end.uid for one, _, _ in kept for end in (one.left, one.right)}))
    items = [QueueItem(one, state, band_of(one), _weights(one, weights), by) for one, state, by in kept]
    return sorted(items, key=_order)


def band_of(one: Judged) -> Band:
    """Why a pair is in the queue."""
    if not one.waits:
        return Band.REVIEW
    if one.judgement.verdict is Verdict.UNSURE:
        return Band.REVIEW
    return Band.AUTOMATIC if is_rule(one.judgement.decision) else Band.PERSON


def _once(pairs: Iterable[Judged]) -> list[Judged]:
    """Each pair once: what waits for a second person before what was unsure."""
    found: dict[tuple[str, str], Judged] = {}
    for one in pairs:
        key = one.judgement.left, one.judgement.right
        if key not in found or (one.waits and not found[key].waits):
            found[key] = one
    return [*found.values()]


def _weights(one: Judged, weights: Mapping[str, Weight]) -> tuple[Weight, Weight]:
    return weights.get(one.left.uid, Weight()), weights.get(one.right.uid, Weight())


def _order(item: QueueItem) -> tuple[int, int, float, str, str]:
    made = item.judged.judgement
    return -item.effect, -item.pointed, -(made.score or 0.0), made.left, made.right


class _Settled:
    """What persons have said, by pair and between entities."""

    def __init__(self, said: Sequence[Judged]) -> None:
        self._pairs = {(one.judgement.left, one.judgement.right): one for one in said}
        self._parted = {
            frozenset((one.left.uid, one.right.uid)): one
            for one in self._pairs.values()
            if one.judgement.verdict is Verdict.DIFFERENT
        }

    def state(self, one: Judged) -> tuple[PairState, Judged | None]:
        said = self._pairs.get((one.judgement.left, one.judgement.right))
        if said is not None:
            return _OF_VERDICT[said.judgement.verdict], said
        if one.left.uid == one.right.uid:
            return PairState.SUPERSEDED, None
        parted = self._parted.get(frozenset((one.left.uid, one.right.uid)))
        return (PairState.SUPERSEDED, parted) if parted else (PairState.OPEN, None)
