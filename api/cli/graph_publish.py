"""``ocb graph publish``: the graph of one audience in a Neo4j of its own, for people in Neo4j Browser."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.cli.errors import CommandError
from api.cli.output import emit_json, progress_line, say
from api.cli.state import access_context, current_store, opened, state_of
from graphcore.audit import Operation, Status
from graphcore.audit.entry import Ask
from graphcore.publishing import audience_of
from graphcore.publishing import publish as bring
from graphcore.workspace import neo4j_settings

PREFIX = "OCB_PUBLISH"


def publish(
    context: typer.Context,
    audience: Annotated[
        str,
        typer.Option("--audience", help="Name of an audience in settings.yaml: what it may see is written."),
    ],
    home: Annotated[
        Path | None,
        typer.Option(
            "--home", help="Of a local server for it (`ocb neo4j start --home`), instead of OCB_PUBLISH_URI."
        ),
    ] = None,
) -> None:
    """Write what an audience may see into a Neo4j of its own, and take out what it may not see any more.

    The server is that of OCB_PUBLISH_URI, OCB_PUBLISH_USER, OCB_PUBLISH_PASSWORD and OCB_PUBLISH_DATABASE, or a local one;
    never that of OCB_NEO4J_URI, which holds everything. Whoever has its password sees all that is published.
    """
    state = state_of(context)
    with opened(state) as workspace:
        given = audience_of(workspace, audience)
        target = neo4j_settings(PREFIX, home)
        if target is None:
            raise CommandError(
                "no Neo4j for the published graph: set OCB_PUBLISH_URI, OCB_PUBLISH_USER and OCB_PUBLISH_PASSWORD, or start "
                "one with `ocb neo4j start --home FOLDER --bolt-port 7688` and give --home FOLDER"
            )
        who = access_context(state, workspace)
        query = {"audience": audience, "database": f"{target.uri} {target.database}", **asdict(given)}
        ask = Ask("graph.publish", query, Operation.DISCLOSURE, (), given.recipients, given.gateway)
        entry = workspace.audit.begin(who, ask)
        try:
            store = current_store(state, workspace)
            with progress_line(state.json) as progress:
                done = bring(workspace, audience, store, target, progress)
        except BaseException:
            entry.close(Status.FAILED)
            raise
        entry.done(count=done.changed)
        entry.close()
    if state.json:
        emit_json({"audience": audience, "changed": done.changed, **asdict(done)})
        return
    for what, tally in (("entities", done.entities), ("links", done.links)):
        say(f"{what}: {tally.written:,} written, {tally.removed:,} removed, {tally.unchanged:,} as they were")
    if done.strangers:
        say(f"{done.strangers:,} nodes in it were made by others; they are left alone, whatever they hold")
