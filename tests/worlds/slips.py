"""What keying does to values: slips of the fingers, misread dates, short forms. All draws come from the random given."""

from __future__ import annotations

from random import Random

LETTERS = "abcdefghijklmnopqrstuvwxyz"
_HEARD = (("ph", "f"), ("ck", "k"), ("ee", "ea"), ("y", "ie"), ("th", "t"), ("wh", "w"), ("ll", "l"), ("ss", "s"), ("c", "k"), ("ou", "ow"), ("ei", "ie"), ("s", "z"))  # fmt: skip


def slip(rng: Random, text: str) -> str:
    """One letter left out, doubled, put in, changed, or two turned round."""
    if len(text) < 3:
        return text
    at, kind = rng.randrange(len(text) - 1), rng.randrange(5)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[: at + 1] + text[at:]
    if kind == 2:
        return text[:at] + rng.choice(LETTERS) + text[at:]
    if kind == 3:
        return text[:at] + rng.choice(LETTERS) + text[at + 1 :]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def heard(rng: Random, text: str) -> str:
    """Written as it sounds."""
    found = [(old, new) for old, new in _HEARD if old in text]
    if not found:
        return slip(rng, text)
    old, new = rng.choice(found)
    return text.replace(old, new, 1)


def spoilt(rng: Random, text: str, share: float) -> str:
    """``text``, in ``share`` of the cases with one slip, in a fifth of those with two."""
    if rng.random() >= share:
        return text
    once = heard(rng, text) if rng.random() < 0.3 else slip(rng, text)
    return slip(rng, once) if rng.random() < 0.2 else once


def spoilt_date(rng: Random, date: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    """A date, in ``share`` of the cases with a digit, a part, or the order of day and month wrong."""
    year, month, day = date
    if rng.random() >= share:
        return date
    kind = rng.randrange(5)
    if kind == 0 and day <= 12:
        return year, day, month
    if kind == 1:
        return year + rng.choice((-1, 1)), month, day
    if kind == 2:
        return year, month, max(1, min(28, day + rng.choice((-10, -1, 1, 10))))
    if kind == 3:
        return year, rng.randrange(1, 13), day
    return year + rng.choice((-10, 10)), month, day
