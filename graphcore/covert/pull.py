"""What is new or otherwise in the open workspace, brought into the covert one that joins it. See graphcore/README.md.

One snapshot, one transaction: a kill leaves the old state or the new one. The open workspace is only read, as bytes. Decisions
of the covert side stay; which entity an item is in is found here, as more is known here.
"""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from graphcore.covert import snapshot
from graphcore.covert.merge import Merge, Progress, Pulled
from graphcore.covert.opened import open_ledger, require_continued, require_fit
from graphcore.errors import LedgerError
from graphcore.evidence.ledger import LedgerDamagedError
from graphcore.model.times import iso_utc
from graphcore.workspace import Workspace

LOCK = "pull.lock"
_COPY = ".open."


def pull(
    workspace: Workspace,
    *,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Pulled:
    """Bring a covert workspace up to the open one that its settings name; the graph has still to catch up.

    Memory holds a page of records, the origins that were judged, and the ranges of what covert batches say. The folder needs
    room for a copy of the open ledger, and as much again as is new.

    Args:
        workspace: The covert one. Its other writers wait meanwhile, its readers do not.
        progress: Hears what is being done; what it raises ends the pull, and nothing is kept of it.
        clock: Gives aware UTC.

    Raises:
        LedgerError: no open workspace is named, or it is not there, has another key or version, or is not the one that was
            pulled from before; another pull runs; the disk is full. Nothing was pulled.
    """
    opened = open_ledger(workspace)
    tell = progress or _silent
    with _alone(workspace.folder):
        for left in sorted(workspace.folder.glob(f"{_COPY}*")):  # of pulls that were killed
            left.unlink()
        copy = workspace.folder / f"{_COPY}{secrets.token_hex(6)}"
        try:
            _take(opened, copy, tell)
            require_fit(copy, opened, workspace)
            return _merge(workspace, copy, opened, tell, iso_utc(clock()))
        finally:
            snapshot.discard(copy)


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody watches."""


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise LedgerError(
            f"another pull into {folder} is running: wait until it has ended, then pull again if there is more"
        ) from error
    finally:
        os.close(handle)


def _take(opened: Path, copy: Path, tell: Progress) -> None:
    try:
        snapshot.take(opened, copy, tell)
    except (OSError, sqlite3.Error) as error:
        size = opened.stat().st_size if opened.exists() else 0
        raise LedgerError(
            f"{opened} cannot be copied to {copy.parent} ({getattr(error, 'strerror', None) or error}): make room for "
            f"{size:,} bytes and as much again as is new, or see to the file's owner, then pull again. Nothing was pulled"
        ) from error


def _merge(workspace: Workspace, copy: Path, opened: Path, tell: Progress, moment: str) -> Pulled:
    try:
        with workspace.ledger.joining(copy) as connection:
            require_continued(connection, opened)
            return Merge(connection, workspace.ledger, moment, tell).run()
    except LedgerDamagedError as error:
        raise LedgerDamagedError(
            f"{opened} or the ledger in {workspace.folder} is damaged: `ocb graph check` in each of the two says which. "
            "Nothing was pulled"
        ) from error
