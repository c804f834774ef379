"""Addresses of crypto wallets whose checksums hold: Bitcoin (base58check, bech32, bech32m) and Ethereum (EIP-55).

Base58 is kept as received, since case is part of it; bech32 in lower case; Ethereum with the case of EIP-55, so that
one address is one text. What carries no checksum at all (Ethereum in one case) is taken as it is.

Sources: BIP-173 and BIP-350 (bech32, bech32m), BIP-13 and the base58check page of the Bitcoin wiki, EIP-55.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from ingest.clean.keccak import keccak_256
from ingest.clean.text import text
from ingest.errors import CleanError

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_FORM = re.compile(r"[123mn2][1-9A-HJ-NP-Za-km-z]{24,34}")
_VERSIONS: Final = frozenset({0x00, 0x05, 0x6F, 0xC4})  # pay to key or script, main and test network
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_FORM = re.compile(r"(bc|tb|bcrt)1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{8,87}")
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CONSTANTS: Final = {0: 1}  # witness version 0 is bech32; every later one bech32m
_BECH32M: Final = 0x2BC830A3
_ETHEREUM_FORM = re.compile(r"0x[0-9a-fA-F]{40}")
_URI = re.compile(r"(bitcoin|ethereum):([^?@]+)(?:[?@].*)?", re.IGNORECASE)


def wallet(value: str) -> str | None:
    """The address in its one written form; a payment link (``bitcoin:...``) gives its address.

    Raises:
        CleanError: no address of these chains, or a checksum that does not hold (a letter was misread).
    """
    cleaned = text(value)
    if cleaned is None:
        return None
    if link := _URI.fullmatch(cleaned):
        cleaned = link[2]
    lower = cleaned.lower()
    if lower.startswith(("bc1", "tb1", "bcrt1")):
        return _segwit(cleaned, lower)
    if lower.startswith("0x"):
        return _ethereum(cleaned)
    if _BASE58_FORM.fullmatch(cleaned):
        return _base58check(cleaned)
    raise CleanError("not a wallet of Bitcoin or Ethereum: base58, bc1 or 0x with 40 hexadecimal digits")


def wallet_any(value: str) -> str | None:
    """As :func:`wallet` where it begins like one of those chains; addresses of other chains pass as received."""
    cleaned = text(value)
    if cleaned is None:
        return None
    if len(cleaned) > 200 or any(char.isspace() for char in cleaned):
        raise CleanError("not a wallet: one word of at most 200 characters")
    known = cleaned.lower().startswith(("bc1", "tb1", "bcrt1", "0x", "bitcoin:", "ethereum:"))
    if known and not (cleaned.lower().startswith("0x") and len(cleaned) != 42):
        return wallet(cleaned)
    return cleaned


def wallet_chain(value: str) -> str | None:
    """Which chain an address is of (``bitcoin`` or ``ethereum``), from its form; None where that does not tell."""
    found = wallet_any(value)
    if found is None:
        return None
    if found.startswith("0x") and len(found) == 42:
        return "ethereum"
    if found.startswith(("bc1", "tb1", "bcrt1")):
        return "bitcoin"
    return "bitcoin" if _BASE58_FORM.fullmatch(found) and _payload(found) is not None else None


def _base58check(address: str) -> str:
    payload = _payload(address)
    if payload is None:
        raise CleanError("a Bitcoin address whose checksum does not hold: a letter was lost or misread")
    if payload[0] not in _VERSIONS or len(payload) != 21:
        raise CleanError("base58 with a good checksum, but no Bitcoin address")
    return address


def _payload(address: str) -> bytes | None:
    number = 0
    for char in address:
        number = number * 58 + _BASE58.index(char)
    zeros = len(address) - len(address.lstrip("1"))
    raw = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    body, check = raw[:-4], raw[-4:]
    held = bool(body) and hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] == check
    return body if held else None


def _segwit(address: str, lower: str) -> str:
    if address not in (lower, lower.upper()):
        raise CleanError("a Bitcoin address of mixed case: it was damaged")
    if len(lower) > 90 or not _BECH32_FORM.fullmatch(lower):
        raise CleanError("not a Bitcoin address: bc1 and letters and digits without 1, b, i and o")
    prefix, _, rest = lower.rpartition("1")
    values = [_BECH32.index(char) for char in rest]
    expanded = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    if _polymod([*expanded, *values]) != _CONSTANTS.get(values[0], _BECH32M):
        raise CleanError("a Bitcoin address whose checksum does not hold: a letter was lost or misread")
    _program(values[0], values[1:-6])
    return lower


def _program(version: int, groups: Sequence[int]) -> None:
    """Refuse what the checksum lets through: a wrong witness version, length or padding (BIP-173)."""
    spare = len(groups) * 5 % 8
    size = len(groups) * 5 // 8
    padded = spare < 5 and not (bool(groups) and groups[-1] & ((1 << spare) - 1))
    if version > 16 or not 2 <= size <= 40 or (version == 0 and size not in (20, 32)) or not padded:
        raise CleanError("a good checksum, but no Bitcoin address")


def _polymod(values: Sequence[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit in range(5):
            if top >> bit & 1:
                check ^= _GENERATOR[bit]
    return check


def _ethereum(address: str) -> str:
    if not _ETHEREUM_FORM.fullmatch(address):
        raise CleanError("not an Ethereum address: 0x and 40 hexadecimal digits")
    digits = address[2:]
    written = "0x" + _eip55(digits.lower())
    mixed = digits not in (digits.lower(), digits.upper())
    if mixed and written[2:] != digits:
        raise CleanError("an Ethereum address whose checksum (EIP-55) does not hold: a letter was misread")
    return written


def _eip55(digits: str) -> str:
    hashed = keccak_256(digits.encode("ascii")).hex()
    return "".join(
        char.upper() if int(nibble, 16) >= 8 else char for char, nibble in zip(digits, hashed, strict=False)
    )
