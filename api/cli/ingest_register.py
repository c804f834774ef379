"""``ocb ingest register``: who owns each source, how its records are held, and whether a new delivery is overdue."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from api.cli.errors import CommandError
from api.cli.output import emit_json, say, table
from api.cli.state import CliState, access_context, opened, state_of
from graphcore.access import AccessContext
from graphcore.audit import Operation
from graphcore.evidence.ledger.register import RegisterVersion
from graphcore.workspace import Workspace
from ingest.register import read_register
from ingest.register.view import overdue_rows, shape

app = typer.Typer(help="Owners, lawful basis, default grading and handling of sources.", no_args_is_help=True)


def register(group: typer.Typer) -> None:
    """Add the commands to ``ocb ingest``."""
    group.add_typer(app, name="register")


@app.command("list")
def list_(context: typer.Context) -> None:
    """The sources in the register, with their last load and whether the next is overdue."""
    state = state_of(context)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        with workspace.audit.entry(who, Operation.CONSULTATION, "ingest.register", {}) as entry:
            rows = overdue_rows(workspace, who)
            entry.done(count=len(rows))
    if state.json:
        emit_json({"sources": rows})
        return
    columns = ("source", "version", "organisation", "handling", "marking", "last_load", "overdue")
    shown = [[_cell(row, name) for name in columns] for row in rows]
    table("source register", columns, shown)


@app.command()
def show(context: typer.Context, source: Annotated[str, typer.Argument(help="Name of the source.")]) -> None:
    """What counts for SOURCE now."""
    versions = _versions(state_of(context), source, "ingest.register.show")
    newest = shape(versions[-1])
    if state_of(context).json:
        emit_json(newest)
    else:
        table(f"{source}, version {versions[-1].version}", ("field", "value"), _fields(newest))


@app.command()
def history(
    context: typer.Context, source: Annotated[str, typer.Argument(help="Name of the source.")]
) -> None:
    """All versions of SOURCE: who changed what, when and why."""
    versions = _versions(state_of(context), source, "ingest.register.history")
    if state_of(context).json:
        emit_json({"versions": [shape(version) for version in versions]})
        return
    rows = [
        (v.version, v.changed_at.isoformat(), v.changed_by, v.why, ", ".join(_changes(versions, at)))
        for at, v in enumerate(versions)
    ]
    table(f"{source}: history", ("version", "changed at", "by", "why", "what changed"), rows)


@app.command("set")
def set_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Register file (YAML).")],
    why: Annotated[str, typer.Option("--why", help="Why; the file's own `why` where left out.")] = "",
) -> None:
    """Take the entries of FILE into the register, as new versions where they say something new."""
    state = state_of(context)
    wanted = read_register(file)
    reason = why or wanted.why
    if not reason:
        raise CommandError("say why the register changes: --why TEXT, or `why:` in the file")
    with opened(state, create=True) as workspace:
        who = access_context(state, workspace)
        query: dict[str, object] = {"sources": sorted(wanted.entries), "why": reason}
        with workspace.audit.entry(who, Operation.ALTERATION, "ingest.register.set", query) as entry:
            kept = workspace.ledger.register
            for name, one in wanted.entries.items():
                _may_change(workspace, who, name, one.compartment)
            by = f"local:{getpass.getuser()}"
            versions = [kept.set(name, one, by=by, why=reason) for name, one in wanted.entries.items()]
            entry.done(count=len(versions))
    rows = [(version.source, version.version) for version in versions]
    if state.json:
        emit_json({"sources": [{"source": name, "version": number} for name, number in rows]})
    else:
        table("source register", ("source", "version"), rows)
        say("loads from now on take these defaults; what was loaded before stays as it is")


def _may_change(workspace: Workspace, who: AccessContext, name: str, compartment: str) -> None:
    """Nobody changes an entry, or puts one into a compartment, that they could not see afterwards."""
    known = workspace.ledger.register.get(name)
    hidden = known is not None and not known.visible_to(who)
    if hidden or (compartment and compartment not in who.compartments):
        raise CommandError(f"{name}: not yours to change: its compartment is not among yours (settings.yaml)")


def _versions(state: CliState, source: str, action: str) -> tuple[RegisterVersion, ...]:
    with opened(state) as workspace:
        who = access_context(state, workspace)
        with workspace.audit.entry(who, Operation.CONSULTATION, action, {"source": source}) as entry:
            versions = workspace.ledger.register.history(source)
            if not versions or not versions[-1].visible_to(who):
                raise CommandError(f"{source} is not in the source register: see `ocb ingest register list`")
            seen = tuple(version for version in versions if version.visible_to(who))
            entry.done(count=len(seen))
    return seen


def _cell(row: dict[str, object], name: str) -> object:
    value = row.get(name)
    if name == "handling" and isinstance(value, dict):
        return f"{value['scheme']} {value['code']}"
    if name == "overdue":
        return "OVERDUE" if value else ""
    return "" if value is None else value


def _fields(shown: dict[str, object]) -> list[tuple[str, object]]:
    return [(name, "" if value is None else value) for name, value in shown.items()]


def _changes(versions: tuple[RegisterVersion, ...], at: int) -> list[str]:
    """Names of what a version says other than the one before it."""
    now = shape(versions[at])
    before = shape(versions[at - 1]) if at else {}
    apart = ("version", "changed_at", "changed_by", "why", "source")
    return [name for name, value in now.items() if name not in apart and value != before.get(name, "")]
