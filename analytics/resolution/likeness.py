"""Likeness of pairs of texts: rapidfuzz on aligned arrays, only where two records say something different.

Most pairs are so unlike that their letters alone show it: how many of one text's letters the other lacks bounds every
likeness that counts letters, costs a few instructions a pair, and leaves a third of the pairs to compare.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from analytics.resolution.columns import Column, Each, Int32
from analytics.resolution.keys import Bool

Float32 = NDArray[np.float32]
Aligned = Callable[[list[str], list[str]], Float32]
Bound = Callable[["Letters"], Bool]
SLIPS: Final = 3
HAIR: Final = 1e-4  # what lies on a cutoff is worked out, whatever rounding makes of it
BOOSTED: Final = 0.7  # a likeness of Jaro up to which Winkler adds nothing


@dataclass(frozen=True, slots=True, eq=False)
class Letters:
    """Of each pair: the lengths of both texts, and how many letters in common they can have at most; ``words``: how many of
    these can be in whole words that both have, asked for only where it decides.
    """

    left: Float32
    right: Float32
    common: Float32
    words: Callable[[], Float32]


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """A likeness. Where ``possible`` says no, it is ``worst`` without being worked out."""

    of: Aligned
    possible: Bound | None = None
    worst: float = 0.0


def scored(one: Column | Each, left: Int32, other: Column | Each, right: Int32, score: Score) -> Float32:
    """``score`` of each pair of a number into the values of ``one`` and a number into those of ``other``."""
    out = np.full(len(left), score.worst, dtype=np.float32)
    rows = np.arange(len(left))
    if score.possible is not None and len(left):
        rows = np.flatnonzero(score.possible(_letters(one, left, other, right)))
    if len(rows):
        out[rows] = score.of(one.values[left[rows]].tolist(), other.values[right[rows]].tolist())
    return out


def _letters(one: Column | Each, left: Int32, other: Column | Each, right: Int32) -> Letters:
    (masks, lengths), (others, sizes) = one.letters(), other.letters()
    here, there, long, size = masks[left], others[right], lengths[left], sizes[right]
    lacking, more = np.bitwise_count(here & ~there), np.bitwise_count(there & ~here)
    common = np.minimum(long - lacking, size - more)
    return Letters(long, size, common, lambda: _words(one, left, other, right))


def _words(one: Column | Each, left: Int32, other: Column | Each, right: Int32) -> Float32:
    """Letters of words that both texts can have, and of the spaces between them, at most."""
    here, there = one.words(), other.words()
    masks = there.masks[right]
    found = np.zeros(len(left), dtype=np.float32)
    for bits, lengths in zip(here.bits, here.lengths, strict=True):
        if lengths.any():
            found += lengths[left] * (masks >> bits[left] & np.uint64(1)).astype(np.float32)
    return np.where(here.plain[left] & there.plain[right], found, np.float32(np.inf))


def _aligned(scorer: Any, scale: float, cutoff: float) -> Aligned:
    def score(first: list[str], second: list[str]) -> Float32:
        found = process.cpdist(first, second, scorer=scorer, dtype=np.float32, score_cutoff=cutoff)
        return found * np.float32(scale)

    return score


def jaro_winkler(cutoff: float) -> Score:
    """0 to 1 (Winkler 1990); what is below ``cutoff`` counts as 0."""
    least = min(cutoff, BOOSTED) - HAIR

    def possible(letters: Letters) -> Bool:
        parts = letters.common / letters.left + letters.common / letters.right
        return np.asarray((parts + 1) / 3 >= least) & (letters.common > 0)

    return Score(_aligned(JaroWinkler.normalized_similarity, 1.0, cutoff - HAIR), possible)


def whole(cutoff: float) -> Score:
    """Twice the letters in common, in order, over the letters of both, 0 to 1; below ``cutoff`` 0."""

    def possible(letters: Letters) -> Bool:
        return np.asarray(2 * letters.common >= (cutoff - HAIR) * (letters.left + letters.right))

    return Score(_aligned(fuzz.ratio, 0.01, 100 * (cutoff - HAIR)), possible)


def _few_slips(letters: Letters) -> Bool:
    return np.asarray(np.maximum(letters.left, letters.right) - letters.common <= SLIPS)


def words(cutoff: float) -> Score:
    """Likeness of the words that two texts have in common and of what is left, 0 to 1; below ``cutoff`` 0."""
    least, alike = cutoff - HAIR, whole(cutoff).possible

    def possible(letters: Letters) -> Bool:
        common, shorter = letters.words(), np.minimum(letters.left, letters.right)
        return (alike is None or alike(letters)) | ~(2 * common < least * (common + shorter))

    return Score(_aligned(fuzz.token_set_ratio, 0.01, 100 * (cutoff - HAIR)), possible)


# Slips of the fingers: letters left out, put in, mistaken or swapped; 4 stands for more than 3.
slips: Final = Score(_aligned(OSA.distance, 1.0, SLIPS), _few_slips, SLIPS + 1.0)
_closed_up = _aligned(fuzz.ratio, 0.01, 0)
_sorted_words = _aligned(fuzz.token_sort_ratio, 0.01, 0)


def _close_words(first: list[str], second: list[str]) -> Float32:
    closed = [[text.replace(" ", "") for text in side] for side in (first, second)]
    return np.maximum(_sorted_words(first, second), _closed_up(*closed))


close_words: Final = Score(_close_words)
"""Likeness of texts whatever the order of their words and where a space slipped, 0 to 1."""
