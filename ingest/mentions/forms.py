"""What a form alone cannot tell: lengths, areas, and the words around that say what a number is."""

import re
from datetime import date

import phonenumbers

# SWIFT IBAN registry, the countries whose accounts come up most; another country's IBAN is left in the text
IBAN_LENGTH = {
    "GB": 22, "IE": 22, "FR": 27, "DE": 22, "NL": 18, "BE": 16, "ES": 24, "PT": 25, "IT": 27, "CH": 21, "AT": 20,
    "LU": 20, "MC": 27, "MT": 31, "CY": 28, "GR": 27, "PL": 28, "CZ": 24, "SK": 24, "HU": 28, "RO": 24, "BG": 22,
    "HR": 21, "SI": 19, "RS": 22, "AL": 28, "MK": 19, "ME": 22, "BA": 20, "XK": 20, "TR": 26, "LT": 20, "LV": 21,
    "EE": 20, "FI": 18, "SE": 24, "NO": 15, "DK": 18, "IS": 26, "GI": 23, "LI": 21, "AE": 23, "SA": 24, "QA": 29,
    "KW": 30, "BH": 22, "IL": 23, "JO": 30, "LB": 28, "PK": 24, "UA": 29, "MD": 24, "GE": 22, "AZ": 28, "KZ": 20,
}  # fmt: skip
_AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL "
    "GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX "
    "PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR "
    "WS WV YO ZE"
)
POSTCODE_AREAS = frozenset(_AREAS.split())
VEHICLE_NEAR = re.compile(
    r"\b(?:vrm|reg(?:istration|istered)?|index|plates?|vehicle|car|van|lorry|truck|motorcycle|bike|driv(?:es?|ing|er|en)|"
    r"audi|bmw|ford|fiesta|focus|transit|golf|vauxhall|astra|corsa|mercedes|toyota|nissan|seat|skoda|volkswagen|vw|"
    r"range rover|land rover|peugeot|renault|citroen|honda|mini|kia|hyundai|volvo|jaguar)"
    r"(?: (?:no|number|mark|plate|is|of))?\b[ .:,(]{0,3}$",
    re.IGNORECASE,
)
COMPANY_NEAR = re.compile(
    r"\b(?:co(?:mpany|mp)?\.? ?(?:reg(?:istration|istered)?\.? ?)?(?:no|number|num|nr)|crn|companies house(?: no| number| ref)?|"
    r"registered (?:no|number))\b[ .:,#(]{0,4}(?:is )?$",
    re.IGNORECASE,
)
NOT_PHONE_BEFORE = re.compile(
    r"\b(?:ref(?:erence)?|order|invoice|receipt|tracking|urn|serial|imei|imsi|iccid|crime|case|incident|log|account|acc|a/c|"
    r"sort code|card|policy|passport|licence|exhibit|meter|job|booking|version|id|vat|utr|ni|nhs)"
    r"(?: (?:no|number|num|code|is|ending))?\b[ .:#]{0,4}$",
    re.IGNORECASE,
)
_MOBILE_OR_LINE = re.compile(r"(?:7[1-9]|[123]\d|8[047])\d{8}")


def is_date(day: str, month: str, year: str) -> bool:
    """True where two digits each may be day, month and year (or turned round)."""
    return _exists(year, month, day) or _exists(year, day, month) or _exists(day, month, year)


def _exists(year: str, month: str, day: str) -> bool:
    try:
        date(2000 + int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def phone_number(said: str) -> str | None:
    """E.164 of what looks like a telephone number; None where it is a date, a sum or a damaged number.

    United Kingdom numbers are judged by length and first digits (numbers reserved for drama count); others by the
    numbering plan of their country.
    """
    if said.count("(") != said.count(")") or ".." in said or "--" in said:
        return None
    digits = re.sub(r"\D", "", said.replace("(0)", "") if said.lstrip("(").startswith(("+", "00")) else said)
    if said.lstrip("(").startswith("+"):
        return _abroad(digits)
    if digits.startswith("00"):
        return _abroad(digits[2:])
    if digits.startswith("0") and len(digits) == 11:
        return _british(digits[1:])
    return _british(digits[2:]) if digits.startswith("447") and len(digits) == 12 else None


def _british(national: str) -> str | None:
    return f"+44{national}" if _MOBILE_OR_LINE.fullmatch(national) and len(set(national)) > 2 else None


def _abroad(digits: str) -> str | None:
    if digits.startswith("44"):
        return _british(digits[2:].removeprefix("0"))
    try:
        parsed = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
