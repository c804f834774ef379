"""Weights refitted to what persons judged, beginning from those that the data gave without labels.

What a level says of one entity and of kin moves as far as judgements ask for it; the unsupervised fit is the prior, worth
:data:`WORTH` judgements on every level, so that few change little. What strangers share stays as it was estimated: millions of
pairs say that better. Only how judged pairs fall given what they say is fitted (maximum a posteriori of the conditional
likelihood), so it does no harm that persons are asked about doubtful pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analytics.resolution.compare import Compared
from analytics.resolution.keys import Bool, Int64, Pairs
from analytics.resolution.model import Float64
from analytics.resolution.weights import KIN, ONE, STRANGERS, Learned, Weights

WORTH: Final = 10.0  # judgements that the unsupervised fit is worth, on each level
MOST: Final = 3.5  # natural units (5 bits) by which judgements may move a level
ROUNDS: Final = 400
Table = dict[str, Float64]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What persons said of pairs of records, each pair once: ``same`` or not, and the decisions by which."""

    pairs: Pairs
    same: Bool
    decisions: tuple[str, ...]

    @classmethod
    def of(cls, said: Mapping[tuple[int, int], tuple[bool, str]]) -> Judged:
        """From pairs of record numbers, lower first: whether they are one, and the decision."""
        ordered = sorted(said.items())
        couples = np.array([pair for pair, _ in ordered], dtype=np.int64).reshape(-1, 2)
        same = np.array([one for _, (one, _) in ordered], dtype=np.bool_)
        return cls(Pairs(couples[:, 0], couples[:, 1]), same, tuple(sorted({name for _, (_, name) in ordered})))  # fmt: skip

    def __len__(self) -> int:
        return len(self.pairs)


def taught(weights: Weights, compared: Mapping[str, Compared], judged: Judged, n: int) -> Weights:
    """The weights after some judgements.

    Args:
        weights: Fitted without labels.
        compared: Levels and shared counts of the judged pairs, by feature.
        judged: What persons said of them.
        n: Number of records.
    """
    if not len(judged) or not weights.tables:
        return weights
    lesson = _Lesson(weights, compared, judged.same, n)
    tables = lesson.learn()
    same = int(judged.same.sum())
    learned = Learned(judged.decisions, same, len(judged) - same)
    return replace(weights, tables=tables, learned=learned)


class _Lesson:
    """Shifts of the log shares of two kinds, by feature: shape (2, levels), for one entity and for kin."""

    def __init__(self, weights: Weights, compared: Mapping[str, Compared], same: Bool, n: int) -> None:
        self._tables, self._shares = weights.tables, weights.shares
        self._levels: dict[str, Int64] = {name: compared[name][0].astype(np.int64) for name in weights.tables}
        self._rare = np.log(2) * sum(
            (weights.rarity(name, compared[name][1], n) for name in weights.tables), np.zeros(len(same))
        )
        self._same = same
        self._shifts: Table = {name: np.zeros((2, table.shape[1])) for name, table in weights.tables.items()}

    def learn(self) -> Table:
        """Tables after gradient ascent on the conditional likelihood with its Gaussian prior."""
        step = 1.0 / (WORTH + 0.5 * len(self._same))
        for _ in range(ROUNDS):
            tables = self._shifted()
            pull = self._pull(tables)
            for name, shift in self._shifts.items():
                moved = shift + step * (pull[name] - WORTH * shift)
                self._shifts[name] = np.clip(moved, -MOST, MOST)
        return self._shifted()

    def _shifted(self) -> Table:
        found: Table = {}
        for name, table in self._tables.items():
            out = table.copy()
            out[[ONE, KIN]] *= np.exp(self._shifts[name])
            found[name] = out / out.sum(axis=1, keepdims=True)
        return found

    def _pull(self, tables: Table) -> Table:
        """How the likelihood of the judgements grows with each shift."""
        logs = np.repeat(np.log(self._shares)[:, None], len(self._same), axis=1)
        for name, table in tables.items():
            logs += np.concatenate([np.zeros((3, 1)), np.log(table)], axis=1)[:, self._levels[name]]
        logs[ONE] += self._rare
        other = np.logaddexp(logs[STRANGERS], logs[KIN])
        odds = np.clip(logs[ONE] - other, -50, 50)
        wrong = self._same - 1.0 / (1.0 + np.exp(-odds))
        weight = np.stack([wrong, -wrong * np.exp(logs[KIN] - other)])
        return {
            name: _by_level(weight, self._levels[name], table[[ONE, KIN]]) for name, table in tables.items()
        }


def _by_level(weight: Float64, level: Int64, shares: Float64) -> Float64:
    """Sums of weights by level, less what falling to any level takes from the others; silence says nothing."""
    size = shares.shape[1] + 1
    sums = np.stack([np.bincount(level, weights=row, minlength=size)[1:] for row in weight])
    return np.asarray(sums - shares * sums.sum(axis=1, keepdims=True))


def lessons(records: Sequence[str], said: Mapping[tuple[str, str], tuple[bool, str]]) -> Judged:
    """Judgements on pairs of origins, as pairs of record numbers, as far as both are among ``records``."""
    number = {origin: at for at, origin in enumerate(records)}
    found: dict[tuple[int, int], tuple[bool, str]] = {}
    for (left, right), one in said.items():
        if left in number and right in number:
            low, high = sorted((number[left], number[right]))
            found[low, high] = one
    return Judged.of(found)
