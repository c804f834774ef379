"""What a cleaner is: a pure function from one text to one value, None where the text says nothing.

A cleaner raises CleanError with a reason that never repeats the value. The text comes without surrounding space and is
never empty. ``whole`` cleaners take the raw value instead (a number, a list) and are not memoised.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from graphcore.lexicon import Lexicon
from graphcore.model import Value

TextCleaner = Callable[[str], Value | None]
WholeCleaner = Callable[[object], Value | None]
Notes = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CleanSettings:
    """What local values mean: the zone of times without one, and the order of 03/04/2026.

    ``lexicon``: the lists that ``code:LIST`` codes with; None: those that ship with the platform.
    """

    timezone: str = "Europe/London"
    dates: Literal["dmy", "mdy"] = "dmy"
    lexicon: Lexicon | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Cleaner:
    """A named cleaner made for one mapping's settings.

    ``notes`` says of a text that was cleaned what a person should know of it; each distinct text is asked about once.
    """

    name: str
    text: TextCleaner | None = None
    whole: WholeCleaner | None = None
    verbatim: bool = False
    notes: Notes | None = None
