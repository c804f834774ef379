"""``ocb neo4j``: a real Neo4j server on this machine, without Docker."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import emit_json, say
from api.cli.state import CliState, state_of
from graphcore.store.neo4j.guide import GUIDE_PORT, guide_server
from graphcore.store.neo4j.server import ServerSettings, ServerStatus, install, start, status, stop

NOT_RUNNING = 3

group = typer.Typer(help="A local Neo4j server: install, start, stop, status.", no_args_is_help=True)
Home = Annotated[
    Path | None, typer.Option("--home", help="Folder of the server's data (default: in the workspace).")
]


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="neo4j")


def server_home(state: CliState, home: Path | None) -> Path:
    """Where the server of this workspace keeps its data."""
    return home or state.folder / "neo4j"


@group.command("install")
def install_(
    context: typer.Context,
    offline: Annotated[
        bool, typer.Option("--offline", help="Fetch nothing; use what Maven has on this machine.")
    ] = False,
) -> None:
    """Fetch the server's jars by name and verify their checksums; does nothing where they are there."""
    state = state_of(context)
    done = install(offline=offline, progress=_quiet if state.json else say)
    if state.json:
        emit_json(
            {
                "version": done.version,
                "jars": done.jars,
                "bytes": done.size_bytes,
                "fresh": done.fresh,
                "lib": str(done.lib),
            }
        )


@group.command("start")
def start_(
    context: typer.Context,
    home: Home = None,
    bolt_port: Annotated[int, typer.Option("--bolt-port", min=1024, max=65535)] = 7687,
    http_port: Annotated[int, typer.Option("--http-port", min=1024, max=65535)] = 7474,
    heap: Annotated[str, typer.Option("--heap", help="Java heap, for example 1g.")] = "1g",
) -> None:
    """Start the server and wait until it answers; prints where Browser is."""
    state = state_of(context)
    settings = ServerSettings(server_home(state, home), bolt_port=bolt_port, http_port=http_port, heap=heap)
    _show(state, start(settings, progress=_quiet if state.json else say))


@group.command("stop")
def stop_(context: typer.Context, home: Home = None) -> None:
    """Stop the server of this workspace."""
    state = state_of(context)
    _show(state, stop(server_home(state, home), progress=_quiet if state.json else say))


@group.command("status")
def status_(context: typer.Context, home: Home = None) -> None:
    """Whether the server runs; ends with code 3 where it does not."""
    state = state_of(context)
    found = status(server_home(state, home))
    _show(state, found)
    if not found.running:
        raise typer.Exit(NOT_RUNNING)


@group.command()
def guide(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=1024, max=65535)] = GUIDE_PORT,
) -> None:
    """Serve the guide and the style for Neo4j Browser on this machine until Ctrl-C."""
    state = state_of(context)
    server = guide_server(port)
    say(
        f"in Neo4j Browser: :play http://localhost:{port}/guide.html  and  :style http://localhost:{port}/style.grass"
    )
    if state.json:
        emit_json(
            {"guide": f"http://localhost:{port}/guide.html", "style": f"http://localhost:{port}/style.grass"}
        )
    with server:
        server.serve_forever()


def _show(state: CliState, found: ServerStatus) -> None:
    if state.json:
        emit_json(
            {
                "running": found.running,
                "ready": found.ready,
                "version": found.version,
                "pid": found.pid,
                "uri": found.uri,
                "http_url": found.http_url,
                "user": found.user,
                "password_file": str(found.password_file),
                "home": str(found.home),
            }
        )
        return
    if not found.running:
        say(f"not running (home {found.home})")
        return
    say(f"Neo4j {found.version}, process {found.pid}, {found.uri}")
    say(f"Browser: {found.http_url}/browser/  user {found.user}, password in {found.password_file}")


def _quiet(_message: str) -> None:
    """Progress that is not shown."""
