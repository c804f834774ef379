"""What a cleaner is: a pure function from one text to one value, None where the text says nothing.

A cleaner raises CleanError with a reason that never repeats the value. The text comes without surrounding space and is
never empty. ``whole`` cleaners take the raw value instead (a number, a list) and are not memoised.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from graphcore.model import Value

TextCleaner = Callable[[str], Value | None]
WholeCleaner = Callable[[object], Value | None]


@dataclass(frozen=True, slots=True)
class CleanSettings:
    """What local values mean: the zone of times without one, and the order of 03/04/2026."""

    timezone: str = "Europe/London"
    dates: Literal["dmy", "mdy"] = "dmy"


@dataclass(frozen=True, slots=True)
class Cleaner:
    """A named cleaner made for one mapping's settings."""

    name: str
    text: TextCleaner | None = None
    whole: WholeCleaner | None = None
    verbatim: bool = False
