"""``ocb covert``: a compartment in a workspace of its own, which joins the open one without its knowing."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import emit_json, progress_line, say, table
from api.cli.state import access_context, opened, operator_of, state_of
from graphcore.audit import Operation
from graphcore.covert import create as create_covert
from graphcore.covert import open_ledger
from graphcore.covert import pull as pull_open
from graphcore.workspace import Workspace

group = typer.Typer(
    help="A compartment in a workspace of its own, which the open one does not know of.", no_args_is_help=True
)
WORDS = {
    "batches": "new batches",
    "records": "new records",
    "judgements": "new judgements",
    "held": "records held otherwise",
    "withdrawn": "records that went out of the graph",
    "restored": "records that came back",
    "moved": "items that changed entity",
}


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="covert")


@group.command()
def create(
    context: typer.Context,
    opened_folder: Annotated[
        Path, typer.Argument(metavar="OPEN", help="The open workspace; nothing is written in it.")
    ],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The covert one; must not be there yet.")],
) -> None:
    """Make a covert workspace with the open one's key of ids, and an audit log and signing key of its own."""
    state = state_of(context)
    create_covert(opened_folder, folder)
    with Workspace.open(folder, create=False) as workspace:
        who, asked = operator_of(workspace), {"joins": str(workspace.settings.joins)}
        with workspace.audit.entry(who, Operation.ACCESS, "covert.create", asked):
            key = workspace.audit.public_key
    if state.json:
        emit_json({"workspace": str(folder), "joins": str(opened_folder), "key": key})
        return
    say(
        f"{folder}: made, still empty; its audit log is signed by {key}. Next: ocb --workspace {folder} covert pull"
    )


@group.command()
def pull(context: typer.Context) -> None:
    """Bring what is new or otherwise in the open workspace; what was decided here stays. May be cancelled at any moment."""
    state = state_of(context)
    with opened(state) as workspace:
        open_ledger(workspace)  # a call on the open workspace by mistake must leave no row there
        who = access_context(state, workspace)
        asked: dict[str, object] = {"joins": str(workspace.settings.joins)}
        with (
            workspace.audit.entry(who, Operation.COLLECTION, "covert.pull", asked) as entry,
            progress_line(state.json) as progress,
        ):
            store = workspace.store(state.store.value)
            store.prepare()
            found = asdict(pull_open(workspace, progress=progress))
            entry.done(count=found["records"])
            workspace.projection(store).catch_up(progress)
    if state.json:
        emit_json(found)
        return
    table(
        f"pulled from {asked['joins']}",
        ("what", "count"),
        [(WORDS[name], count) for name, count in found.items()],
    )
