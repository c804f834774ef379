"""``ocb identity``: who is who. A run judges, can be undone by its name, and is measured against a truth file."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, cast

import typer

from analytics.resolution.evaluate import evaluate as evaluate_truth
from api.cli.output import emit_json, progress_line, say, table
from api.cli.state import access_context, consulting, current_store, opened, state_of
from api.identity.service import run_identity, undo_identity
from graphcore.identity.book import IdentityBook

group = typer.Typer(help="Identity: resolve, undo, evaluate.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="identity")


@group.command()
def run(context: typer.Context) -> None:
    """Compare what the sources say of people, businesses, vehicles, phones and accounts, and join the same ones.

    Joining is combination (DPA 2018 s.62): the run stands in the audit log, and `ocb identity undo` takes it back.
    """
    state = state_of(context)
    with opened(state) as workspace:
        store = current_store(state, workspace)
        with progress_line(state.json) as progress:
            done = run_identity(workspace, store, access_context(state, workspace), progress)
    summary = {name: asdict(figures) for name, figures in done.by_type.items()}
    if state.json:
        emit_json(
            {"run": done.run, "judgements": done.judgements, "moved": asdict(done.moved), "by_type": summary}
        )
        return
    rows = [
        (n, f["records"], f["compared"], f["clusters"], f["same"], f["unsure"]) for n, f in summary.items()
    ]
    table(f"run {done.run}", ("type", "records", "pairs compared", "entities", "joined", "for review"), rows)
    say(f"{done.moved.origins:,} records moved; take the run back with: ocb identity undo {done.run}")


@group.command()
def undo(
    context: typer.Context, run_id: Annotated[str, typer.Argument(metavar="RUN", help="Name of the run.")]
) -> None:
    """Take a run back: entities are then as the other judgements make them."""
    state = state_of(context)
    with opened(state) as workspace:
        store = current_store(state, workspace)
        moved = undo_identity(workspace, store, access_context(state, workspace), run_id)
    if state.json:
        emit_json({"run": run_id, "undone": True, "moved": asdict(moved)})
    else:
        say(f"run {run_id} undone: {moved.origins:,} records moved back")


@group.command()
def evaluate(
    context: typer.Context,
    truth: Annotated[
        Path,
        typer.Option("--truth", exists=True, dir_okay=False, help="source,record_id,entity_type,entity_id"),
    ],
) -> None:
    """How well the entities fit a known truth: pairs and B-cubed, by entity type."""
    state = state_of(context)
    with (
        opened(state) as workspace,
        consulting(state, workspace, "identity.evaluate", {"truth": truth.name}) as read,
    ):
        figures = evaluate_truth(truth, read.evidence, IdentityBook(workspace.ledger).standing())
        read.entry.done(count=len(figures))
    if state.json:
        emit_json(figures)
        return
    table(truth.name, ("type", "measure", "precision", "recall", "F1"), _rows(figures))


def _rows(figures: dict[str, dict[str, object]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for name, by_measure in figures.items():
        for measure in ("pairs", "bcubed"):
            values = cast("dict[str, float]", by_measure[measure])
            rows.append((name, measure, values["precision"], values["recall"], values["f1"]))
    return rows
