"""Numbers: whole, decimal, money in pence, shares. A damaged or ambiguous number is refused, never rounded."""

import math
import re
import unicodedata
from decimal import Decimal, InvalidOperation

from ingest.errors import CleanError

_SCIENTIFIC = re.compile(r"-?\d([.,]\d+)?[eE]\+?\d{1,3}")
_INTEGER = re.compile(r"[+-]?\d{1,18}(\.0+)?")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_MONEY = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,15})(\.\d{1,2})?")
_TRUE = frozenset({"true", "yes", "y", "1", "t"})
_FALSE = frozenset({"false", "no", "n", "0", "f"})


def _plain(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip().removeprefix("'").strip()


def integer(value: str) -> int | None:
    """A whole number; thousands commas pass, powers of ten do not (a spreadsheet lost their digits)."""
    plain = _plain(value).replace(",", "")
    if _SCIENTIFIC.fullmatch(plain):
        raise CleanError("damaged number: a spreadsheet turned it into a power of ten")
    if not plain:
        return None
    if not _INTEGER.fullmatch(plain):
        raise CleanError("not a whole number")
    return int(plain.split(".")[0])


def decimal(value: str) -> float | None:
    """A finite number with a decimal point."""
    plain = _plain(value)
    if not plain:
        return None
    if not _DECIMAL.fullmatch(plain):
        raise CleanError("not a number")
    number = float(plain)
    if not math.isfinite(number):
        raise CleanError("not a finite number")
    return number


def percent(value: str) -> float | None:
    """A percentage as a share from 0 to 1."""
    number = decimal(_plain(value).removesuffix("%").strip())
    if number is None:
        return None
    if not 0 <= number <= 100:
        raise CleanError("not a percentage from 0 to 100")
    return round(number / 100, 6)


def pence(value: str) -> int | None:
    """Pounds to whole pence: ``£1,234.5`` is 123450; a minus sign or brackets make it negative."""
    plain = _plain(value).replace("£", "").removesuffix("GBP").removeprefix("GBP").strip()
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1].strip() if negative else plain.replace("- ", "-")
    if not plain:
        return None
    if not _MONEY.fullmatch(plain):
        raise CleanError("not an amount in pounds with at most two decimals")
    try:
        amount = int(Decimal(plain.replace(",", "")) * 100)
    except InvalidOperation as error:
        raise CleanError("not an amount in pounds") from error
    return -amount if negative else amount


def boolean(value: str) -> bool | None:
    """Yes or no, in the usual words."""
    word = _plain(value).casefold()
    if not word:
        return None
    if word not in _TRUE | _FALSE:
        raise CleanError("neither yes nor no")
    return word in _TRUE
