"""Keys of report packages: this workspace's own Ed25519 key, and the public keys of other forces that it trusts.

The own key lies in ``keys/exchange.key`` (readable by its owner alone), the trusted ones in ``keys/trusted_forces.json``:
a table of public key to force. A key is trusted for one force; what it signs in another's name is refused.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from graphcore.audit.keys import read_or_make
from graphcore.errors import ValueRefusedError

OWN = Path("keys", "exchange.key")
TRUSTED = Path("keys", "trusted_forces.json")
_BYTES = 32


def own_key(workspace: Path) -> Ed25519PrivateKey:
    """The key that this workspace signs with; made on first use.

    Raises:
        AuditError: the key file cannot be read or is damaged.
    """
    return Ed25519PrivateKey.from_private_bytes(read_or_make(workspace / OWN))


def public_text(key: Ed25519PrivateKey) -> str:
    """The public part as base64, which may be given to other forces."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def own_public(workspace: Path) -> str | None:
    """The own public key, None where this workspace has not signed anything yet."""
    return public_text(own_key(workspace)) if (workspace / OWN).exists() else None


def public_key(text: str) -> Ed25519PublicKey:
    """A public key from base64.

    Raises:
        ValueRefusedError: it is none.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueRefusedError("not a public key: 44 characters of base64 are wanted") from error
    if len(raw) != _BYTES:
        raise ValueRefusedError("not a public key: 44 characters of base64 are wanted")
    return Ed25519PublicKey.from_public_bytes(raw)


def trusted(workspace: Path) -> Mapping[str, str]:
    """Force by public key.

    Raises:
        ValueRefusedError: the file is damaged.
    """
    path = workspace / TRUSTED
    if not path.exists():
        return {}
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueRefusedError(f"{TRUSTED} is damaged: put it back from the backup") from error
    table = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    if not isinstance(found, dict) or not all(isinstance(force, str) for force in table.values()):
        raise ValueRefusedError(f"{TRUSTED} is damaged: put it back from the backup")
    return {key: str(force) for key, force in table.items()}


def trust(workspace: Path, key: str, force: str) -> None:
    """Trust ``key`` to sign for ``force``.

    Raises:
        ValueRefusedError: no such key can be, or it is trusted for another force.
    """
    public_key(key)
    if not force.strip():
        raise ValueRefusedError("name the force that the key belongs to")
    table = dict(trusted(workspace))
    if table.get(key, force) != force:
        raise ValueRefusedError("this key is trusted for another force: take that out first")
    path = workspace / TRUSTED
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(table | {key: force}, indent=1, sort_keys=True), encoding="utf-8")
    draft.replace(path)
