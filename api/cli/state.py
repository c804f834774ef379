"""What every command needs: the workspace, the chosen store, and the access context of the person at the keyboard."""

import getpass
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer

from api.cli.errors import CommandError
from api.read import Read
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Operation
from graphcore.store.port import GraphStore
from graphcore.workspace import Workspace


class StoreName(StrEnum):
    """The graph stores that can be chosen."""

    EMBEDDED = "embedded"
    NEO4J = "neo4j"


@dataclass(frozen=True, slots=True)
class CliState:
    """The options that stand before a command."""

    folder: Path
    store: StoreName
    json: bool
    purpose: str
    reason: str


def state_of(context: typer.Context) -> CliState:
    """The options of this call."""
    found = context.find_object(CliState)
    if found is None:
        raise CommandError("no options: call this through the command `ocb`")
    return found


def access_context(state: CliState, workspace: Workspace) -> AccessContext:
    """The person at the keyboard, as the workspace's settings describe the local operator.

    ``--purpose`` and ``--reason`` (or OCB_PURPOSE, OCB_REASON) take the place of the settings' own.
    """
    operator = workspace.settings.operator
    code = state.purpose or operator.purpose
    if code not in set(PurposeCode):
        raise CommandError(f"--purpose is not one of {', '.join(PurposeCode)}")
    return AccessContext(
        subject=f"local:{getpass.getuser()}",
        organisation=operator.organisation,
        clearance=Marking(operator.clearance),
        purpose=Purpose(PurposeCode(code), state.reason or operator.reason),
        compartments=frozenset(operator.compartments),
        may_read_conditional=operator.may_read_conditional,
    )


def reason_of(state: CliState) -> str:
    """Why something is changed, in the person's own words.

    Raises:
        CommandError: ``--reason`` (or OCB_REASON) was not given: the settings' own is not enough for a change.
    """
    if not state.reason.strip():
        raise CommandError("say why with --reason: it is kept with what is changed")
    return state.reason.strip()


@contextmanager
def opened(state: CliState, *, create: bool = False) -> Generator[Workspace]:
    """The workspace, closed afterwards.

    Raises:
        CommandError: there is none and ``create`` is False.
    """
    if not create and not (state.folder / "ledger.sqlite3").exists():
        raise CommandError(
            f"no workspace at {state.folder}: load something first, run `ocb demo`, or give --workspace DIR"
        )
    workspace = Workspace.open(state.folder, create=create)
    try:
        yield workspace
    finally:
        workspace.close()


def current_store(state: CliState, workspace: Workspace) -> GraphStore:
    """The chosen store, prepared and caught up with the ledger."""
    store = workspace.store(state.store.value)
    store.prepare()
    workspace.projection(store).catch_up()
    return store


@contextmanager
def consulting(
    state: CliState, workspace: Workspace, action: str, query: dict[str, object]
) -> Generator[Read]:
    """A read of an open workspace under audit: the intent row is written before anything is looked at."""
    context = access_context(state, workspace)
    with workspace.audit.entry(context, Operation.CONSULTATION, action, query) as entry:
        store = current_store(state, workspace)
        yield Read(context, store.view(context), workspace.ledger.view(context), entry)


@contextmanager
def reading(state: CliState, action: str, query: dict[str, object]) -> Generator[Read]:
    """As :func:`consulting`, of the workspace that the call names."""
    with opened(state) as workspace, consulting(state, workspace, action, query) as read:
        yield read
