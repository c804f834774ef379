"""Backup of a workspace while it is in use, and the proof that a backup is whole.

Databases are copied through SQLite's online backup, each as one snapshot: the ledger (with the embedded graph) first and the
audit log last, so that the log covers all that is in the ledger. Everything is written beside the place and renamed at the
end: a kill or a full disk leaves no half backup, and what was there before is untouched. Keys are left out, or sealed with
a passphrase; in the clear only where that is asked for.
"""

import contextlib
import os
import secrets
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graphcore.audit.chain import GENESIS
from graphcore.audit.checkpoint import Checkpoint
from graphcore.audit.tables import last
from graphcore.audit.verify import verify_file
from graphcore.errors import LedgerError
from graphcore.integrity.keybox import seal_keys
from graphcore.integrity.manifest import (
    KEYS,
    SEALED_KEYS,
    KeysKept,
    Manifest,
    faults,
    kept_files,
    read_manifest,
)
from graphcore.integrity.sums import add_sums
from graphcore.model.times import iso_utc
from graphcore.workspace import LEDGER, Workspace

AUDIT = "audit.sqlite3"
TAR = ".tar"
_DATABASES = (LEDGER, "access.sqlite3", "jobs.sqlite3", "requests.sqlite3", AUDIT)
_LEFT = ("neo4j", KEYS)  # a projection, and what is handled apart
_OWN = ("-wal", "-shm", ".lock", ".use", ".head", ".seal", ".checkpoint")
_PAGES = 2_048
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class BackupReport:
    """``problems`` is empty for a whole backup. ``key`` signed it: compare it with the copy that you keep elsewhere."""

    manifest: Manifest
    key: str
    problems: tuple[str, ...]


