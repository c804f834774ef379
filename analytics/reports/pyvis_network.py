"""The only home of pyvis: a chart as the nodes, edges and library of a vis-network page.

pyvis's own page is not used: it writes its heading unescaped, asks a network for two files even when told to put
everything in line, and shows hover text as HTML as soon as one contains the letters ``href``.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol, cast

from analytics.reports.chart import ChartItem, ChartLink, LinkChart
from analytics.reports.geometry import offsets
from analytics.reports.style import LineStyle, Style
from analytics.reports.svg import picture, symbol
from analytics.reports.text import plural, visible, wrap

_LIBRARY = "templates/lib/vis-9.1.2/vis-network.min.js"
_STRAIGHT: Mapping[str, object] = {"enabled": False}


class _Network(Protocol):
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]

    def add_node(self, n_id: str, label: str, shape: str, **options: Any) -> None: ...
    def add_edge(self, source: str, to: str, **options: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class NetworkData:
    """What the page's script draws."""

    nodes: Sequence[Mapping[str, Any]]
    edges: Sequence[Mapping[str, Any]]
    groups: Mapping[str, Mapping[str, Any]]


def library() -> str:
    """The vis-network script that comes with pyvis (Apache-2.0 or MIT), as it is."""
    return (files("pyvis") / _LIBRARY).read_text(encoding="utf-8")


def network(chart: LinkChart, style: Style) -> NetworkData:
    """Nodes at their positions (nothing moves by itself), lines with dashes, colours, arrows and hover text."""
    # here, because it brings IPython with it: seconds that no other form of a chart should wait for
    import pyvis.network  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

    made = cast("_Network", pyvis.network.Network(directed=True, cdn_resources="in_line"))
    # directed=True whatever the links are: else pyvis leaves out the second line of a pair without a word
    for item in chart.items:
        made.add_node(
            item.uid,
            label="\n".join(wrap(item.label, 18, 3)),
            shape="image",
            group=_group(item),
            x=item.x,
            y=item.y,
            title=_item_hover(item, style),
        )
    for link, offset in zip(chart.links, offsets(chart.links), strict=True):
        made.add_edge(link.source, link.target, **_edge(link, offset, style))
    groups = {_group(item): _look(item, style) for item in chart.items}
    return NetworkData(made.nodes, made.edges, groups)


def _group(item: ChartItem) -> str:
    return f"{item.type} start" if item.hop == 0 else item.type


def _look(item: ChartItem, style: Style) -> dict[str, Any]:
    mark = picture(
        66, 66, item.type, [symbol(style.items[item.type], focus=item.hop == 0)], origin=(-33, -33)
    )
    coded = base64.b64encode(mark.encode("utf-8")).decode("ascii")
    return {"shape": "image", "image": f"data:image/svg+xml;base64,{coded}"}


def _item_hover(item: ChartItem, style: Style) -> str:
    rows = [f"{style.items[item.type].label}: {visible(item.caption, 200)}"]
    rows += [
        f"{name}: {visible(str(values[0]), 120)}"
        for name, values in list(item.properties.items())[:8]
        if values
    ]
    return "\n".join([*rows, *_basis(item.sources, item.gradings)])


def _basis(sources: Sequence[str], gradings: Sequence[str]) -> list[str]:
    graded = ", ".join(gradings) or "not graded"
    return [f"Sources: {visible(', '.join(sources), 160)}", f"Grading: {graded}"]


def _edge(link: ChartLink, offset: float, style: Style) -> dict[str, Any]:
    look = style.inferred if link.inferred else style.lines[link.strength]
    colour = style.inferred.colour if link.inferred else style.links[link.type].colour
    return {
        "id": link.id,
        "label": _words(link),
        "title": _link_hover(link, look),
        "color": {"color": colour, "highlight": colour, "hover": colour},
        "width": 2.8 if link.count > 1 else 1.7,
        "dashes": list(look.dash) or False,
        "arrows": {"to": {"enabled": link.directed, "scaleFactor": 0.7}},
        "smooth": _bend(link, offset),
    }


def _words(link: ChartLink) -> str:
    if link.inferred:
        return f"{visible(link.label, 40)}\n(inferred)"
    rest = link.summary.removeprefix(link.label).lstrip(", ")
    return "\n".join(visible(text, 60) for text in (link.label, *rest.split(", ", 1)) if text)


def _link_hover(link: ChartLink, look: LineStyle) -> str:
    if link.inferred:
        return f"{visible(link.label)} (inferred, not recorded)\n{visible(link.basis, 300)}"
    rows = [visible(link.summary, 200), f"Line: {look.label}, {plural(len(link.details), 'record')}"]
    return "\n".join([*rows, *_basis(link.sources, link.gradings)])


def _bend(link: ChartLink, offset: float) -> Mapping[str, object]:
    """Parallel lines side by side; the side depends on which way a line points."""
    if not offset:
        return _STRAIGHT
    turned = offset if link.source < link.target else -offset
    kind = "curvedCW" if turned > 0 else "curvedCCW"
    return {"enabled": True, "type": kind, "roundness": round(min(abs(offset) / 110, 0.9), 3)}
