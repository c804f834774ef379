"""What people call a numbered row by: a short word that tells neither its number nor how many there are.

A reference is the number itself, shuffled with the key of the workspace (a Feistel network over 60 bits, keyed BLAKE2b as
its round function), so it needs no table: the same key and number always give the same word, the word gives the number back,
and a row that is copied with its number into a workspace of the same key keeps its reference. Without the key two references
say nothing of each other: not which came first, and not what lies between.
"""

import hashlib
from typing import Final

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
_PLACES: Final = {letter: at for at, letter in enumerate(_LETTERS)}
_HALF: Final = 30
_MASK: Final = (1 << _HALF) - 1
_ROUNDS: Final = 8
_MOST: Final = 1 << 40  # twenty bits are left over: of a million made-up words one gives a number at all
LENGTH: Final = 12
PATTERN: Final = f"^[a-z2-7]{{{LENGTH}}}$"
NONE: Final = 0  # no row has this number


def reference(key: bytes, kind: str, number: int) -> str:
    """The reference of row ``number`` (1 to 2^40 - 1) among the rows of a kind: 12 letters of base32.

    Raises:
        ValueError: the number is out of range.
    """
    if not 0 < number < _MOST:
        raise ValueError("a reference is of a number from 1 to 2^40 - 1")
    left, right = number >> _HALF, number & _MASK
    for turn in range(_ROUNDS):
        left, right = right, left ^ _mixed(key, kind, turn, right)
    whole = left << _HALF | right
    return "".join(_LETTERS[whole >> shift & 31] for shift in range(55, -1, -5))


def number_of(key: bytes, kind: str, text: str) -> int:
    """The number behind a reference; 0, which is nobody's, where it is none of this key and kind."""
    places = [_PLACES.get(letter, -1) for letter in text]
    if len(places) != LENGTH or min(places) < 0:
        return NONE
    whole = 0
    for place in places:
        whole = whole << 5 | place
    left, right = whole >> _HALF, whole & _MASK
    for turn in reversed(range(_ROUNDS)):
        left, right = right ^ _mixed(key, kind, turn, left), left
    number = left << _HALF | right
    return number if number < _MOST else NONE


def _mixed(key: bytes, kind: str, turn: int, half: int) -> int:
    said = f"reference\x1f{kind}\x1f{turn}\x1f{half}".encode()
    return int.from_bytes(hashlib.blake2b(said, key=key, digest_size=4).digest(), "big") & _MASK
