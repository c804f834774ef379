"""``ocb ingest package``: reports that leave for another force, signed; keys, own and trusted."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.errors import CommandError
from api.cli.output import emit_json, say, table
from api.cli.state import access_context, opened, state_of
from graphcore.audit import Ask, Operation, Status
from graphcore.errors import ValueRefusedError
from graphcore.evidence.ledger.item_records import ItemRecords
from graphcore.workspace import Workspace
from ingest.package.export import SOURCE, Packed, Release, pack
from ingest.package.keys import own_key, public_text, trust

part = typer.Typer(help="Report packages: export, own key, trusted keys.", no_args_is_help=True)


def register(group: typer.Typer) -> None:
    """Add the sub-commands to ``ocb ingest``."""
    group.add_typer(part, name="package")


@part.command()
def export(
    context: typer.Context,
    report: Annotated[str, typer.Option("--report", help="Number of the report.")],
    to: Annotated[str, typer.Option("--to", help="The force that receives it.")],
    gateway: Annotated[str, typer.Option("--gateway", help="The legal gateway of this disclosure.")],
    out: Annotated[Path, typer.Option("--out", help="File to write; must not be there yet.")],
    authorised_by: Annotated[
        str, typer.Option("--authorised-by", help="Who allowed items under conditions to leave.")
    ] = "",
) -> None:
    """Write a signed package of the items of REPORT that you may see and handling lets go. A disclosure, and logged as one."""
    if out.exists():
        raise CommandError(f"{out.name} is there already: name another file")
    state = state_of(context)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        query = {"report": report, "gateway": gateway, "authorised_by": authorised_by}
        entry = workspace.audit.begin(
            who, Ask("ingest.package.export", query, Operation.DISCLOSURE, (), (to,))
        )
        try:
            release = Release(report, who.organisation, to, gateway, authorised_by, datetime.now(UTC))
            items = workspace.ledger.view(who).items(SOURCE, f"{release.force}/{report}/")
            packed = _packed(workspace, items, release)
            out.write_bytes(packed.raw)
            entry.done(count=len(packed.items))
        except BaseException:
            entry.close(Status.FAILED)
            raise
        entry.close()
    answer: dict[str, object] = {
        "file": str(out),
        "items": list(packed.items),
        "held_back": [{"item": name, "reason": reason} for name, reason in packed.held_back],
    }
    if state.json:
        emit_json(answer)
        return
    table(str(out), ("item", "packed"), [*((n, "yes") for n in packed.items), *packed.held_back])


@part.command()
def key(context: typer.Context) -> None:
    """This workspace's public key, for other forces to trust; made on first use."""
    state = state_of(context)
    with opened(state, create=True) as workspace:
        text = public_text(own_key(workspace.folder))
        force = workspace.settings.operator.organisation
    if state.json:
        emit_json({"force": force, "public_key": text})
    else:
        say(f"{force}: {text}")


@part.command("trust")
def trust_key(
    context: typer.Context,
    public_key: Annotated[str, typer.Argument(metavar="KEY", help="Public key, as the force told it.")],
    force: Annotated[str, typer.Option("--force", help="The force that the key belongs to.")],
) -> None:
    """Trust KEY to sign for a force: its packages can then be loaded."""
    state = state_of(context)
    with opened(state, create=True) as workspace:
        who = access_context(state, workspace)
        query: dict[str, object] = {"force": force, "key": public_key}
        with workspace.audit.entry(who, Operation.ALTERATION, "ingest.package.trust", query) as entry:
            try:
                trust(workspace.folder, public_key, force)
            except ValueRefusedError as error:
                raise CommandError(str(error)) from error
            entry.done(count=1)
    if state.json:
        emit_json({"force": force, "public_key": public_key, "trusted": True})
    else:
        say(f"packages that {force} signs with this key can be loaded now")


def _packed(workspace: Workspace, items: list[ItemRecords], release: Release) -> Packed:
    try:
        return pack(workspace.folder, items, release)
    except ValueRefusedError as error:
        raise CommandError(str(error)) from error
