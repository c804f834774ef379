"""Sealing of questions: AES-256-GCM (NIST SP 800-38D) with a nonce by chance. A seal that was altered does not open.

A seal is ``version || nonce (12) || ciphertext || tag (16)``. Seals without a version, of logs from before, are opened
with their own keys: HMAC-SHA-256 in counter mode, then a MAC. Each form is authenticated, so neither passes for the other.
Nonces by chance carry 2**32 seals a key; at a million questions a day that is eleven years.
"""

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graphcore.audit.keys import AuditKeys
from graphcore.errors import AuditError

_VERSION = b"\x01"
_BOUND = b"ocb-audit-question"
_NONCE = 12
_OLD_NONCE = 16
_OLD_TAG = 32
_OLD_BLOCK = 32


def seal(text: str, keys: AuditKeys) -> bytes:
    """``text`` sealed; different at every call."""
    nonce = secrets.token_bytes(_NONCE)
    plain = text.encode("utf-8", "surrogatepass")
    return _VERSION + nonce + AESGCM(keys.seal).encrypt(nonce, plain, _VERSION + _BOUND)


def unseal(sealed: bytes, keys: AuditKeys) -> str:
    """The text that was sealed.

    Raises:
        AuditError: the seal is broken, or was made with another key.
    """
    plain = _open(sealed, keys) if sealed[:1] == _VERSION else None
    if plain is None:
        plain = _open_old(sealed, keys)
    if plain is None:
        raise AuditError(
            "a sealed question does not open: it was altered, or keys/audit.key is not the log's own"
        )
    return plain.decode("utf-8", "surrogatepass")


def query_hash(text: str, keys: AuditKeys) -> str:
    """Keyed hash: equal questions have equal hashes, and without the key it cannot be guessed at."""
    return hmac.digest(keys.query, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def _open(sealed: bytes, keys: AuditKeys) -> bytes | None:
    nonce, cipher = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return AESGCM(keys.seal).decrypt(nonce, cipher, _VERSION + _BOUND)
    except (InvalidTag, ValueError):
        return None


def _open_old(sealed: bytes, keys: AuditKeys) -> bytes | None:
    nonce, cipher, tag = sealed[:_OLD_NONCE], sealed[_OLD_NONCE:-_OLD_TAG], sealed[-_OLD_TAG:]
    if not hmac.compare_digest(tag, hmac.digest(keys.old_seal_mac, nonce + cipher, "sha256")):
        return None
    blocks = range((len(cipher) + _OLD_BLOCK - 1) // _OLD_BLOCK)
    key = keys.old_seal_cipher
    stream = b"".join(hmac.digest(key, nonce + number.to_bytes(8, "big"), "sha256") for number in blocks)
    width = len(cipher)
    return (int.from_bytes(cipher, "big") ^ int.from_bytes(stream[:width], "big")).to_bytes(width, "big")
