"""Lines between items as curves: parallel ones side by side, ends cut at the marks, labels where there is room.

All lengths are pixels; y runs down.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analytics.reports.chart import ChartLink

Point = tuple[float, float]
MARK = 30.0
_GAP = 34.0
_TRIES = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75)


@dataclass(frozen=True, slots=True)
class Curve:
    """A quadratic curve from ``start`` over ``bend`` to ``end``."""

    start: Point
    bend: Point
    end: Point

    def at(self, t: float) -> Point:
        """The point at ``t``, 0 at the start and 1 at the end."""
        u = 1 - t
        x, y = (
            u * u * a + 2 * u * t * b + t * t * c
            for a, b, c in zip(self.start, self.bend, self.end, strict=True)
        )
        return x, y

    def path(self, short: float = 0) -> str:
        """SVG path data; ``short`` pixels are left out at the end, under an arrow head."""
        dx, dy = _direction(self.bend, self.end)
        (a, b), (c, d), (e, f) = self.start, self.bend, (self.end[0] - dx * short, self.end[1] - dy * short)
        return f"M{a:.1f} {b:.1f}Q{c:.1f} {d:.1f} {e:.1f} {f:.1f}"

    def arrow(self, width: float = 1.8) -> str:
        """Points of an arrow head at the end of a line of some width."""
        dx, dy = _direction(self.bend, self.end)
        (x, y), half = self.end, 3.4 + 0.75 * width
        base = (x - dx * half * 2.3, y - dy * half * 2.3)
        points = [
            (x, y),
            (base[0] - dy * half, base[1] + dx * half),
            (base[0] + dy * half, base[1] - dx * half),
        ]
        return " ".join(f"{px:.1f},{py:.1f}" for px, py in points)


def _direction(a: Point, b: Point) -> Point:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy) or 1.0
    return dx / length, dy / length


def offsets(links: Sequence[ChartLink]) -> list[float]:
    """How far each line is bent to one side of its pair of items, so that lines of one pair lie apart; 0 is straight."""
    pairs: dict[tuple[str, str], list[int]] = {}
    for number, link in enumerate(links):
        low, high = sorted((link.source, link.target))
        pairs.setdefault((low, high), []).append(number)
    found = [0.0] * len(links)
    for numbers in pairs.values():
        for place, number in enumerate(numbers):
            found[number] = (place - (len(numbers) - 1) / 2) * _GAP
    return found


def curves(links: Sequence[ChartLink], spots: Mapping[str, Point]) -> list[Curve]:
    """One curve a line, in order; lines of one pair are bent apart, whichever way they point."""
    return [_curve(link, spots, offset) for link, offset in zip(links, offsets(links), strict=True)]


def _curve(link: ChartLink, spots: Mapping[str, Point], offset: float) -> Curve:
    a, b = spots[link.source], spots[link.target]
    if link.source == link.target:
        reach = 70 + abs(offset)
        return Curve((a[0] + 8, a[1] - MARK), (a[0] + reach, a[1] - reach), (a[0] + MARK, a[1] - 8))
    low, high = (a, b) if link.source < link.target else (b, a)
    dx, dy = _direction(low, high)
    bend = ((a[0] + b[0]) / 2 - dy * 2 * offset, (a[1] + b[1]) / 2 + dx * 2 * offset)
    out, back = _direction(a, bend), _direction(b, bend)
    start = (a[0] + out[0] * MARK, a[1] + out[1] * MARK)
    return Curve(start, bend, (b[0] + back[0] * MARK, b[1] + back[1] * MARK))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle around its centre."""

    x: float
    y: float
    width: float
    height: float

    def touches(self, other: "Box") -> bool:
        """True if the two share an area."""
        across = abs(self.x - other.x) * 2 < self.width + other.width
        return across and abs(self.y - other.y) * 2 < self.height + other.height


def label_spots(
    sizes: Sequence[Point], lines: Sequence[Curve], taken: Iterable[Box], later: Sequence[bool]
) -> list[Point | None]:
    """Where each line's label (width, height) goes: the first of some points of its line that is free; None: no room.

    ``taken``: boxes that no label may cover. Greedy; lines whose ``later`` is False come first.
    """
    boxes = list(taken)
    spots: list[Point | None] = [None] * len(lines)
    for number in sorted(range(len(lines)), key=lambda at: (later[at], at)):
        tries = (Box(*lines[number].at(t), *sizes[number]) for t in _TRIES)
        free = next((box for box in tries if not any(box.touches(other) for other in boxes)), None)
        if free is not None:
            boxes.append(free)
            spots[number] = (free.x, free.y)
    return spots
