"""What agreement and disagreement weigh: a model fitted to the data.

Pairs are a mixture of three kinds: of one entity, of strangers whom blocking brought together, and of kin (a household, a
family, an agent's address): those agree on place and family name without being one, and without a kind of their own they
would teach the model that a shared address makes one person. The bits of a pair are what makes one entity likelier than
both other kinds together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.resolution.compare import Compared
from analytics.resolution.match_model import ConflictWords, MatchModel
from analytics.resolution.model import Float64

ONE, STRANGERS, KIN = range(3)
KINDS: Final = ("one entity", "strangers", "kin")
ENOUGH: Final = 200  # pairs of one entity, from which their slips can be judged


@dataclass(frozen=True, slots=True)
class Learned:
    """What weights were refitted to: decisions of persons, and how many pairs these said are one and are two."""

    decisions: tuple[str, ...]
    same: int
    different: int


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A fitted model. ``tables``: by feature that says anything, shares of shape (3, levels) by kind of pair; ``shares``: of
    the kinds; ``usual``: how common the values are on which pairs agree (log2 of a share of records), by feature; ``pairs``:
    how many were looked at; ``names``: the table that says how common names are, "" for the data themselves; ``learned``:
    what persons' judgements changed, None for nothing.
    """

    model: MatchModel
    tables: Mapping[str, Float64]
    shares: Float64
    usual: Mapping[str, float]
    pairs: int
    names: str = ""
    learned: Learned | None = None

    def believable(self, conflict: ConflictWords) -> bool:
        """Whether the levels of a conflict are rare enough among pairs of one entity to rule anything out."""
        if conflict.certain or self.shares[ONE] * self.pairs < ENOUGH:
            return True
        for feature, levels in conflict.when.items():
            if levels == ["different"] and feature in self.tables:
                worst = self.model.numbers(feature, levels)[0] - 1
                if self.tables[feature][ONE, worst] > conflict.slips:
                    return False
        return True

    def logs(self, feature: str) -> Float64:
        """log2 of the shares by kind and level, 0 for silence; no kind is further below ONE than the feature may say."""
        if feature not in self.tables:
            return np.zeros((3, len(self.model.features[feature].levels) + 1))
        logs = np.log2(self.tables[feature])
        logs[1:] = np.maximum(logs[1:], logs[ONE] - self.model.features[feature].most)
        return np.concatenate([np.zeros((3, 1)), logs], axis=1)

    def bits(self, compared: Mapping[str, Compared], n: int) -> Float64:
        """Bits for each pair: log2 of how much likelier one entity is than anything else."""
        first = next(iter(compared.values()))[0]
        logs = np.repeat(np.log2(self.shares)[:, None], len(first), axis=1)
        for feature, (level, shared) in compared.items():
            if feature in self.tables:
                logs += self.logs(feature).take(level, axis=1)
                logs[ONE] += self.rarity(feature, shared, n)
        return np.asarray(logs[ONE] - np.logaddexp2(logs[STRANGERS], logs[KIN]))

    def rarity(self, feature: str, shared: Float64, n: int) -> Float64:
        """Bits to add where a pair agrees on a value that ``shared`` of ``n`` records give (0: it does not agree exactly).

        Rare values add, common ones take away, compared with what pairs usually agree on.
        """
        usual, most = self.usual.get(feature), self.model.rare_bits
        if usual is None or not self.model.rare:
            return np.zeros(len(shared))
        bits, rows = np.zeros(len(shared)), np.flatnonzero(shared > 0)  # few pairs agree
        bits[rows] = np.clip(
            self.model.rare * (usual - np.log2(np.maximum(shared[rows], 1) / n)), -most, most
        )
        return bits
