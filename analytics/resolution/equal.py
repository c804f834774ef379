"""Records that say the same to the letter."""

from __future__ import annotations

import numpy as np

from analytics.resolution.blocking import mixed
from analytics.resolution.frame import Frame, PersonFrame
from analytics.resolution.keys import Words

_THROUGH_LINKS = frozenset({"accounts", "businesses", "people"})  # every appointment has its own


def said_codes(frame: Frame) -> Words:
    """One number for all that a record says of itself, shape (n,)."""
    codes = np.zeros(frame.n, dtype=np.uint64)
    tables = [column.ids for name, column in sorted(frame.columns.items()) if name not in _THROUGH_LINKS]
    if isinstance(frame, PersonFrame):
        tables += [frame.births, frame.sex[:, None]]
    for table in tables:
        for values in table.T:
            codes = mixed(codes, values.astype(np.uint64))
    return codes
