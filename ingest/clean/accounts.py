"""Bank accounts however a source writes them: one reference for one account, whether by IBAN or by sort code and number.

A British IBAN holds the sort code and the account number, so both ways of writing meet in one text.
"""

import re
import unicodedata
from typing import Final

from ingest.clean.identifiers import account_number, iban, sort_code
from ingest.errors import CleanError

_COMBINED = re.compile(r"(\d{2}[\s-]?\d{2}[\s-]?\d{2})[\s/,:-]+(\d[\d\s]{6,9})|(\d{6})(\d{8})")
_BRITISH = re.compile(r"\d{2}-\d{2}-\d{2} \d{8}")
_IBAN_FORM = re.compile(r"[A-Za-z]{2}\d{2}[A-Za-z0-9 ]{11,42}")
_SWIFT = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_SORT_CODE_AT: Final = slice(8, 14)
_NUMBER_AT: Final = slice(14, 22)


def account_reference(value: str) -> str | None:
    """``12-34-56 12345678`` for a British account (from its IBAN too), else the IBAN; other numbers as they are.

    Raises:
        CleanError: an IBAN whose check digits do not hold, or nothing that could name an account.
    """
    plain = unicodedata.normalize("NFKC", value).strip()
    if not plain:
        return None
    if found := _COMBINED.fullmatch(plain):
        code, number = (found[1], found[2]) if found[1] else (found[3], found[4])
        return f"{sort_code(code)} {account_number(number)}"
    if _IBAN_FORM.fullmatch(plain):
        known = iban(plain)
        if known and known.startswith("GB"):
            return f"{sort_code(known[_SORT_CODE_AT])} {known[_NUMBER_AT]}"
        return known
    compact = re.sub(r"[\s\-./]+", "", plain).upper()
    if not re.fullmatch(r"[A-Z0-9]{4,34}", compact) or not any(char.isdigit() for char in compact):
        raise CleanError("not an account: an IBAN, a sort code with a number, or 4 to 34 letters and digits")
    return compact


def account_iban(value: str) -> str | None:
    """The IBAN where an account is written as one, else None."""
    plain = unicodedata.normalize("NFKC", value).strip()
    return iban(plain) if _IBAN_FORM.fullmatch(plain) else None


def account_sort_code(value: str) -> str | None:
    """The sort code of a British account, from its IBAN too; None for others."""
    known = account_reference(value)
    return known[:8] if known and _BRITISH.fullmatch(known) else None


def account_digits(value: str) -> str | None:
    """The account number of a British account, from its IBAN too; other numbers whole; None for an IBAN from abroad."""
    known = account_reference(value)
    if known is None or account_iban(value) == known:
        return None
    return known[9:] if _BRITISH.fullmatch(known) else known


def bic(value: str) -> str | None:
    """A bank identifier code (ISO 9362): 8 or 11 characters."""
    compact = re.sub(r"\s+", "", value).upper()
    if not compact:
        return None
    if not _SWIFT.fullmatch(compact):
        raise CleanError("not a BIC: 8 or 11 characters, the first six letters")
    return compact
