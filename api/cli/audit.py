"""``ocb audit``: whether the log is whole, what is in it, how the platform is used, and what is unusual in that."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import orjson
import typer

from api.answers import json_line
from api.cli.audit_alerts import alerts, settle
from api.cli.errors import CommandError
from api.cli.output import emit_json, say, table
from api.cli.state import CliState, access_context, opened, operator_of, state_of
from api.trail.shapes import BY, row_body, usage_body
from api.trail.usage_page import usage_page
from graphcore.audit import AuditEntry, Checkpoint, Operation, RowFilter
from graphcore.audit.usage import usage
from graphcore.workspace import Workspace

group = typer.Typer(help="The audit log: verify, search, export, report, alerts.", no_args_is_help=True)
Since = Annotated[
    datetime | None, typer.Option("--since", help="UTC, for example 2026-03-01 or 2026-03-01T09:30:00.")
]
Until = Annotated[datetime | None, typer.Option("--until", help="Not included.")]


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    group.command()(alerts)
    group.command()(settle)
    app.add_typer(group, name="audit")


@contextmanager
def _logged(
    state: CliState, action: str, query: dict[str, object]
) -> Generator[tuple[Workspace, AuditEntry]]:
    """The workspace, with the row that the log is being read."""
    with opened(state) as workspace:
        who = access_context(state, workspace)
        with workspace.audit.entry(who, Operation.ACCESS, action, query) as entry:
            yield workspace, entry


@group.command()
def verify(
    context: typer.Context,
    copies: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", help="A copy of a checkpoint kept elsewhere; may be given again."),
    ] = None,
) -> None:
    """Check the whole chain against its signed checkpoints; ends with code 1 where something is wrong."""
    state = state_of(context)
    with opened(state) as workspace:
        log = workspace.audit_for_proof()
        kept: list[Checkpoint] = [
            one for path in copies or () for one in log.parse_checkpoints(path.read_bytes())
        ]
        report = log.verify(kept)
        if report.sound:
            with workspace.audit.entry(operator_of(workspace), Operation.ACCESS, "audit.verify", {}) as entry:
                entry.done(count=report.rows)
    if state.json:
        emit_json(
            {
                "ok": report.sound,
                "rows": report.rows,
                "problems": list(report.problems),
                "unknown_outcome": len(report.unknown_outcomes),
                "checkpoint": orjson.loads(log.checkpoint_line()) if report.sound else None,
            }
        )
    else:
        say(
            f"{report.rows:,} rows, "
            + ("chain verified" if report.sound else "DAMAGED: " + "; ".join(report.problems))
        )
        if report.unknown_outcomes:
            say(f"unknown outcome (killed in between): {', '.join(report.unknown_outcomes[:20])}")
        if report.sound:
            say(f"keep this line on another machine: {log.checkpoint_line().decode().strip()}")
    if not report.sound:
        raise typer.Exit(1)


@group.command()
def search(  # noqa: PLR0913, PLR0917  (an option of the command each)
    context: typer.Context,
    subject: Annotated[str, typer.Option("--subject")] = "",
    operation: Annotated[Operation | None, typer.Option("--operation")] = None,
    action: Annotated[str, typer.Option("--action", help="For example entity.read.")] = "",
    entity: Annotated[str, typer.Option("--entity", help="Id asked for or shown.")] = "",
    recipient: Annotated[str, typer.Option("--recipient", help="Of a disclosure.")] = "",
    asked: Annotated[str, typer.Option("--asked", help="Part of the wording of a question.")] = "",
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 100,
) -> None:
    """Rows of the log with the wording of questions; the search is itself in the log."""
    state = state_of(context)
    where = RowFilter(
        subject=subject, operation=operation or "", action=action, entity=entity, recipient=recipient, asked=asked,
        since=_utc(since), until=_utc(until),
    )  # fmt: skip
    with _logged(state, "audit.read", dict(where.given())) as (workspace, entry):
        rows = workspace.audit.rows(0, limit, _of_others(workspace, where))
        found = [row_body(workspace.audit, row) for row in rows]
        entry.done(count=len(found))
    if state.json:
        emit_json({"rows": found})
        return
    columns = (
        "seq",
        "at",
        "phase",
        "operation",
        "action",
        "subject",
        "reason",
        "question",
        "status",
        "count",
    )
    table(f"{len(found):,} rows", columns, [[str(row[name]) for name in columns] for row in found])


@group.command()
def export(
    context: typer.Context,
    out: Annotated[
        Path, typer.Argument(help="File to write, one row a line (NDJSON); must not be there yet.")
    ],
    subject: Annotated[str, typer.Option("--subject")] = "",
    since: Since = None,
    until: Until = None,
) -> None:
    """Rows into a file, with the signed end of the log in its last line."""
    state = state_of(context)
    if out.exists():
        raise CommandError(f"{out} is there already: name another file")
    where = RowFilter(subject=subject, since=_utc(since), until=_utc(until))
    with _logged(state, "audit.export", dict(where.given())) as (workspace, entry):
        with out.open("xb") as file:
            out.chmod(0o600)
            for row in workspace.audit.each_row(0, _of_others(workspace, where)):
                file.write(json_line(row_body(workspace.audit, row)))
                entry.count += 1
            end = {
                "end": True,
                "rows": entry.count,
                "checkpoint": orjson.loads(workspace.audit.checkpoint_line()),
            }
            file.write(json_line(end))
        rows = entry.count
    if state.json:
        emit_json({"out": str(out), "rows": rows})
    else:
        say(f"{out}: {rows:,} rows")


@group.command()
def report(
    context: typer.Context,
    since: Since = None,
    until: Until = None,
    out: Annotated[Path | None, typer.Option("--out", help="An .html file to write.")] = None,
) -> None:
    """How the platform is used: entries and hit rates by subject, purpose, operation, action and day. No content."""
    state = state_of(context)
    end = _utc(until) or datetime.now(UTC)
    start = _utc(since) or end - timedelta(days=30)
    with _logged(state, "audit.usage", {"since": start, "until": end}) as (workspace, entry):
        found = usage(workspace.audit, start, end)
        entry.done(count=len(found.uses))
    if out is not None:
        out.write_text(usage_page(found), encoding="utf-8")
    if state.json:
        emit_json({**usage_body(found), "out": str(out) if out else None})
        return
    for name, key in BY.items():
        rows = [
            (total.name, total.asked, total.hits, "" if total.hit_rate is None else f"{total.hit_rate:.0%}")
            for total in found.totals(key)
        ]
        table(f"by {name}", (name, "entries", "hits", "hit rate"), rows)


def _of_others(workspace: Workspace, where: RowFilter) -> RowFilter:
    """Where the settings tell several users apart, nobody reads their own rows."""
    return where.but(operator_of(workspace).subject) if workspace.settings.users else where


def _utc(given: datetime | None) -> datetime | None:
    return given.replace(tzinfo=UTC) if given is not None and given.tzinfo is None else given
