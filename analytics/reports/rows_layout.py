"""Places for boxes in rows, owners above what they own: few crossings, no overlaps, the same every time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

Spot = tuple[float, float]
BOX = (196.0, 62.0)
_SLOT = 232.0
_ROW = 138.0
_IN_ROW = 7
_SWEEPS = 8


def place_rows(levels: Mapping[str, int], links: Sequence[tuple[str, str]]) -> dict[str, Spot]:
    """Centres of boxes: the highest level in the first row, levels of more than seven boxes broken into several rows.

    Args:
        levels: Level of each box; a higher one is drawn further up.
        links: Pairs (upper, lower), ends in ``levels``.
    """
    rows = _rows(levels)
    near: dict[str, list[str]] = defaultdict(list)
    for upper, lower in links:
        near[upper].append(lower)
        near[lower].append(upper)
    across = {uid: float(at - (len(row) - 1) / 2) for row in rows for at, uid in enumerate(row)}
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            _settle(row, near, across)
    return {uid: (across[uid] * _SLOT, number * _ROW) for number, row in enumerate(rows) for uid in row}


def _rows(levels: Mapping[str, int]) -> list[list[str]]:
    rows: list[list[str]] = []
    for level in sorted(set(levels.values()), reverse=True):
        uids = sorted(uid for uid, own in levels.items() if own == level)
        rows += [uids[at : at + _IN_ROW] for at in range(0, len(uids), _IN_ROW)]
    return rows


def _settle(row: list[str], near: Mapping[str, Sequence[str]], across: dict[str, float]) -> None:
    """Order a row by the middle of its neighbours in other rows, then move it as near to them as one slot each allows."""
    inside = set(row)
    wish: dict[str, float] = {}
    for uid in row:
        others = [across[other] for other in near.get(uid, ()) if other not in inside]
        wish[uid] = sum(others) / len(others) if others else across[uid]
    row.sort(key=lambda uid: (wish[uid], uid))
    place = -float("inf")
    for uid in row:
        place = max(wish[uid], place + 1)
        across[uid] = place
    drift = sum(across[uid] - wish[uid] for uid in row) / len(row)
    for uid in row:
        across[uid] -= drift
