"""Figures of identity over the threshold of the score, as a picture that stands alone: one panel a type, told apart by dashes
and marks as well as by colour, with the table of figures in its description or, as a page, beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from analytics.reports.svg import hover, label, picture, tag, words
from analytics.reports.text import cut, visible
from analytics.resolution.curves import CurvePoint

Curves = Mapping[str, Sequence[CurvePoint]]
WIDTH: Final = 760.0
_PANEL, _HEAD, _LEFT, _RIGHT = 330.0, 56.0, 70.0, 170.0
_TOP, _BOTTOM = 34.0, 56.0  # of a panel, above and below the axes
# name, attribute, colour (Okabe and Ito 2008), dashes
LINES: Final = (
    ("precision", "precision", "#0072b2", ""),
    ("recall", "recall", "#d55e00", "8 4"),
    ("F1 (pairs)", "f1", "#1a1a1a", "2 3"),
    ("B-cubed F1", "bcubed_f1", "#007a5a", "10 3 2 3"),
)
_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE: Final = (
    "body{font:14px Arial,Helvetica,sans-serif;color:#1a1a1a;background:#fff;margin:2em}"
    "table{border-collapse:collapse;margin:1em 0}th,td{border:1px solid #767676;padding:.2em .6em;text-align:right}"
    "caption{text-align:left;font-weight:bold;padding:.4em 0}svg{max-width:100%;height:auto}"
)


def curves_svg(title: str, curves: Curves) -> str:
    """The picture; ``title`` may be hostile. The figures stand in ``desc``, a line a threshold."""
    parts = [tag("desc", None, words(_told(curves))), label(_short(title), 20, 30, font_size=17)]
    if not curves:
        parts.append(label("No join with a score stands: there is no threshold to show.", 20, _HEAD + 20))
    for number, (name, points) in enumerate(curves.items()):
        parts.append(
            tag(
                "g",
                {"transform": f"translate(0 {_HEAD + number * _PANEL:.0f})"},
                *_Panel(name, points).parts(),
            )
        )
    return picture(WIDTH, _HEAD + max(1, len(curves)) * _PANEL, title, parts)


def curves_html(title: str, curves: Curves) -> str:
    """The picture, and the tables of figures beside it, as a page that loads nothing."""
    shown = escape(visible(title))
    tables = "".join(_table(name, points) for name, points in curves.items())
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_CSP}"><title>{shown}</title><style>{_STYLE}</style></head>'
        f"<body><h1>{shown}</h1>{curves_svg(title, curves)}{tables}</body></html>\n"
    )


def _short(title: str) -> str:
    return cut(visible(title), 80)


def _cells(point: CurvePoint) -> list[str]:
    return [f"{point.threshold:.4f}", *(f"{getattr(point, attribute):.4f}" for _, attribute, *_ in LINES)]


def _told(curves: Curves) -> str:
    heads = ", ".join(name for name, *_ in LINES)
    lines = [f"By score of the judgement, from which on joins are taken: {heads}."]
    for name, points in curves.items():
        lines.append(f"{name}: threshold, {heads}")
        lines += [", ".join(_cells(point)) for point in points]
    return "\n".join(lines)


def _table(name: str, points: Sequence[CurvePoint]) -> str:
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("threshold", *(line[0] for line in LINES)))
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in _cells(point))}</tr>" for point in points)
    return f"<table><caption>{escape(visible(name))}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


class _Panel:
    """Axes, lines and legend of one type, from 0,0 on."""

    def __init__(self, name: str, points: Sequence[CurvePoint]) -> None:
        self._name, self._points = name, points
        low = min(getattr(point, line[1]) for point in points for line in LINES)
        self._floor = min(0.9, int(low * 10) / 10)  # the axis begins at a tenth, and is never all too short
        self._first, last = points[0].threshold, points[-1].threshold
        self._span = (last - self._first) or 1.0

    def parts(self) -> Iterator[str]:
        """The elements, in the order in which they are drawn."""
        yield label(cut(visible(self._name), 40), 20, 14, font_size=14, font_weight="bold")
        yield from self._axes()
        for number, line in enumerate(LINES):
            yield self._line(line)
            yield from self._legend(number, line)

    def _x(self, threshold: float) -> float:
        return _LEFT + (threshold - self._first) / self._span * (WIDTH - _LEFT - _RIGHT)

    def _y(self, share: float) -> float:
        return _TOP + (1 - share) / (1 - self._floor) * (_PANEL - _TOP - _BOTTOM)

    def _axes(self) -> Iterator[str]:
        right, bottom = WIDTH - _RIGHT, self._y(self._floor)
        for step in range(6):
            share = self._floor + step * (1 - self._floor) / 5
            y = self._y(share)
            yield tag("line", {"x1": _LEFT, "y1": y, "x2": right, "y2": y, "stroke": "#d0d0d0"})
            yield label(f"{share:.2f}", _LEFT - 8, y + 4, text_anchor="end")
            threshold = self._first + step * self._span / 5
            x = self._x(threshold)
            yield tag("line", {"x1": x, "y1": bottom, "x2": x, "y2": bottom + 5, "stroke": "#1a1a1a"})
            yield label(f"{threshold:.3f}", x, bottom + 19, text_anchor="middle")
        yield tag("line", {"x1": _LEFT, "y1": bottom, "x2": right, "y2": bottom, "stroke": "#1a1a1a"})
        middle = (_LEFT + right) / 2
        yield label("score from which on joins are taken", middle, bottom + 38, text_anchor="middle")
        turned = f"rotate(-90 20 {(_TOP + bottom) / 2:.0f})"
        yield label("share (0 to 1)", 20, (_TOP + bottom) / 2, text_anchor="middle", transform=turned)

    def _line(self, line: tuple[str, str, str, str]) -> str:
        name, attribute, colour, dashes = line
        spots = [(self._x(point.threshold), self._y(getattr(point, attribute))) for point in self._points]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        look: dict[str, str | float] = {"d": path, "fill": "none", "stroke": colour, "stroke-width": 2.2}
        if dashes:
            look["stroke-dasharray"] = dashes
        dot = tag("circle", {"cx": spots[-1][0], "cy": spots[-1][1], "r": 3, "fill": colour})
        return tag("g", None, tag("path", look, hover(name)), dot)

    def _legend(self, number: int, line: tuple[str, str, str, str]) -> Iterator[str]:
        name, _, colour, dashes = line
        x, y = WIDTH - _RIGHT + 18, _TOP + 10 + number * 22
        look: dict[str, str | float] = {
            "x1": x,
            "y1": y,
            "x2": x + 34,
            "y2": y,
            "stroke": colour,
            "stroke-width": 2.2,
        }
        if dashes:
            look["stroke-dasharray"] = dashes
        yield tag("line", look)
        yield label(name, x + 42, y + 4)
