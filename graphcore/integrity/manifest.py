"""What a backup says of itself: its files with their hashes, where ledger and audit log ended, signed by the workspace."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import orjson

from graphcore.audit.keys import Signer, is_signed
from graphcore.errors import LedgerError

MANIFEST = "manifest.json"
SIGNATURE = "manifest.signature"
SEALED_KEYS = "keys.sealed"
KEYS = "keys"
KeysKept = Literal["none", "sealed", "clear"]


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of a backup."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """``changes``: number of the last change in the ledger. ``audit_seq`` and ``audit_digest``: the end of the audit log."""

    made_at: str
    revision: str
    changes: int
    audit_seq: int
    audit_digest: str
    keys: KeysKept
    files: tuple[Kept, ...]
    format: int = 1

    def save(self, folder: Path, signer: Signer) -> None:
        """Write it with its signature."""
        raw = orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)
        (folder / MANIFEST).write_bytes(raw)
        signed = {"key": signer.public, "signature": signer.sign(_message(raw))}
        (folder / SIGNATURE).write_bytes(orjson.dumps(signed))


def read_manifest(folder: Path, public: str = "") -> tuple[Manifest, str]:
    """The manifest and the public key that signed it.

    Args:
        folder: The backup.
        public: The key that must have signed; "": any, and the caller compares the answer with one kept elsewhere.

    Raises:
        LedgerError: there is none, it is damaged, or it is not signed so.
    """
    try:
        raw = (folder / MANIFEST).read_bytes()
        signed = orjson.loads((folder / SIGNATURE).read_bytes())
        told = orjson.loads(raw)
        files = tuple(Kept(**one) for one in told.pop("files"))
        found, key, signature = Manifest(**told, files=files), str(signed["key"]), str(signed["signature"])
    except (OSError, orjson.JSONDecodeError, TypeError, KeyError, AttributeError) as error:
        raise LedgerError(
            f"{folder.name} is no backup, or its manifest is damaged: use another one"
        ) from error
    if found.format != 1:
        raise LedgerError(f"{folder.name} was made by a newer version of ocb-graph: install that version")
    if not is_signed(_message(raw), signature, public or key):
        raise LedgerError(f"{folder.name}: the manifest is not signed by this workspace, or was altered")
    return found, key


def kept_files(folder: Path) -> Iterator[Kept]:
    """Every file below ``folder`` but the manifest itself, by name."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in {MANIFEST, SIGNATURE}:
            with path.open("rb") as file:
                yield Kept(name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Files that are missing, too much or other than the manifest says."""
    told, found = {one.name: one for one in manifest.files}, {one.name: one for one in kept_files(folder)}
    for name in sorted(told.keys() | found.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in told:
            yield f"{name} does not belong to it"
        elif told[name] != found[name]:
            yield f"{name} is not what it was"


def _message(raw: bytes) -> bytes:
    return b"ocb-backup:1:" + hashlib.sha256(raw).digest()
