"""Identifiers with a written form of their own: VRM, company number, postcode, account, sort code, IBAN."""

import re
import unicodedata

from ingest.errors import CleanError

_NOT_ALNUM = re.compile(r"[\s\-._]+")
_VRM = re.compile(r"[A-Z0-9]{2,8}")
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
_COMPANY = re.compile(r"([A-Z]{0,2})(\d{1,8})([A-Z]?)")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def _upper(value: str) -> str:
    """Upper case, full-width characters made plain, no spaces, hyphens or dots."""
    return _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", value)).upper()


def vrm(value: str) -> str | None:
    """A vehicle registration mark without spaces, for example ``AB12CDE``; foreign and personal marks pass."""
    mark = _upper(value)
    if not mark:
        return None
    if not _VRM.fullmatch(mark):
        raise CleanError("not a vehicle registration mark: 2 to 8 letters and digits")
    return mark


def postcode(value: str) -> str | None:
    """A United Kingdom postcode with its space, for example ``M1 1AA``."""
    compact = _upper(value)
    if not compact:
        return None
    match = _POSTCODE.fullmatch(compact)
    if match is None:
        raise CleanError("not a United Kingdom postcode")
    return f"{match[1]} {match[2]}"


def company_number(value: str) -> str | None:
    """Eight characters with prefix and leading zeros, for example ``00012345`` or ``SC012345``."""
    compact = _upper(value)
    if not compact:
        return None
    match = _COMPANY.fullmatch(compact)
    if match is None or len(compact) > 8:
        raise CleanError("not a company number: 8 characters, digits or a prefix of two letters and digits")
    width = 8 - len(match[1]) - len(match[3])
    return match[1] + match[2].zfill(width) + match[3]


def sort_code(value: str) -> str | None:
    """Six digits as ``12-34-56``."""
    digits = _upper(value)
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        raise CleanError(
            "not a sort code: 6 digits (a lost leading zero cannot be told from a missing digit)"
        )
    return f"{digits[:2]}-{digits[2:4]}-{digits[4:]}"


def account_number(value: str) -> str | None:
    """A United Kingdom bank account number: eight digits."""
    digits = _upper(value)
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) == 8):
        raise CleanError(
            "not an account number: 8 digits (a lost leading zero cannot be told from a missing digit)"
        )
    return digits


def iban(value: str) -> str | None:
    """An IBAN without spaces whose check digits hold (ISO 7064 mod 97)."""
    compact = _upper(value)
    if not compact:
        return None
    if not _IBAN.fullmatch(compact):
        raise CleanError("not an IBAN")
    digits = "".join(str(int(char, 36)) for char in compact[4:] + compact[:4])
    if int(digits) % 97 != 1:
        raise CleanError("not an IBAN: its check digits do not hold")
    return compact
