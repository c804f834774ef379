"""Weights from pairs without labels: expectation maximisation over patterns of levels.

Fellegi and Sunter 1969; Winkler 2000. Features are taken as independent within each kind of pair. The figures of the model
file are Dirichlet priors of every kind, so that little data stays near them and a level that never occurs keeps a finite
weight. All shares are among all pairs of records there are: candidates, and a sample of the rest that stands for it and is
never of one entity. So how many strangers blocking brings together, and under which keys, does not move the weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.resolution.compare import Compared
from analytics.resolution.keys import Bool, Int64
from analytics.resolution.match_model import MatchModel
from analytics.resolution.model import Float64, Int8
from analytics.resolution.weights import ENOUGH, ONE, Weights

ROUNDS: Final = 60
SETTLED: Final = 1e-4
FIRST: Final = 0.5  # first guess of the pairs of one entity for each record
_WHOLE: Final = 2**62  # numbers up to which nothing runs over
EXPECTED: Final = 0.05  # pairs of one entity for each record, added to those that are found


def fit(
    model: MatchModel,
    compared: Mapping[str, Compared],
    others: Mapping[str, Compared],
    counts: tuple[int, int],
) -> Weights:
    """Weights from pairs that have been compared.

    Args:
        model: Where the estimation begins.
        compared: Level numbers, and how many records share an agreed value, by feature, aligned over some candidates.
        others: The same over a sample of the pairs that are no candidates; of none where every pair is one.
        counts: Number of records, and of candidates in all.
    """
    n, found = counts
    every = n * (n - 1) / 2
    first = min(max(FIRST * n / max(1.0, every), 1e-9), 0.3)
    said = [name for name in model.features if bool((compared[name][0] > 0).any())]
    if not said:
        return Weights(model, {}, _three(first), {}, 0)
    chosen, rest = (np.stack([some[name][0] for name in said], axis=1) for some in (compared, others))
    patterns, where = _patterns(np.concatenate([chosen, rest]))
    worth = np.r_[
        np.full(len(chosen), found / max(1, len(chosen))),
        np.full(len(rest), (every - found) / max(1, len(rest))),
    ]
    weighed: Float64 = np.bincount(where, weights=worth, minlength=len(patterns)).astype(np.float64)
    ruled_out = _ruled_out(model, said, patterns)
    ruled_out |= (
        np.bincount(where[: len(chosen)], minlength=len(patterns)) == 0
    )  # what never meets is not one
    state = _Mixture(model, said, first, EXPECTED * n)
    state.slips = [*_slips(model, said, patterns)]
    state.settle(patterns, weighed, ruled_out)
    usual = {name: value for name in said if (value := _usual(compared[name][1], n)) is not None}
    return Weights(model, dict(zip(said, state.tables, strict=True)), state.shares, usual, int(every))


def _patterns(levels: Int8) -> tuple[Int8, Int64]:
    """The distinct rows, ascending, and which of them each row is: by one number a row, a twentieth of the time that
    ``numpy.unique`` takes for rows.
    """
    codes, several = np.zeros(len(levels), dtype=np.int64), 1
    for column in levels.T:
        width = int(column.max(initial=0)) + 1
        if several * width > _WHOLE:
            found, codes = np.unique(codes, return_inverse=True)
            several = len(found)
        codes, several = codes * width + column, several * width
    _, first, where = np.unique(codes, return_index=True, return_inverse=True)
    return levels[first], where


def _three(share: float) -> Float64:
    """Shares of the kinds to begin with: half as many kin as pairs of one entity, the rest strangers."""
    return np.array([share, 1 - 1.5 * share, 0.5 * share])


def _usual(shared: Float64, n: int) -> float | None:
    agreed = shared[shared > 0]
    return float(np.mean(np.log2(agreed / n))) if len(agreed) else None


def _ruled_out(model: MatchModel, said: Sequence[str], patterns: Int8) -> Bool:
    """Patterns that no data can make one entity."""
    out = np.zeros(len(patterns), dtype=np.bool_)
    for conflict in model.conflicts:
        if conflict.certain:
            out |= _held(model, said, patterns, conflict.when)
    for feature, levels in model.lifted_by.items():
        if feature in said:
            out &= ~np.isin(patterns[:, said.index(feature)], model.numbers(feature, levels))
    return out


def _held(model: MatchModel, said: Sequence[str], patterns: Int8, when: Mapping[str, Sequence[str]]) -> Bool:
    """Patterns that are at one of the levels named on every feature named."""
    held = np.full(len(patterns), all(feature in said for feature in when))
    for feature, levels in when.items():
        if feature in said:
            held &= np.isin(patterns[:, said.index(feature)], model.numbers(feature, levels))
    return held


@dataclass(frozen=True, slots=True, eq=False)
class _Slip:
    """Levels (as places in the table) of the feature ``at`` that rule pairs out, and the patterns from which it is learned
    how often they are slips: of pairs that share a number of their own, and of those that are not kin.
    """

    at: int
    levels: list[int]
    sharing: Bool
    unlike_kin: Bool

    def bounded(self, table: Float64, seen: Int8, one: Float64, prior: Float64) -> Float64:
        """Shares among pairs of one entity where these levels are no commoner than those patterns say."""
        speaks = one * (seen > 0)
        told_by = self.sharing if float(speaks @ self.sharing) >= ENOUGH else self.unlike_kin
        counted = np.bincount(seen, weights=speaks * told_by, minlength=len(table) + 1)[1:] + prior
        share, most = table[self.levels].sum(), counted[self.levels].sum() / counted.sum()
        if most >= share:
            return table
        out = table * (1 - most) / (1 - share)
        out[self.levels] = table[self.levels] * most / share
        return out


def _slips(model: MatchModel, said: Sequence[str], patterns: Int8) -> Iterator[_Slip]:
    sharing = np.zeros(len(patterns), dtype=np.bool_)
    for feature, levels in model.told_by.items():
        sharing |= _held(model, said, patterns, {feature: levels})
    for conflict in model.conflicts:
        unlike = ~_held(model, said, patterns, conflict.kin) if conflict.kin else sharing
        features = () if conflict.certain else {*conflict.when} - {*conflict.kin} - {*model.told_by}
        for feature in sorted({*features} & {*said}):
            levels = [number - 1 for number in model.numbers(feature, conflict.when[feature])]
            yield _Slip(said.index(feature), levels, sharing, unlike)


class _Mixture:
    """The kinds of pairs while they are estimated. ``tables[f]``: shape (3, levels)."""

    def __init__(self, model: MatchModel, said: Sequence[str], share: float, expected: float) -> None:
        self._priors = [
            _normal([(word.match, word.chance, word.kin) for word in model.features[name].levels.values()])
            for name in said
        ]
        self.tables = [*self._priors]
        self.slips: Sequence[_Slip] = ()
        self.shares = _three(share)
        self._model, self._expected = model, expected

    def settle(self, patterns: Int8, counts: Float64, ruled_out: Bool) -> None:
        """Rounds until the share of pairs of one entity moves no more."""
        for _ in range(ROUNDS):
            before = self.shares[ONE]
            self.step(patterns, counts, ruled_out)
            if abs(self.shares[ONE] / before - 1) < SETTLED:
                return

    def step(self, patterns: Int8, counts: Float64, ruled_out: Bool) -> None:
        """One round of expectation and maximisation; patterns that are ruled out are never of one entity."""
        logs = np.repeat(np.log(self.shares)[:, None], len(patterns), axis=1)
        for at, table in enumerate(self.tables):
            logs += np.concatenate([np.zeros((3, 1)), np.log(table)], axis=1)[:, patterns[:, at]]
        logs[ONE] = np.where(ruled_out, -1e9, logs[ONE])
        odds = np.exp(logs - logs.max(axis=0))
        weights = counts * odds / odds.sum(axis=0)
        totals = weights.sum(axis=1) + self._expected * np.array([1.0, 2.0, 1.0])
        self.shares = np.maximum(totals / totals.sum(), 1e-12)
        model = self._model
        strength = np.array(
            [model.strength + model.pull * weights[ONE].sum(), model.chance_strength, model.kin_strength]
        )
        strength[2] += model.kin_pull * weights[2].sum()
        for at, prior in enumerate(self._priors):
            counted = np.stack(
                [
                    np.bincount(patterns[:, at], weights=row, minlength=prior.shape[1] + 1)[1:]
                    for row in weights
                ]
            )
            top = counted + strength[:, None] * prior
            self.tables[at] = top / top.sum(axis=1, keepdims=True)
        for slip in self.slips:
            table = self.tables[slip.at]
            table[ONE] = slip.bounded(
                table[ONE], patterns[:, slip.at], weights[ONE], model.strength * self._priors[slip.at][ONE]
            )


def _normal(shares: Sequence[tuple[float, float, float]]) -> Float64:
    values = np.array(shares, dtype=np.float64).T
    return np.asarray(values / values.sum(axis=1, keepdims=True))
