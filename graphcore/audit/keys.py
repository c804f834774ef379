"""The secret of an audit log, and what is derived from it: one key a use, so that no use weakens another."""

import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from graphcore.errors import AuditError

_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class AuditKeys:
    """``checkpoint`` signs checkpoints, ``query`` hashes questions, ``seal_*`` encrypt and authenticate them."""

    checkpoint: bytes
    query: bytes
    seal_cipher: bytes
    seal_mac: bytes

    @classmethod
    def derive(cls, secret: bytes) -> "AuditKeys":
        """All keys from one secret of 32 bytes."""
        uses = ("checkpoint", "query", "seal-cipher", "seal-mac")
        return cls(*(hmac.digest(secret, f"ocb-audit-{use}".encode(), "sha256") for use in uses))


def read_or_make(path: Path) -> bytes:
    """The 32 secret bytes in ``path``; made on first use, readable by the owner alone, whole or not at all.

    Raises:
        AuditError: the file is there but cannot be read or is not 32 bytes long.
    """
    if not path.exists():
        _make(path)
    try:
        secret = path.read_bytes()
    except OSError as error:
        raise AuditError(
            f"key file {path.name} cannot be read: check its owner and mode ({error.strerror})"
        ) from error
    if len(secret) != _BYTES:
        raise AuditError(f"key file {path.name} is damaged (not {_BYTES} bytes): restore it from a backup")
    return secret


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)  # never overwrites: of two processes the first maker wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()
