"""A business-chain report as one HTML file: read on a screen, printed with its marking on every page, no script inside."""

from collections.abc import Mapping

from analytics.reports.business import BusinessReport
from analytics.reports.business_rows import Rows
from analytics.reports.chart_html import mark
from analytics.reports.html import page, resource, running_foot
from analytics.reports.ownership_svg import CONTROLS, ENDED, OTHER, OWNS, render_ownership
from analytics.reports.sheet import facts
from analytics.reports.style import load_style
from analytics.reports.svg import picture, tag
from analytics.reports.wording import load_wording

_LINES = (
    (OWNS, "", 3.0, "owns"), (CONTROLS, "", 1.8, "controls"), (OTHER, "", 1.8, "other"),
    (OWNS, "2 5", 2.0, "indirect, unknown, or share not stated"), (OWNS, "", 7.0, "thicker: larger share"),
    (ENDED, "", 1.8, "ended"),
)  # fmt: skip


def render_report_html(report: BusinessReport) -> str:
    """The page."""
    chain = report.chain
    rows = Rows(report, {citation.rid: citation.number for citation in report.citations})
    style = load_style()
    values: dict[str, object] = {
        "report": report,
        "facts": facts(report.paper),
        "drawn_for": chain.on,
        "chart": render_ownership(chain),
        "line_key": [(_sample(colour, dash, width), words) for colour, dash, width, words in _LINES],
        "owners": [rows.interest(one) for one in chain.owners],
        "interests": [rows.interest(one) for one in chain.interests],
        "officers": [rows.officer(one) for one in chain.officers],
        "shared": [rows.shared(one) for one in chain.shared],
        "groups": [rows.group(one) for one in chain.groups],
        "money_rows": [rows.money(one) for one in chain.money],
        "relations": _relations(report, rows),
        "phoenix": [
            {
                "earlier": rows.thing(one.earlier), "later": rows.thing(one.later), "reasons": one.reasons,
                "references": rows.references(one.lids),
            }
            for one in chain.phoenix
        ],
        "indicators": [(rows.thing(one.uid), one) for one in report.indicators],
        "gaps": [(rows.thing(one.uid), one) for one in chain.gaps],
        "about": rows.about(),
        "marks": {name: mark(name, style) for name in style.items},
        "computed": load_wording().computed,
        "truncated": load_wording().truncated,
    }  # fmt: skip
    styles = (resource("paper.css"), resource("business.css"), running_foot(report.seal))
    return page("business.html.j2", styles, (), values)


def _relations(report: BusinessReport, rows: Rows) -> list[tuple[str, list[Mapping[str, object]]]]:
    chain = report.chain
    named = (
        ("Franchise", chain.franchise),
        ("Supply and partners", chain.supply),
        ("Workforce", chain.workforce),
    )
    return [(title, [rows.relation(lid) for lid in lids]) for title, lids in named if lids]


def _sample(colour: str, dash: str, width: float) -> str:
    line: dict[str, str | float] = {
        "x1": 0,
        "y1": 6,
        "x2": 40,
        "y2": 6,
        "stroke": colour,
        "stroke-width": width,
    }
    return picture(40, 12, "line", [tag("line", {**line, "stroke-dasharray": dash} if dash else line)])
