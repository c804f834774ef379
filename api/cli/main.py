"""Assembles the command: options that may stand anywhere, the sub-commands, and how errors end.

Exit codes: 0 done, 1 the work failed (the message says what to do), 2 the call was wrong, 3 not running, 130 cancelled.
With ``--json`` exactly one JSON object goes to standard output, also on failure (``{"error": ...}``). Only the module
of the command that was called is imported: engines and web framework take seconds.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

from analytics.errors import AnalyticsError
from api.cli.errors import CommandError
from api.cli.output import emit_json, fail
from api.cli.state import CliState, StoreName
from graphcore.errors import GraphcoreError
from ingest.errors import IngestError

EXPECTED = (CommandError, GraphcoreError, IngestError, AnalyticsError, OSError)
MODULES: Mapping[str, str] = MappingProxyType(
    {
        "demo": "demo",
        "ingest": "ingest",
        "graph": "graph",
        "lexicon": "lexicon",
        "search": "read",
        "path": "read",
        "rank": "read",
        "communities": "read",
        "chart": "charts",
        "report": "charts",
        "identity": "identity",
        "neo4j": "neo4j",
        "serve": "server",
        "account": "accounts",
        "audit": "audit",
        "backup": "backup",
        "covert": "covert",
        "access": "access",
        "request": "requests",
    }
)
VALUED = ("--workspace", "--store", "--purpose", "--reason", "--operation")


def options(  # noqa: PLR0913, PLR0917  (an option of the command each)
    context: typer.Context,
    workspace: Annotated[
        Path,
        typer.Option("--workspace", envvar="OCB_WORKSPACE", help="Folder of the ledger, keys and settings."),
    ] = Path("ocb-workspace"),
    store: Annotated[
        StoreName, typer.Option("--store", envvar="OCB_STORE", help="Which graph to read and write.")
    ] = StoreName.EMBEDDED,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output, nothing else.")
    ] = False,
    purpose: Annotated[
        str, typer.Option("--purpose", envvar="OCB_PURPOSE", help="Law-enforcement purpose of what is read.")
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", envvar="OCB_REASON", help="Your reason, kept in the audit log.")
    ] = "",
    operation: Annotated[
        str,
        typer.Option(
            "--operation", envvar="OCB_OPERATION", help="Operation or reference that a read serves."
        ),
    ] = "",
) -> None:
    """Options that every command takes; they may stand anywhere on the line."""
    context.obj = CliState(workspace, store, json, purpose, reason, operation)


def build(command: str | None = None) -> typer.Typer:
    """The command with one sub-command, or with all where it is not known which."""
    app = typer.Typer(
        name="ocb",
        help="Organised crime groups seen as organised crime businesses: load, resolve, ask, chart, report.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(options)
    chosen = [MODULES[command]] if command and command in MODULES else list(dict.fromkeys(MODULES.values()))
    for name in chosen:
        import_module(f"api.cli.{name}").register(app)
    return app


def hoist(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split a line into the options that every command takes, wherever they stand before ``--``, and the rest."""
    front: list[str] = []
    rest: list[str] = []
    pending = list(arguments)
    while pending:
        word = pending.pop(0)
        if word == "--":
            rest += [word, *pending]
            break
        if word == "--json" or word.startswith(tuple(f"{name}=" for name in VALUED)):
            front.append(word)
        elif word in VALUED and pending:
            front += [word, pending.pop(0)]
        else:
            rest.append(word)
    return front, rest


def _named(rest: Sequence[str]) -> str:
    """The command that was meant, for its help."""
    return f"ocb {rest[0]}" if rest and rest[0] in MODULES else "ocb"


def _tell_version(as_json: bool) -> None:
    found = version("ocb-graph")
    if as_json:
        emit_json({"version": found})
    else:
        sys.stdout.write(f"ocb {found}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the command; ends the process with the exit code."""
    front, rest = hoist(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in front
    if rest == ["--version"]:
        _tell_version(as_json)
        sys.exit(0)
    try:
        app = build(rest[0] if rest else None)
        code = app(args=[*front, *rest], prog_name="ocb", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        fail("cancelled", as_json)
        code = 130
    except typer.TyperException as wrong:
        fail(f"{wrong.format_message()} See `{_named(rest)} --help`.", as_json)
        code = wrong.exit_code
    except EXPECTED as error:
        fail(str(error), as_json)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
