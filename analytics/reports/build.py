"""A view's neighbourhood as a link chart: the same rules for every renderer, applied once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from analytics.reports.chart import (
    ChartItem,
    ChartLink,
    ChartOptions,
    InferredLink,
    LegendEntry,
    LinkChart,
    SourceEntry,
)
from analytics.reports.errors import ChartError
from analytics.reports.layout import Layout, place
from analytics.reports.lines import clean, draw_lines
from analytics.reports.paper import Citation, Seal, cite, grade_keys, make_paper, seal
from analytics.reports.style import STRENGTHS, Style, load_style
from analytics.reports.text import NO_NAME, cut, shorten, storable, visible
from analytics.reports.wording import load_wording
from graphcore.evidence.ledger.values import RecordView
from graphcore.model import Entity, Link, Neighbourhood
from graphcore.store.port import GraphView

INFERRED = "inferred"
MOST_ITEMS = 2_000


def build_chart(
    view: GraphView, neighbourhood: Neighbourhood, layout: Layout, options: ChartOptions
) -> LinkChart:
    """A chart of a neighbourhood that was read through ``view``.

    Keeps the first ``options.max_items`` entities (nearest first) and the links between them, and says so where that
    left some out. Inferred links are drawn only between entities that are kept.

    Args:
        view: Gives the context (who, why, as at) and the access labels for the banner.
        neighbourhood: What to draw; empty is allowed and gives a chart that says so.
        layout: Computes the shape, for example an igraph layout.
        options: Title, clock, records to cite, limits.

    Raises:
        ReportError: no purpose, or a label that the view does not allow.
        ChartError: the layout's answer is of no use, or ``max_items`` is above 2,000.
    """
    if options.max_items > MOST_ITEMS:
        raise ChartError(
            f"no chart of more than {MOST_ITEMS:,} items can be read: lower max_items or narrow the question"
        )
    style = load_style()
    entities = neighbourhood.entities[: options.max_items]
    kept = {entity.uid for entity in entities}
    links = [link for link in neighbourhood.links if link.source in kept and link.target in kept]
    recorded = draw_lines(links, style)
    inferred = [link for link in options.inferred if link.source in kept and link.target in kept]
    lines = (*recorded, *(_inferred(number, link) for number, link in enumerate(inferred, start=1)))
    items = _items(entities, neighbourhood.hops, lines, layout, options.label_length)
    paper = make_paper(view, _labels(entities, links), options.title, options.operation, options.made_at)
    citations = cite(_cited(entities, links, options))
    gradings = {grading for thing in (*items, *lines) for grading in thing.gradings}
    chart = LinkChart(
        seal=Seal("", ""),
        paper=paper,
        items=items,
        links=lines,
        legend=_legend(items, lines, style),
        sources=_sources(items, lines, citations),
        grade_keys=grade_keys(gradings),
        strength_rule=style.statement,
        withheld=load_wording().withheld,
        truncated=neighbourhood.truncated or len(entities) < len(neighbourhood.entities),
    )
    return replace(chart, seal=seal("LC", chart.content()))


def _items(
    entities: Sequence[Entity], hops: Sequence[int], lines: Sequence[ChartLink], layout: Layout, length: int
) -> tuple[ChartItem, ...]:
    number = {entity.uid: at for at, entity in enumerate(entities)}
    source = np.array([number[line.source] for line in lines], dtype=np.int32)
    target = np.array([number[line.target] for line in lines], dtype=np.int32)
    spots = place(layout, len(entities), source, target)
    return tuple(
        _item(entity, hop, spot, length) for entity, hop, spot in zip(entities, hops, spots, strict=False)
    )


def _item(entity: Entity, hop: int, spot: tuple[int, int], length: int) -> ChartItem:
    caption = shorten(entity.caption)
    return ChartItem(
        uid=entity.uid,
        type=entity.type,
        kind=entity.kind,
        caption=caption,
        label=cut(visible(caption), length) if caption.strip() else NO_NAME,
        hop=hop,
        x=spot[0],
        y=spot[1],
        properties=clean(entity.properties),
        sources=entity.sources,
        gradings=tuple(grading for grading in entity.gradings if grading),
        rids=entity.rids,
    )


def _inferred(number: int, link: InferredLink) -> ChartLink:
    label = storable(link.label)
    return ChartLink(
        id=f"inferred-{number}", type=INFERRED, label=label, summary=f"{label} (inferred)", source=link.source,
        target=link.target, directed=False, strength=STRENGTHS[-1], count=1, total=None, unit="", valid_from=None,
        valid_to=None, sources=(), gradings=(), details=(), inferred=True, basis=storable(link.basis),
    )  # fmt: skip


def _labels(entities: Iterable[Entity], links: Iterable[Link]) -> list[int]:
    return sorted({label for thing in (*entities, *links) for label in thing.labels})


def _cited(entities: Iterable[Entity], links: Iterable[Link], options: ChartOptions) -> list[RecordView]:
    """Only records behind what is drawn: a caller may hand over more."""
    shown = {rid for thing in (*entities, *links) for rid in thing.rids}
    return [record for record in options.records if record.rid in shown]


def _legend(items: Sequence[ChartItem], lines: Sequence[ChartLink], style: Style) -> tuple[LegendEntry, ...]:
    types = Counter(item.type for item in items)
    kinds = Counter(line.type for line in lines if not line.inferred)
    drawn = Counter(INFERRED if line.inferred else line.strength for line in lines)
    names = {**{name: row.label for name, row in style.lines.items()}, INFERRED: style.inferred.label}
    return (
        *(
            LegendEntry("item", name, row.label, types[name])
            for name, row in style.items.items()
            if types[name]
        ),
        *(LegendEntry("line", name, label, drawn[name]) for name, label in names.items()),
        *(
            LegendEntry("link", name, row.label, kinds[name])
            for name, row in style.links.items()
            if kinds[name]
        ),
    )


def _sources(
    items: Sequence[ChartItem], lines: Sequence[ChartLink], citations: Sequence[Citation]
) -> tuple[SourceEntry, ...]:
    in_items = Counter(source for item in items for source in item.sources)
    in_lines = Counter(source for line in lines for source in line.sources)
    return tuple(
        SourceEntry(name, in_items[name], in_lines[name], tuple(c for c in citations if c.source == name))
        for name in sorted({*in_items, *in_lines})
    )
