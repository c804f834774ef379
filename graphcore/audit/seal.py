"""Sealing of questions: encrypt-then-MAC with HMAC-SHA-256 in counter mode, nonce by chance.

Standard parts of the Python library only, because the platform installs without a compiler or a second crypto library.
A seal that was altered does not open.
"""

import hmac
import secrets

from graphcore.audit.keys import AuditKeys
from graphcore.errors import AuditError

_NONCE = 16
_TAG = 32
_BLOCK = 32


def seal(text: str, keys: AuditKeys) -> bytes:
    """Nonce, ciphertext and tag of ``text``; different at every call."""
    plain = text.encode("utf-8", "surrogatepass")
    nonce = secrets.token_bytes(_NONCE)
    cipher = _mask(plain, nonce, keys.seal_cipher)
    return nonce + cipher + hmac.digest(keys.seal_mac, nonce + cipher, "sha256")


def unseal(sealed: bytes, keys: AuditKeys) -> str:
    """The text that was sealed.

    Raises:
        AuditError: the seal is broken, or was made with another key.
    """
    nonce, cipher, tag = sealed[:_NONCE], sealed[_NONCE:-_TAG], sealed[-_TAG:]
    if not hmac.compare_digest(tag, hmac.digest(keys.seal_mac, nonce + cipher, "sha256")):
        raise AuditError(
            "a sealed question does not open: it was altered, or keys/audit.key is not the log's own"
        )
    return _mask(cipher, nonce, keys.seal_cipher).decode("utf-8", "surrogatepass")


def query_hash(text: str, keys: AuditKeys) -> str:
    """Keyed hash: equal questions have equal hashes, and without the key it cannot be guessed at."""
    return hmac.digest(keys.query, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def _mask(raw: bytes, nonce: bytes, key: bytes) -> bytes:
    """XOR with the key stream: its own inverse."""
    blocks = range((len(raw) + _BLOCK - 1) // _BLOCK)
    stream = b"".join(hmac.digest(key, nonce + number.to_bytes(8, "big"), "sha256") for number in blocks)
    width = len(raw)
    return (int.from_bytes(raw, "big") ^ int.from_bytes(stream[:width], "big")).to_bytes(width, "big")
