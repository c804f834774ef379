"""How a line runs between two boxes: down from owner to owned; up and around where a ring closes; beside its twins."""

from analytics.reports.geometry import Curve
from analytics.reports.rows_layout import BOX, Spot

_TWIN = 30.0
_AROUND = 70.0


def step(source: Spot, target: Spot, twin: int) -> Curve:
    """The line from ``source`` to ``target`` (centres of boxes); ``twin`` counts earlier lines of the same pair."""
    shift = (-1 if twin % 2 else 1) * ((twin + 1) // 2) * _TWIN
    half = BOX[1] / 2
    if source == target:
        return _loop(source)
    if target[1] > source[1]:
        start, end = (source[0] + shift, source[1] + half), (target[0] + shift, target[1] - half - 1)
    elif target[1] == source[1]:
        return _sideways(source, target, twin)
    else:
        return _upwards(source, target)
    bend = ((start[0] + end[0]) / 2 + shift, (start[1] + end[1]) / 2)
    return Curve(start, bend, end)


def _sideways(source: Spot, target: Spot, twin: int) -> Curve:
    """Between boxes of one row: over the top one way and below the other, so that both can be seen."""
    right = target[0] > source[0]
    side = -1 if right else 1
    y = source[1] + side * BOX[1] / 2
    lean = 40 if right else -40
    start, end = (source[0] + lean, y), (target[0] - lean, y + side)
    return Curve(start, ((start[0] + end[0]) / 2, y + side * (46 + 20 * twin)), end)


def _upwards(source: Spot, target: Spot) -> Curve:
    """Against the order of rows (a ring closes): out at the side and in at the side."""
    side = 1 if source[0] >= target[0] else -1
    start = (source[0] + side * BOX[0] / 2, source[1])
    end = (target[0] + side * (BOX[0] / 2 + 1), target[1])
    reach = side * max(side * start[0], side * end[0]) + side * _AROUND
    return Curve(start, (reach, (start[1] + end[1]) / 2), end)


def _loop(spot: Spot) -> Curve:
    x, y = spot[0] + BOX[0] / 2, spot[1]
    return Curve((x, y + 14), (x + _AROUND, y), (x + 1, y - 14))
