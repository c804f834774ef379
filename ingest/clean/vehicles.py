"""Vehicles: chassis numbers, and what to doubt in a mark that a camera read. A doubtful mark stays as read: it is told, never mended.

The forms of United Kingdom marks (since 2001: two letters, two digits, three letters) are public; ISO 3779 leaves I, O and
Q out of a VIN. Vehicles before 1981 have shorter chassis numbers.
"""

import re
import unicodedata

from ingest.errors import CleanError

MISREAD = (
    "perhaps misread: it would be a mark of the usual form with O for 0, I for 1, S for 5, B for 8 or Z for 2"
)
_CURRENT = "LLDDLLL"
_TO_LETTER = {"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z"}
_TO_DIGIT = {letter: digit for digit, letter in _TO_LETTER.items()}
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"[A-Z]{2}\d{2}[A-Z]{3}", r"[A-Z]\d{1,3}[A-Z]{3}", r"[A-Z]{3}\d{1,3}[A-Z]",
        r"[A-Z]{1,3}\d{1,4}", r"\d{1,4}[A-Z]{1,3}", r"\d{3}[DX]\d{3}",
    )
)  # fmt: skip
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_OLD_VIN = re.compile(r"[A-Z0-9\-/*]{5,16}")


def vrm_doubts(value: str) -> tuple[str, ...]:
    """A word of doubt where a mark fits no form in use and one slip of the reader would make it a current one."""
    mark = re.sub(r"[\s\-._]+", "", unicodedata.normalize("NFKC", value)).upper()
    if any(form.fullmatch(mark) for form in _FORMS) or len(mark) != len(_CURRENT):
        return ()
    mended = "".join(
        _TO_LETTER.get(char, char) if wanted == "L" else _TO_DIGIT.get(char, char)
        for char, wanted in zip(mark, _CURRENT, strict=True)
    )
    return (MISREAD,) if _FORMS[0].fullmatch(mended) else ()


def vin(value: str) -> str | None:
    """A chassis number, upper case without spaces: 17 characters without I, O and Q, or an old one of 5 to 16.

    Raises:
        CleanError: anything else; a power of ten.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", value)).removeprefix("'").upper()
    if not plain:
        return None
    if len(plain) == 17 and not _VIN.fullmatch(plain):
        raise CleanError("not a chassis number: 17 characters have no I, O or Q")
    if not (_VIN.fullmatch(plain) or _OLD_VIN.fullmatch(plain)):
        raise CleanError("not a chassis number: 17 letters and digits, or 5 to 16 of an old vehicle")
    return plain
