"""``ocb backup``: create while others work, verify, and restore into a new workspace."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.errors import CommandError
from api.cli.output import emit_json, progress_line, say
from api.cli.state import opened, operator_of, state_of
from graphcore.audit import Operation
from graphcore.integrity import backup
from graphcore.integrity.manifest import KeysKept, Manifest
from graphcore.integrity.restore import restore as restore_backup

group = typer.Typer(help="Backups: create, verify, restore.", no_args_is_help=True)
PASSPHRASE = "OCB_BACKUP_PASSPHRASE"  # noqa: S105 -- the name of a variable
Place = Annotated[Path, typer.Argument(help="A folder, or a file that ends in .tar.")]
Key = Annotated[
    str, typer.Option("--key", help="Public key that must have signed it (`ocb audit verify` prints it).")
]


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="backup")


@group.command()
def create(
    context: typer.Context,
    place: Place,
    keys: Annotated[
        str,
        typer.Option(
            "--keys", help=f"none, sealed (with a passphrase, or {PASSPHRASE}) or clear (beside the data)."
        ),
    ] = "none",
) -> None:
    """Back up the workspace while it is in use. Nothing is ever overwritten; the keys are left out unless asked for."""
    state = state_of(context)
    if keys not in ("none", "sealed", "clear"):
        raise CommandError("--keys is one of none, sealed, clear")
    passphrase = _passphrase(new=True) if keys == "sealed" else ""
    with opened(state) as workspace:
        who = operator_of(workspace)
        with (
            workspace.audit.entry(who, Operation.ACCESS, "backup.create", {"keys": keys}) as entry,
            progress_line(state.json) as progress,
        ):
            made = backup.create(
                workspace, place, datetime.now(UTC), passphrase=passphrase, keys_in_clear=keys == "clear",
                progress=progress,
            )  # fmt: skip
            entry.done(count=len(made.files))
        key = workspace.audit.public_key
    if state.json:
        emit_json({"place": str(place), "key": key, **_told(made)})
        return
    said: dict[KeysKept, str] = {
        "none": "without keys: keep a copy of the folder keys/ elsewhere, or nothing of it can ever be read",
        "sealed": "keys sealed with the passphrase",
        "clear": "KEYS IN THE CLEAR: guard it like the workspace itself",
    }
    say(f"{place}: {len(made.files)} files up to change {made.changes:,}, {said[made.keys]}; signed by {key}")


@group.command()
def verify(context: typer.Context, place: Place, key: Key = "") -> None:
    """Read a backup through: signature, hashes, databases, audit chain; ends with code 1 where something is wrong."""
    state = state_of(context)
    report = backup.verify(place, public=key)
    if state.json:
        emit_json(
            {
                "ok": not report.problems,
                "problems": list(report.problems),
                "key": report.key,
                **_told(report.manifest),
            }
        )
    elif report.problems:
        say("DAMAGED: " + "; ".join(report.problems[:20]))
    else:
        say(
            f"whole: {len(report.manifest.files)} files of {report.manifest.made_at}, up to change "
            f"{report.manifest.changes:,}; signed by {report.key}"
            + ("" if key else " (compare it with your copy)")
        )
    if report.problems:
        raise typer.Exit(1)


@group.command()
def restore(
    context: typer.Context,
    place: Place,
    to: Annotated[Path, typer.Option("--to", help="The new workspace; must not be there yet.")],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="Folder of the keys, where the backup has none.")
    ] = None,
    key: Key = "",
) -> None:
    """Verify a backup, make a new workspace of it, and check that; nothing is ever overwritten."""
    state = state_of(context)
    sealed = keys is None and backup.verify(place, public=key).manifest.keys == "sealed"
    passphrase = _passphrase(new=False) if sealed else ""
    manifest, report = restore_backup(place, to, keys=keys, passphrase=passphrase, public=key)
    if state.json:
        emit_json({"workspace": str(to), "ok": report.sound, **_told(manifest)})
    else:
        say(
            f"{to}: restored as of {manifest.made_at}, up to change {manifest.changes:,}, and checked. Load again what came "
            "after it. The audit log goes on from there: keep the old one too, if there is one."
        )


def _passphrase(*, new: bool) -> str:
    given = os.environ.get(PASSPHRASE, "")
    return given or typer.prompt("passphrase of the backup's keys", hide_input=True, confirmation_prompt=new)


def _told(manifest: Manifest) -> dict[str, object]:
    return {
        "made_at": manifest.made_at, "files": len(manifest.files), "changes": manifest.changes, "keys": manifest.keys,
        "audit_seq": manifest.audit_seq,
    }  # fmt: skip
