"""The standing fit: weights, counts and keys of one run, by which single records are compared as that run would have.

Given one standing fit, what is decided depends on the set of records alone: which keys are too common, how rare a value is
and what agreement weighs are settled. So a run over all records, and a run over some followed by the others one by one, come
to the same end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from analytics.resolution.blocking import Key, mixed, shared
from analytics.resolution.columns import hashes_of
from analytics.resolution.frame import Frame
from analytics.resolution.keys import Bool, Int64, Pairs, Words
from analytics.resolution.weights import Weights

Framed = TypeVar("Framed", bound=Frame)


class Known(Protocol):
    """What a run knew of keys and values."""

    def common(self, codes: Words) -> Bool:
        """Which keys too many records shared."""
        ...

    def counts(self, codes: Words) -> Int64:
        """How many records gave each value; 0 or 1 for what was not there."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """``records``: how many the run had; ``every_pair``: so few that every pair was compared."""

    weights: Weights
    records: int
    every_pair: bool
    known: Known

    def frame(self, frame: Framed) -> Framed:
        """The frame with the run's counts."""
        return frame.counted(lambda name, hashes: self.known.counts(value_codes(name, hashes)))

    def candidates(self, keys: Iterable[Key], n: int) -> Pairs:
        """Pairs worth comparing; ``keys`` of all kinds are told apart by number."""
        if self.every_pair:
            left, right = np.triu_indices(n, 1)
            return Pairs(left.astype(np.int64), right.astype(np.int64))
        return shared(keys, n, self.known.common)


def value_codes(name: str, hashes: Words) -> Words:
    """One number for each value of a column."""
    return mixed(np.full(len(hashes), hashes_of([name])[0], dtype=np.uint64), hashes)


@dataclass(frozen=True, slots=True, eq=False)
class KnownArrays:
    """What a run knew, in memory: for comparing many records. All arrays ascending by their codes, as ``hidden`` gives them."""

    hidden: Callable[[Words], Int64]
    too_common: Int64
    values: Int64
    numbers: Int64

    def common(self, codes: Words) -> Bool:
        """See :class:`Known`."""
        return _places(self.too_common, self.hidden(codes)) >= 0

    def counts(self, codes: Words) -> Int64:
        """See :class:`Known`."""
        at = _places(self.values, self.hidden(codes))
        return (
            np.where(at >= 0, self.numbers[at], 1)
            if len(self.numbers)
            else np.ones(len(codes), dtype=np.int64)
        )


def _places(held: Int64, wanted: Int64) -> Int64:
    """Where each number stands in an ascending array, -1 where it does not."""
    if not len(held):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
    return np.where(held[at] == wanted, at, -1)
