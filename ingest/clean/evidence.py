"""Grading, marking and handling codes as sources write them. Nothing unknown is ever read as open."""

import re

from graphcore.access import Marking
from graphcore.errors import ValueRefusedError
from graphcore.evidence import Grading, GradingScheme
from ingest.errors import CleanError

_SPACES = re.compile(r"[\s\-_]+")
_CODES = {GradingScheme.THREE_FIVE_TWO: "PC", GradingScheme.FIVE_FIVE_FIVE: "12345"}
_CONDITIONS = frozenset({"A1", "A2", "A3", "S1", "S2"})
_OLD = frozenset({"PROTECT", "RESTRICTED", "CONFIDENTIAL"})
_ABOVE = re.compile(r"(TOP )?SECRET\b.*")


class AboveOfficialError(CleanError):
    """The marking is SECRET or above: what the row holds may not be kept here."""


def marking(value: str) -> str:
    """The marking under which a record is held; old markings are held as OFFICIAL-SENSITIVE.

    Raises:
        AboveOfficialError: SECRET or above.
        CleanError: empty or unknown.
    """
    word = _SPACES.sub(" ", value.strip().upper()).removeprefix("UK ")
    if _ABOVE.fullmatch(word):
        raise AboveOfficialError(
            "marked SECRET or above: this system may not hold it; report it and remove the row"
        )
    if word == "OFFICIAL":
        return Marking.OFFICIAL.value
    if word == "OFFICIAL SENSITIVE" or word in _OLD:
        return Marking.OFFICIAL_SENSITIVE.value
    raise CleanError("the marking is empty" if not word else "an unknown marking")


def handling_code(scheme: GradingScheme, value: str) -> str:
    """A handling code of ``scheme``, upper case; refuses an empty or unknown one."""
    code = value.strip().upper()
    if not code:
        raise CleanError("the handling code is empty")
    if len(code) != 1 or code not in _CODES[scheme]:
        raise CleanError(f"an unknown handling code: {scheme} has {', '.join(_CODES[scheme])}")
    return code


def handling_conditions(value: str) -> tuple[str, ...]:
    """Action and sanitisation codes, each once, in order."""
    codes = sorted({part for part in re.split(r"[\s,;/|]+", value.strip().upper()) if part})
    if not _CONDITIONS.issuperset(codes):
        raise CleanError(f"an unknown handling condition: there are {', '.join(sorted(_CONDITIONS))}")
    return tuple(codes)


def grading(scheme: GradingScheme, source: str, intelligence: str) -> Grading | None:
    """A grading as received, None where neither part is given."""
    source, intelligence = source.strip().upper(), intelligence.strip().upper()
    if not source and not intelligence:
        return None
    try:
        return Grading(scheme, source, intelligence)
    except ValueRefusedError as error:
        raise CleanError(str(error)) from error


def grading_code(scheme: GradingScheme, value: str) -> Grading | None:
    """A grading written as one word, source first (``2B`` in 3x5x2, ``B2`` in 5x5x5)."""
    code = value.strip().upper().replace(" ", "")
    if not code:
        return None
    if len(code) != 2:
        raise CleanError(f"a grading of {scheme} has two characters (map the handling code on its own)")
    return grading(scheme, code[0], code[1])
