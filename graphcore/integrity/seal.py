"""The seal of a SQLite file: a hash for every stretch of it, true until the next write. It finds every flipped bit.

A seal is made when a writer closes the file (see ``Workspace.close``) and after each job, and is broken inside the first
write transaction that follows, before its commit: so a seal that is there holds for every byte, also the unused ones, which
SQLite's own check does not look at. Making and checking read the file once: about a second a gigabyte.
"""

import contextlib
import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

CHUNK = 1 << 16
_DIGEST = 16
_PATIENCE_S = 5.0
_written: set[Path] = set()


@dataclass(frozen=True, slots=True)
class SealReport:
    """``sealed`` False: the file was written to after its last seal, so nothing can be said. ``problems``: what is damaged."""

    sealed: bool
    problems: tuple[str, ...] = ()


def seal_path(path: Path) -> Path:
    """Where the seal of a file lies."""
    return path.with_name(f"{path.name}.seal")


def break_seal(path: Path) -> None:
    """The file is about to be written to. Called inside the write transaction; costs microseconds where there is none."""
    _written.add(path.absolute())
    with contextlib.suppress(FileNotFoundError):
        seal_path(path).unlink()


def was_written(path: Path) -> bool:
    """True if this process wrote to the file since it last sealed it."""
    return path.absolute() in _written


def make_seal(path: Path) -> bool:
    """Seal a file as it is now; False where others are using it, so that it could not be brought to rest.

    Readers and writers wait meanwhile at most as long as it takes to read the file.
    """
    connection = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
    try:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        connection.execute(
            "BEGIN IMMEDIATE"
        )  # from here on nobody writes, and what is in the file stays as it is
        wal = path.with_name(f"{path.name}-wal")
        if busy or (wal.exists() and wal.stat().st_size):
            return False
        _write(path, b"".join(_digests(path)))
        _written.discard(path.absolute())
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def check_seal(path: Path) -> SealReport:
    """Hold a file against its seal; damage is told by place, at most ten."""
    try:
        head, _, kept = seal_path(path).read_bytes().partition(b"\n")
    except FileNotFoundError:
        return SealReport(sealed=False)
    size = _size_told(head, kept)
    if size is None:
        return SealReport(True, (f"the seal of {path.name} is itself damaged",))
    found = b"".join(_digests(path))
    if not seal_path(path).exists():  # somebody wrote meanwhile
        return SealReport(sealed=False)
    if found == kept:
        return SealReport(sealed=True)
    return SealReport(True, tuple(_damage(path, size, kept, found)))


def _damage(path: Path, size: int, kept: bytes, found: bytes) -> Iterator[str]:
    if size != path.stat().st_size:
        yield f"{path.name} has {path.stat().st_size:,} bytes, and was sealed with {size:,}"
    wrong = [
        at
        for at in range(0, min(len(kept), len(found)), _DIGEST)
        if kept[at : at + _DIGEST] != found[at : at + _DIGEST]
    ]
    for at in wrong[:10]:
        start = at // _DIGEST * CHUNK
        yield f"{path.name} is damaged between byte {start:,} and byte {start + CHUNK:,}"
    if len(wrong) > 10:
        yield f"{path.name} is damaged in {len(wrong):,} stretches"


def _size_told(head: bytes, kept: bytes) -> int | None:
    """How long the file was when it was sealed; None for a seal that is damaged."""
    try:
        told = orjson.loads(head)
        whole = told["digest"] == _of(kept, told["bytes"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return int(told["bytes"]) if whole else None


def _of(digests: bytes, size: int) -> str:
    return hashlib.blake2b(digests + str(size).encode(), digest_size=_DIGEST).hexdigest()


def _digests(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            yield hashlib.blake2b(part, digest_size=_DIGEST).digest()


def _write(path: Path, digests: bytes) -> None:
    size = path.stat().st_size
    head = {"version": 1, "chunk": CHUNK, "bytes": size, "digest": _of(digests, size)}
    draft = path.with_name(f".{path.name}.seal.{secrets.token_hex(6)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(orjson.dumps(head) + b"\n" + digests)
    draft.replace(seal_path(path))
