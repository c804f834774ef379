"""A covert workspace made beside an open one: the same key of ids and rules, and keys and a log of its own."""

import secrets
import shutil
from pathlib import Path

import yaml

from graphcore.errors import LedgerError
from graphcore.settings import read_settings
from graphcore.workspace import KEY, LEDGER, RULES, SETTINGS, Workspace

_LEFT = ("audit_checkpoint", "audit_signing_key", "joins", "users")


def create(opened: Path, folder: Path) -> None:
    """Make an empty covert workspace that joins ``opened``, where nothing is written; ``pull`` brings what is there.

    Settings are the open one's, without the places of its log and its users. Accounts, access requests and jobs are not
    taken over.

    Raises:
        LedgerError: there is no workspace in ``opened``, ``folder`` is taken or lies within it, or it cannot be written.
    """
    opened, folder = opened.expanduser().resolve(), folder.expanduser().resolve()
    if not (opened / LEDGER).is_file() or not (opened / KEY).is_file():
        raise LedgerError(
            f"there is no workspace in {opened} ({LEDGER} and {KEY}): name the open one's folder"
        )
    if folder.exists():
        raise LedgerError(f"{folder} is there already: name another folder, nothing is overwritten")
    if opened in folder.parents or folder in opened.parents:
        raise LedgerError(
            f"{folder} and {opened} lie within one another: name a place that has its own guard"
        )
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}.partial")
    try:
        _fill(opened, draft)
        with Workspace.open(draft) as workspace:
            _ = workspace.ledger
        draft.rename(folder)
    except OSError as error:
        raise LedgerError(
            f"{folder} cannot be written ({error.strerror}): see to the place, nothing was left there"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(opened: Path, draft: Path) -> None:
    draft.mkdir(mode=0o700, parents=True)
    (draft / KEY).parent.mkdir(mode=0o700)
    shutil.copyfile(opened / KEY, draft / KEY)
    (draft / KEY).chmod(0o600)
    names = read_settings(opened / SETTINGS).identity.names
    for name in (RULES, names):
        if name and (opened / name).is_file() and not Path(name).is_absolute():
            (draft / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(opened / name, draft / name)
    kept: dict[str, object] = {}
    if (opened / SETTINGS).exists():
        kept = yaml.safe_load((opened / SETTINGS).read_text(encoding="utf-8")) or {}
    said = {name: value for name, value in kept.items() if name not in _LEFT} | {"joins": str(opened)}
    (draft / SETTINGS).write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
