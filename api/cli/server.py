"""``ocb serve``: the API and the workspace page."""

from typing import Annotated

import typer

from api.cli.errors import CommandError
from api.cli.output import say
from api.cli.state import state_of
from api.serve import serve as serve_forever


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8000,
) -> None:
    """Serve the API and the workspace page until Ctrl-C."""
    state = state_of(context)
    if not (state.folder / "ledger.sqlite3").exists():
        raise CommandError(
            f"no workspace at {state.folder}: run `ocb demo` or load something first, or give --workspace DIR"
        )
    serve_forever(state.folder, host, port, state.store.value, tell=say)
