"""Crowds of records that say the same to the letter: a nominee director with a thousand appointments is one person.

Keys that so many share are too common to bring anybody together, and so many are never compared pair by pair. They say the
same, so one pair stands for all: where it is likely enough, they are one before anything else is compared.
"""

from __future__ import annotations

import numpy as np

from analytics.resolution.comparer import Comparer
from analytics.resolution.equal import said_codes
from analytics.resolution.keys import Int64, Pairs
from analytics.resolution.units import Said, Units


def crowded(units: Units, said: Said, comparer: Comparer, least: int) -> Units:
    """The clusters to begin with, where crowds of more than ``least`` equal records are one.

    Records that were joined before, and those on which a person said *different*, are left as they are; so is a crowd whose
    neighbours in order of number are not all likely enough to be one.
    """
    free = units.sizes(units.of) == 1
    free[np.unique(np.divmod(said.different, max(1, said.n)))] = False
    records = np.flatnonzero(free)
    codes = said_codes(comparer.frame)[records]
    order = np.argsort(codes, kind="stable")
    records, codes = records[order], codes[order]
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[starts, len(codes)])
    of = units.of.copy()
    for start, size in zip(starts[sizes > least].tolist(), sizes[sizes > least].tolist(), strict=True):
        members = records[start : start + size]
        if _are_one(members, said, comparer):
            of[members] = members[0]
    return Units.where(of)


def _are_one(members: Int64, said: Said, comparer: Comparer) -> bool:
    pairs = Pairs(members[:-1], members[1:])
    bits, conflict, _ = comparer.scores(pairs)
    return bool((bits > comparer.model.auto).all() and not (conflict | said.apart(pairs)).any())
