"""Amounts of money in the notations that banks, exchanges and statements use: exact, by decimal arithmetic, never floats.

What could be read in two ways is refused: 1.234 is a thousand and more in one country and a little over one in another.
"""

import re
import unicodedata
from decimal import Decimal
from typing import Final

from ingest.errors import CleanError

DIGITS_MAX: Final = 30
_SIGNS: Final = {"£": "GBP", "€": "EUR", "$": "", "¥": "", "₹": "INR", "₺": "TRY", "₽": "RUB", "₦": "NGN", "₿": "BTC", "₫": "VND", "₴": "UAH", "zł": "PLN", "Kč": "CZK", "A$": "AUD", "C$": "CAD", "US$": "USD", "HK$": "HKD", "د.إ": "AED"}  # fmt: skip
_SCALES: Final = {
    "k": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "million": 1_000_000,
    "bn": 1_000_000_000,
    "thousand": 1_000,
}
_TWO_WAYS: Final = "an amount that reads in two ways, or none: write 1,234.56 or 1234.56"
_CODE = re.compile(r"[A-Z]{3,5}")
_SCALE = re.compile(r"(?<=[\d ])(k|mn?|bn|thousand|million)$", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[+-]?\d([.,]\d+)?[eE][+-]?\d{1,3}")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_FORM = re.compile(
    r"(?P<lead>[-+(]*)(?P<front>[^\d.,()+-]{0,12}?)(?P<mid>[-+]?)(?P<number>\d[\d.,' ]*|[.,]\d+)"
    r"(?P<back>[^\d.,'()+-]{0,12}?)(?P<tail>[-+)]*)(?:(?<=[\d ])(?P<side>CR|DR|DB|C|D))?"
)


def money(value: str) -> int | None:
    """Hundredths of the currency's unit (pence, cents): ``€ 1.234,56`` and ``1,234.56-`` are 123456 and -123456.

    Raises:
        CleanError: not an amount, one that reads in two ways, or one finer than hundredths.
    """
    amount = amount_of(value, fine=False)
    if amount is None:
        return None
    hundredths = amount * 100
    if hundredths != hundredths.to_integral_value():
        raise CleanError("an amount finer than hundredths: use money_exact")
    return int(hundredths)


def money_size(value: str) -> int | None:
    """As :func:`money` without its sign, where another column or the mapping says the direction."""
    amount = money(value)
    return None if amount is None else abs(amount)


def money_exact(value: str) -> str | None:
    """The amount as plain decimal text without useless zeros, however fine: ``0.00012300`` is ``0.000123``."""
    amount = amount_of(value)
    return None if amount is None else plain_decimal(amount)


def money_currency(value: str) -> str | None:
    """The currency that an amount names (ISO 4217 or the asset's own word); None where it names none or only ``$``, ``¥``."""
    found = _FORM.fullmatch(_plain(value))
    if found is None:
        return None
    words = [_without_scale(found[name]).strip() for name in ("front", "back")]
    codes = {code for word in words if word and (code := _code(word))}
    if len(codes) > 1:
        raise CleanError("an amount of two currencies")
    return codes.pop() if codes else None


def currency(value: str) -> str | None:
    """A currency on its own: a code in capitals (``gbp`` is GBP), or a sign that only one currency has."""
    plain = _plain(value)
    if not plain:
        return None
    code = _code(plain)
    if code is None or not 3 <= len(code) <= 5:
        raise CleanError("not a currency: three to five letters, as in ISO 4217")
    return code


def amount_of(value: str, *, fine: bool = True) -> Decimal | None:
    """The amount with its sign; brackets, a minus behind, and DR make it negative.

    ``fine``: one point with three digits behind it is a fraction (as exchanges of crypto write); else it is refused.

    Raises:
        CleanError: not an amount, or one that reads in two ways.
    """
    plain = _plain(value)
    if not plain:
        return None
    if _SCIENTIFIC.fullmatch(plain):
        raise CleanError("damaged number: a spreadsheet turned it into a power of ten")
    found = _FORM.fullmatch(plain)
    if found is None:
        raise CleanError("not an amount of money")
    written = found["number"].strip()
    if not fine and re.fullmatch(r"\d{1,3}\.\d{3}", written):
        raise CleanError(_TWO_WAYS)
    number = Decimal(_digits(written))
    number *= _scale(found["back"])
    for name in ("front", "back"):
        word = _without_scale(found[name]).strip()
        if word and _code(word) is None and word not in _SIGNS:
            raise CleanError("not an amount of money: what stands beside it is no currency")
    negative = "-" in found["lead"] + found["mid"] + found["tail"] or found["lead"].count("(")
    if found["lead"].count("(") != found["tail"].count(")"):
        raise CleanError("not an amount of money: a bracket is missing")
    negative = bool(negative) or (found["side"] or "").upper() in ("DR", "D", "DB")
    return -number if negative else number


def plain_decimal(amount: Decimal) -> str:
    """Decimal text without exponent and without zeros that say nothing."""
    written = f"{amount:f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written in ("-0", "") else written


def _plain(value: str) -> str:
    text = unicodedata.normalize("NFKC", value).replace("\u2212", "-").replace("\u2019", "'")
    return _SPACES.sub(" ", text).strip().removeprefix("'").strip()


def _code(word: str) -> str | None:
    if word in _SIGNS:
        return _SIGNS[word] or None
    upper = word.upper().strip(".")
    return upper if _CODE.fullmatch(upper) else None


def _scale(back: str) -> int:
    found = _SCALE.search(" " + back.strip())
    return _SCALES[found[1].lower()] if found else 1


def _without_scale(word: str) -> str:
    return _SCALE.sub("", " " + word.strip()).strip() if word else ""


def _digits(number: str) -> str:
    """The digits with a point: which mark groups thousands and which one parts the fraction."""
    number = number.replace(" ", "'") if re.fullmatch(r"\d{1,3}( \d{3})+([.,]\d+)?", number) else number
    if " " in number or len(number) > DIGITS_MAX + 15:
        raise CleanError("not an amount of money: a space where no thousands end")
    for group, point in ((",", "."), (".", ","), ("'", "."), ("'", ",")):
        grouped = rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+"
        if re.fullmatch(rf"{grouped}{re.escape(point)}\d*", number) or (
            group != "." and re.fullmatch(grouped, number)
        ):
            return number.replace(group, "").replace(point, ".")
    if re.fullmatch(r"\d{1,3}(\.\d{3}){2,}", number):
        return number.replace(".", "")
    if re.fullmatch(r"\d*\.\d+|\d+\.?", number):
        return number
    if re.fullmatch(r"\d+,\d{1,2}", number):
        return number.replace(",", ".")
    raise CleanError(_TWO_WAYS)
