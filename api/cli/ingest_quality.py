"""``ocb ingest quality``: what is missing, damaged, unlikely or twice in a batch, and which time it covers."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.errors import CommandError
from api.cli.output import emit_json, say, table
from api.cli.state import access_context, opened, state_of
from api.ingest.quality_page import page
from api.ingest.shapes import batch_body
from api.page import bar_text
from graphcore.audit import Operation
from graphcore.evidence.ledger import BATCH
from ingest.quality import QualityReport, quality_of
from ingest.quality.findings import Period, Place, Unlikely


def register(parent: typer.Typer) -> None:
    """Add the command to ``ocb ingest``."""
    parent.command()(quality)


def quality(
    context: typer.Context,
    batch: Annotated[str, typer.Argument(help="Reference of the batch, as `batches` shows it.")],
    out: Annotated[Path | None, typer.Option("--html", help="Write it as a page to this file.")] = None,
) -> None:
    """How good a batch is, of what you may see of it: counts and shares with the first rows to look at."""
    state = state_of(context)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        with workspace.audit.entry(who, Operation.CONSULTATION, "ingest.quality", {"batch": batch}) as entry:
            report = quality_of(workspace, who, workspace.ids.number(BATCH, batch))
            entry.done(count=report.records)
        ids = workspace.ids
    if out is not None:
        try:
            with out.open("x", encoding="utf-8") as made:
                made.write(page(report, ids))
        except OSError as error:
            raise CommandError(f"{out.name} cannot be written ({error.strerror}): name a new file") from error
    if state.json:
        emit_json({"batch": batch_body(report.batch, ids), **report.body()})
        return
    _show(report, batch)


def _show(report: QualityReport, reference: str) -> None:
    batch = report.batch
    say(f"batch {reference}: {batch.source}, {batch.file}, {report.records:,} records read")
    gaps = [one for one in report.missing if one.missing or one.omitted]
    rows = [(one.type, one.name, one.records, one.missing, one.omitted, _share(one.share)) for one in gaps]
    table("missing", ("type", "property", "records", "empty", "not usable", "share"), rows)
    damaged = [(one.field, one.reason, one.rows, _share(one.share)) for one in report.damaged]
    table("damaged (refused rows)", ("field", "reason", "rows", "share"), damaged)
    columns = ("what", "of", "count", "looked at", "share", "first rows")
    table("unlikely", columns, [_line(one) for one in report.unlikely])
    table("twice", columns, [_line(one) for one in report.duplicates])
    covered = report.coverage
    if covered.dated:
        say(
            f"{covered.dated:,} dated, {covered.undated:,} without a date; from {covered.first} to {covered.last}"
        )
        _bars("by month", covered.periods)
        _bars("by weekday", covered.weekdays)
        _bars("by hour (UTC)", covered.hours)


def _bars(title: str, periods: tuple[Period, ...]) -> None:
    if periods:
        most = max(period.count for period in periods)
        rows = [(one.name, one.count, bar_text(one.count, most), "gap" if one.gap else "") for one in periods]
        table(title, ("", "records", "", ""), rows)


def _line(one: Unlikely) -> tuple[object, ...]:
    return (one.check, one.about, one.count, one.of, _share(one.share), ", ".join(map(_place, one.examples)))


def _place(place: Place) -> str:
    return f"{place.file} {place.row}"


def _share(share: float) -> str:
    return f"{share:.1%}"
