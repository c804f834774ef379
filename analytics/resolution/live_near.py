"""What is near one new record: those that share a key with it, and the groups that these are in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import numpy as np

from analytics.resolution.cluster import APART, groups
from analytics.resolution.comparer import Comparer, Kind
from analytics.resolution.decide import decide
from analytics.resolution.fitted import load_fitted
from analytics.resolution.frame import Frame
from analytics.resolution.keys import Bool, Int64, Pairs, Words
from analytics.resolution.live_difference import Difference
from analytics.resolution.model import Settings
from analytics.resolution.related_compare import THROUGH_LINKS
from analytics.resolution.run import joined_by_runs, persons_said
from analytics.resolution.standing import Standing, value_codes
from analytics.resolution.weights import Weights
from graphcore.evidence.ledger.deciding import Deciding
from graphcore.evidence.ledger.standing import FitRow, GroupRows, StandingIndex
from graphcore.evidence.ledger.standing_tables import COMMON
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.evidence.ledger.view import EvidenceView
from graphcore.identity.clusters import effective, is_rule
from graphcore.identity.judgement import Decision, Judgement, Verdict

NOTHING: Final[Mapping[int, int]] = MappingProxyType({})
CROWDED: Final = 4_000  # records that share a key with one: beyond, the fit is too old to be used


class CrowdedError(Exception):
    """A newcomer shares keys with too many records to be matched alone: for :mod:`analytics.resolution.live`."""


class KnownIndex:
    """What a run knew, asked of the ledger, each thing once: for comparing a few records."""

    def __init__(self, index: StandingIndex, fit: FitRow) -> None:
        self._index, self._fit = index, fit
        self._common: dict[int, int] = {}
        self._counts: dict[int, int] = {}
        self._alone: dict[int, int] = {}

    def common(self, codes: Words) -> Bool:
        """See :class:`analytics.resolution.standing.Known`."""

        def ask(hashes: Int64) -> dict[int, int]:
            return dict.fromkeys(self._index.common_of(self._fit, hashes), 1)

        return np.asarray(self._asked(self._common, codes, ask, 0) > 0)

    def counts(self, codes: Words) -> Int64:
        """See :class:`analytics.resolution.standing.Known`."""

        def ask(hashes: Int64) -> dict[int, int]:
            found, counts = self._index.counts(self._fit, hashes)
            return dict(zip(found.tolist(), counts.tolist(), strict=True))

        return self._asked(self._counts, codes, ask, 1, self._alone)

    def prepare(self, frame: Frame, counted: Iterable[str]) -> None:
        """Ask in one go for all counts that comparing the records of a frame can need: those of a value that one of them
        alone gives only where it is a place, which counts for the address that it is a part of.
        """
        shared: list[Words] = []
        alone: list[Words] = []
        for name in counted:
            column = frame[name]
            codes = value_codes(name, column.hashes())
            several = np.bincount(column.ids.ravel(), minlength=len(codes)) > 1
            if name == "place":
                several[:] = True
            shared.append(codes[several])
            alone.append(codes[~several])
        self.counts(np.concatenate(shared))
        self._alone = dict.fromkeys(np.concatenate(alone).tolist(), 1)

    def _asked(
        self,
        held: dict[int, int],
        codes: Words,
        ask: Callable[[Int64], dict[int, int]],
        default: int,
        known: Mapping[int, int] = NOTHING,
    ) -> Int64:
        wanted = codes.tolist()
        missing = np.array([*({*wanted} - held.keys() - known.keys())], dtype=np.uint64)
        if len(missing):
            hashes = self._index.hidden(missing)
            found = ask(hashes)
            numbers = [found.get(one, default) for one in hashes.tolist()]
            held |= dict(zip(missing.tolist(), numbers, strict=True))
        return np.array([held[one] if one in held else known[one] for one in wanted], dtype=np.int64)


@lru_cache(maxsize=32)
def _weights(document: str) -> Weights:
    return load_fitted(document, "the standing fit")


class Near:
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
        # a run that weighed what records have in common through links knew more than is looked at here
        self._weighed_links = not self._standing.weights.tables.keys().isdisjoint(THROUGH_LINKS)
        self._bar = self._review
        self._records: dict[int, OriginRecords] = {}
        self._held: tuple[dict[int, int], Comparer] | None = None

    def judgements(self, number: int, record: OriginRecords, decision: Decision) -> tuple[Judgement, ...]:
        """What follows from a newcomer, which is remembered for those who come later.

        Args:
            number: Of the newcomer's origin.
            record: What it says.
            decision: That the judgements are part of.

        Raises:
            CrowdedError: it cannot be matched alone; it is remembered all the same.
        """
        self._records[number] = record
        others = self._others(number, record)
        if len(others) > CROWDED:
            self._put_alone(number)
            raise CrowdedError
        self._read(others)
        near, standing = self._near(number)
        if len(near) == 1:
            self._put_alone(number)
            return ()
        records, decision = [self._records[one] for one in near], _behind(decision, standing)
        comparer = self._comparer(near)
        same, apart = persons_said(records, standing)
        if self._weighed_links:
            same += joined_by_runs(records, standing)
        outcome = decide(comparer, self._settings, same, apart)
        self._group(near, comparer)
        return Difference(records, standing, decision).of(outcome)

    def _put_alone(self, number: int) -> None:
        self._put_groups([number], {number: number}, {number: self._review})

    def _others(self, number: int, record: OriginRecords) -> set[int]:
        """Origins that share a key with the newcomer, whose keys are remembered."""
        several = self._kind.numbered(self._kind.frame([record]))
        hashes = np.unique(self._index.hidden(np.concatenate([one.codes for one in several])))
        found, owners = self._index.keys(self._fit, hashes)
        common = found[owners == COMMON]
        mine = hashes[~np.isin(hashes, [*common, *found[owners == number]])]
        self._index.add_keys(self._fit, mine, np.full(len(mine), number))
        if self._fit.every_pair:
            return {*self._index.everybody(self._fit)} - {number}
        return {*owners[~np.isin(found, common)].tolist()} - {COMMON, number}

    def _read(self, numbers: Collection[int]) -> None:
        """Hold what may be seen of some origins."""
        missing = {*numbers} - self._records.keys()
        self._records |= {one.first_seq: one for one in self._view.numbered_records(missing)}

    def _near(self, number: int) -> tuple[list[int], tuple[Judgement, ...]]:
        """The groups that the newcomer belongs to, it among them, in order of origin id, and the judgements around them."""
        scores = self._scores(number)
        rows = self._index.groups(self._fit, [one for one, score in scores.items() if score >= self._review])
        held = zip(rows.origins.tolist(), rows.lowest.tolist(), rows.bars.tolist(), strict=True)
        met = [(group, bar) for one, group, bar in held if scores[one] >= bar]
        lowest, self._bar = {group for group, _ in met}, max((bar for _, bar in met), default=self._review)
        near = {number}
        while True:
            near |= {*self._index.members(self._fit, lowest)}
            self._read(near)
            near = {one for one in near if one in self._records}
            standing = self._deciding.judgements([self._records[one].origin_id for one in near])
            more = {
                *self._index.groups(self._fit, self._joined_by_persons(standing)).lowest.tolist()
            } - lowest
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

    def _scores(self, number: int) -> dict[int, float]:
        """Scores of all that is held with the newcomer, by number."""
        order = sorted(self._records, key=lambda one: self._records[one].origin_id)
        at = order.index(number)
        others = np.delete(np.arange(len(order)), at)
        if not len(others):
            return {}
        self._held = {one: row for row, one in enumerate(order)}, self._compared(order)
        bits, conflict, _ = self._held[1].scores(Pairs(np.minimum(others, at), np.maximum(others, at)))
        scores = np.where(conflict, APART, bits).tolist()
        return {order[other]: score for other, score in zip(others.tolist(), scores, strict=True)}

    def _comparer(self, order: Sequence[int]) -> Comparer:
        """Of some records; where all were scored before, what was worked out of them is used again."""
        if self._held is not None:
            place, held = self._held
            if all(one in place for one in order):
                return held.part(np.array([place[one] for one in order]))
        return self._compared(order)

    def _compared(self, order: Sequence[int]) -> Comparer:
        comparer = Comparer(self._kind, [self._records[one] for one in order], weights=self._standing)
        self._known.prepare(comparer.frame, self._kind.counted)
        return comparer

    def _group(self, near: list[int], comparer: Comparer) -> None:
        """Remember that the records near the newcomer are one group; where that is too large, which groups they make."""
        if len(near) <= self._settings.component:
            self._put_groups(near, dict.fromkeys(near, min(near)), dict.fromkeys(near, self._bar))
            return
        pairs = comparer.candidates()
        bits, conflict, _ = comparer.scores(pairs)
        linked = np.where(conflict, APART, bits)
        found = groups(pairs, linked, len(near), self._review, self._settings.component)
        lowest, bars = {one: one for one in near}, dict.fromkeys(near, self._review)
        for start, end, bar in zip(found.starts, found.starts[1:], found.bars, strict=False):
            members = [near[int(at)] for at in found.members[start:end]]
            lowest |= dict.fromkeys(members, members[0])
            bars |= dict.fromkeys(members, float(bar))
        self._put_groups(near, lowest, bars)

    def _put_groups(
        self, numbers: Sequence[int], lowest: Mapping[int, int], bars: Mapping[int, float]
    ) -> None:
        columns = ([lowest[one] for one in numbers], [bars[one] for one in numbers])
        rows = GroupRows(np.array(numbers), np.array(columns[0]), np.array(columns[1], dtype=np.float64))
        self._index.put_groups(self._fit, rows)


def _behind(decision: Decision, standing: Sequence[Judgement]) -> Decision:
    """The decision, made later than all that it may have to overrule, whatever the clocks of several machines say."""
    latest = max((one.decision.decided_at for one in standing), default=decision.decided_at)
    if latest < decision.decided_at:
        return decision
    return replace(decision, decided_at=latest + timedelta(microseconds=1))
