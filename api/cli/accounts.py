"""``ocb account``: who may sign in to the API, and their tokens."""

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer

from api.auth import AuthService, NewAccount, Role
from api.cli.output import emit_json, say, table
from api.cli.state import CliState, opened, operator_of, state_of
from graphcore.access import Marking
from graphcore.audit.log import utc_now

group = typer.Typer(help="Accounts of the API: add, list, token.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name used to sign in.")]


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="account")


@contextmanager
def _service(state: CliState) -> Generator[tuple[AuthService, str]]:
    with opened(state) as workspace:
        service = AuthService(workspace.folder, workspace.audit, utc_now)
        try:
            yield service, operator_of(workspace).subject
        finally:
            service.close()


@group.command()
def add(  # noqa: PLR0913, PLR0917  (an option of the command each)
    context: typer.Context,
    name: Name,
    organisation: Annotated[
        str, typer.Option("--organisation", help="Decides which originator-only records are its own.")
    ],
    roles: Annotated[
        list[Role] | None, typer.Option("--role", help="May be given again; reader where left out.")
    ] = None,
    clearance: Annotated[Marking, typer.Option("--clearance")] = Marking.OFFICIAL,
    compartments: Annotated[
        list[str] | None, typer.Option("--compartment", help="May be given again.")
    ] = None,
    conditional: Annotated[
        bool, typer.Option("--conditional", help="May read handling code C of other organisations.")
    ] = False,
) -> None:
    """Make an account with a password that is shown once."""
    state = state_of(context)
    password = secrets.token_urlsafe(15)
    profile = NewAccount(
        name,
        organisation,
        frozenset(roles or [Role.READER]),
        clearance,
        frozenset(compartments or []),
        conditional,
    )
    with _service(state) as (service, by):
        service.create_account(profile, password, by=by)
    if state.json:
        emit_json({"name": name, "password": password})
    else:
        say(f"account {name}, password {password} (shown this once)")


@group.command("list")
def list_(context: typer.Context) -> None:
    """All accounts and what they are cleared for."""
    state = state_of(context)
    with _service(state) as (service, _):
        found = service.accounts()
    rows = [
        (
            a.name,
            a.profile.organisation,
            ", ".join(sorted(a.profile.roles)),
            str(a.profile.clearance),
            ", ".join(sorted(a.profile.compartments)),
        )
        for a in found
    ]
    if state.json:
        emit_json(
            {
                "accounts": [
                    dict(zip(("name", "organisation", "roles", "clearance", "compartments"), r, strict=True))
                    for r in rows
                ]
            }
        )
    else:
        table("accounts", ("name", "organisation", "roles", "clearance", "compartments"), rows)


@group.command()
def token(
    context: typer.Context,
    name: Name,
    label: Annotated[str, typer.Option("--label", help="What the token is for.")] = "script",
    days: Annotated[int, typer.Option("--days", min=1, max=365)] = 30,
) -> None:
    """Issue a bearer token for scripts; it is shown once."""
    state = state_of(context)
    with _service(state) as (service, by):
        secret = service.issue_token(name, label, timedelta(days=days), by=by)
    if state.json:
        emit_json({"name": name, "token": secret, "days": days})
    else:
        say(f"token of {name}, good for {days} days, shown this once:")
        typer.echo(secret)
