"""The printed part of a static picture: banners, head, columns of text. Text is laid out by an average width of letters,
which is enough for a sheet and needs no font files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.reports.paper import Paper
from analytics.reports.svg import label, tag
from analytics.reports.text import stamp, visible, wrap
from graphcore.access import Marking
from graphcore.model import parse_iso_utc

BANNER = 30.0
_LETTER = 0.5
BANNER_COLOURS = {Marking.OFFICIAL.value: "#1d3f72", Marking.OFFICIAL_SENSITIVE.value: "#8f1414"}


def text_width(text: str, size: float) -> float:
    """About how wide ``text`` is at ``size`` pixels."""
    return len(text) * size * _LETTER


def banner(marking: str, width: float, y: float) -> str:
    """A full-width bar with the marking; unknown markings get the colour of the highest."""
    colour = BANNER_COLOURS.get(marking, "#8f1414")
    bar = tag("rect", {"x": 0, "y": y, "width": width, "height": BANNER, "fill": colour})
    look = {"fill": "#ffffff", "font_size": 16, "font_weight": "bold", "text_anchor": "middle"}
    return bar + label(marking, width / 2, y + 21, **look)


def facts(paper: Paper) -> list[tuple[str, str]]:
    """The head of a product as (name, value) rows."""
    as_at, made_at = (stamp(parse_iso_utc(text)) for text in (paper.as_at, paper.made_at))
    rows = [
        ("Operation", paper.operation or "none given"),
        ("Made by", f"{paper.author}, {paper.organisation}" if paper.organisation else paper.author),
        ("Purpose", f"{paper.purpose}: {paper.reason}"),
        ("As known at", as_at),
        ("Made at", made_at),
    ]
    return [(name, visible(value)) for name, value in rows]


@dataclass(slots=True)
class Column:
    """Text written downwards from ``y``; ``parts`` are finished elements."""

    x: float
    y: float
    width: float
    parts: list[str]

    def heading(self, text: str) -> None:
        """A bold line with room above."""
        self.y += 10
        self.parts.append(label(text, self.x, self.y + 13, font_size=13, font_weight="bold"))
        self.y += 20

    def paragraph(self, text: str, size: float = 10.5, lines: int = 12) -> None:
        """Wrapped text."""
        for line in wrap(visible(text), max(int(self.width / (size * _LETTER)), 8), lines):
            self.parts.append(label(line, self.x, self.y + size, font_size=size))
            self.y += size * 1.35

    def rows(self, rows: Sequence[tuple[str, str]], first: float) -> None:
        """Two columns: a bold name, ``first`` pixels wide, and its value on one line or more."""
        for name, value in rows:
            self.parts.append(label(name, self.x, self.y + 10.5, font_size=10.5, font_weight="bold"))
            side = Column(self.x + first, self.y, self.width - first, self.parts)
            side.paragraph(value, lines=3)
            self.y = max(side.y, self.y + 14)
