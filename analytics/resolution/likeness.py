"""Likeness of pairs of texts: rapidfuzz on aligned arrays, only where two records say something different."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from analytics.resolution.columns import Int32, Objects

Float32 = NDArray[np.float32]
Score = Callable[[list[str], list[str]], Float32]


def aligned(values: Objects, left: Int32, right: Int32, score: Score) -> Float32:
    """``score`` of each pair of numbers into ``values``."""
    if not len(left):
        return np.empty(0, dtype=np.float32)
    return score(values[left].tolist(), values[right].tolist())


def _of(scorer: Any, scale: float, **options: Any) -> Score:
    def score(first: list[str], second: list[str]) -> Float32:
        return process.cpdist(first, second, scorer=scorer, dtype=np.float32, **options) * np.float32(scale)

    return score


jaro_winkler = _of(JaroWinkler.normalized_similarity, 1.0)
slips = _of(OSA.distance, 1.0, score_cutoff=3)  # 4 stands for more than 3
whole = _of(fuzz.ratio, 0.01)
_sorted_words = _of(fuzz.token_sort_ratio, 0.01)
words = _of(fuzz.token_set_ratio, 0.01)


def close_words(first: list[str], second: list[str]) -> Float32:
    """Likeness of aligned texts whatever the order of their words and where a space slipped, 0 to 1."""
    closed = whole([text.replace(" ", "") for text in first], [text.replace(" ", "") for text in second])
    return np.maximum(_sorted_words(first, second), closed)
