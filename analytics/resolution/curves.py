"""How the figures change with the score from which on rules may join: one threshold after the other, surest joins first.

The joins of the standing judgements are taken by union-find, so the curve shows what these joins make and not what another run
would decide. Joins whose ends are not in one entity now (a person parted them) are left out; what persons joined is always in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.resolution.evaluate import WORDS, TrueRecord, rows_by_word
from analytics.resolution.keys import Int64
from analytics.resolution.turns import OriginReader
from graphcore.identity.judgement import Judgement, Verdict

POINTS: Final = 40
Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Figures, 0 to 1, with all joins of a score of ``threshold`` and above."""

    threshold: float
    precision: float
    recall: float
    f1: float
    bcubed_f1: float


def curves(
    truth: Path, reader: OriginReader, standing: Sequence[Judgement]
) -> dict[str, tuple[CurvePoint, ...]]:
    """The curve of each type of a truth file, thresholds ascending; none for a type without scored joins.

    At most :data:`POINTS` thresholds, evenly from the lowest to the highest score. Cost grows with records times thresholds.

    Raises:
        TruthError: as :func:`analytics.resolution.evaluate.read_truth`.
    """
    found = {
        word: _curve(_Joins.of(rows, reader, standing)) for word, rows in sorted(rows_by_word(truth).items())
    }
    return {word: curve for word, curve in found.items() if curve}


@dataclass(frozen=True, slots=True, eq=False)
class _Joins:
    """``at``: int64, shape (records,): place of each record of the truth; ``wanted``: its true entity, as a number.

    ``left`` and ``right`` are places, surest first; ``scores`` is infinite where a person joined without one.
    """

    places: int
    at: Int64
    wanted: Int64
    left: Int64
    right: Int64
    scores: Float64
    scored: Float64

    @classmethod
    def of(cls, rows: Sequence[TrueRecord], reader: OriginReader, standing: Sequence[Judgement]) -> _Joins:
        uid_of: dict[str, str] = {}
        origin_of: dict[tuple[str, str], str] = {}
        for record in reader.iter_origins(WORDS[rows[0].word][1]):
            uid_of[record.origin_id] = record.uid
            origin_of[record.source, record.reference] = record.origin_id
        place = {origin: number for number, origin in enumerate(uid_of)}
        # a record that is not seen is an entity of its own
        at = [
            place[origin_of[row.source, row.record_id]]
            if (row.source, row.record_id) in origin_of
            else len(place) + number
            for number, row in enumerate(rows)
        ]
        joins = sorted(_joins(standing, uid_of), key=lambda join: join[0], reverse=True)
        return cls(
            len(place) + len(rows),
            np.array(at, dtype=np.int64),
            np.unique([row.entity_id for row in rows], return_inverse=True)[1].astype(np.int64),
            np.array([place[judgement.left] for _, judgement in joins], dtype=np.int64),
            np.array([place[judgement.right] for _, judgement in joins], dtype=np.int64),
            np.array([score for score, _ in joins], dtype=np.float64),
            np.array([j.score for _, j in joins if j.score is not None], dtype=np.float64),
        )


def _joins(standing: Sequence[Judgement], uid_of: Mapping[str, str]) -> Iterator[tuple[float, Judgement]]:
    for judgement in standing:
        left, right = uid_of.get(judgement.left), uid_of.get(judgement.right)
        if judgement.verdict is Verdict.SAME and left is not None and left == right:
            yield (np.inf if judgement.score is None else judgement.score), judgement


def _curve(joins: _Joins) -> tuple[CurvePoint, ...]:
    if not len(joins.scored):
        return ()
    lowest, highest = float(joins.scored.min()), float(joins.scored.max())
    thresholds: Float64 = np.unique(np.linspace(lowest, highest, POINTS, dtype=np.float64))
    parent, done, found = list(range(joins.places)), 0, list[CurvePoint]()
    for threshold in thresholds[::-1].tolist():
        until = int((joins.scores >= threshold).sum())
        for left, right in zip(
            joins.left[done:until].tolist(), joins.right[done:until].tolist(), strict=True
        ):
            _join(parent, left, right)
        done = until
        found.append(_point(threshold, _roots(np.array(parent, dtype=np.int64))[joins.at], joins.wanted))
    return tuple(reversed(found))


def _join(parent: list[int], left: int, right: int) -> None:
    roots: list[int] = []
    for place in (left, right):
        at = place
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        roots.append(at)
    parent[max(roots)] = min(roots)


def _roots(parent: Int64) -> Int64:
    while (parent[parent] != parent).any():
        parent = parent[parent]
    return parent


def _point(threshold: float, given: Int64, wanted: Int64) -> CurvePoint:
    (here, there), both = np.unique(np.stack([given, wanted]), axis=1, return_counts=True)
    sizes, true = np.bincount(given), np.bincount(wanted)
    hit, made, all_true = (_pairs(counts) for counts in (both, sizes, true))
    precision, recall = hit / made if made else 1.0, hit / all_true if all_true else 1.0
    exact, found = (float((both**2 / of).sum()) / len(given) for of in (sizes[here], true[there]))
    return CurvePoint(threshold, precision, recall, _f1(precision, recall), _f1(exact, found))


def _pairs(sizes: NDArray[np.integer]) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
