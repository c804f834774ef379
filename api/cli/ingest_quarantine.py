"""``ocb ingest quarantine``: refused rows listed, exported, corrected and tried again."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.errors import CommandError
from api.cli.output import emit_json, progress_line, say, table
from api.cli.state import access_context, opened, reason_of, state_of
from api.ingest.shapes import refused_body
from api.ingest.upkeep import wanted_rows
from graphcore.access import AccessContext
from graphcore.audit import Operation
from graphcore.evidence.ledger import BATCH, REFUSED_ROW, RefusedFilter, RefusedRow
from graphcore.workspace import Workspace
from ingest.repair import (
    ExportForm,
    Retry,
    RetrySummary,
    as_text,
    corrected_rows,
    corrections_from,
    headers_of,
    retry,
    set_fields,
)

group = typer.Typer(help="Refused rows: list, export, correct, try again.", invoke_without_command=True)
Batch = Annotated[
    str | None,
    typer.Option("--batch", help="Only of the batch of this reference, as `ocb ingest batches` shows it."),
]
File = Annotated[str | None, typer.Option("--file", help="Only of the file of this name.")]
Word = Annotated[
    str | None, typer.Option("--refused-for", help="Only where the reason of the refusal holds these words.")
]
MOST = 1_000_000
Limit = Annotated[int, typer.Option("--limit", min=1, max=100_000)]
Numbers = Annotated[
    list[str] | None, typer.Option("--row", help="Reference of a refused row, as `list` shows it.")
]


def register(parent: typer.Typer) -> None:
    """Add the group to ``ocb ingest``."""
    parent.add_typer(group, name="quarantine")


@group.callback()
def quarantine(context: typer.Context, limit: Limit = 50) -> None:
    """Refused rows: list (as without a word), export, fix, retry."""
    if context.invoked_subcommand is None:
        list_rows(context, limit=limit)


@group.command("list")
def list_rows(
    context: typer.Context, batch: Batch = None, file: File = None, reason: Word = None, limit: Limit = 50
) -> None:
    """The rows that are still refused and that you may see, with file, row, field and reason."""
    state = state_of(context)
    with opened(state) as workspace:
        ids = workspace.ids
        wanted = wanted_rows(ids, batch, file=file, reason=reason)
        who = access_context(state, workspace)
        query: dict[str, object] = {"batch": batch, "file": file, "reason": reason}
        with workspace.audit.entry(who, Operation.CONSULTATION, "ingest.quarantine", query) as entry:
            view = workspace.ledger.view(who)
            rows, reasons = view.refused(wanted, limit=limit), view.refused_reasons(wanted)
            entry.done(count=len(rows))
    counts = [{"field": f, "reason": r, "rows": n} for f, r, n in reasons]
    total = sum(count for _, _, count in reasons)
    if state.json:
        emit_json({"total": total, "reasons": counts, "rows": [refused_body(row, ids) for row in rows]})
        return
    lines = [
        (
            ids.reference(REFUSED_ROW, row.number), ids.reference(BATCH, row.batch), row.file, row.row, row.field,
            row.reason, row.attempts, _corrected(row),
        )
        for row in rows
    ]  # fmt: skip
    table(f"{total:,} rows are refused", ("field", "reason", "rows"), reasons)
    columns = ("reference", "batch", "file", "row", "field", "reason", "tried", "corrected")
    table("quarantine", columns, lines)
    if total > len(rows):
        say(f"{total - len(rows):,} more: give --limit, --batch, --file or --refused-for")


@group.command()
def export(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; standard output where left out.")
    ] = None,
    form: Annotated[
        ExportForm, typer.Option("--format", help="csv for a spreadsheet, or jsonl.")
    ] = ExportForm.CSV,
    batch: Batch = None,
    file: File = None,
    reason: Word = None,
) -> None:
    """Write refused rows with their columns as received, to be corrected and given back with `fix --from`."""
    state = state_of(context)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        query: dict[str, object] = {"batch": batch, "file": file, "reason": reason, "form": form.value}
        with workspace.audit.entry(who, Operation.CONSULTATION, "ingest.quarantine.export", query) as entry:
            rows = workspace.ledger.view(who).refused(
                wanted_rows(workspace.ids, batch, file=file, reason=reason), limit=MOST
            )
            text = as_text(rows, headers_of(workspace, rows), form, workspace.ids)
            entry.done(count=len(rows))
    if out is None:
        sys.stdout.write(text)
        return
    try:
        with out.open("x", encoding="utf-8-sig" if form is ExportForm.CSV else "utf-8", newline="") as made:
            made.write(text)
    except OSError as error:
        raise CommandError(
            f"{out.name} cannot be written ({error.strerror}): name a file that is not there yet"
        ) from error
    if state.json:
        emit_json({"rows": len(rows), "file": out.name})
    else:
        say(
            f"{len(rows):,} rows in {out.name}: correct them and give it back with `ocb ingest quarantine fix --from`"
        )


@group.command()
def fix(
    context: typer.Context,
    corrected: Annotated[
        Path | None, typer.Option("--from", help="A corrected file that was exported before.")
    ] = None,
    row: Annotated[str | None, typer.Option("--row", help="Reference of one refused row.")] = None,
    given: Annotated[list[str] | None, typer.Option("--set", help="field=value; may be given again.")] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", help="Try under this mapping.")] = None,
) -> None:
    """Correct refused rows and try them again; --reason says why. The original stays, with who corrected what and when."""
    state = state_of(context)
    why = reason_of(state)
    changes = _changes(corrected, row, given)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        query: dict[str, object] = {"rows": sorted(changes)[:100], "why": why}
        with workspace.audit.entry(who, Operation.ALTERATION, "ingest.quarantine.fix", query) as entry:
            made = corrections_from(workspace.ledger.view(who), workspace, changes)
            workspace.ledger.upkeep.correct(made, by=who.subject, reason=why)
            entry.done(count=len(made))
        numbers = tuple(one.quarantine for one in made)
        found = RetrySummary()
        if numbers:
            order = Retry(who, why, RefusedFilter(numbers=numbers), mapping)
            found = _retry(context, workspace, order)
    _say(context, found, corrected=len(made), unchanged_rows=len(changes) - len(made))


@group.command("retry")
def retry_rows(
    context: typer.Context,
    batch: Batch = None,
    reason: Word = None,
    rows: Numbers = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", help="Try under this mapping.")] = None,
) -> None:
    """Try refused rows again under the present mapping; those that load are marked as repaired."""
    state = state_of(context)
    why = state.reason or "the mapping or a word list has changed"
    with opened(state) as workspace:
        who = access_context(state, workspace)
        wanted = wanted_rows(workspace.ids, batch, reason=reason, rows=rows or ())
        found = _retry(context, workspace, Retry(who, why, wanted, mapping))
    _say(context, found)


def _retry(context: typer.Context, workspace: Workspace, order: Retry) -> RetrySummary:
    state = state_of(context)
    who: AccessContext = order.who
    query: dict[str, object] = {
        "batch": workspace.ids.reference(BATCH, order.wanted.batch) if order.wanted.batch else None,
        "rows": [workspace.ids.reference(REFUSED_ROW, one) for one in order.wanted.numbers[:100] if one],
        "why": order.reason,
    }
    with workspace.audit.entry(who, Operation.COLLECTION, "ingest.quarantine.retry", query) as entry:
        store = workspace.store(state.store.value)
        store.prepare()
        with progress_line(state.json) as progress:
            found = retry(workspace, order, store, progress=progress)
        entry.done(count=found.loaded)
    return found


def _changes(corrected: Path | None, row: str | None, given: list[str] | None) -> dict[str, dict[str, str]]:
    if (corrected is None) == (row is None) or (row is not None and not given):
        raise CommandError("give either --from FILE, or --row REFERENCE with --set field=value")
    return corrected_rows(corrected) if corrected is not None else {row or "": set_fields(given or [])}


def _say(context: typer.Context, found: RetrySummary, **more: int) -> None:
    answer = {
        **more, "tried": found.tried, "repaired": found.repaired, "refused": found.refused, "loaded": found.loaded,
        "unchanged": found.unchanged,
    }  # fmt: skip
    if state_of(context).json:
        emit_json(answer)
        return
    table("repair", ("what", "count"), list(answer.items()))
    if found.refused:
        say("some rows are refused again: `ocb ingest quarantine list` shows the new reasons")


def _corrected(row: RefusedRow) -> str:
    return "yes" if row.correction is not None else ""
