"""String likeness on distinct value pairs only: names repeat, so most pairs of records compare the same two texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import ratio, token_sort_ratio

from analytics.resolution.keys import Int64

Float32 = NDArray[np.float32]


class Texts:
    """Texts of many records as numbers into a list of distinct ones; 0 is the empty text."""

    def __init__(self, values: Sequence[str]) -> None:
        numbers: dict[str, int] = {"": 0}
        self.ids: Int64 = np.array(
            [numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64
        )
        self.values = list(numbers)

    def present(self) -> NDArray[np.bool_]:
        """Which records have a text."""
        return self.ids > 0

    def rarity(self) -> NDArray[np.float64]:
        """Bits of information in each distinct text: log2 of how many records there are for each with it."""
        counts = np.maximum(np.bincount(self.ids, minlength=len(self.values)), 1)
        return np.log2(max(int((self.ids > 0).sum()), 2) / counts)


def on_distinct(
    left: Int64, right: Int64, values: Sequence[str], score: Callable[[list[str], list[str]], Float32]
) -> Float32:
    """``score`` on each distinct pair of numbers, spread over all pairs."""
    width = len(values)
    low, high = np.minimum(left, right), np.maximum(left, right)
    codes, back = np.unique(low * width + high, return_inverse=True)
    lows: list[int] = (codes // width).tolist()
    highs: list[int] = (codes % width).tolist()
    first, second = [values[at] for at in lows], [values[at] for at in highs]
    return score(first, second)[back.ravel()]


def jaro_winkler(first: list[str], second: list[str]) -> Float32:
    """Jaro-Winkler likeness of aligned texts, 0 to 1."""
    return cast("Float32", process.cpdist(first, second, scorer=JaroWinkler.normalized_similarity))


def edits(first: list[str], second: list[str]) -> Float32:
    """Slips of the fingers between aligned texts (swapped neighbours count once); 3 stands for more than 2."""
    return process.cpdist(first, second, scorer=OSA.distance, score_cutoff=2).astype(np.float32)


def same_words(first: list[str], second: list[str]) -> Float32:
    """Likeness of aligned texts whatever the order of their words and where a space slipped, 0 to 1."""
    sorted_words = process.cpdist(first, second, scorer=token_sort_ratio)
    closed = process.cpdist(
        [text.replace(" ", "") for text in first], [text.replace(" ", "") for text in second], scorer=ratio
    )
    return np.maximum(sorted_words, closed).astype(np.float32) / np.float32(100)


def mapped(rule: Callable[[str, str], bool]) -> Callable[[list[str], list[str]], Float32]:
    """A rule on two texts as a score of aligned lists: 1 where it holds."""

    def score(first: list[str], second: list[str]) -> Float32:
        return np.fromiter(
            (rule(a, b) for a, b in zip(first, second, strict=True)), dtype=np.float32, count=len(first)
        )

    return score


def word_share(first: list[str], second: list[str]) -> Float32:
    """Share of the words of the shorter of two aligned texts that the other has too, 0 to 1."""

    def score(a: str, b: str) -> float:
        left, right = set(a.split()), set(b.split())
        return len(left & right) / max(1, min(len(left), len(right)))

    return np.fromiter(
        (score(a, b) for a, b in zip(first, second, strict=True)), dtype=np.float32, count=len(first)
    )
