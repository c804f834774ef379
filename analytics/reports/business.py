"""A business-chain report as values: the chain, its plain-words summary, and the records it rests on, under one seal."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

from analytics.business.model import BusinessChain
from analytics.reports.business_summary import summarise
from analytics.reports.paper import (
    Citation,
    GradeKey,
    Paper,
    Seal,
    cite,
    grade_keys,
    handling_keys,
    make_paper,
    seal,
    sealed_document,
)
from analytics.reports.wording import load_wording
from graphcore.evidence.ledger.values import RecordView
from graphcore.store.port import GraphView

FORMAT = "ocb-business-chain"


@dataclass(frozen=True, slots=True)
class IndicatorNote:
    """Something that the platform computed about one entity: its name, what it says, and on what it rests."""

    uid: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """``made_at`` is the clock (aware UTC); ``records`` are those of ``chain.rids``, read for the same context."""

    made_at: datetime
    title: str = ""
    operation: str = ""
    records: tuple[RecordView, ...] = ()
    indicators: tuple[IndicatorNote, ...] = ()


@dataclass(frozen=True, slots=True)
class BusinessReport:
    """The report. ``missing`` is the number of records of the chain that were not handed over to be listed."""

    seal: Seal
    paper: Paper
    chain: BusinessChain
    names: Mapping[str, str]
    summary: tuple[str, ...]
    indicators: tuple[IndicatorNote, ...]
    citations: tuple[Citation, ...]
    missing: int
    grade_keys: tuple[GradeKey, ...]
    handling_keys: tuple[tuple[str, str], ...]
    withheld: str
    handling_statement: str

    def content(self) -> dict[str, object]:
        """Everything but the seal: what the seal is taken over."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "seal"}


def build_report(view: GraphView, chain: BusinessChain, options: ReportOptions) -> BusinessReport:
    """The report of a chain that was read through ``view``.

    Raises:
        ReportError: no purpose, or a label that the view does not allow.
    """
    wanted = set(chain.rids)
    citations = cite(record for record in options.records if record.rid in wanted)
    names = {node.uid: node.caption for node in chain.nodes}
    title = options.title or f"Business chain: {names[chain.subject]}"
    wording = load_wording()
    report = BusinessReport(
        seal=Seal("", ""),
        paper=make_paper(view, chain.labels, title, options.operation, options.made_at),
        chain=chain,
        names=names,
        summary=summarise(chain),
        indicators=options.indicators,
        citations=citations,
        missing=len(wanted) - len(citations),
        grade_keys=grade_keys(_gradings(chain)),
        handling_keys=handling_keys(citations),
        withheld=wording.withheld,
        handling_statement=wording.handling_statement,
    )
    return replace(report, seal=seal("BR", report.content()))


def _gradings(chain: BusinessChain) -> set[str]:
    things = [*(node.entity for node in chain.nodes), *(link.link for link in chain.links)]
    return {grading for thing in things if thing for grading in thing.gradings if grading}


def render_report_json(report: BusinessReport) -> bytes:
    """``{"format","version","id","sha256","content"}``; ``content`` holds the fields of :class:`BusinessReport`."""
    return sealed_document(FORMAT, report.content(), report.seal)
