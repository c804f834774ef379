"""One new record against all that is there: compared by the standing fit, its group clustered anew, the difference judged.

What is decided on a record depends on the records that share a key with it and on those that are in one group with these,
and on nothing else; so a run over everything with the same fit would decide the same. A record is compared only with what
everybody who may see it may see too. Judgements that no longer hold are followed by *unsure* ones, so that undoing the match
brings them back.

Cost: two reads of the records that share a key (some hundred) and of the group (a few), whatever the ledger holds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from analytics.resolution.blocking import numbered
from analytics.resolution.businesses import BUSINESSES
from analytics.resolution.cluster import APART, groups
from analytics.resolution.comparer import Comparer, Kind
from analytics.resolution.decide import Couple, decide
from analytics.resolution.exact import IDENTIFIERS, identifier_codes
from analytics.resolution.fitted import load_fitted
from analytics.resolution.frame import Frame
from analytics.resolution.keys import Bool, Int64, Pairs, Words
from analytics.resolution.model import Outcome, Settings, likeness
from analytics.resolution.persons import PERSONS
from analytics.resolution.standing import Standing, value_codes
from analytics.resolution.weights import Weights
from graphcore.evidence.ledger.deciding import Deciding
from graphcore.evidence.ledger.standing import FitRow, GroupRows, StandingIndex
from graphcore.evidence.ledger.standing_tables import COMMON
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.evidence.ledger.view import EvidenceView
from graphcore.identity.book import Moved, judge_inside
from graphcore.identity.clusters import RULE_PREFIX, effective, is_rule
from graphcore.identity.judgement import Decision, Judgement, Verdict

LIVE_RULES: Final = RULE_PREFIX + "resolution/live/1"
KINDS: Final = {kind.entity_type: kind for kind in (PERSONS, BUSINESSES)}
CROWDED: Final = 4_000  # records that share a key with one: beyond, the fit is too old to be used


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An origin that was not matched yet, and the number of its first record."""

    number: int
    origin_id: str


@dataclass(frozen=True, slots=True)
class Matched:
    """What came of a match. ``judgements`` are its own; ``compared``: records that shared a key; ``crowded``: newcomers that
    share keys with too many records to be matched one by one: a run must decide on them.
    """

    judgements: tuple[Judgement, ...]
    moved: Moved
    compared: int
    crowded: tuple[str, ...] = ()


class KnownIndex:
    """What a run knew, asked of the ledger, each thing once: for comparing a few records."""

    def __init__(self, index: StandingIndex, fit: FitRow) -> None:
        self._index, self._fit = index, fit
        self._common: dict[int, int] = {}
        self._counts: dict[int, int] = {}

    def common(self, codes: Words) -> Bool:
        """See :class:`analytics.resolution.standing.Known`."""

        def ask(hashes: Int64) -> dict[int, int]:
            found, owners = self._index.keys(self._fit, hashes)
            return dict.fromkeys(found[owners == COMMON].tolist(), 1)

        return np.asarray(self._asked(self._common, codes, ask, 0) > 0)

    def counts(self, codes: Words) -> Int64:
        """See :class:`analytics.resolution.standing.Known`."""

        def ask(hashes: Int64) -> dict[int, int]:
            found, counts = self._index.counts(self._fit, hashes)
            return dict(zip(found.tolist(), counts.tolist(), strict=True))

        return self._asked(self._counts, codes, ask, 1)

    def prepare(self, frame: Frame) -> None:
        """Ask for all counts of a frame in one go."""
        columns = frame.columns.items()
        self.counts(np.concatenate([value_codes(name, column.hashes()) for name, column in columns]))

    def _asked(
        self, held: dict[int, int], codes: Words, ask: Callable[[Int64], dict[int, int]], default: int
    ) -> Int64:
        wanted = codes.tolist()
        missing = np.array([*({*wanted} - held.keys())], dtype=np.uint64)
        if len(missing):
            hashes = self._index.hidden(missing)
            found = ask(hashes)
            numbers = [found.get(one, default) for one in hashes.tolist()]
            held |= dict(zip(missing.tolist(), numbers, strict=True))
        return np.array([held[one] for one in wanted], dtype=np.int64)


