"""The usage report as one page for supervisors: counts alone, nothing of any record or question."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.page import Cell, bar, histogram, page, table
from api.trail.shapes import BY
from graphcore.audit.usage import Total, UsageReport

_NOTE = (
    "Counts of the audit log's own rows: who asked, why, for which operation, on which day (UTC). A hit is an answer that "
    "held something; the hit rate is of what was answered or not found. Nothing of any record or question is in here."
)
_MOST = 200


@dataclass(frozen=True, slots=True)
class _Day:
    name: str
    count: int
    gap: bool = False


def usage_page(report: UsageReport) -> str:
    """A whole HTML document."""
    days = sorted(report.totals(BY["day"]), key=lambda total: total.name)
    facts: list[Sequence[Cell]] = [
        ("from", report.since), ("until before", report.until), ("entries", report.asked),
        ("never closed", sum(use.unknown for use in report.uses)),
        ("disclosures", sum(use.asked for use in report.uses if use.operation == "disclosure")),
    ]  # fmt: skip
    parts = [
        table("The time", ("what", ""), facts),
        histogram("Entries by day", [_Day(d.name, d.asked) for d in days]),
    ]
    parts += [_totals(f"By {name}", report.totals(key)) for name, key in BY.items()]
    events = [(action, status, count) for (action, status), count in report.events.items()]
    parts.append(table("Sign-ins, refusals, alerts and the like", ("event", "ended", "count"), events))
    return page("Use of the platform", _NOTE, parts)


def _totals(caption: str, totals: Sequence[Total]) -> str:
    most = max((total.asked for total in totals), default=0)
    rows: list[Sequence[Cell]] = [
        (
            total.name,
            total.asked,
            bar(total.asked / most),
            total.hits,
            "" if total.hit_rate is None else total.hit_rate,
        )
        for total in totals[:_MOST]
    ]
    more = f" (the first {_MOST} of {len(totals):,})" if len(totals) > _MOST else ""
    return table(caption + more, ("", "entries", "", "hits", "hit rate"), rows)
