"""Signs that a text was damaged or made to deceive. They are reported; the text stays as it is."""

import re
import unicodedata

_MOJIBAKE = re.compile(
    "[\x80-\x9f\ufffd]"  # C1 controls and replacement characters do not occur in text typed by people
    "|[\u00c2\u00c3\u00e2\u00ef\u00c5\u00c6\u00ce\u00cf][\u00a0-\u00bf\u0152\u0153\u0160\u0161\u2013-\u203a\u20ac\u2122]"
    "|[\u00e2\u00ef\u00ee\u00c2\u00c3]$"
)
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


def flags(value: str) -> tuple[str, ...]:
    """Names of the signs found: ``mojibake``, ``invisible characters``, ``full-width characters``, ``mixed scripts``."""
    if value.isascii():
        return ()
    found: list[str] = []
    if _MOJIBAKE.search(value):
        found.append("mojibake")
    if _INVISIBLE.search(value):
        found.append("invisible characters")
    if _FULL_WIDTH.search(value):
        found.append("full-width characters")
    if _mixed(value):
        found.append("mixed scripts")
    return tuple(found)


def _mixed(value: str) -> bool:
    """True if one word holds letters of two of the scripts that look alike."""
    return any(len(_scripts(word)) > 1 for word in value.split() if not word.isascii())


def _scripts(word: str) -> set[str]:
    names = (unicodedata.name(char, "") for char in word if char.isalpha())
    return {script for name in names for script in _SCRIPTS if name.startswith(script)}
