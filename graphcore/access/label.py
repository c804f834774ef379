"""The access label of a record: everything that decides who may see it, and nothing else.

Few distinct labels exist, so stores keep them in a side table; a view decides once a label and then filters by number.
"""

from dataclasses import dataclass
from enum import StrEnum


class Marking(StrEnum):
    """Protective markings that this platform stores, lowest first. SECRET and above are refused on import."""

    OFFICIAL = "OFFICIAL"
    OFFICIAL_SENSITIVE = "OFFICIAL-SENSITIVE"


class Retention(StrEnum):
    """Whether a record is in ordinary use ("" is), under review, on hold, or past its time."""

    CURRENT = ""
    REVIEW = "review"
    HOLD = "hold"
    EXPIRED = "expired"


class Pointer(StrEnum):
    """What a record says to those who may not see it: nothing, that it exists, or also whom to contact."""

    SILENT = ""
    EXISTS = "exists"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, order=True)
class AccessLabel:
    """Marking, handling and compartment as received; retention and pointer as decided since.

    ``handling_scheme`` and ``handling_code`` go together ("3x5x2": P or C; "5x5x5": 1 to 5; both "" for open data).
    ``handling_conditions`` are the action and sanitisation codes (A1-A3, S1-S2), sorted.
    """

    marking: str = Marking.OFFICIAL
    handling_scheme: str = ""
    handling_code: str = ""
    handling_conditions: tuple[str, ...] = ()
    compartment: str = ""
    originator: str = ""
    retention: str = Retention.CURRENT
    pointer: str = Pointer.SILENT
