"""A link chart as one HTML file that opens anywhere without a network: picture, search, legend, and tables of the same.

Everything shown comes ready from here, escaped; the page's script only moves, marks and filters it.
"""

from collections.abc import Mapping

from analytics.reports.build import INFERRED
from analytics.reports.chart import ChartItem, ChartLink, LegendEntry, LinkChart, LinkDetail, Properties
from analytics.reports.chart_svg import chart_size, render_drawing
from analytics.reports.html import page, resource, running_foot, script_json
from analytics.reports.paper import handling_keys
from analytics.reports.pyvis_network import library, network
from analytics.reports.sheet import facts
from analytics.reports.style import Style, load_style
from analytics.reports.svg import picture, symbol, tag
from analytics.reports.text import NO_NAME, span, visible
from analytics.reports.wording import load_wording

_PANES = (
    ("legend", "Legend"), ("selected", "Selected"), ("items", "Items"), ("links", "Links"), ("sources", "Sources"),
    ("about", "About"),
)  # fmt: skip


def render_html(chart: LinkChart) -> str:
    """The page; about 0.6 MB more than its data, because the drawing library is inside."""
    style = load_style()
    data = network(chart, style)
    names = {item.uid: visible(item.caption, 300).strip() or NO_NAME for item in chart.items}
    citations = sorted((c for entry in chart.sources for c in entry.records), key=lambda c: c.number)
    values: dict[str, object] = {
        "chart": chart,
        "size": chart_size(chart),
        "panes": _PANES,
        "facts": facts(chart.paper),
        "notes": (*chart.notes(), load_wording().handling_statement),
        "drawing": render_drawing(chart),
        "legend": [_legend(entry, chart, style) for entry in chart.legend],
        "items": [_item_row(item, names, style) for item in chart.items],
        "links": [_link_row(link, names, style) for link in chart.links],
        "citations": citations,
        "about": _about(chart, names),
        "handling": handling_keys(citations),
        "data": script_json({"nodes": data.nodes, "edges": data.edges, "groups": data.groups}),
    }
    styles = (resource("paper.css"), resource("chart.css"), running_foot(chart.seal))
    return page("chart.html.j2", styles, (library(), resource("chart.js")), values)


def _about(chart: LinkChart, names: Mapping[str, str]) -> dict[str, str]:
    """What each record speaks of: a name, or two names for a link."""
    about = {rid: names[item.uid] for item in chart.items for rid in item.rids}
    for link in chart.links:
        ends = f"{names[link.source]} → {names[link.target]}"
        about |= {rid: ends for detail in link.details for rid in detail.rids}
    return about


def mark(type_name: str, style: Style, *, focus: bool = False) -> str:
    """The mark of an entity type as a small picture of its own."""
    return picture(
        66, 66, style.items[type_name].label, [symbol(style.items[type_name], focus=focus)], origin=(-33, -33)
    )


def _legend(entry: LegendEntry, chart: LinkChart, style: Style) -> Mapping[str, object]:
    drawn = (
        link
        for link in chart.links
        if entry.name in {link.type, INFERRED if link.inferred else link.strength}
    )
    sign = mark(entry.name, style) if entry.kind == "item" else _sample(entry, style)
    lines = "" if entry.kind == "item" else " ".join(link.id for link in drawn)
    return {
        "kind": entry.kind,
        "name": entry.name,
        "label": entry.label,
        "count": entry.count,
        "mark": sign,
        "lines": lines,
    }


def _sample(entry: LegendEntry, style: Style) -> str:
    look = style.inferred if entry.name == INFERRED else style.lines.get(entry.name)
    colour = (
        style.links[entry.name].colour if entry.kind == "link" else (look.colour if look else "") or "#1a1a1a"
    )
    dash = {"stroke-dasharray": " ".join(map(str, look.dash))} if look and look.dash else {}
    line = {"x1": 0, "y1": 6, "x2": 38, "y2": 6, "stroke": colour, "stroke-width": 2.6, **dash}
    return picture(38, 12, entry.label, [tag("line", line)])


def _values(properties: Properties) -> list[tuple[str, str]]:
    return [
        (name.replace("_", " "), "; ".join(str(value) for value in values))
        for name, values in properties.items()
    ]


def _item_row(item: ChartItem, names: Mapping[str, str], style: Style) -> Mapping[str, object]:
    kind = f" ({item.kind.replace('_', ' ')})" if item.kind else ""
    basis = [("sources", ", ".join(item.sources)), ("grading", ", ".join(item.gradings) or "not graded")]
    rows = [*_values(item.properties), *basis, ("records", ", ".join(item.rids))]
    return {
        "item": item,
        "name": names[item.uid],
        "type": f"{style.items[item.type].label}{kind}",
        "mark": mark(item.type, style, focus=item.hop == 0),
        "pairs": rows,
    }


def _link_row(link: ChartLink, names: Mapping[str, str], style: Style) -> Mapping[str, object]:
    look = style.inferred if link.inferred else style.lines[link.strength]
    return {
        "link": link,
        "summary": visible(link.summary, 300),
        "source": names[link.source],
        "target": names[link.target],
        "line": look.label,
        "details": [_detail(detail, style) for detail in link.details],
    }


def _detail(detail: LinkDetail, style: Style) -> list[tuple[str, str]]:
    basis = [
        ("when", span(detail.valid_from, detail.valid_to) or "not said"),
        ("sources", ", ".join(detail.sources)),
        ("grading", ", ".join(grading for grading in detail.gradings if grading) or "not graded"),
        ("line", style.lines[detail.strength].label),
        ("records", ", ".join(detail.rids)),
    ]
    return [*_values(detail.properties), *basis]
