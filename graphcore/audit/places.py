"""Where the parts of a log lie in a workspace, and the look at them before the first row is written."""

import sqlite3
from pathlib import Path

from graphcore.audit import tables
from graphcore.audit.checkpoint import KEPT_ROWS, Checkpoint, CheckpointFile
from graphcore.audit.keys import AuditKeys, Signer, read_or_make
from graphcore.audit.verify import verify_connection
from graphcore.errors import AuditError

FILE = "audit.sqlite3"
CHECKPOINT = Path("checkpoints", "audit.checkpoint")
OLD_CHECKPOINT = "audit.checkpoint"
KEY = Path("keys", "audit.key")
SIGNING_KEY = Path("keys", "audit-sign.key")


def open_keys(folder: Path, kept: Path, signing_key: Path) -> tuple[AuditKeys, Signer]:
    """The keys of the log in ``folder``; made only where there is no log yet.

    A new key beside an old log would hide that the old one is gone. A log of before there were signatures (its checkpoint
    carries a MAC) gets its signing key now.

    Raises:
        AuditError: a key is missing or damaged.
    """
    if (folder / FILE).exists():
        for path in (folder / KEY, signing_key):
            unsigned = path == signing_key and not kept.exists() and (folder / OLD_CHECKPOINT).exists()
            if not path.exists() and not unsigned and not _has_mac(kept):
                raise AuditError(
                    f"key file {path.name} is missing, and the audit log cannot be checked without it: put it back from "
                    "the backup of the keys"
                )
    return AuditKeys.derive(read_or_make(folder / KEY)), Signer(read_or_make(signing_key))


def _has_mac(kept: Path) -> bool:
    return kept.exists() and b'"mac"' in kept.read_bytes()


def check_start(path: Path, kept: CheckpointFile) -> None:
    """Refuse to start on a log that is missing, damaged at its end, or shorter than what was signed.

    The rows since the last end in the list of checkpoints are read, at most ``KEPT_ROWS`` and one commit; ``ocb audit
    verify`` reads all of them.

    Raises:
        AuditError: see above.
    """
    if kept.path.exists() and not path.exists():
        raise AuditError(
            f"audit log {path.name} is missing though its checkpoint is there: restore it from a backup"
        )
    fresh = not path.exists()
    connection = tables.connect(path, timeout_s=5.0)
    try:
        last = tables.last(connection)
        if fresh or (last is None and not kept.path.exists()):
            kept.begin()
            return
        end = kept.read()
        last = tables.last(connection)  # after the end was read: others may have written and signed meanwhile
        if end.seq > (last[0] if last else 0):
            raise AuditError(
                "audit log is shorter than its checkpoint: rows were cut off; run `ocb audit verify`"
            )
        _check_tail(connection, end, _anchor(kept, end))
    except sqlite3.Error as error:
        raise AuditError(f"audit log {path.name} is damaged ({error}): restore it from a backup") from error
    finally:
        connection.close()


def _anchor(kept: CheckpointFile, end: Checkpoint) -> Checkpoint | None:
    """The newest end in the list that is not beyond the checkpoint itself."""
    return max((one for one in kept.kept() if one.seq <= end.seq), key=lambda one: one.seq, default=None)


def _check_tail(connection: sqlite3.Connection, end: Checkpoint, anchor: Checkpoint | None) -> None:
    if anchor is None and end.seq > 2 * KEPT_ROWS:
        return  # a log of before there was a list: only the whole proof tells
    report = verify_connection(connection, [end], start=anchor)
    if not report.sound:
        raise AuditError(
            f"audit log: {report.problems[0]}. Nothing is read until it is restored from a backup; "
            "`ocb audit verify` lists everything that is wrong"
        )
