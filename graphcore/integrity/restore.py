"""A backup made into a new workspace: verified before, checked after, in its place only when it is whole."""

import os
import secrets
import shutil
import sqlite3
from pathlib import Path

from graphcore.audit.checkpoint import Checkpoint, CheckpointFile
from graphcore.audit.keys import Signer
from graphcore.audit.places import CHECKPOINT, SIGNING_KEY
from graphcore.errors import LedgerError
from graphcore.integrity.backup import unpacked, verify
from graphcore.integrity.check import CheckReport, check
from graphcore.integrity.keybox import open_keys
from graphcore.integrity.manifest import KEYS, MANIFEST, SEALED_KEYS, SIGNATURE, Manifest, read_manifest
from graphcore.workspace import SETTINGS


def restore(
    backup: Path, folder: Path, *, keys: Path | None = None, passphrase: str = "", public: str = ""
) -> tuple[Manifest, CheckReport]:
    """Make a workspace of a backup.

    Args:
        backup: The folder or .tar.
        folder: The new workspace; must not be there yet.
        keys: Folder of the keys, where the backup holds none.
        passphrase: Opens the keys, where the backup holds them sealed.
        public: The key that must have signed the backup; "": the one whose secret is among the keys.

    Returns:
        What was restored, and what the check of the new workspace found (nothing, for one that is sound).

    Raises:
        LedgerError: the place is taken; the backup is damaged or signed by another; the keys are missing, do not open or
            belong elsewhere; the disk is full. Nothing was left at ``folder`` then.
    """
    if folder.exists():
        raise LedgerError(f"{folder} is there already: a restore never overwrites, name another folder")
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}.partial")
    try:
        with unpacked(backup) as source:
            manifest = _fill(draft, source, keys, passphrase, public)
        report = check(draft)
        _require(not report.findings, f"the restored workspace is not whole: {_first(report)}")
        draft.rename(folder)
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(
            f"{folder} cannot be written ({getattr(error, 'strerror', None) or error}): nothing was left there. Make room, "
            "or name another disk"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest, report


def _fill(draft: Path, source: Path, keys: Path | None, passphrase: str, public: str) -> Manifest:
    found = verify(source, public=public)
    _require(not found.problems, f"the backup is damaged: {'; '.join(found.problems[:5])}. Use another one")
    shutil.copytree(source, draft, ignore=shutil.ignore_patterns(MANIFEST, SIGNATURE, SEALED_KEYS))
    draft.chmod(0o700)
    _put_keys(draft, source, found.manifest, keys, passphrase)
    signer = Signer((draft / SIGNING_KEY).read_bytes())
    read_manifest(source, public or signer.public)  # signed with the workspace's own key, not with some key
    (draft / CHECKPOINT).parent.mkdir(mode=0o700, exist_ok=True)
    end = Checkpoint(found.manifest.audit_seq, found.manifest.audit_digest)
    CheckpointFile(draft / CHECKPOINT, signer).save(end, before=end.seq)
    _forget_place(draft / SETTINGS)
    return found.manifest


def _forget_place(settings: Path) -> None:
    """The end of the old log may lie where the old workspace still writes it: the new one keeps its own."""
    if settings.exists():
        lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [
            f"# left out by the restore: {line}" if line.startswith("audit_checkpoint:") else line
            for line in lines
        ]
        settings.write_text("".join(kept), encoding="utf-8")


def _put_keys(draft: Path, source: Path, manifest: Manifest, keys: Path | None, passphrase: str) -> None:
    place = draft / KEYS
    if keys is not None:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(keys, place)
    elif manifest.keys == "sealed":
        place.mkdir(mode=0o700)
        for name, raw in open_keys((source / SEALED_KEYS).read_bytes(), passphrase).items():
            (place / Path(name).name).write_bytes(raw)
    _require(
        (draft / SIGNING_KEY).exists() and (place / "ids.key").exists(),
        "the keys are missing: name their folder with --keys, or give the passphrase that they were sealed with",
    )
    place.chmod(0o700)
    for path in place.iterdir():
        path.chmod(0o600)
    os.sync()


def _require(holds: bool, words: str) -> None:
    if not holds:
        raise LedgerError(words)


def _first(report: CheckReport) -> str:
    return "; ".join(f"{finding.part}: {finding.said}" for finding in report.findings[:3])
