"""A link chart as GraphML: one edge for every recorded link (nothing added up), every property, well-formed whatever
the sources wrote. Characters that XML cannot carry are taken out and their number is given in the file.

Values of one property are joined by `` | ``, oldest record first. ``line`` names the chart's line an edge belongs to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from analytics.reports.chart import ChartItem, ChartLink, LinkChart, LinkDetail
from analytics.reports.text import xml_text

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
Data = Mapping[str, str | int | bool]


@dataclass(slots=True)
class _Document:
    """Collects the keys in use while elements are written; ``stripped`` counts characters taken out."""

    keys: dict[tuple[str, str, str], str] = field(default_factory=dict[tuple[str, str, str], str])
    stripped: int = 0

    def text(self, value: str) -> str:
        kept, lost = xml_text(value)
        self.stripped += lost
        return escape(kept, {"\r": "&#13;"})

    def attribute(self, value: str) -> str:
        kept, lost = xml_text(value)
        self.stripped += lost
        return quoteattr(kept, {"\r": "&#13;"})

    def data(self, domain: str, values: Data) -> str:
        return "".join(self._datum(domain, name, value) for name, value in values.items() if value != "")

    def _datum(self, domain: str, name: str, value: str | int | bool) -> str:
        if isinstance(value, bool):
            kind, text = "boolean", str(value).lower()
        else:
            kind, text = ("long", str(value)) if isinstance(value, int) else ("string", self.text(value))
        key = self.keys.setdefault((domain, name, kind), f"k{len(self.keys)}")
        return f'<data key="{key}">{text}</data>'

    def declarations(self) -> Iterable[str]:
        for (domain, name, kind), key in self.keys.items():
            yield f'<key id="{key}" for="{domain}" attr.name={self.attribute(name)} attr.type="{kind}"/>\n'


def render_graphml(chart: LinkChart) -> bytes:
    """The chart as GraphML, UTF-8."""
    document = _Document()
    nodes = [_node(document, item) for item in chart.items]
    edges = [edge for link in chart.links for edge in _edges(document, link)]
    graph = document.data("graph", _head(chart)) + document.data(
        "graph", {"characters_removed": document.stripped}
    )
    body = [
        *document.declarations(),
        '<graph id="chart" edgedefault="directed">\n',
        graph,
        "\n",
        *nodes,
        *edges,
    ]
    return (_HEAD + "".join(body) + "</graph>\n</graphml>\n").encode("utf-8")


def _head(chart: LinkChart) -> Data:
    paper = chart.paper
    return {
        "chart_id": chart.seal.id, "sha256": chart.seal.sha256, "marking": paper.marking, "title": paper.title,
        "operation": paper.operation, "author": paper.author, "organisation": paper.organisation,
        "purpose": paper.purpose, "reason": paper.reason, "as_at": paper.as_at, "made_at": paper.made_at,
        "truncated": chart.truncated, "withheld": chart.withheld, "strength_rule": chart.strength_rule,
    }  # fmt: skip


def _properties(properties: Mapping[str, tuple[object, ...]]) -> Data:
    return {
        f"property.{name}": " | ".join(str(value) for value in values) for name, values in properties.items()
    }


def _node(document: _Document, item: ChartItem) -> str:
    own: Data = {
        "label": item.label, "caption": item.caption, "type": item.type, "kind": item.kind, "hop": item.hop,
        "x": item.x, "y": item.y, "sources": " | ".join(item.sources), "gradings": " | ".join(item.gradings),
        "records": " | ".join(item.rids), **_properties(item.properties),
    }  # fmt: skip
    return f"<node id={document.attribute(item.uid)}>{document.data('node', own)}</node>\n"


def _edges(document: _Document, link: ChartLink) -> Iterable[str]:
    if link.inferred:
        yield _edge(document, link, link.id, {"basis": link.basis})
    for detail in link.details:
        yield _edge(document, link, detail.lid, _recorded(detail))


def _recorded(detail: LinkDetail) -> Data:
    return {
        "strength": detail.strength, "valid_from": detail.valid_from or "", "valid_to": detail.valid_to or "",
        "sources": " | ".join(detail.sources), "gradings": " | ".join(detail.gradings),
        "records": " | ".join(detail.rids), **_properties(detail.properties),
    }  # fmt: skip


def _edge(document: _Document, link: ChartLink, edge_id: str, own: Data) -> str:
    shared: Data = {
        "type": link.type, "label": link.label, "line": link.id, "directed": link.directed, "inferred": link.inferred,
    }  # fmt: skip
    ends = f"source={document.attribute(link.source)} target={document.attribute(link.target)}"
    return (
        f"<edge id={document.attribute(edge_id)} {ends}>{document.data('edge', {**shared, **own})}</edge>\n"
    )
