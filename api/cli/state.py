"""What every command needs: the workspace, the chosen store, and the access context of the person at the keyboard."""

import getpass
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from api.cli.errors import CommandError
from api.cli.output import say
from api.read import Read
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Operation
from graphcore.store.port import GraphStore
from graphcore.workspace import SETTINGS, Workspace

if TYPE_CHECKING:
    from api.auth.model import Account

PURPOSES = tuple(code.value for code in PurposeCode if code is not PurposeCode.SYSTEM)


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
    operation: str = ""


def state_of(context: typer.Context) -> CliState:
    """The options of this call."""
    found = context.find_object(CliState)
    if found is None:
        raise CommandError("no options: call this through the command `ocb`")
    return found


def access_context(state: CliState, workspace: Workspace) -> AccessContext:
    """The person at the keyboard: an account of the workspace, or its local operator, with the purpose of this call.

    Raises:
        CommandError: no purpose or reason, neither with the command nor in the settings; or a user without an account.
    """
    return workspace.admit(replace(operator_of(workspace), purpose=_purpose(state, workspace)))


def operator_of(workspace: Workspace) -> AccessContext:
    """The person at the keyboard, without a purpose: enough for what reads no data.

    Raises:
        CommandError: the settings name users, and this is none of them, or their account is closed.
    """
    user, users = _user(), workspace.settings.users
    if users:
        return _account(workspace, users.get(user, "")).context(None)
    operator = workspace.settings.operator
    return AccessContext(
        subject=operator.subject or f"local:{user}",
        organisation=operator.organisation,
        clearance=Marking(operator.clearance),
        purpose=None,
        compartments=frozenset(operator.compartments),
        may_read_conditional=operator.may_read_conditional,
    )


def _purpose(state: CliState, workspace: Workspace) -> Purpose:
    """Of ``--purpose`` and ``--reason`` (or OCB_PURPOSE, OCB_REASON); what is left out comes from the settings, aloud."""
    operator = workspace.settings.operator
    code, reason = state.purpose or operator.purpose, state.reason.strip() or operator.reason.strip()
    if state.purpose and code not in PURPOSES:
        raise CommandError(f"--purpose is not one of {', '.join(PURPOSES)}")
    if not code or not reason:
        raise CommandError(
            f"say why: --purpose ({', '.join(PURPOSES)}) and --reason, or OCB_PURPOSE and OCB_REASON, or "
            f"operator.purpose and operator.reason in {workspace.folder / SETTINGS}"
        )
    if not state.purpose or not state.reason.strip():
        say(f"purpose from {SETTINGS}: {code}, {reason} (give your own with --purpose and --reason)")
    return Purpose(PurposeCode(code), reason, state.operation.strip())


def _account(workspace: Workspace, name: str) -> "Account":
    from api.auth.accounts import Accounts  # noqa: PLC0415 -- few machines map users, and it loads a package
    from api.auth.service import FILE  # noqa: PLC0415
    from api.auth.tables import METADATA  # noqa: PLC0415
    from api.database import open_engine  # noqa: PLC0415

    engine = open_engine(workspace.folder / FILE, METADATA)
    try:
        found = Accounts(engine).find(name) if name else None
    finally:
        engine.dispose()
    if found is None:
        raise CommandError(
            f"this user has no open account here: see `users` in {workspace.folder / SETTINGS} and `ocb account list`"
        )
    return found


def _user() -> str:
    """The user of the process as the machine knows it; environment variables have no say in it."""
    if sys.platform == "win32":
        return getpass.getuser()
    import pwd  # noqa: PLC0415 -- not on every platform

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


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
        yield Read(context, store.view(context), entry, lambda: workspace.ledger.view(context))


@contextmanager
def reading(state: CliState, action: str, query: dict[str, object]) -> Generator[Read]:
    """As :func:`consulting`, of the workspace that the call names."""
    with opened(state) as workspace, consulting(state, workspace, action, query) as read:
        yield read
