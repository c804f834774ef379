"""Kinds of mention, and what each becomes in the graph. A mention is where a text says an identifier, and its usual form."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from graphcore.model import Value


class Kind(StrEnum):
    """What a rule can find."""

    PHONE = "phone"
    VRM = "vrm"
    COMPANY_NUMBER = "company_number"
    ACCOUNT = "account"
    IBAN = "iban"
    POSTCODE = "postcode"
    EMAIL = "email"
    WALLET = "wallet"


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters ``start`` to ``end`` of a text say ``value`` (an account: sort code, space, number)."""

    kind: Kind
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NameFound:
    """Characters ``start`` to ``end`` look like the name of a ``kind`` (Person, Business, Location, or "" unsaid)."""

    kind: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Becomes:
    """The entity that a mention states: its type and kind, and the property that holds the value."""

    type: str
    kind: str
    property: str


KINDS: Mapping[Kind, Becomes] = MappingProxyType(
    {
        Kind.PHONE: Becomes("Phone", "", "number"),
        Kind.VRM: Becomes("Vehicle", "road_vehicle", "vrm"),
        Kind.COMPANY_NUMBER: Becomes("Business", "company", "company_number"),
        Kind.ACCOUNT: Becomes("Account", "bank", "account_number"),
        Kind.IBAN: Becomes("Account", "bank", "iban"),
        Kind.POSTCODE: Becomes("Location", "postcode", "postcode"),
        Kind.EMAIL: Becomes("OnlineIdentity", "email", "email"),
        Kind.WALLET: Becomes("Account", "crypto_wallet", "wallet"),
    }
)


def properties_of(mention: Mention) -> dict[str, tuple[Value, ...]]:
    """The properties that the mention's entity has."""
    if mention.kind is Kind.ACCOUNT:
        code, _, number = mention.value.partition(" ")
        return {"sort_code": (code,), "account_number": (number,)}
    return {KINDS[mention.kind].property: (mention.value,)}
