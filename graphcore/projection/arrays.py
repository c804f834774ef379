"""Arrays that engines take: one view's entities and links, without the store.

Vertices are numbered 0..n-1 in order of uid, edges 0..m-1 in order of lid: results line up with ``uids`` and ``lids``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int16 = NDArray[np.int16]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GraphArrays:
    """A directed multigraph as a list of edges.

    ``uids`` (n) and ``lids`` (m) ascending; ``captions`` (n). ``kinds`` (n) indexes ``entity_types``, ``link_kinds`` (m)
    indexes ``link_types`` (both name lists ascending, only names in use). ``source`` and ``target`` (m) are vertex
    numbers. ``valid_from`` and ``valid_to`` (m) are seconds since 1970 UTC, -inf and +inf where open. ``records`` (m) is
    the number of visible records behind each link, and for a series that of its occurrences. ``share_min`` and ``share_max`` (m) are NaN where no share is known.
    ``amount`` (m) is pence moved along a PAYS link or calls' seconds for CALLS; NaN elsewhere.
    """

    uids: tuple[str, ...]
    captions: tuple[str, ...]
    entity_types: tuple[str, ...]
    kinds: Int16
    lids: tuple[str, ...]
    link_types: tuple[str, ...]
    link_kinds: Int16
    source: Int32
    target: Int32
    valid_from: Float64
    valid_to: Float64
    records: Int32
    share_min: Float64
    share_max: Float64
    amount: Float64

    @property
    def n(self) -> int:
        """Number of vertices."""
        return len(self.uids)

    @property
    def m(self) -> int:
        """Number of edges."""
        return len(self.lids)