def create(
    workspace: Workspace,
    place: Path,
    made_at: datetime,
    *,
    passphrase: str = "",
    keys_in_clear: bool = False,
    progress: Progress | None = None,
) -> Manifest:
    """Back up an open workspace, which others may be writing to.

    Args:
        workspace: What to back up.
        place: A folder or a .tar file that is not there yet; on another disk.
        made_at: Aware.
        passphrase: Seals the keys; "": they are left out.
        keys_in_clear: Copy the keys as they are.
        progress: Hears what is copied, in pages.

    Raises:
        LedgerError: the place is taken or inside the workspace, or the disk is full; nothing was left there.
    """
    folder = workspace.folder
    if place.exists():
        raise LedgerError(f"{place} is there already: a backup never overwrites, name another place")
    if folder in place.absolute().parents:
        raise LedgerError(f"{place} is inside the workspace: name a place on another disk")
    with _beside(place) as draft:
        _copy_files(folder, draft)
        for name in _DATABASES:
            if (folder / name).exists():
                _copy_database(folder / name, draft / name, progress or _silent)
        kept = _copy_keys(folder / KEYS, draft, passphrase, in_clear=keys_in_clear)
        end = _audit_end(draft / AUDIT)
        manifest = _manifest(draft, iso_utc(made_at), end, kept)
        manifest.save(draft, workspace.audit.signer)
        _settle(draft, place)
    return manifest


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody watches."""


@contextlib.contextmanager
def _beside(place: Path) -> Generator[Path]:
    """A folder next to ``place`` that is gone afterwards, unless it was put in its place."""
    draft = place.with_name(f".{place.name}.{secrets.token_hex(6)}.partial")
    try:
        draft.mkdir(mode=0o700, parents=True)
        yield draft
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(
            f"{place} cannot be written ({getattr(error, 'strerror', None) or error}): nothing was left there. Make room, or "
            "name another disk"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _copy_files(folder: Path, draft: Path) -> None:
    """Everything but databases, keys, locks and what SQLite keeps beside its files."""
    add_sums(folder / LEDGER)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if (
            name.parts[0] in _LEFT
            or name.as_posix() in _DATABASES
            or path.name.endswith(_OWN)
            or path.name.startswith(".")
        ):
            continue
        if path.is_file() and not path.is_symlink():
            (draft / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(path, draft / name)


def _copy_database(path: Path, copy: Path, progress: Progress) -> None:
    source = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        copy_pages(source, copy, lambda done, total: progress(f"copying {path.name}", done, total))
    finally:
        source.close()
    copy.chmod(0o600)


def copy_pages(source: sqlite3.Connection, copy: Path, tell: Callable[[int, int], None]) -> None:
    """One snapshot: a read transaction holds it while pages are copied, so that writers need not wait nor be waited for.

    ``tell`` hears how many pages of how many are copied.
    """
    target = sqlite3.connect(copy)
    try:
        source.execute("BEGIN")
        source.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        source.backup(target, pages=_PAGES, progress=lambda _, left, total: tell(total - left, total))
        target.execute("PRAGMA journal_mode = DELETE")  # one file, complete by itself
    finally:
        target.close()


def _copy_keys(keys: Path, draft: Path, passphrase: str, *, in_clear: bool) -> KeysKept:
    if in_clear:
        shutil.copytree(keys, draft / KEYS)
        return "clear"
    if passphrase:
        (draft / SEALED_KEYS).write_bytes(seal_keys(keys, passphrase))
        return "sealed"
    return "none"


def _manifest(draft: Path, made_at: str, end: Checkpoint, keys: KeysKept) -> Manifest:
    connection = sqlite3.connect(f"{(draft / LEDGER).absolute().as_uri()}?mode=ro", uri=True)
    try:
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        changes = connection.execute("SELECT COALESCE(MAX(n), 0) FROM outbox").fetchone()[0]
    finally:
        connection.close()
    return Manifest(made_at, revision, changes, end.seq, end.digest, keys, tuple(kept_files(draft)))


def _audit_end(path: Path) -> Checkpoint:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        row = last(connection)
    finally:
        connection.close()
    return Checkpoint(row[0], row[2].hex()) if row else Checkpoint(0, GENESIS.hex())


def _settle(draft: Path, place: Path) -> None:
    """Bring the draft to the disk and put it in its place, in one step."""
    if place.suffix == TAR:
        packed = draft / f"{secrets.token_hex(6)}{TAR}"
        names = sorted(draft.iterdir())
        with tarfile.open(packed, "x") as archive:
            for path in names:
                archive.add(path, arcname=path.name)
        packed.chmod(0o600)
        _sync(packed)
        packed.rename(place)
    else:
        for path in draft.rglob("*"):
            _sync(path)
        draft.rename(place)
    _sync(place.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def unpacked(backup: Path) -> Generator[Path]:
    """The folder of a backup, unpacked beside it where it is a .tar.

    Raises:
        LedgerError: it is not there, is no backup, or there is no room to unpack it.
    """
    if backup.is_dir():
        yield backup
        return
    if not backup.is_file():
        raise LedgerError(f"there is no backup at {backup}: name another place")
    with _beside(backup) as draft:
        try:
            with tarfile.open(backup) as archive:
                archive.extractall(draft, filter="data")
        except tarfile.TarError as error:
            raise LedgerError(f"{backup} is no backup, or is damaged: use another one") from error
        yield draft


def verify(backup: Path, *, public: str = "") -> BackupReport:
    """Read a whole backup: signature, hashes of all files, SQLite's own check, the chain of the audit log.

    Args:
        backup: The folder or the .tar.
        public: The key that must have signed; "": any, see :class:`BackupReport`.

    Raises:
        LedgerError: there is no backup, or its manifest is damaged or not signed so.
    """
    with unpacked(backup) as folder:
        manifest, key = read_manifest(folder, public)
        return BackupReport(manifest, key, tuple(_problems(folder, manifest)))


def _problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    wrong = [*faults(folder, manifest)]
    yield from wrong
    if wrong:
        return
    for name in (one.name for one in manifest.files if one.name in _DATABASES):
        connection = sqlite3.connect(f"{(folder / name).absolute().as_uri()}?mode=ro", uri=True)
        try:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        finally:
            connection.close()
        if said != "ok":
            yield f"{name}: {said}"
    yield from verify_file(folder / AUDIT, [Checkpoint(manifest.audit_seq, manifest.audit_digest)]).problems
