"""A business-chain report of what the reader may see."""

from datetime import datetime

from analytics.business import business_chain
from analytics.reports.business import BusinessReport, ReportOptions, build_report, render_report_json
from analytics.reports.business_html import render_report_html
from api.documents import Form
from api.entities.service import must
from api.read import Read


def business(read: Read, uid: str, made_at: datetime, on: datetime | None = None) -> BusinessReport:
    """The report around one business, person or group.

    Raises:
        ProblemError: it does not exist for this reader.
        SubjectError: it is of a type that has no business chain.
    """
    must(read, uid)
    chain = business_chain(read.view, uid, on=on)
    purpose = read.context.purpose
    options = ReportOptions(
        made_at=made_at,
        operation=purpose.operation if purpose else "",
        records=read.evidence.records(chain.rids),
    )
    shown = [node.uid for node in chain.nodes if node.entity is not None]
    read.entry.done(count=len(chain.nodes) + len(chain.links), shown=shown)
    return build_report(read.view, chain, options)


def render(report: BusinessReport, form: Form) -> bytes | str:
    """The report in one of its forms."""
    return render_report_html(report) if form == "html" else render_report_json(report)
