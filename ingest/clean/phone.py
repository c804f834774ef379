"""Telephone numbers to E.164, United Kingdom by default; damage done by spreadsheets is refused, not repaired.

A mobile number that lost its first zero (7700900123) could be made whole by guessing; it is refused all the same,
because the same damage strikes numbers where the guess would be wrong.
"""

import re
import unicodedata
from collections.abc import Callable

import phonenumbers

from ingest.clean.text import text
from ingest.errors import CleanError

_SCIENTIFIC = re.compile(r"\d([.,]\d+)?[eE]\+?\d{1,2}")
_KEEP = re.compile(r"[^\d+]")
_USUAL = re.compile(
    r"(?:0|\+44 ?|44)([1-37](?: ?[0-9]){9})"
)  # read without the library, with the same outcome: 50 times as fast
_FORM = re.compile(r"[\d\s()+./\-]{5,40}")
DAMAGED = "damaged number"
PREFIX = "phone:"


def is_regional(name: str) -> bool:
    """True for ``phone:CC`` with the two letters of a country that has a numbering plan."""
    return name.startswith(PREFIX) and name.removeprefix(PREFIX) in phonenumbers.SUPPORTED_REGIONS


def regional(name: str) -> Callable[[str], str | None]:
    """The cleaner of ``phone:CC``: numbers without a country code are of that country."""
    region = name.removeprefix(PREFIX)
    return phone if region == "GB" else lambda value: _foreign(value, region)


def _foreign(value: str, region: str) -> str | None:
    plain = _plain(value)
    if plain is None:
        return None
    if _SCIENTIFIC.fullmatch(plain.replace(" ", "")):
        raise CleanError(f"{DAMAGED}: a spreadsheet turned it into a power of ten; get the original file")
    if not _FORM.fullmatch(plain):
        raise CleanError("not a telephone number")
    return _dialled(plain, region)


def phone(value: str) -> str | None:
    """E.164, for example ``+447700900123``.

    Raises:
        CleanError: a damaged number, or no number that could be dialled.
    """
    plain = _plain(value)
    if plain is None:
        return None
    if usual := _USUAL.fullmatch(plain):
        return f"+44{usual[1].replace(' ', '')}"
    digits = _KEEP.sub("", plain)
    if _SCIENTIFIC.fullmatch(plain.replace(" ", "")):
        raise CleanError(f"{DAMAGED}: a spreadsheet turned it into a power of ten; get the original file")
    if _lost_zero(digits):
        raise CleanError(
            f"{DAMAGED}: the first zero is missing; get the original file or format the column as text"
        )
    if not _FORM.fullmatch(plain):
        raise CleanError("not a telephone number")
    return _e164(plain, digits)


def _plain(value: str) -> str | None:
    """Full-width digits made plain, spreadsheet guard and leading apostrophe taken off."""
    cleaned = text(value if value.isascii() else unicodedata.normalize("NFKC", value))
    return cleaned.removeprefix("'").strip() or None if cleaned else None


def _lost_zero(digits: str) -> bool:
    return len(digits) == 10 and digits[0] in "1237" and not digits.startswith("+")


def _e164(plain: str, digits: str) -> str:
    if digits.startswith("44") and len(digits) == 12:
        plain = "+" + digits
    return _dialled(plain, "GB")


def _dialled(plain: str, region: str) -> str:
    try:
        parsed = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException as error:
        raise CleanError("not a telephone number") from error
    if not phonenumbers.is_possible_number(parsed):
        raise CleanError("not a telephone number: too short or too long")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def phone_lenient(value: str) -> str | None:
    """E.164 where it is a number, else its text as received: for sets with numbers of no real numbering plan."""
    plain = _plain(value)
    if plain is None:
        return None
    if _SCIENTIFIC.fullmatch(plain):
        raise CleanError(f"{DAMAGED}: a spreadsheet turned it into a power of ten; get the original file")
    if not plain.startswith(("0", "+")) or plain[1:2] == "-":
        return plain
    try:
        return phone(value)
    except CleanError:
        return plain
