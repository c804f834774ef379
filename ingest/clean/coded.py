"""Coding: a free word of a source turned to the word that a list of the shared lexicon has for it.

A word that the list does not know is kept as it is and named in the load's warnings, so that an analyst can add it; it is
never fitted to the nearest one.
"""

from collections.abc import Callable
from typing import Final

from graphcore.lexicon import Lexicon, shipped
from ingest.clean.base import CleanSettings
from ingest.clean.text import text

UNKNOWN_MAX: Final = 50
SHOWN_MAX: Final = 60
PREFIX: Final = "code:"


def is_coder(name: str) -> bool:
    """True for ``code:LIST`` with a list that there is (the lists are the platform's; their terms grow)."""
    return name.startswith(PREFIX) and name.removeprefix(PREFIX) in shipped().lists


def coder(
    name: str, settings: CleanSettings
) -> tuple[Callable[[str], str | None], Callable[[str], tuple[str, ...]]]:
    """The cleaner of ``code:LIST`` and what it has to tell of a text."""
    list_name, lexicon = name.removeprefix(PREFIX), settings.lexicon or shipped()
    told: set[str] = set()

    def clean(value: str) -> str | None:
        cleaned = text(value)
        term = lexicon.code(list_name, cleaned) if cleaned else None
        return term.word if term else cleaned

    def notes(value: str) -> tuple[str, ...]:
        return _unknown(lexicon, list_name, value, told)

    return clean, notes


def _unknown(lexicon: Lexicon, list_name: str, value: str, told: set[str]) -> tuple[str, ...]:
    cleaned = text(value)
    if not cleaned or lexicon.code(list_name, cleaned) is not None:
        return ()
    word = cleaned.casefold()
    if word not in told and len(told) >= UNKNOWN_MAX:
        return (f"further words that the list {list_name} does not know: kept as received",)
    told.add(word)
    # a column that holds something else than words of a list may hold names and numbers: these are not repeated
    plain = len(word) <= SHOWN_MAX and not any(char.isdigit() or char == "@" for char in word)
    named = f" {cleaned!r}" if plain else ""
    return (f"not in the list {list_name}, kept as received:{named or ' a text that is no word of a list'}",)
