"""The quality report as one page: tables and bars, everything escaped, nothing fetched, no script."""

from collections.abc import Sequence
from html import escape

from api.page import Cell, bar, histogram, table
from api.page import page as html_page
from graphcore.evidence.ledger import BATCH
from graphcore.model.ids import IdMaker
from ingest.quality import QualityReport
from ingest.quality.findings import Coverage, Unlikely


def page(report: QualityReport, ids: IdMaker) -> str:
    """A whole HTML document."""
    batch = report.batch
    title = f"Data quality of batch {ids.reference(BATCH, batch.number)}"
    facts: list[Sequence[Cell]] = [
        ("source", batch.source), ("file", batch.file), ("loaded at", batch.started_at), ("rows", batch.rows),
        ("records loaded", batch.loaded), ("unchanged", batch.unchanged), ("waiting for an end", batch.waiting),
        ("rows refused", batch.refused), ("rows repaired", batch.repaired), ("state", batch.state),
    ]  # fmt: skip
    missing = [
        (one.type, one.name, one.records, one.missing, one.omitted, bar(one.share), one.share)
        for one in report.missing
    ]
    damaged = [(one.field, one.reason, one.rows, bar(one.share), one.share) for one in report.damaged]
    parts = [
        table("The batch", ("what", ""), facts),
        table(
            "Missing values",
            ("type", "property", "records", "empty", "not usable", "share", ""),
            missing,
        ),
        table("Damaged: rows refused", ("field", "reason", "rows", "share", ""), damaged),
        table("Unlikely", _FOUND, map(_found, report.unlikely)),
        table("Twice", _FOUND, map(_found, report.duplicates)),
        *_coverage(report.coverage),
    ]
    note = (
        "Counts are of what the reader may see. Rows named are the first of their kind. Unlikely is not wrong: look at the "
        "rows before anything is changed. Bars with a mark are gaps: nothing, or a tenth of what is usual."
    )
    return html_page(title, note, parts)


_FOUND = ("what", "of", "count", "looked at", "share", "", "first rows")


def _found(one: Unlikely) -> Sequence[Cell]:
    places = ", ".join(f"{place.file} {place.row}" for place in one.examples)
    return (one.check, one.about, one.count, one.of, bar(one.share), one.share, places)


def _coverage(covered: Coverage) -> list[str]:
    if not covered.dated:
        return ["<h2>Time covered</h2><p>No record names a time.</p>"]
    said = f"{covered.dated:,} dated, {covered.undated:,} without a date; from {covered.first} to {covered.last}."
    return [
        f"<h2>Time covered</h2><p>{escape(said)}</p>",
        histogram("By month or year", covered.periods),
        histogram("By weekday", covered.weekdays),
        histogram("By hour of the day (UTC)", covered.hours),
    ]