@lru_cache(maxsize=32)
def _weights(document: str) -> Weights:
    return load_fitted(document, "the standing fit")


class Matcher:
    """Matching of one type in one decision that is under way."""

    def __init__(
        self, deciding: Deciding, view: EvidenceView, fit: FitRow, decision: Decision, settings: Settings
    ) -> None:
        self._deciding, self._view = deciding, deciding.seen(view)
        self._index, self._fit = deciding.standing(), fit
        self._decision, self._settings = decision, settings

    def match(self, new: Newcomer) -> Matched:
        """Compare one newcomer, judge, move, and remember it for those who come later."""
        made = self._match(new)
        moved = judge_inside(self._deciding, made.judgements) if made.judgements else Moved(0, 0, 0)
        return Matched(made.judgements, moved, made.compared, made.crowded)

    def _match(self, new: Newcomer) -> Matched:
        needs = self._deciding.needs(new.origin_id)
        view = self._view if needs is None else self._view.narrowed(needs)
        said = [*view.origin_records([new.origin_id])]
        if not said:
            return Matched((), Moved(0, 0, 0), 0)
        if self._fit.entity_type in IDENTIFIERS:
            return self._identified(new, said[0], view)
        return _Near(self._deciding, view, self._fit, KINDS[self._fit.entity_type], self._settings).match(
            new, said[0], self._decision
        )

    def _identified(self, new: Newcomer, record: OriginRecords, view: EvidenceView) -> Matched:
        """Join a thing with one other holder of each of its identifiers."""
        hashes = self._index.hidden(identifier_codes(self._fit.entity_type, record))
        found, owners = self._index.keys(self._fit, hashes)
        others = self._index.origin_ids(set(owners.tolist()) - {new.number})
        visible = {one.origin_id for one in view.origin_records([*others.values()])}
        holders: dict[int, str] = {}
        for one, owner in sorted(zip(found.tolist(), owners.tolist(), strict=True)):
            if others.get(owner) in visible:
                holders.setdefault(one, others[owner])
        self._index.add_keys(self._fit, np.unique(hashes), np.full(len(np.unique(hashes)), new.number))
        score = likeness(self._settings.ceiling)
        judgements = [_judged(new.origin_id, other, Verdict.SAME, self._decision, score) for other in {*holders.values()}]
        return Matched(tuple(judgements), Moved(0, 0, 0), len(others))


