"""The keys of a workspace in one sealed file: a passphrase, scrypt (RFC 7914) and AES-256-GCM.

A backup with its keys beside it in the clear is worth no more than none; without them it cannot be used. So they travel
sealed, or apart.
"""

import secrets
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from graphcore.errors import LedgerError

LEAST_PASSPHRASE = 12
_COST = 1 << 15  # 32 MB and about a tenth of a second for each guess
_BOUND = b"ocb-keys:1"


def seal_keys(folder: Path, passphrase: str) -> bytes:
    """Every key file of ``folder``, sealed.

    Raises:
        LedgerError: the passphrase is too short.
    """
    if len(passphrase) < LEAST_PASSPHRASE:
        raise LedgerError(f"the passphrase of a backup needs at least {LEAST_PASSPHRASE} characters")
    held = {path.name: path.read_bytes().hex() for path in sorted(folder.iterdir()) if path.is_file()}
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, orjson.dumps(held), _BOUND)
    return orjson.dumps({"salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()})


def open_keys(raw: bytes, passphrase: str) -> dict[str, bytes]:
    """Key files by name.

    Raises:
        LedgerError: the passphrase is another, or the file was altered.
    """
    try:
        told = {name: bytes.fromhex(value) for name, value in orjson.loads(raw).items()}
        plain = AESGCM(_key(passphrase, told["salt"])).decrypt(told["nonce"], told["sealed"], _BOUND)
    except (InvalidTag, ValueError, KeyError, AttributeError) as error:
        raise LedgerError(
            "the keys do not open: the passphrase is another one, or the file was altered"
        ) from error
    return {name: bytes.fromhex(value) for name, value in orjson.loads(plain).items()}


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode("utf-8"))
