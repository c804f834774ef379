"""``ocb graph export-import``: a first load into Neo4j through the importer's files."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import emit_json, progress_line, say
from api.cli.state import CliState, access_context, opened, state_of
from graphcore.audit import Operation
from graphcore.store.neo4j.bulk import ImportSet, import_into, write_import_files
from graphcore.store.neo4j.bulk.run import import_words
from graphcore.store.neo4j.server import ServerSettings, start, stop
from graphcore.workspace import Workspace


def export_import(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new folder for the files.")],
    into_local: Annotated[
        bool, typer.Option("--import", help="Import them into the local server of this workspace at once.")
    ] = False,
    bolt_port: Annotated[int, typer.Option("--bolt-port", min=1024, max=65535)] = 7687,
    http_port: Annotated[int, typer.Option("--http-port", min=1024, max=65535)] = 7474,
) -> None:
    """Write the whole graph as files for neo4j-admin; the quickest way to fill an empty server.

    The files hold everything in the workspace whatever its marking: keep them as you keep the workspace.
    """
    state = state_of(context)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        query: dict[str, object] = {"folder": folder.name, "import": into_local}
        with workspace.audit.entry(who, Operation.DISCLOSURE, "graph.export-import", query) as entry:
            with progress_line(state.json) as progress:
                made = write_import_files(workspace.ledger, folder.absolute(), progress)
            if into_local:
                settings = ServerSettings(
                    workspace.folder / "neo4j", bolt_port=bolt_port, http_port=http_port
                )
                _import(state, workspace, settings, made)
            entry.done(count=made.entities + made.links)
    _tell(state, made, imported=into_local)


def _import(state: CliState, workspace: Workspace, settings: ServerSettings, made: ImportSet) -> None:
    stop(settings.home)
    import_into(settings, made)
    start(settings, progress=_quiet if state.json else say)
    store = workspace.store("neo4j")
    store.prepare()
    workspace.projection(store).catch_up()


def _tell(state: CliState, made: ImportSet, *, imported: bool) -> None:
    if state.json:
        emit_json(
            {
                "folder": str(made.folder),
                "entities": made.entities,
                "links": made.links,
                "applied": made.applied,
                "imported": imported,
                "command": ["neo4j-admin", *import_words(made)],
            }
        )
        return
    say(f"{made.entities:,} entities and {made.links:,} links in {made.folder}")
    if imported:
        say("imported; from here on the graph is brought up to date by batches")
    else:
        say("on the server's machine, with the server stopped and an import.args whose paths fit:")
        say(f"  neo4j-admin {' '.join(import_words(made)[:5])} @{made.folder / 'import.args'}")
        say("then: ocb --store neo4j graph stats")


def _quiet(_message: str) -> None:
    """Progress that is not shown."""
