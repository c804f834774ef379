"""New records against all that is there: compared by the standing fit, their group clustered anew, the difference judged.

What is decided on a record depends on the records that share a key with it and on those that are in one group with these,
and on nothing else; so a run over everything with the same fit would decide the same. A record is compared only with what
everybody who may see it may see too.

Cost of one: reads of the records that share a key (some hundred) and of the group (a few), by key, whatever the ledger holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np

from analytics.resolution.businesses import BUSINESSES
from analytics.resolution.exact import IDENTIFIERS, identifier_codes
from analytics.resolution.live_near import CrowdedError, Near
from analytics.resolution.model import Settings, likeness
from analytics.resolution.persons import PERSONS
from analytics.resolution.run import TYPES
from graphcore.evidence.ledger.deciding import Deciding
from graphcore.evidence.ledger.standing import FitRow
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.evidence.ledger.view import EvidenceView
from graphcore.identity.book import judge_inside
from graphcore.identity.clusters import RULE_PREFIX
from graphcore.identity.judgement import Decision, Judgement, Verdict

LIVE_RULES: Final = RULE_PREFIX + "resolution/live/1"
KINDS: Final = {kind.entity_type: kind for kind in (PERSONS, BUSINESSES)}


@dataclass(frozen=True, slots=True)
class Matched:
    """What came of a match: newcomers looked at, its judgements, origins that moved. ``crowded``: newcomers that share keys
    with too many records to be matched alone, so that a run has to decide on them. ``more``: others are waiting.
    """

    newcomers: int
    judgements: tuple[Judgement, ...]
    moved: int
    crowded: tuple[str, ...]
    more: bool


def live_decision(name: str, decided_at: datetime) -> Decision:
    """The decision on the first newcomer of a match, ``decided_at`` is aware UTC; the others' have its name and a number."""
    return Decision(name, LIVE_RULES, "new records compared with those that were there", decided_at)


def match_new(
    deciding: Deciding,
    view: EvidenceView,
    decision: Decision,
    *,
    types: Sequence[str] = TYPES,
    most: int = 100,
    settings: Settings | None = None,
) -> Matched:
    """Match all origins that came since the last run or match, in order of arrival, and move what follows.

    Types that no run has left a fit for are left alone.

    Args:
        deciding: The transaction; what it has appended itself counts.
        view: Decides what can be seen.
        decision: From :func:`live_decision`.
        types: Entity types to match.
        most: Newcomers of each type at most, so that the ledger is not held for long.
        settings: Bounds.
    """
    done, fits = _Done(), deciding.standing().fits()
    for entity_type in types:
        fit = fits.get(entity_type)
        if fit is not None:
            _Matcher(deciding, view, fit, decision, settings or Settings()).all(most, done)
    return Matched(done.newcomers, tuple(done.judgements), done.moved, tuple(done.crowded), done.more)


class _Done:
    def __init__(self) -> None:
        self.newcomers = self.moved = 0
        self.judgements: list[Judgement] = []
        self.crowded: list[str] = []
        self.more = False


class _Matcher:
    """Matching of one type in one transaction."""

    def __init__(
        self, deciding: Deciding, view: EvidenceView, fit: FitRow, decision: Decision, settings: Settings
    ) -> None:
        self._deciding, self._view = deciding, deciding.seen(view)
        self._index, self._fit = deciding.standing(), fit
        self._decision, self._settings = decision, settings

    def all(self, most: int, done: _Done) -> None:
        """Every newcomer in its turn: each is there for those behind it."""
        waiting = self._index.newcomers(self._fit, most + 1)
        done.more |= len(waiting) > most
        for number, origin_id in waiting[:most]:
            judgements = self._judgements(number, origin_id, done)
            if judgements:
                done.moved += judge_inside(self._deciding, judgements).origins
            done.judgements += judgements
            done.newcomers += 1
        if waiting:
            self._index.advance(self._fit, waiting[:most][-1][0])

    def _judgements(self, number: int, origin_id: str, done: _Done) -> tuple[Judgement, ...]:
        needs = self._deciding.needs(origin_id)
        view = self._view if needs is None else self._view.narrowed(needs)
        said = [*view.origin_records([origin_id])]
        if not said:
            return ()
        if self._fit.entity_type in IDENTIFIERS:
            return self._of_identifier(number, said[0], view, self._of(done))
        near = Near(self._deciding, view, self._fit, KINDS[self._fit.entity_type], self._settings)
        try:
            return near.judgements(number, said[0], self._of(done))
        except CrowdedError:
            done.crowded.append(origin_id)
            return ()

    def _of(self, done: _Done) -> Decision:
        """A decision of its own for each newcomer: one that comes later may have to overrule it."""
        made, at = self._decision, done.newcomers
        return made if not at else replace(made, decision_id=f"{made.decision_id}.{at}")

    def _of_identifier(
        self, number: int, record: OriginRecords, view: EvidenceView, decision: Decision
    ) -> tuple[Judgement, ...]:
        """Join a thing with one other holder of each of its identifiers."""
        hashes = np.unique(self._index.hidden(identifier_codes(self._fit.entity_type, record)))
        found, owners = self._index.keys(self._fit, hashes)
        others = self._index.origin_ids({*owners.tolist()} - {number})
        visible = {one.origin_id for one in view.origin_records([*others.values()])}
        holders: dict[int, str] = {}
        for one, owner in sorted(zip(found.tolist(), owners.tolist(), strict=True)):
            if others.get(owner) in visible:
                holders.setdefault(one, others[owner])
        mine = hashes[~np.isin(hashes, found[owners == number])]
        self._index.add_keys(self._fit, mine, np.full(len(mine), number))
        pairs = sorted({(min(record.origin_id, one), max(record.origin_id, one)) for one in holders.values()})
        score = likeness(self._settings.ceiling)
        return tuple(Judgement(*pair, Verdict.SAME, decision, score) for pair in pairs)
