"""What a preview says. Values stand only in ``examples`` and ``changed``, and only those that the reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["new", "same", "more", "changed"]
STATES: tuple[State, ...] = ("new", "same", "more", "changed")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a file is, by its content. ``evidence``: one sentence for each guess, without values.

    ``items``: the list of a JSON document; ``above``: lines above the header.
    """

    file: str
    form: str
    encoding: str
    delimiter: str
    header: bool
    dates: Literal["dmy", "mdy"]
    columns: tuple[str, ...]
    evidence: tuple[str, ...]
    items: str = ""
    above: int = 0


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a section of a source's mapping fits a file, from 0 to 1; ``lacking``: columns that it would miss."""

    source: str
    section: int
    score: float
    loads: bool
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A property that the file says otherwise than the store."""

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One entity or link that a row states. ``target`` is "" for an entity."""

    file: str
    row: int
    type: str
    reference: str
    target: str
    properties: Mapping[str, tuple[str, ...]]
    state: State
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class Tally:
    """Records by what they would be in the store: ``new`` under this reference, the ``same`` record again, ``more``
    evidence for the same values, or ``changed``: the same reference with values that the store does not have.
    """

    new: int = 0
    same: int = 0
    more: int = 0
    changed: int = 0

    def add(self, state: State) -> None:
        """Count one record."""
        setattr(self, state, getattr(self, state) + 1)


@dataclass(frozen=True, slots=True)
class RefusedExample:
    """A row that would go to quarantine; what it holds is not shown."""

    file: str
    row: int
    field: str
    reason: str


@dataclass(slots=True)
class Preview:
    """The whole answer; ``whole``: every row was read, not only a sample. ``chosen`` is a source, a mapping or ``draft``."""

    guesses: tuple[Guess, ...]
    fits: tuple[Fit, ...]
    chosen: str
    source: str
    whole: bool
    draft: str = ""
    rows: int = 0
    skipped: int = 0
    refused: int = 0
    withheld: int = 0
    file_refused: str = ""
    entities: dict[str, Tally] = field(default_factory=dict[str, Tally])
    links: dict[str, Tally] = field(default_factory=dict[str, Tally])
    refused_examples: list[RefusedExample] = field(default_factory=list[RefusedExample])
    examples: list[Shown] = field(default_factory=list[Shown])
    changed: list[Shown] = field(default_factory=list[Shown])
    warnings: tuple[str, ...] = ()

    @property
    def records(self) -> int:
        """Records that were compared with the store."""
        tallies = (*self.entities.values(), *self.links.values())
        return sum(getattr(tally, state) for tally in tallies for state in STATES)
