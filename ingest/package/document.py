"""The package as a document: its words, its canonical form, its hash and its signature.

Canonical is JSON in UTF-8 with sorted keys and no spaces. The SHA-256 is of the canonical body, the Ed25519 signature of a
fixed line and that hash, so that a signature made for something else is never one of a package.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Annotated, Literal, cast

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import AwareDatetime, Field, ValidationError

from graphcore.errors import ValueRefusedError
from ingest.package.keys import public_key, public_text
from ingest.package.records import (
    EntityPart,
    GradingPart,
    HandlingPart,
    LinkPart,
    Part,
    ProvenancePart,
    Short,
)

FORMAT = "ocb-report-package"
VERSION = 1
BYTES_MAX = 64 << 20
ITEMS_MAX = 1_000
_LINE = b"ocb-report-package/1\n"


class ItemPart(Part):
    """One graded item: what it says of itself for people, and its records for machines."""

    reference: Short
    grading: GradingPart | None
    handling: HandlingPart
    marking: Literal["OFFICIAL", "OFFICIAL-SENSITIVE"]
    handling_text: str
    provenance: ProvenancePart
    document: Annotated[list[EntityPart], Field(min_length=1, max_length=100)]
    subjects: Annotated[list[EntityPart], Field(max_length=5_000)]
    links: Annotated[list[LinkPart], Field(max_length=10_000)]


class Disclosure(Part):
    """To whom it was disclosed, by what gateway, and who allowed it."""

    to: Annotated[str, Field(min_length=1, max_length=200)]
    gateway: Annotated[str, Field(min_length=1, max_length=500)]
    authorised_by: Annotated[str, Field(max_length=200)]
    disclosed_at: AwareDatetime


class Body(Part):
    """What is hashed and signed."""

    format: Literal["ocb-report-package"]
    version: Literal[1]
    force: Annotated[str, Field(min_length=1, max_length=200)]
    report: Annotated[str, Field(min_length=1, max_length=500)]
    disclosure: Disclosure
    items: Annotated[list[ItemPart], Field(min_length=1, max_length=ITEMS_MAX)]


class Signed(Part):
    """A package file."""

    package: dict[str, object]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    public_key: str
    signature: str


def canonical(value: object) -> bytes:
    """The one written form of a JSON value."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def seal(body: Body, key: Ed25519PrivateKey) -> bytes:
    """The package file: body, hash, public key and signature; the same body and key give the same bytes."""
    words = cast("dict[str, object]", body.model_dump(mode="json"))
    digest = hashlib.sha256(canonical(words)).digest()
    signature = base64.b64encode(key.sign(_LINE + digest)).decode()
    signed = {
        "package": words,
        "sha256": digest.hex(),
        "public_key": public_text(key),
        "signature": signature,
    }
    return canonical(signed) + b"\n"


def unseal(raw: bytes) -> tuple[Body, str]:
    """The body of a package whose hash and signature hold, and the public key that signed it.

    Raises:
        ValueRefusedError: it is no package, was changed after it was signed, or is of a version that is not known.
    """
    try:
        signed = Signed.model_validate(orjson.loads(raw))
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise ValueRefusedError("not a report package, or cut off") from error
    digest = hashlib.sha256(canonical(signed.package)).digest()
    if digest.hex() != signed.sha256:
        raise ValueRefusedError("its SHA-256 does not fit: it was changed on the way")
    try:
        public_key(signed.public_key).verify(
            base64.b64decode(signed.signature, validate=True), _LINE + digest
        )
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise ValueRefusedError(
            "its signature does not hold: it was not signed with the key that it names"
        ) from error
    try:
        return Body.model_validate(signed.package), signed.public_key
    except ValidationError as error:
        where = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors()[:3])
        raise ValueRefusedError(
            f"its signature holds, but it does not read as version {VERSION} ({where})"
        ) from error
