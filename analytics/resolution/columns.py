"""Values of many records as numbers into lists of distinct ones: everything dear is done once a distinct value.

Number 0 is "says nothing", in every column. A record may give up to :data:`WIDTH` values; the first ones count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.resolution.keys import Bool, Int64

Int32 = NDArray[np.int32]
Objects = NDArray[np.object_]
WIDTH: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Each:
    """One text for each distinct value of a column: ``numbers[v]`` is the number in ``values`` of what value ``v`` gives."""

    values: Objects
    numbers: Int32


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """``ids``: int32, shape (n, width), into ``values``; places behind the last value of a record are 0."""

    values: Objects
    ids: Int32

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]], width: int = WIDTH) -> Column:
        """A column from the texts of each record, empty ones left out."""
        numbers: dict[str, int] = {"": 0}
        width = max(1, min(width, max(map(len, rows), default=1)))
        ids = np.zeros((len(rows), width), dtype=np.int32)
        for at, texts in enumerate(rows):
            if texts:
                found = [numbers.setdefault(text, len(numbers)) for text in texts[:width] if text]
                ids[at, : len(found)] = found
        return cls(_objects(list(numbers)), ids)

    @property
    def n(self) -> int:
        """Number of records."""
        return len(self.ids)

    def derive(self, rule: Callable[[str], Iterable[str]], width: int = WIDTH) -> Column:
        """The column of what ``rule`` makes of each distinct value; equal results are equal numbers."""
        made = Column.of([(), *(tuple(rule(text))[:width] for text in self.values[1:].tolist())], width)
        spread = made.ids[self.ids].reshape(self.n, self.ids.shape[1] * made.ids.shape[1])
        return Column(made.values, _packed(spread, width))

    def each(self, rule: Callable[[str], str]) -> Each:
        """What ``rule`` makes of each distinct value."""
        made = Column.of([(), *((rule(text),) for text in self.values[1:].tolist())], 1)
        return Each(made.values, made.ids[:, 0])

    def present(self) -> Bool:
        """Which records say anything."""
        return np.asarray(self.ids[:, 0] > 0)

    def counts(self) -> Int64:
        """How many records give each value; at least 1."""
        rows = np.repeat(np.arange(self.n), self.ids.shape[1])
        codes = np.unique(rows * np.int64(len(self.values)) + self.ids.ravel())
        found = np.bincount(codes % len(self.values), minlength=len(self.values))
        found[0] = 0
        return np.maximum(found, 1).astype(np.int64)


def _objects(values: list[str]) -> Objects:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _packed(ids: Int32, width: int) -> Int32:
    """Each row's distinct numbers first, zeros behind, in the order given."""
    if ids.shape[1] == 1:
        return ids
    for place in range(1, ids.shape[1]):
        seen = np.any(ids[:, :place] == ids[:, place : place + 1], axis=1)
        ids[seen, place] = 0
    order = np.argsort(ids == 0, axis=1, kind="stable")
    packed = np.take_along_axis(ids, order, axis=1)[:, :width]
    used = max(1, int(np.max(np.sum(packed > 0, axis=1), initial=1)))
    return np.ascontiguousarray(packed[:, :used])
