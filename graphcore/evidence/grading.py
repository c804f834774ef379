"""Gradings as received. No authoritative conversion between 3x5x2 and 5x5x5 exists: scheme and value are kept.

The letters and digits swap meaning between the two schemes, so a value without its scheme is refused.
"""

from dataclasses import dataclass
from enum import StrEnum

from graphcore.errors import ValueRefusedError


class GradingScheme(StrEnum):
    """The scheme under which a value was given."""

    THREE_FIVE_TWO = "3x5x2"
    FIVE_FIVE_FIVE = "5x5x5"


_SOURCE = {GradingScheme.THREE_FIVE_TWO: "123", GradingScheme.FIVE_FIVE_FIVE: "ABCDE"}
_INTELLIGENCE = {GradingScheme.THREE_FIVE_TWO: "ABCDE", GradingScheme.FIVE_FIVE_FIVE: "12345"}

_TEXT = {
    (GradingScheme.THREE_FIVE_TWO, "source"): {"1": "Reliable", "2": "Untested", "3": "Not reliable"},
    (GradingScheme.THREE_FIVE_TWO, "intelligence"): {
        "A": "Known directly",
        "B": "Known indirectly but corroborated",
        "C": "Known indirectly",
        "D": "Not known",
        "E": "Suspected to be false",
    },
    (GradingScheme.FIVE_FIVE_FIVE, "source"): {
        "A": "Always reliable",
        "B": "Mostly reliable",
        "C": "Sometimes reliable",
        "D": "Unreliable",
        "E": "Untested source",
    },
    (GradingScheme.FIVE_FIVE_FIVE, "intelligence"): {
        "1": "Known to be true",
        "2": "Known personally to the source",
        "3": "Not known personally but corroborated",
        "4": "Cannot be judged",
        "5": "Suspected to be false",
    },
}


@dataclass(frozen=True, slots=True)
class Grading:
    """One grading: the value of each part exactly as the source gave it ("" where it gave none)."""

    scheme: GradingScheme
    source: str
    intelligence: str

    def __post_init__(self) -> None:
        for part, value, allowed in (
            ("source", self.source, _SOURCE[self.scheme]),
            ("intelligence", self.intelligence, _INTELLIGENCE[self.scheme]),
        ):
            if value and value not in allowed:
                raise ValueRefusedError(f"grading {part} is not one of {', '.join(allowed)} of {self.scheme}")

    @property
    def code(self) -> str:
        """The two parts side by side, as printed on a chart, for example ``2B``."""
        return f"{self.source or '-'}{self.intelligence or '-'}"

    def describe(self) -> str:
        """The words of the scheme for both parts."""
        source = _TEXT[self.scheme, "source"].get(self.source, "not given")
        intelligence = _TEXT[self.scheme, "intelligence"].get(self.intelligence, "not given")
        return f"{source}; {intelligence}"


def grade_key(scheme: GradingScheme) -> dict[str, dict[str, str]]:
    """The printed key of a scheme: part -> value -> words."""
    return {part: dict(_TEXT[scheme, part]) for part in ("source", "intelligence")}
