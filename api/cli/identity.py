"""``ocb identity``: who is who. A run judges, can be undone by its name, and is measured against a truth file."""

from dataclasses import asdict
from typing import Annotated

import typer

from analytics.resolution.run import TYPES
from api.cli import identity_entity, identity_evaluate, identity_review
from api.cli.errors import CommandError
from api.cli.output import emit_json, progress_line, say, table
from api.cli.state import access_context, consulting, current_store, opened, reason_of, state_of
from api.identity import review
from api.identity.live import match_identity
from api.identity.service import run_identity, undo_identity

group = typer.Typer(help="Identity: run, review, join, split, undo, evaluate.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    identity_review.register(group)
    identity_entity.register(group)
    identity_evaluate.register(group)
    app.add_typer(group, name="identity")


@group.command()
def run(
    context: typer.Context,
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Only this entity type; may be given more than once.")
    ] = None,
    learn: Annotated[
        bool, typer.Option("--learn", help="Refit the weights to what persons judged so far.")
    ] = False,
) -> None:
    """Compare what the sources say of people, businesses, vehicles, phones and accounts, and join the same ones.

    Joining is combination (DPA 2018 s.62): the run stands in the audit log, and `ocb identity undo` takes it back.
    Ctrl-C stops it: nothing is judged then.
    """
    state = state_of(context)
    unknown = sorted(set(types or ()) - set(TYPES))
    if unknown:
        raise CommandError(f"--type is not one of {', '.join(TYPES)}")
    with opened(state) as workspace:
        store = current_store(state, workspace)
        with progress_line(state.json) as progress:
            done = run_identity(
                workspace,
                store,
                access_context(state, workspace),
                progress,
                types=types or TYPES,
                learn=learn,
            )
    summary = {name: asdict(figures) for name, figures in done.by_type.items()}
    moved = {name: value for name, value in asdict(done.moved).items() if name != "held_back"}
    if state.json:
        emit_json(
            {
                "run": done.run,
                "judgements": done.judgements,
                "moved": moved,
                "by_type": summary,
                "waits": done.waits,
            }
        )
        return
    rows = [
        (n, f["records"], f["compared"], f["clusters"], f["same"], f["unsure"]) for n, f in summary.items()
    ]
    table(f"run {done.run}", ("type", "records", "pairs compared", "entities", "joined", "for review"), rows)
    if done.waits:
        say(f"a second person has to confirm it: ocb identity confirm {done.run} --reason ...")
    else:
        say(f"{done.moved.origins:,} records moved; take the run back with: ocb identity undo {done.run}")


@group.command()
def match(context: typer.Context) -> None:
    """Match the records that came since the last run or match with all that are there, without comparing these anew.

    Each record is matched as the last run would have done it; what follows is in the ledger and in the embedded graph at
    once. Every decision can be taken back with `ocb identity undo`.
    """
    state = state_of(context)
    with opened(state) as workspace:
        store = current_store(state, workspace)
        with progress_line(state.json) as progress:
            done = match_identity(workspace, store, access_context(state, workspace), progress)
    if state.json:
        emit_json(asdict(done))
        return
    say(f"{done.records:,} new records matched, {done.judgements:,} judgements, {done.moved:,} records moved")
    if done.crowded:
        say(f"{done.crowded:,} share too much with too many others: place them with `ocb identity run`")


@group.command()
def undo(
    context: typer.Context,
    decision: Annotated[
        str, typer.Argument(metavar="RUN", help="Name of the run, or of a person's decision.")
    ],
) -> None:
    """Take a run or a decision back: entities are then as the other judgements make them."""
    state = state_of(context)
    with opened(state) as workspace:
        store = current_store(state, workspace)
        who = access_context(state, workspace)
        moved = undo_identity(workspace, store, who, decision, reason=state.reason)
    if state.json:
        shown = {name: value for name, value in asdict(moved).items() if name != "held_back"}
        emit_json({"run": decision, "undone": True, "moved": shown})
    else:
        say(f"{decision} undone: {moved.origins:,} records moved back")


@group.command()
def confirm(
    context: typer.Context, decision: Annotated[str, typer.Argument(help="Name of the run or decision.")]
) -> None:
    """Let a decision take effect that somebody else proposed (settings.yaml: identity, four_eyes); --reason says why."""
    state = state_of(context)
    with identity_review.desk(state) as desk:
        identity_review.told(state, identity_review.confirmed(desk, decision, reason_of(state)))


@group.command()
def runs(context: typer.Context) -> None:
    """The runs, newest first; counts are of what you may see."""
    state = state_of(context)
    with opened(state) as workspace, consulting(state, workspace, "identity.runs", {}) as read:
        found = review.runs(read.evidence)
        read.entry.done(count=len(found))
    if state.json:
        emit_json({"runs": found})
        return
    rows = [[one[name] for name in ("run", "decided_at", "joined", "for_review", "state")] for one in found]
    table("runs", ("run", "decided", "joined", "for review", "state"), rows)
