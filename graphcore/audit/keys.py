"""The secrets of an audit log, and what is derived from them: one key a use, so that no use weakens another.

``keys/audit.key`` hashes and seals questions. ``keys/audit-sign.key`` signs checkpoints and backups (Ed25519); its public
half may be known to everybody, and a copy of it kept elsewhere proves that a log is the one that this workspace wrote.
"""

import hmac
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from graphcore.errors import AuditError

_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class AuditKeys:
    """``query`` hashes questions and ``seal`` encrypts them; the others open what logs of before 2026 hold."""

    query: bytes
    seal: bytes
    old_checkpoint: bytes
    old_seal_cipher: bytes
    old_seal_mac: bytes

    @classmethod
    def derive(cls, secret: bytes) -> "AuditKeys":
        """All keys from one secret of 32 bytes."""
        uses = ("query", "seal-aes-gcm", "checkpoint", "seal-cipher", "seal-mac")
        return cls(*(hmac.digest(secret, f"ocb-audit-{use}".encode(), "sha256") for use in uses))


class Signer:
    """Signs with the workspace's own Ed25519 key (RFC 8032)."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    @cached_property
    def public(self) -> str:
        """The public key, 64 hexadecimal digits."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """The signature, 128 hexadecimal digits."""
        return self._key.sign(message).hex()


def is_signed(message: bytes, signature: str, public: str) -> bool:
    """True if ``signature`` is the one that the holder of ``public`` made of ``message``; False also for nonsense."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


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
