"""A link chart as one static sheet for print: picture, legend, keys, sources, notes, banners, seal.

Nothing in it moves, runs or refers to anything outside (see svg.py).
"""

from collections.abc import Sequence

from analytics.reports.chart import ChartItem, ChartLink, LinkChart, SourceEntry
from analytics.reports.geometry import Box, Curve, Point, curves, label_spots
from analytics.reports.paper import handling_keys
from analytics.reports.sheet import BANNER, Column, banner, facts, text_width
from analytics.reports.style import Style, load_style
from analytics.reports.svg import halo, hover, label, picture, symbol, tag
from analytics.reports.text import cut, listed, plural, visible, wrap
from analytics.reports.wording import load_wording

_MARGIN = 40.0
_LEAST_WIDTH = 1_180.0
_ROOM = (90.0, 70.0)
_REFERENCES = 12
_BREAK = 17


def render_svg(chart: LinkChart) -> str:
    """The sheet as SVG text; as wide as the chart needs, 1,180 px at least."""
    style = load_style()
    xs, ys = [item.x for item in chart.items] or [0], [item.y for item in chart.items] or [0]
    across, down = max(xs) - min(xs) + 2 * _ROOM[0], max(ys) - min(ys) + 2 * _ROOM[1]
    width = max(_LEAST_WIDTH, across + 2 * _MARGIN)
    head = _head(chart, width)
    centre = (width / 2 - (max(xs) + min(xs)) / 2, head.y + _ROOM[1] - min(ys))
    spots = {item.uid: (item.x + centre[0], item.y + centre[1]) for item in chart.items}
    below, end = _below(chart, style, width, head.y + down)
    body = _drawing(chart, style, spots) if chart.items else [_nothing(width, head.y + down / 2)]
    sheet = [
        tag("rect", {"x": 0, "y": 0, "width": width, "height": end, "fill": "#ffffff"}),
        *head.parts,
        *body,
        *below,
    ]
    ends = [banner(chart.paper.marking, width, 0), banner(chart.paper.marking, width, end - BANNER)]
    said = f"{chart.paper.marking}: link chart {chart.seal.id}, {chart_size(chart)}"
    return picture(width, end, said, [*sheet, *ends]) + "\n"


def chart_size(chart: LinkChart) -> str:
    """How much is on the chart, in words."""
    return f"{plural(len(chart.items), 'item')} and {plural(len(chart.links), 'line')}"


def _nothing(width: float, y: float) -> str:
    return label(
        "There is nothing to draw: no visible material answers the question.",
        width / 2,
        y,
        text_anchor="middle",
    )


def render_drawing(chart: LinkChart) -> str:
    """The picture alone, for pages that print the rest themselves."""
    xs, ys = [item.x for item in chart.items] or [0], [item.y for item in chart.items] or [0]
    corner = (min(xs) - _ROOM[0], min(ys) - _ROOM[1])
    spots = {item.uid: (float(item.x), float(item.y)) for item in chart.items}
    size = (max(xs) - corner[0] + _ROOM[0], max(ys) - corner[1] + _ROOM[1])
    body = _drawing(chart, load_style(), spots) if chart.items else []
    return picture(*size, f"Link chart, {chart_size(chart)}", body, origin=corner)


def _head(chart: LinkChart, width: float) -> Column:
    column = Column(_MARGIN, BANNER + 34, width - 2 * _MARGIN, [])
    column.parts.append(
        label(cut(visible(chart.paper.title), 90), column.x, column.y, font_size=22, font_weight="bold")
    )
    column.y += 12
    column.rows(facts(chart.paper), 90)
    return column


def _drawing(chart: LinkChart, style: Style, spots: dict[str, Point]) -> list[str]:
    lines = curves(chart.links, spots)
    names = [_name_lines(item) for item in chart.items]
    boxes = [Box(*spots[item.uid], 58, 58) for item in chart.items]
    boxes += [_name_box(spots[item.uid], name) for item, name in zip(chart.items, names, strict=True)]
    texts = [_line_words(link) for link in chart.links]
    sizes = [(max(text_width(text, 9.5) for text in words) + 6, 12.0 * len(words)) for words in texts]
    placed = label_spots(sizes, lines, boxes, later=[link.count == 1 for link in chart.links])
    drawn = [_line(link, curve, style) for link, curve in zip(chart.links, lines, strict=True)]
    written = [_line_label(words, spot) for words, spot in zip(texts, placed, strict=True) if spot]
    marks = [_mark(item, name, spots[item.uid], style) for item, name in zip(chart.items, names, strict=True)]
    return [*drawn, *marks, *written]


def _name_lines(item: ChartItem) -> tuple[str, ...]:
    return wrap(item.label, _BREAK, 3)


def _name_box(spot: Point, name: Sequence[str]) -> Box:
    width = max(text_width(text, 11.5) for text in name)
    return Box(spot[0], spot[1] + 31 + 6.5 * len(name), width, 13.0 * len(name))


def _line(link: ChartLink, curve: Curve, style: Style) -> str:
    look = style.inferred if link.inferred else style.lines[link.strength]
    colour = style.inferred.colour if link.inferred else style.links[link.type].colour
    stroke: dict[str, str | float] = {
        "d": curve.path(),
        "fill": "none",
        "stroke": colour,
        "stroke-width": 1.8,
    }
    if link.count > 1:
        stroke["stroke-width"] = 2.8
    if look.dash:
        stroke["stroke-dasharray"] = " ".join(str(length) for length in look.dash)
    arrow = tag("polygon", {"points": curve.arrow(), "fill": colour}) if link.directed else ""
    return tag("g", {"class": "line"}, hover(link.summary), tag("path", stroke), arrow)


