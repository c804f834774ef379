"""Identifiers with a written form of their own: VRM, company number, postcode, account, sort code, IBAN."""

import re
import unicodedata

from ingest.errors import CleanError

_NOT_ALNUM = re.compile(r"[\s\-._]+")
_DATE = re.compile(  # what a spreadsheet makes of MAR 12 or 1 JAN
    r"\d{1,2}-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:-\d{2,4})?"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{2,4}|\d{1,2}/\d{1,2}/\d{4}",
    re.IGNORECASE,
)
_VRM = re.compile(r"[A-Z0-9]{2,8}")
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
_COMPANY = re.compile(r"([A-Z]{0,2})(\d{1,8})([A-Z]?)")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
# characters of an IBAN by country [belief: from common knowledge of the SWIFT registry; a country not named passes at any length]
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24,
    "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29,
    "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24,
    "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip


def _upper(value: str) -> str:
    """Upper case, full-width characters made plain, no spaces, hyphens or dots."""
    return _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", value)).upper()


def vrm(value: str) -> str | None:
    """A vehicle registration mark without spaces, for example ``AB12CDE``; foreign and personal marks pass."""
    if _DATE.fullmatch(value):
        raise CleanError("damaged number: a spreadsheet turned the mark into a date; get the original file")
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
    """An IBAN without spaces whose length fits its country and whose check digits hold (ISO 7064 mod 97)."""
    compact = _upper(value).removeprefix("IBAN")
    if not compact:
        return None
    if not _IBAN.fullmatch(compact):
        raise CleanError("not an IBAN")
    if len(compact) != _IBAN_LENGTHS.get(compact[:2], len(compact)):
        raise CleanError("not an IBAN: too short or too long for its country")
    digits = "".join(str(int(char, 36)) for char in compact[4:] + compact[:4])
    if int(digits) % 97 != 1:
        raise CleanError("not an IBAN: its check digits do not hold")
    return compact