class _Near:
    """A newcomer of a type that is compared, and what is near it."""

    def __init__(
        self, deciding: Deciding, view: EvidenceView, fit: FitRow, kind: Kind, settings: Settings
    ) -> None:
        self._deciding, self._view, self._fit = deciding, view, fit
        self._kind, self._settings = kind, settings
        self._index = deciding.standing()
        self._known = KnownIndex(self._index, fit)
        self._standing = Standing(_weights(fit.document), fit.records, fit.every_pair, self._known)
        self._review = self._standing.weights.model.review
        self._bar = self._review
        self._records: dict[int, OriginRecords] = {}

    def match(self, new: Newcomer, record: OriginRecords, decision: Decision) -> Matched:
        """See :meth:`Matcher.match`."""
        self._records[new.number] = record
        others = self._others(new, record)
        if len(others) > CROWDED:
            self._put_groups([new.number], {new.number: new.number}, {new.number: self._review})
            return Matched((), Moved(0, 0, 0), len(others), (new.origin_id,))
        self._read(others)
        near, standing = self._near(new)
        if len(near) == 1:
            self._put_groups(near, dict.fromkeys(near, new.number), dict.fromkeys(near, self._review))
            return Matched((), Moved(0, 0, 0), len(others))
        comparer = self._comparer(near)
        same, apart = persons_said([self._records[one].origin_id for one in near], standing)
        outcome = decide(comparer, self._settings, same, apart)
        self._group(near, comparer)
        judgements = _Difference([self._records[one] for one in near], standing, decision).of(outcome)
        return Matched(judgements, Moved(0, 0, 0), len(others))

    def _others(self, new: Newcomer, record: OriginRecords) -> set[int]:
        """Origins that share a key with the newcomer, whose keys are remembered."""
        several = numbered(self._kind.keys(self._kind.frame([record])))
        hashes = np.unique(self._index.hidden(np.concatenate([one.codes for one in several])))
        found, owners = self._index.keys(self._fit, hashes)
        common = found[owners == COMMON]
        mine = hashes[~np.isin(hashes, [*common, *found[owners == new.number]])]
        self._index.add_keys(self._fit, mine, np.full(len(mine), new.number))
        if self._fit.every_pair:
            return {*self._index.everybody(self._fit)} - {new.number}
        return {*owners[~np.isin(found, common)].tolist()} - {COMMON, new.number}

    def _read(self, numbers: Collection[int]) -> None:
        """Hold what may be seen of some origins."""
        ids = self._index.origin_ids({*numbers} - self._records.keys())
        number = {origin: one for one, origin in ids.items()}
        for one in self._view.origin_records([*ids.values()]):
            self._records[number[one.origin_id]] = one

    def _near(self, new: Newcomer) -> tuple[list[int], tuple[Judgement, ...]]:
        """The groups that the newcomer belongs to, it among them, in order of origin id, and the judgements around them."""
        scores = self._scores(new)
        rows = self._index.groups(self._fit, [one for one, score in scores.items() if score >= self._review])
        held = zip(rows.origins.tolist(), rows.lowest.tolist(), rows.bars.tolist(), strict=True)
        met = [(group, bar) for one, group, bar in held if scores[one] >= bar]
        lowest, self._bar = {group for group, _ in met}, max((bar for _, bar in met), default=self._review)
        near = {new.number}
        while True:
            near |= {*self._index.members(self._fit, lowest).origins.tolist()}
            self._read(near)
            near = {one for one in near if one in self._records}
            standing = self._deciding.judgements([self._records[one].origin_id for one in near])
            more = {*self._index.groups(self._fit, self._joined_by_persons(standing)).lowest.tolist()} - lowest
            if not more:
                break
            lowest |= more
        return sorted(near, key=lambda one: self._records[one].origin_id), standing

    def _joined_by_persons(self, standing: Sequence[Judgement]) -> list[int]:
        said = [
            one
            for one in effective(standing).values()
            if one.verdict is Verdict.SAME and not is_rule(one.decision)
        ]
        return self._index.numbers({end for one in said for end in (one.left, one.right)})

    def _scores(self, new: Newcomer) -> dict[int, float]:
        """Scores of all that is held with the newcomer, by number."""
        order = sorted(self._records, key=lambda one: self._records[one].origin_id)
        at = order.index(new.number)
        others = np.delete(np.arange(len(order)), at)
        if not len(others):
            return {}
        bits, conflict, _ = self._comparer(order).scores(Pairs(np.minimum(others, at), np.maximum(others, at)))
        scores = np.where(conflict, APART, bits).tolist()
        return {order[other]: score for other, score in zip(others.tolist(), scores, strict=True)}

    def _comparer(self, order: Sequence[int]) -> Comparer:
        comparer = Comparer(self._kind, [self._records[one] for one in order], standing=self._standing)
        self._known.prepare(comparer.frame)
        return comparer

    def _group(self, near: list[int], comparer: Comparer) -> None:
        """Remember that the records near the newcomer are one group; where that is too large, which groups they make."""
        lowest, bars = dict.fromkeys(near, min(near)), dict.fromkeys(near, self._bar)
        if len(near) > self._settings.component:
            lowest, bars = {one: one for one in near}, dict.fromkeys(near, self._review)
            pairs = comparer.candidates()
            bits, conflict, _ = comparer.scores(pairs)
            linked = np.where(conflict, APART, bits)
            found = groups(pairs, linked, len(near), self._review, self._settings.component)
            starts = zip(found.starts[:-1].tolist(), found.starts[1:].tolist(), found.bars.tolist(), strict=True)
            for start, end, bar in starts:
                members = [near[at] for at in found.members[start:end].tolist()]
                lowest |= dict.fromkeys(members, members[0])
                bars |= dict.fromkeys(members, bar)
        self._put_groups(near, lowest, bars)

    def _put_groups(self, numbers: Sequence[int], lowest: Mapping[int, int], bars: Mapping[int, float]) -> None:
        columns = ([lowest[one] for one in numbers], [bars[one] for one in numbers])
        rows = GroupRows(np.array(numbers), np.array(columns[0]), np.array(columns[1], dtype=np.float64))
        self._index.put_groups(self._fit, rows)


