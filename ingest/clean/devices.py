"""Numbers of handsets and SIM cards: IMEI, IMSI, ICCID (ITU-T E.118, E.212; 3GPP TS 23.003).

One handset is one text: 14 digits, 15 with their check digit and 16 with a software version all give the 15 digits of
the IMEI. The check digit follows from the fourteen, so nothing is made up; the number as received stays with the record.
"""

import re
import unicodedata

from ingest.errors import CleanError

_NOISE = re.compile(r"[\s\-./]+")
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?[eE]\+?\d{1,2}")
CUT = "its last digits are zeros, as a spreadsheet leaves them: check the original file"
ZERO_CHECK = "IMEI with a zero for its check digit, as networks write it: the check digit was worked out"
NO_CHECK = "IMEI of 14 digits: its check digit was worked out"
NO_ICCID_CHECK = "ICCID whose last digit is no check digit: printed without one, or misread"
SOFTWARE = "IMEI with a software version (16 digits): the version stays with the record as received"


def imei(value: str) -> str | None:
    """The 15 digits of an IMEI, check digit included.

    Raises:
        CleanError: no 14, 15 or 16 digits, a check digit that does not hold (but 0, which networks send), or all zeros.
    """
    digits = _digits(value)
    if not digits:
        return None
    if len(digits) not in (14, 15, 16):
        raise CleanError("not an IMEI: 14, 15 or 16 digits")
    if not digits.strip("0"):
        raise CleanError("an IMEI of zeros: the handset gave none")
    whole = digits[:14] + luhn_digit(digits[:14])
    if len(digits) == 15 and digits[14] not in (whole[14], "0"):
        raise CleanError("not an IMEI: its check digit does not hold")
    return whole


def imei_notes(value: str) -> tuple[str, ...]:
    """What a person should know of how an IMEI was written."""
    digits = _digits(value)
    if len(digits) == 14:
        return (NO_CHECK,)
    if len(digits) == 16:
        return (SOFTWARE,)
    zero = len(digits) == 15 and digits[14] == "0" and luhn_digit(digits[:14]) != "0"
    if zero and digits.endswith("0000"):
        return (CUT,)
    return (ZERO_CHECK,) if zero else ()


def imsi(value: str) -> str | None:
    """An IMSI: 6 to 15 digits, the first three of them a country code (MCC 2xx to 7xx, or 9xx for shared networks)."""
    digits = _digits(value)
    if not digits:
        return None
    if not 6 <= len(digits) <= 15:
        raise CleanError("not an IMSI: 6 to 15 digits")
    if digits[0] not in "2345679" or (digits[0] == "9" and digits[:3] not in ("901", "999")):
        raise CleanError("not an IMSI: it begins with no mobile country code")
    return digits


def iccid(value: str) -> str | None:
    """The number on a SIM card: 18 to 22 characters that begin with 89.

    Some cards print the check digit and some leave it out, so that a length does not tell: one that does not hold is kept,
    with a note (:func:`iccid_notes`). A trailing F, which readers leave as filling, is taken off.
    """
    digits = _digits(value, trailing="F")
    if not digits:
        return None
    if len(digits) >= 19 and digits.endswith("0000"):
        raise CleanError(f"damaged number: {CUT}")
    if not 18 <= len(digits) <= 22 or not digits.startswith("89"):
        raise CleanError("not an ICCID: 18 to 22 digits that begin with 89")
    return digits


def iccid_notes(value: str) -> tuple[str, ...]:
    """What a person should know of how an ICCID was written."""
    digits = _digits(value, trailing="F")
    holds = luhn_digit(digits[:-1]) == digits[-1] if digits else True
    return () if holds else (NO_ICCID_CHECK,)


def luhn_digit(digits: str) -> str:
    """The check digit (ISO/IEC 7812 annex B) that belongs behind ``digits``."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        doubled = int(char) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def _digits(value: str, trailing: str = "") -> str:
    plain = unicodedata.normalize("NFKC", value).strip().removeprefix("'").strip()
    if _SCIENTIFIC.fullmatch(plain):
        raise CleanError("damaged number: a spreadsheet turned it into a power of ten; get the original file")
    digits = _NOISE.sub("", plain).upper()
    for mark in trailing:
        digits = digits.rstrip(mark)
    if digits and not (digits.isascii() and digits.isdigit()):
        raise CleanError("not a number of a handset or SIM card: digits only")
    return digits
