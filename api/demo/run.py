"""The main job, once: make the city, load it, resolve it, ask it, draw the chart and write the report."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from analytics.resolution.evaluate import evaluate
from api.charts import service as charts
from api.charts.schemas import ChartIn
from api.demo.findings import findings
from api.demo.truth import Finding, Truth
from api.identity.service import run_identity
from api.outputs.service import Output, keep, made_now
from api.read import Read
from api.reports import service as reports
from graphcore.access import AccessContext
from graphcore.audit import Operation
from graphcore.identity.book import IdentityBook
from graphcore.schema import LinkType
from graphcore.workspace import StoreName, Workspace
from ingest.demo.generate import generate
from ingest.demo.load import load_demo
from ingest.pipeline import LoadSummary, Progress

CHART, REPORT = "demo-chart.html", "demo-report.html"
SUBJECT_GROUP = "OCG-2"
BUSINESS_LINKS = (
    LinkType.MEMBER_OF,
    LinkType.OFFICER_OF,
    LinkType.PSC_OF,
    LinkType.OWNS,
    LinkType.CONTROLS,
    LinkType.FRANCHISE_OF,
    LinkType.SUPPLIES,
    LinkType.ASSOCIATE_OF,
)


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What was done and found, and where chart and report lie."""

    loads: Mapping[str, LoadSummary]
    findings: tuple[Finding, ...]
    entities: int
    links: int
    chart: Path
    report: Path
    seconds: float

    def as_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "entities": self.entities,
            "links": self.links,
            "seconds": round(self.seconds, 1),
            "chart": str(self.chart),
            "report": str(self.report),
            "findings": [asdict(finding) for finding in self.findings],
            "found": sum(finding.ok for finding in self.findings),
            "planted": len(self.findings),
        }


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """``scale`` 1 is about 20,000 entities and 100,000 links; equal seeds make equal cities."""

    store: StoreName = "embedded"
    seed: int = 2026
    scale: float = 1.0


def run_demo(
    workspace: Workspace, who: AccessContext, options: DemoOptions, progress: Progress
) -> DemoResult:
    """Do everything; doing it again in the same workspace adds nothing and draws the pictures anew."""
    start = time.monotonic()
    folder = workspace.folder / "demo-sources"
    progress("inventing a city", 0, None)
    generate(folder, seed=options.seed, scale=options.scale)
    store = workspace.store(options.store)
    store.prepare()
    with workspace.audit.entry(who, Operation.COLLECTION, "demo.load", {"seed": options.seed}) as entry:
        loads = load_demo(workspace, folder, store=store, progress=progress)
        entry.done(count=sum(summary.loaded for summary in loads.values()))
    run_identity(workspace, store, who, progress)
    progress("asking for what was planted", 0, None)
    with workspace.audit.entry(who, Operation.CONSULTATION, "demo.ask", {}) as entry:
        read = Read(who, store.view(who), entry, lambda: workspace.ledger.view(who))
        truth = Truth.read(folder, read.view, read.evidence)
        figures = evaluate(folder / "truth.csv", read.evidence, IdentityBook(workspace.ledger).standing())
        refused = sum(summary.quarantined for summary in loads.values())
        waiting = sum(batch.counts.waiting for batch in workspace.ledger.batches())
        found = findings(truth, refused, waiting, figures)
        chart = _chart(workspace, read, truth)
        report = _report(workspace, read, truth)
        counts = read.view.counts()
    return DemoResult(loads, found, counts.entities, counts.links, chart, report, time.monotonic() - start)


def _chart(workspace: Workspace, read: Read, truth: Truth) -> Path:
    group = truth.group(SUBJECT_GROUP)
    uid = min(truth.uids("OrganisedCrimeGroup", [group["reference"]]))
    now = datetime.now(UTC)
    asked = ChartIn(
        uids=[uid], hops=2, limit=150, link_types=list(BUSINESS_LINKS), title=f"{group['name']} as a business"
    )
    made = charts.chart(read, asked, now)
    output = Output(CHART, asked.title, "chart", uid, str(made.paper.marking), made_now(now))
    return keep(workspace.folder, output, charts.render(made, "html"), read.context)


def _report(workspace: Workspace, read: Read, truth: Truth) -> Path:
    uid = truth.business(truth.planted["franchise"]["franchisor"])
    now = datetime.now(UTC)
    made = reports.business(read, uid, now)
    output = Output(REPORT, made.paper.title, "report", uid, str(made.paper.marking), made_now(now))
    return keep(workspace.folder, output, reports.render(made, "html"), read.context)
