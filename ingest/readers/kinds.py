"""What kind of thing each reference of a file names, in nine bytes a reference, however long the file.

Formats in which a relationship names its ends by reference alone need one pass that notes the kinds before the rows are
given: a reference may come before what it names.
"""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_BLOCK = 65_536


class KindIndex:
    """Maps references to one of ``kinds``; the first kind said of a reference counts."""

    def __init__(self, kinds: Sequence[str], said: Iterable[tuple[str, str]]) -> None:
        """Note ``said``: pairs of a reference and its kind, which is one of ``kinds``."""
        self._kinds = tuple(kinds)
        place = {kind: at for at, kind in enumerate(self._kinds)}
        hashes: list[npt.NDArray[np.uint64]] = []
        places: list[npt.NDArray[np.uint8]] = []
        block: list[tuple[int, int]] = []
        for reference, kind in said:
            block.append((_hash(reference), place[kind]))
            if len(block) == _BLOCK:
                _flush(block, hashes, places)
        _flush(block, hashes, places)
        joined = np.concatenate(hashes) if hashes else np.empty(0, np.uint64)
        self._hashes, first = np.unique(joined, return_index=True)
        self._places = (np.concatenate(places) if places else np.empty(0, np.uint8))[first]

    def __len__(self) -> int:
        return len(self._hashes)

    def kind(self, reference: str) -> str | None:
        """The kind of what ``reference`` names, None where the file states nothing under it."""
        wanted = np.uint64(_hash(reference))
        at = int(np.searchsorted(self._hashes, wanted))
        if at == len(self._hashes) or self._hashes[at] != wanted:
            return None
        return self._kinds[int(self._places[at])]


def _hash(reference: str) -> int:
    digest = hashlib.blake2b(reference.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _flush(
    block: list[tuple[int, int]], hashes: list[npt.NDArray[np.uint64]], places: list[npt.NDArray[np.uint8]]
) -> None:
    hashes.append(np.array([reference for reference, _ in block], np.uint64))
    places.append(np.array([kind for _, kind in block], np.uint8))
    block.clear()