class _Difference:
    """What has to be judged so that the standing judgements make the clusters that were found."""

    def __init__(self, records: Sequence[OriginRecords], standing: Sequence[Judgement], decision: Decision) -> None:
        self._ids = [record.origin_id for record in records]
        self._counting, self._decision = effective(standing), decision
        self._known = {(one.left, one.right) for one in standing}

    def of(self, outcome: Outcome) -> tuple[Judgement, ...]:
        """Joins that are missing, joins that no longer hold, and what a person should look at."""
        place = {one: one for one in self._ids}
        for members in outcome.clusters:
            place |= {self._ids[at]: self._ids[members[0]] for at in members}
        made: dict[tuple[str, str], Judgement] = {}
        forest = _Forest(self._ids)
        for pair, one in self._counting.items():
            if one.verdict is Verdict.SAME and pair[0] in place and pair[1] in place:
                if place[pair[0]] == place[pair[1]]:
                    forest.join(*pair)
                elif is_rule(one.decision):
                    made[pair] = Judgement(*pair, Verdict.UNSURE, self._decision, one.score)
        for low, high, bits in sorted(outcome.joined, key=lambda row: -row[2]):
            pair = (self._ids[low], self._ids[high])
            if forest.join(*pair):
                made[pair] = Judgement(*pair, Verdict.SAME, self._decision, likeness(bits))
        for low, high, bits in outcome.review:
            pair = (self._ids[low], self._ids[high])
            if pair not in self._known:
                made.setdefault(pair, Judgement(*pair, Verdict.UNSURE, self._decision, likeness(bits)))
        return tuple(made[pair] for pair in sorted(made))


class _Forest:
    def __init__(self, ids: Iterable[str]) -> None:
        self._parent = {one: one for one in ids}

    def join(self, left: str, right: str) -> bool:
        """Make two one; False where they were."""
        a, b = self._root(left), self._root(right)
        self._parent[b] = a
        return a != b

    def _root(self, one: str) -> str:
        while self._parent[one] != one:
            one = self._parent[one]
        return one


def persons_said(ids: Sequence[str], standing: Iterable[Judgement]) -> tuple[list[Couple], list[Couple]]:
    """Pairs of places in ``ids`` that persons joined, and those that they parted or left open."""
    number = {origin: at for at, origin in enumerate(ids)}
    same: list[Couple] = []
    apart: list[Couple] = []
    for judgement in effective(standing).values():
        if is_rule(judgement.decision) or judgement.left not in number or judgement.right not in number:
            continue
        low, high = sorted((number[judgement.left], number[judgement.right]))
        (same if judgement.verdict is Verdict.SAME else apart).append((low, high))
    return same, apart


def _judged(one: str, other: str, verdict: Verdict, decision: Decision, score: float) -> Judgement:
    left, right = sorted((one, other))
    return Judgement(left, right, verdict, decision, score)
