"""A link chart of what the reader may see, in the form that is wanted."""

from datetime import datetime

import numpy as np

from analytics.engine.csr import csr_from_edges
from analytics.engine.igraph_engine import force_layout
from analytics.reports.build import build_chart
from analytics.reports.chart import ChartOptions, LinkChart
from analytics.reports.chart_html import render_html
from analytics.reports.chart_json import render_json
from analytics.reports.chart_svg import render_svg
from analytics.reports.graphml import render_graphml
from api.charts.schemas import MAX_ITEMS, ChartIn
from api.documents import Form
from api.errors import not_found
from api.read import Read
from graphcore.model import Neighbourhood
from graphcore.projection.arrays import Float64, Int32
from graphcore.store.query import ExpandQuery

MAX_CITED = 500
WIDE = 5_000  # to find the links between the entities named, their other neighbours are read and left out


def layout(n: int, source: Int32, target: Int32, /) -> Float64:
    """Force-directed positions; equal charts get equal ones."""
    edges = source.astype(np.int64), target.astype(np.int64)
    return force_layout(csr_from_edges(n, *edges, np.ones(len(source), dtype=np.float64)), seed=0)


def chart(read: Read, asked: ChartIn, made_at: datetime) -> LinkChart:
    """The chart around the entities asked for.

    Raises:
        ProblemError: none of them exists for this reader.
    """
    found = _around(read, asked)
    if not found.entities:
        raise not_found()
    rids = dict.fromkeys(rid for element in (*found.entities, *found.links) for rid in element.rids)
    purpose = read.context.purpose
    options = ChartOptions(
        title=asked.title,
        made_at=made_at,
        operation=purpose.operation if purpose else "",
        records=read.evidence.records(list(rids)[:MAX_CITED]),
        max_items=MAX_ITEMS,
    )
    read.entry.done(
        count=len(found.entities) + len(found.links), shown=[entity.uid for entity in found.entities]
    )
    return build_chart(read.view, found, layout, options)


def _around(read: Read, asked: ChartIn) -> Neighbourhood:
    query = ExpandQuery(
        max(asked.hops, 1),
        asked.direction,
        frozenset(kind.value for kind in asked.link_types) if asked.link_types else None,
        frozenset(kind.value for kind in asked.entity_types) if asked.entity_types else None,
        limit=asked.limit if asked.hops else WIDE,
    )
    found = read.view.expand(asked.uids, query)
    if asked.hops:
        return found
    kept = set(asked.uids)
    pairs = [
        (entity, hop) for entity, hop in zip(found.entities, found.hops, strict=True) if entity.uid in kept
    ]
    links = tuple(link for link in found.links if link.source in kept and link.target in kept)
    return Neighbourhood(
        tuple(entity for entity, _ in pairs), links, tuple(hop for _, hop in pairs), found.truncated
    )


def render(made: LinkChart, form: Form) -> bytes | str:
    """The chart in one of its forms."""
    if form == "html":
        return render_html(made)
    if form == "svg":
        return render_svg(made)
    return render_graphml(made) if form == "graphml" else render_json(made)
