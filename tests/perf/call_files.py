"""Call-record files of any size for the bench: the same seed gives the same bytes, and nothing of it is real.

Shaped like what suppliers send on some thousands of numbers: each number rings a few contacts often and many seldom, most
numbers are written one way and some otherwise, and a few rows in a thousand are damaged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
ROWS_A_NUMBER = 250
UNIVERSE = 100_000  # numbers that there are: 07700 900000 to 999999
CONTACTS = 24
BLOCK = 250_000
HEADER = "reference,a_number,b_number,start,duration_s,type\n"
_DAMAGE = 0.004
_START = np.datetime64("2026-01-01T00:00:00")
_SECONDS = 180 * 86_400


@dataclass(frozen=True, slots=True)
class CallFile:
    """What was written: rows, and how many of them a load must refuse at least."""

    path: Path
    rows: int
    damaged: int


def write_calls(path: Path, rows: int, seed: int = 2026) -> CallFile:
    """Write a file of ``rows`` calls among ``rows / 250`` numbers of interest and their contacts."""
    rng = np.random.default_rng(seed)
    numbers = max(10, rows // ROWS_A_NUMBER)
    subjects = rng.choice(UNIVERSE, min(numbers, UNIVERSE), replace=False)
    books = rng.integers(0, UNIVERSE, (len(subjects), CONTACTS))
    activity = rng.lognormal(0, 1, len(subjects))
    weights = 1 / np.arange(1, CONTACTS + 1) ** 1.2

    def pairs(_first: int, size: int) -> Pairs:
        who = rng.choice(len(subjects), size, p=activity / activity.sum())
        return subjects[who], books[who, rng.choice(CONTACTS, size, p=weights / weights.sum())]

    return _write(path, rows, rng, pairs)


def write_strangers(path: Path, rows: int, seed: int = 2026) -> CallFile:
    """Write the worst shape: no two of the ``rows`` calls (fewer than five thousand million) are of one pair."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(UNIVERSE)

    def pairs(first: int, size: int) -> Pairs:
        row = np.arange(first, first + size)
        place = row % UNIVERSE
        return order[place], order[(place + 1 + row // UNIVERSE) % UNIVERSE]

    return _write(path, rows, rng, pairs)


def _write(path: Path, rows: int, rng: np.random.Generator, pairs: Callable[[int, int], Pairs]) -> CallFile:
    damaged = 0
    with path.open("w", encoding="ascii", newline="") as out:
        out.write(HEADER)
        for first in range(0, rows, BLOCK):
            size = min(BLOCK, rows - first)
            lines = _lines(rng, first, *pairs(first, size))
            for at in np.flatnonzero(rng.random(size) < _DAMAGE).tolist():
                lines[at] = _broken(lines[at], at)
                damaged += 1
            out.write("".join(lines))
    return CallFile(path, rows, damaged)


def _lines(
    rng: np.random.Generator, first: int, own: NDArray[np.int64], other: NDArray[np.int64]
) -> list[str]:
    size = len(own)
    out = rng.random(size) < 0.6
    a, b = np.where(out, own, other), np.where(out, other, own)
    at = _START + np.sort(rng.integers(0, _SECONDS, size)).astype("timedelta64[s]")
    days = np.datetime_as_string(at).tolist()
    seconds = np.minimum(rng.lognormal(4.2, 1.1, size), 14_000).astype(np.int64).tolist()
    text = (rng.random(size) < 0.4).tolist()
    other_form = (rng.random(size) < 0.02).tolist()
    return [
        f"C{first + at:09d},{_number(x, odd)},{_number(y, odd)},{day[8:10]}/{day[5:7]}/{day[:4]} {day[11:]},"
        + (",sms\n" if sms else f"{length},voice\n")
        for at, (x, y, odd, day, length, sms) in enumerate(
            zip(a.tolist(), b.tolist(), other_form, days, seconds, text, strict=True)
        )
    ]


def _number(number: int, odd: bool) -> str:
    return f"+44 7700 9{number:05d}" if odd else f"077009{number:05d}"


def _broken(line: str, at: int) -> str:
    fields = line.rstrip("\n").split(",")
    if at % 4 == 0:
        fields[1] = "7.70E+09"
    elif at % 4 == 1:
        fields[2] = fields[2].lstrip("0+")[:10]
    elif at % 4 == 2:
        fields[3] = "31/02/2026 10:00:00"
    else:
        fields = fields[:4]
    return ",".join(fields) + "\n"
