"""``ocb graph``: counts, rebuild, and whether all of it is whole."""

from typing import Annotated

import typer

from api.cli.graph_check import check
from api.cli.graph_import import export_import
from api.cli.graph_lineage import lineage
from api.cli.graph_occurrences import show as occurrences
from api.cli.graph_publish import publish
from api.cli.output import emit_json, progress_line, say, table
from api.cli.state import opened, reading, state_of

group = typer.Typer(help="The graph: counts, rebuild from the ledger, check.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    group.command("export-import")(export_import)
    group.command()(lineage)
    group.command("occurrences")(occurrences)
    group.command()(publish)
    group.command()(check)
    app.add_typer(group, name="graph")


@group.command()
def stats(context: typer.Context) -> None:
    """Entities and links that you may see, by type."""
    state = state_of(context)
    with reading(state, "graph.stats", {}) as read:
        counts = read.view.counts()
    if state.json:
        emit_json(
            {
                "entities": counts.entities,
                "links": counts.links,
                "by_type": dict(counts.by_type),
                "links_by_type": dict(counts.links_by_type),
            }
        )
        return
    table(f"{counts.entities:,} entities", ("type", "entities"), list(counts.by_type.items()))
    table(f"{counts.links:,} links", ("type", "links"), list(counts.links_by_type.items()))


@group.command()
def rebuild(context: typer.Context) -> None:
    """Throw the graph away and project it from the ledger again."""
    state = state_of(context)
    with opened(state) as workspace:
        store = workspace.store(state.store.value)
        store.prepare()
        with progress_line(state.json) as progress:
            workspace.projection(store).rebuild(progress)
        fingerprint = store.fingerprint()
    if state.json:
        emit_json({"rebuilt": True, "store": state.store.value, "fingerprint": fingerprint})
    else:
        say(f"rebuilt the {state.store.value} graph; fingerprint {fingerprint}")


@group.command()
def fingerprint(
    context: typer.Context,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the fingerprint alone.")] = False,
) -> None:
    """A hash of the whole graph: equal for equal graphs, whichever store holds them."""
    state = state_of(context)
    with opened(state) as workspace:
        store = workspace.store(state.store.value)
        store.prepare()
        workspace.projection(store).catch_up()
        value = store.fingerprint()
    if state.json:
        emit_json({"fingerprint": value, "store": state.store.value})
    else:
        typer.echo(value if quiet else f"{state.store.value}: {value}")
