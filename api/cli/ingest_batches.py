"""``ocb ingest batches`` and what is done with them: remove, put back, replace, withdraw a whole source."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import emit_json, progress_line, say, table
from api.cli.state import access_context, opened, reason_of, state_of
from api.ingest.shapes import batch_body
from api.ingest.upkeep import require_visible
from graphcore.audit import Operation
from graphcore.evidence.ledger import BATCH, BatchLine
from graphcore.model.ids import IdMaker
from ingest.repair import Replacement, replace_batch

Batch = Annotated[str, typer.Argument(help="Reference of the batch, as `batches` shows it.")]


def register(parent: typer.Typer) -> None:
    """Add the commands to ``ocb ingest``."""
    parent.command()(batches)
    parent.command("remove-batch")(remove_batch)
    parent.command("restore-batch")(restore_batch)
    parent.command("replace-batch")(replace)
    parent.command("remove-source")(remove_source)


def batches(context: typer.Context) -> None:
    """Every load of a file that you may know of: what it brought, what waits, what was refused, whether it stands."""
    state = state_of(context)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        with workspace.audit.entry(who, Operation.CONSULTATION, "ingest.batches", {}) as entry:
            lines = workspace.ledger.view(who).batches()
            entry.done(count=len(lines))
        ids = workspace.ids
    if state.json:
        emit_json({"batches": [batch_body(line, ids) for line in lines]})
        return
    columns = (
        "reference",
        "source",
        "file",
        "loaded at",
        "rows",
        "new",
        "same",
        "waits",
        "refused",
        "mended",
        "state",
    )
    table("batches", columns, [_cells(line, ids) for line in lines])


def _cells(line: BatchLine, ids: IdMaker) -> tuple[object, ...]:
    state = f"{line.state} by {line.removed_by}: {line.reason}" if line.removed_by else line.state
    return (
        ids.reference(BATCH, line.number), line.source, line.file, line.started_at[:16], line.rows, line.loaded, line.unchanged, line.waiting,
        line.refused, line.repaired, state,
    )  # fmt: skip


def remove_batch(context: typer.Context, batch: Batch) -> None:
    """Take out of the graph what a batch alone says, as if never loaded; --reason says why. It can be put back."""
    _change(context, batch, "remove")


def restore_batch(context: typer.Context, batch: Batch) -> None:
    """Put back a batch that was removed; --reason says why."""
    _change(context, batch, "restore")


def _change(context: typer.Context, batch: str, verb: str) -> None:
    state = state_of(context)
    reason = reason_of(state)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        operation = Operation.ERASURE if verb == "remove" else Operation.ALTERATION
        query: dict[str, object] = {"batch": batch, "reason": reason}
        with workspace.audit.entry(who, operation, f"ingest.{verb}", query) as entry:
            view = workspace.ledger.view(who)
            number = require_visible(view, batch).number
            upkeep = workspace.ledger.upkeep
            change = upkeep.remove_batch if verb == "remove" else upkeep.restore_batch
            count = change(number, by=who.subject, reason=reason, labels=view.label_numbers)
            store = workspace.store(state.store.value)
            store.prepare()
            with progress_line(state.json) as progress:
                workspace.projection(store).catch_up(progress)
            entry.done(count=count)
    if state.json:
        emit_json({"batch": batch, "records": count})
    else:
        say(f"batch {batch}: {count:,} records " + ("taken out" if verb == "remove" else "put back"))


def replace(
    context: typer.Context,
    batch: Batch,
    path: Annotated[Path, typer.Argument(help="The file that takes its place, of the same source.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Mapping file, where the source has none.")
    ] = None,
) -> None:
    """Load PATH and remove batch BATCH. If it is stopped between, the old one stands: the same command goes on."""
    state = state_of(context)
    reason = reason_of(state)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        query: dict[str, object] = {"batch": batch, "file": path.name, "reason": reason}
        with workspace.audit.entry(who, Operation.COLLECTION, "ingest.replace", query) as entry:
            view = workspace.ledger.view(who)
            number = require_visible(view, batch).number
            store = workspace.store(state.store.value)
            store.prepare()
            with progress_line(state.json) as progress:
                order = Replacement(number, path, who.subject, reason, mapping, view.label_numbers)
                done = replace_batch(workspace, order, store, progress=progress)
            entry.done(count=done.summary.loaded)
        loaded = [workspace.ids.reference(BATCH, one) for one in done.summary.batches]
    answer = {**done.summary.counts(), "batches": loaded, "withdrawn": done.withdrawn}
    if state.json:
        emit_json(answer)
    else:
        table(
            f"batch {batch} replaced",
            ("what", "count"),
            [(k, v) for k, v in answer.items() if k != "batches"],
        )


def remove_source(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the source, as `batches` shows it.")],
) -> None:
    """Take all that a source said out of the graph. Loading its files, or restoring its batches, puts it back."""
    state = state_of(context)
    reason = reason_of(state)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        query: dict[str, object] = {"source": name, "reason": reason}
        with workspace.audit.entry(who, Operation.ERASURE, "ingest.remove-source", query) as entry:
            count = workspace.ledger.withdraw_source(name, by=who.subject, reason=reason)
            store = workspace.store(state.store.value)
            store.prepare()
            workspace.projection(store).catch_up()
            entry.done(count=count)
    if state.json:
        emit_json({"source": name, "records": count})
    else:
        say(f"{name}: {count:,} records taken out")
