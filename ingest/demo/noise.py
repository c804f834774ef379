"""The faults that keying, speech and spreadsheets bring into records.

Each function takes the true value and gives one way in which a clerk might have written it.
"""

from __future__ import annotations

from datetime import date
from random import Random

from ingest.demo.model import Address, Person
from ingest.demo.names import SURNAME_VARIANTS, forename_variant

_NEAR = {
    "a": "s", "b": "v", "c": "x", "d": "s", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o", "j": "k",
    "k": "l", "l": "k", "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t", "s": "d", "t": "y",
    "u": "i", "v": "b", "w": "e", "x": "c", "y": "u", "z": "x",
}  # fmt: skip
_SHORT = {"Street": "St", "Road": "Rd", "Avenue": "Ave", "Close": "Cl", "Court": "Ct", "Drive": "Dr",
          "Lane": "Ln", "Terrace": "Tce", "Gardens": "Gdns", "Flat": "Apt"}  # fmt: skip


def typo(rng: Random, text: str) -> str:
    """One slip of the fingers: a neighbour key, a letter lost, doubled, or two swapped."""
    if len(text) < 4:
        return text
    at = rng.randrange(1, len(text) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + _NEAR.get(text[at], text[at]) + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[: at + 1] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def spelt(rng: Random, person: Person, rate: float) -> tuple[str, str, str]:
    """Forename, middle name and surname as written down; ``rate`` is the chance of each fault."""
    fore, middle, sur = person.forename, person.middle, person.surname
    if rng.random() < rate * 2:
        fore = forename_variant(rng, fore)
    if rng.random() < rate:
        fore = typo(rng, fore)
    if rng.random() < rate:
        sur = SURNAME_VARIANTS.get(sur) or typo(rng, sur)
    if middle and rng.random() < rate * 5:
        middle = middle[0] if rng.random() < 0.4 else ""
    if rng.random() < rate / 4:
        fore, sur = sur, fore
    return fore, middle, sur


def misdated(rng: Random, born: date, rate: float) -> date | None:
    """The birth date with day and month swapped, a digit out, or missing."""
    draw = rng.random()
    if draw < rate and born.day <= 12:
        return date(born.year, born.day, born.month)
    if draw < rate * 1.6:
        return date(born.year + rng.choice((-1, 1, 10)), born.month, min(born.day, 28))
    if draw < rate * 3:
        return None
    return born


def phone_text(rng: Random, digits: str) -> str:
    """A number as somebody typed it, from ``7700900123``."""
    shape = rng.randrange(8)
    if shape < 3:
        return f"0{digits}"
    if shape == 3:
        return f"+44{digits}"
    if shape == 4:
        return f"44{digits}"
    if shape == 5:
        return f"0{digits[:4]} {digits[4:]}"
    if shape == 6:
        return f"+44 (0){digits[:4]} {digits[4:7]} {digits[7:]}"
    return f"0044 {digits}"


def vrm_text(rng: Random, vrm: str) -> str:
    """A registration mark with or without its space, sometimes in small letters."""
    text = f"{vrm[:4]} {vrm[4:]}" if rng.random() < 0.6 else vrm
    return text.lower() if rng.random() < 0.1 else text


def address_line(rng: Random, address: Address) -> str:
    """Number and street as written: abbreviated, misspelt, or in full."""
    words = address.line.split(" ")
    if rng.random() < 0.4:
        words = [_SHORT.get(word, word) for word in words]
    if rng.random() < 0.05:
        words[-2] = typo(rng, words[-2])
    return " ".join(words)


def postcode_text(rng: Random, postcode: str) -> str:
    """A postcode with its space, without it, or missing."""
    draw = rng.random()
    if draw < 0.08:
        return ""
    return postcode.replace(" ", "") if draw < 0.25 else postcode
