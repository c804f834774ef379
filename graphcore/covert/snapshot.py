"""A copy of another workspace's ledger as it was at one moment, made without touching anything in its folder.

SQLite itself writes beside a file that it only reads (its index, its log), and a last reader may bring the log in. So the
bytes of the file and of its write-ahead log are copied as they lie, and the copy counts where neither was written to
meanwhile. A ledger that is being written to all the time is copied through SQLite's online backup, which no writer waits for.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from graphcore.integrity.backup import copy_pages
from graphcore.integrity.start import wal_path

Progress = Callable[[str, int, int | None], None]
_TRIES = 3
_SETTLED_S = (
    0.05  # the clock of a file system ticks every few milliseconds: a write within one tick would not show
)
_PART = 1 << 22
_WORDS = "copying the open ledger"
Stamp = tuple[tuple[int, int, int], ...]


def take(ledger: Path, copy: Path, progress: Progress) -> None:
    """Copy the SQLite file ``ledger`` to ``copy``, which must not be there yet.

    Args:
        ledger: Others may be writing to it.
        copy: May get a write-ahead log beside it; see :func:`discard`.
        progress: Hears how many bytes (or pages) of how many are copied; what it raises ends the copy.

    Raises:
        OSError: it cannot be read, or there is no room.
        sqlite3.Error: it cannot be read as a database.
    """
    for _ in range(_TRIES):
        before = _stamp(ledger)
        if _is_settled(before):
            _copy_bytes(ledger, copy, progress)
            if _stamp(ledger) == before:
                return
            discard(copy)
        time.sleep(_SETTLED_S)
    _copy_live(ledger, copy, progress)


def discard(copy: Path) -> None:
    """Remove a copy and what SQLite keeps beside it."""
    for path in (copy, wal_path(copy), copy.with_name(f"{copy.name}-shm")):
        path.unlink(missing_ok=True)


def _stamp(ledger: Path) -> Stamp:
    """What changes with every write: of the file and of its log, which may be absent."""
    found: list[tuple[int, int, int]] = []
    for path in (ledger, wal_path(ledger)):
        with contextlib.suppress(FileNotFoundError):
            stat = path.stat()
            found.append((stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return tuple(found)


def _is_settled(stamp: Stamp) -> bool:
    return time.time_ns() - max(part[2] for part in stamp) > _SETTLED_S * 1e9


def _copy_bytes(ledger: Path, copy: Path, progress: Progress) -> None:
    total = ledger.stat().st_size
    done = 0
    for source, target in ((ledger, copy), (wal_path(ledger), wal_path(copy))):
        if not source.exists():
            continue
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with source.open("rb") as read, os.fdopen(handle, "wb") as written:
            while part := read.read(_PART):
                written.write(part)
                done += len(part)
                progress(_WORDS, min(done, total), total)


def _copy_live(ledger: Path, copy: Path, progress: Progress) -> None:
    source = sqlite3.connect(
        f"{ledger.absolute().as_uri()}?mode=ro", uri=True, timeout=30, isolation_level=None
    )
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        copy_pages(source, copy, lambda done, total: progress(_WORDS, done, total))
    finally:
        source.close()