def _line_words(link: ChartLink) -> tuple[str, ...]:
    """Label, amount and dates, a line each: the parts of the summary."""
    if link.inferred:
        return (cut(visible(link.label), 34), "(inferred)")
    rest = link.summary.removeprefix(link.label).lstrip(", ")
    return tuple(cut(visible(text), 30) for text in (link.label, *rest.split(", ", 1)) if text)


def _line_label(words: Sequence[str], spot: Point) -> str:
    top = spot[1] - 6.0 * len(words) + 9
    look = {"font_size": 9.5, "text_anchor": "middle", "fill": "#333333", **halo()}
    return "".join(label(text, spot[0], top + 12 * row, **look) for row, text in enumerate(words))


def _mark(item: ChartItem, name: Sequence[str], spot: Point, style: Style) -> str:
    weight = "bold" if item.hop == 0 else "normal"
    look = {"font_size": 11.5, "text_anchor": "middle", "font_weight": weight, **halo(5)}
    texts = "".join(label(text, 0, 41 + 13 * row, **look) for row, text in enumerate(name))
    full = f"{style.items[item.type].label}: {visible(item.caption)}"
    place = f"translate({spot[0]:.1f} {spot[1]:.1f})"
    mark = symbol(style.items[item.type], focus=item.hop == 0)
    return tag("g", {"class": "item", "transform": place}, hover(full), mark, texts)


def _below(chart: LinkChart, style: Style, width: float, y: float) -> tuple[list[str], float]:
    """Legend, keys, sources and notes under the picture; how far down they reach with the footer."""
    quarter = (width - 2 * _MARGIN - 72) / 4
    columns = [Column(_MARGIN + at * (quarter + 24), y + 10, quarter, []) for at in range(4)]
    _legend(columns[0], chart, style, ("item", "line"))
    _legend(columns[1], chart, style, ("link",))
    _keys(columns[2], chart)
    _listing(columns[3], chart.sources)
    notes = Column(_MARGIN, max(column.y for column in columns) + 6, width - 2 * _MARGIN, [])
    notes.heading("Notes")
    for note in (*chart.notes(), load_wording().handling_statement):
        notes.paragraph(note)
    foot = f"Chart {chart.seal.id} · SHA-256 {chart.seal.sha256} · Page 1 of 1"
    notes.parts.append(label(foot, width / 2, notes.y + 26, text_anchor="middle", font_size=10))
    rule = tag("line", {"x1": _MARGIN, "y1": y, "x2": width - _MARGIN, "y2": y, "stroke": "#999999"})
    return [rule, *(part for column in (*columns, notes) for part in column.parts)], notes.y + 40 + BANNER


def _legend(column: Column, chart: LinkChart, style: Style, kinds: Sequence[str]) -> None:
    column.heading(f"Legend: {chart_size(chart)}" if "item" in kinds else "Kinds of link")
    for entry in (entry for entry in chart.legend if entry.kind in kinds):
        y = column.y + 11
        if entry.kind == "item":
            place = {"transform": f"translate({column.x + 18:.1f} {y:.1f}) scale(0.45)"}
            column.parts.append(tag("g", place, symbol(style.items[entry.name])))
        else:
            column.parts.append(_sample(column.x, y, entry.kind, entry.name, style))
        words = wrap(f"{entry.label} ({entry.count})", int((column.width - 46) / 5.5), 2)
        for row, text in enumerate(words):
            column.parts.append(label(text, column.x + 46, y + 4 + 13 * row, font_size=11))
        column.y += (23 if entry.kind == "item" else 17) + 13 * (len(words) - 1)
    if "item" in kinds:
        column.y += 6
        column.paragraph(
            "Ring: what the chart starts from. Thick line: several records of one kind, added up."
        )


def _sample(x: float, y: float, kind: str, name: str, style: Style) -> str:
    look = style.inferred if name == "inferred" else style.lines.get(name)
    colour = (
        style.links[name].colour if kind == "link" else (look.colour if look and look.colour else "#1a1a1a")
    )
    stroke = {"x1": x, "y1": y, "x2": x + 36, "y2": y, "stroke": colour, "stroke-width": 2.4}
    dash = {"stroke-dasharray": " ".join(str(length) for length in look.dash)} if look and look.dash else {}
    return tag("line", {**stroke, **dash})


def _keys(column: Column, chart: LinkChart) -> None:
    column.heading("Grade key (values as received)")
    for key in chart.grade_keys:
        for part, values in key.parts.items():
            text = listed(f"{value} {meaning}" for value, meaning in values.items())
            column.paragraph(f"{key.scheme} {part}: {text}")
            column.y += 3

    handling = handling_keys(c for entry in chart.sources for c in entry.records)
    if handling:
        column.heading("Handling codes in use")
    for code, meaning in handling:
        column.paragraph(f"{code}: {meaning}")


def _listing(column: Column, sources: Sequence[SourceEntry]) -> None:
    column.heading("Sources")
    for entry in sources:
        column.paragraph(f"{entry.source}: {plural(entry.items, 'item')}, {plural(entry.links, 'line')}")
        references = [f"[{c.number}] {c.reference} ({c.grading or 'not graded'})" for c in entry.records]
        if references:
            more = len(references) - _REFERENCES
            tail = f"; and {more} more in the data form" if more > 0 else ""
            column.paragraph("; ".join(references[:_REFERENCES]) + tail, size=9.5)
        column.y += 3
    if not sources:
        column.paragraph("None.")
