"""Records of one type ready to be compared: candidates, comparisons, and the weights fitted to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from analytics.resolution.blocking import FEW, Budget, Key, Parts, candidates, few_keys, key, numbered
from analytics.resolution.columns import Column
from analytics.resolution.compare import Compare, Compared
from analytics.resolution.equal import said_codes
from analytics.resolution.fit import fit
from analytics.resolution.keys import Bool, Int64, Pairs, is_in
from analytics.resolution.learned import Judged, taught
from analytics.resolution.linkage import Bars, PairEvidence, bits_between
from analytics.resolution.match_model import MatchModel, shipped_model
from analytics.resolution.model import Explained, Float64
from analytics.resolution.population import Population
from analytics.resolution.standing import Standing
from analytics.resolution.threads import in_order
from analytics.resolution.weights import KINDS, ONE, Weights
from graphcore.evidence.ledger.values import OriginRecords

SEED: Final = 20
OTHERS: Final = 150_000  # pairs from which the rest is judged
CHUNK: Final = 1 << 17  # pairs that are compared in one go: their levels stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Kind:
    """What comparing one entity type takes: its frame, its keys, its comparisons. ``counted``: the columns of which
    comparisons ask how many records give a value.
    """

    entity_type: str
    frame: Callable[[Iterable[OriginRecords]], Any]
    parts: Callable[[Any], Iterable[Parts]]
    comparisons: Mapping[str, Compare]
    counted: tuple[str, ...]

    def keys(self, frame: Any) -> Iterator[Key]:
        """Every kind of key, one at a time: all together would take much memory."""
        return (key(*parts) for parts in self.parts(frame))

    def numbered(self, frame: Any) -> Iterable[Key]:
        """Every key, kinds told apart by number."""
        return [few_keys(self.parts(frame))] if 0 < frame.n <= FEW else numbered(self.keys(frame))


@dataclass(frozen=True, slots=True, eq=False)
class Aids:
    """What is known beside the records: how common names are, what persons judged, and which candidates are to be compared
    at all (None: every one).
    """

    population: Population | None = None
    judged: Judged | None = None
    among: Callable[[Pairs], Bool] | None = None


class Comparer:
    """The records of one type in one view. ``weights`` are fitted to them unless they are given."""

    def __init__(
        self,
        kind: Kind,
        records: Iterable[OriginRecords],
        model: MatchModel | None = None,
        *,
        weights: Weights | Standing | None = None,
        budget: Budget | None = None,
        aids: Aids | None = None,
    ) -> None:
        """``weights``: fitted before; a standing fit brings its counts and keys too, which then decide instead of these
        records.
        """
        standing = weights if isinstance(weights, Standing) else None
        known = standing.weights if standing else weights if isinstance(weights, Weights) else None
        self.kind, self._aids = kind, aids or Aids()
        self.model = model or (known.model if known else None) or shipped_model(kind.entity_type)
        self.frame = kind.frame(records)
        if standing is not None:
            self.frame = standing.frame(self.frame)
        elif self._aids.population is not None:
            self.frame = self._aids.population.over(self.frame)
        self.n: int = self.frame.n
        self.known_records = standing.records if standing else self.n
        self.budget, self._standing = budget or Budget(), standing
        self._candidates: Pairs | None = None
        self._scored: tuple[Float64, Bool, Bool] | None = None
        self._given = known
        self.weights = known or self._fitted()

    def part(self, rows: Int64) -> Comparer:
        """Some of the records, by place, under the same standing fit: what was worked out of their values is at hand."""
        made = copy(self)
        made.frame, made.n = self.frame.part(rows), len(rows)
        made._candidates = made._scored = None  # noqa: SLF001 -- of this class
        return made

    def beside(self, related: Mapping[str, Column]) -> Comparer:
        """The same records with what they have through links: columns of the frame, under which they also meet."""
        made = copy(self)
        made._with(related)  # noqa: SLF001 -- of this class
        return made

    def _with(self, related: Mapping[str, Column]) -> None:
        self.frame = replace(self.frame, columns={**self.frame.columns, **related})
        more = candidates(map(key, related.values()), self.n, self.budget)
        more = more if self._aids.among is None else more.where(self._aids.among(more))
        codes = np.concatenate([self.candidates().codes(self.n), more.codes(self.n)])
        self._candidates, self._scored = Pairs.of_codes(codes, max(1, self.n)), None
        self.weights = self._given or self._fitted()

    def _fitted(self) -> Weights:
        """Weights from every k-th candidate where there are too many: their order has nothing to do with what they show."""
        found = self.candidates()
        step = max(1, -(-len(found) // self.model.sample))
        compared = self.compare(found.part(slice(None, None, step)))
        made = fit(self.model, compared, self.compare(self._others()), (self.n, len(found)))
        population, judged = self._aids.population, self._aids.judged
        if population is not None and self.kind.entity_type == "Person":
            made = replace(made, names=population.name)
        return made if judged is None else taught(made, self.compare(judged.pairs), judged, self.n)

    def candidates(self) -> Pairs:
        """Pairs worth comparing; found when they are first asked for."""
        if self._candidates is None:
            kind, standing = self.kind, self._standing
            if standing:
                found = standing.candidates(kind.numbered(self.frame), self.n)
            else:
                found = candidates(kind.keys(self.frame), self.n, self.budget)
            self._candidates = found if self._aids.among is None else found.where(self._aids.among(found))
        return self._candidates

    def _others(self) -> Pairs:
        """A sample of the pairs that are no candidates, drawn alike whatever the candidates are. Records that say the same to
        the letter are no strangers, though keys that too many share do not bring them together.
        """
        n, known = self.n, self.candidates().codes(self.n)
        if len(known) >= n * (n - 1) // 2:
            return Pairs.of_codes(known[:0], max(1, n))
        drawn = np.random.default_rng(SEED).integers(0, n, size=(2, OTHERS))
        low, high = drawn.min(axis=0), drawn.max(axis=0)
        said = said_codes(self.frame)
        codes = (low * n + high)[(low < high) & (said[low] != said[high])]
        return Pairs.of_codes(codes[~is_in(codes, known)], n)

    def compare(self, pairs: Pairs) -> dict[str, Compared]:
        """Level numbers and shared counts of every feature of the model."""
        return {name: self.kind.comparisons[name](self.frame, pairs) for name in self.model.features}

    def scores(self, pairs: Pairs) -> tuple[Float64, Bool, Bool]:
        """Bits of each pair, bounded both ways so that no single one decides for a crowd; whether it is ruled out; and
        whether it says anything at all. Memory is bounded: 10 bytes a pair, and what a part of them takes.
        """
        if len(pairs) <= CHUNK:
            return self._scores(pairs)
        if pairs is self._candidates and self._scored is not None:
            return self._scored
        parts = [pairs.part(slice(start, start + CHUNK)) for start in range(0, len(pairs), CHUNK)]
        done = in_order(self._scores, parts)
        bits, conflict, speaks = (np.concatenate(column) for column in zip(*done, strict=True))
        if pairs is self._candidates:
            self._scored = bits, conflict, speaks
        return bits, conflict, speaks

    def _scores(self, pairs: Pairs) -> tuple[Float64, Bool, Bool]:
        compared = self.compare(pairs)
        speaks = np.zeros(len(pairs), dtype=np.bool_)
        for level, _ in compared.values():
            speaks |= level > 0
        return self._bits_of(compared), self._conflicts(compared), speaks

    def _bits_of(self, compared: Mapping[str, Compared]) -> Float64:
        total = self.weights.bits(compared, self.known_records)
        total = np.where(self._corroborated(compared), total, np.minimum(total, self.model.auto - 0.5))
        return np.clip(total, self.model.floor, self.model.ceiling)

    def evidence(self, pairs: Pairs) -> PairEvidence:
        """What pairs say, feature by feature, for comparing clusters."""
        compared = self.compare(pairs)
        names = [*self.weights.tables]
        logs = np.zeros((len(pairs), len(names), 3), dtype=np.float32)
        said = np.zeros((len(pairs), len(names)), dtype=np.float32)
        for at, name in enumerate(names):
            level, shared = compared[name]
            logs[:, at] = self.weights.logs(name).T.astype(np.float32).take(level, axis=0)
            logs[:, at, ONE] += self.weights.rarity(name, shared, self.known_records)
            said[:, at] = level > 0
        vague, speaks = (np.zeros(len(pairs), dtype=np.bool_) for _ in range(2))
        for name, levels in self.model.vague.items():
            vague |= self._at(compared, name, levels)
            speaks |= compared[name][0] > 0
        doubts = self._conflicts(compared, certain=False), self._could_conflict(compared)
        marks = np.stack([vague, speaks & ~vague, *doubts], axis=1).astype(np.float32)
        return PairEvidence(logs, said, marks, self._conflicts(compared, certain=True))

    def between(self, pairs: Pairs) -> float:
        """Bits between two clusters, by all pairs of their records; -inf where they must stay apart or say nothing."""
        return float(bits_between(self.evidence(pairs).summed(np.zeros(1, dtype=np.int64)), self.bars())[0])

    def bars(self) -> Bars:
        """What decides between clusters."""
        lone = np.array([name in self.model.alone for name in self.weights.tables], dtype=np.bool_)
        return Bars(np.log2(self.weights.shares), self.model.auto, lone)

    def explain(self, left: int, right: int) -> tuple[Explained, ...]:
        """Why two records look alike or not: what holds before anything is compared, then every feature on which both say
        something, heaviest first. Features weigh against the likelier of strangers and kin; the bits add up to the score
        but for the share of the other.
        """
        low, high = sorted((left, right))
        compared = self.compare(Pairs(np.array([low]), np.array([high])))
        logs = {name: self.weights.logs(name)[:, int(level[0])] for name, (level, _) in compared.items()}
        sums = np.log2(self.weights.shares) + sum(logs.values())
        other = 1 + int(np.argmax(sums[1:]))
        lines = [
            Explained(
                name,
                self._level(name, int(level[0])),
                self._bits(name, logs, shared, other),
            )
            for name, (level, shared) in compared.items()
            if level[0] > 0
        ]
        prior = float(np.log2(self.weights.shares[ONE] / self.weights.shares[other]))
        start = Explained("before anything is compared", f"against {KINDS[other]}", prior)
        return (start, *sorted(lines, key=lambda line: (-abs(line.bits), line.feature)))

    def _level(self, name: str, level: int) -> str:
        """A level in words; of a name that agrees also where it is said how common it is."""
        words = [*self.model.features[name].levels][level - 1]
        told = self.weights.names if level == 1 and name in ("given name", "family name") else ""
        return f"{words} (how common: {told})" if told else words

    def conflict_names(self, left: int, right: int) -> tuple[str, ...]:
        """The rules that keep two records apart, by name."""
        low, high = sorted((left, right))
        compared = self.compare(Pairs(np.array([low]), np.array([high])))
        if not self._conflicts(compared)[0]:
            return ()
        return tuple(
            words.name
            for words in self.model.conflicts
            if self.weights.believable(words)
            and all(self._at(compared, feature, levels)[0] for feature, levels in words.when.items())
        )

    def _bits(self, name: str, logs: Mapping[str, Float64], shared: Float64, other: int) -> float:
        return float(
            logs[name][ONE] - logs[name][other] + self.weights.rarity(name, shared, self.known_records)[0]
        )

    def _corroborated(self, compared: Mapping[str, Compared]) -> Bool:
        """Whether something speaks for the pair beside what cannot by itself; all pairs that are not vague."""
        out = np.ones(len(next(iter(compared.values()))[0]), dtype=np.bool_)
        for name, levels in self.model.vague.items():
            out &= ~self._at(compared, name, levels)
        for name, (level, _) in compared.items():
            if name not in self.model.alone and name in self.weights.tables:
                logs = self.weights.logs(name)
                out |= (logs[ONE] > logs[1:].max(axis=0))[level]
        return out

    def _conflicts(self, compared: Mapping[str, Compared], *, certain: bool | None = None) -> Bool:
        """Pairs that the model rules out; by rules that are ``certain``, by the others, or (None) by any."""
        out = np.zeros(len(next(iter(compared.values()))[0]), dtype=np.bool_)
        for words in self.model.conflicts:
            if certain in (None, words.certain) and self.weights.believable(words):
                out |= np.logical_and.reduce([self._at(compared, *each) for each in words.when.items()])
        for feature, levels in self.model.lifted_by.items():
            out &= ~self._at(compared, feature, levels)
        return out

    def _could_conflict(self, compared: Mapping[str, Compared]) -> Bool:
        """Pairs that say enough to be ruled out by a rule that is not certain."""
        out = np.zeros(len(next(iter(compared.values()))[0]), dtype=np.bool_)
        for words in self.model.conflicts:
            if not words.certain and self.weights.believable(words):
                out |= np.logical_and.reduce([compared[feature][0] > 0 for feature in words.when])
        return out

    def _at(self, compared: Mapping[str, Compared], feature: str, levels: Sequence[str]) -> Bool:
        wanted = np.zeros(len(self.model.features[feature].levels) + 1, dtype=np.bool_)
        wanted[self.model.numbers(feature, levels)] = True
        return wanted.take(compared[feature][0])
