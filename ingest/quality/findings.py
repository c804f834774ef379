"""The parts of a quality report: counts and shares with the first rows to look at, never a value."""

from dataclasses import dataclass, field

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a file."""

    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A mapped property of a type of record: of ``records``, ``missing`` give no value.

    ``omitted`` give none either, though the source's column holds something: the mapping says to leave out what it cannot
    use there.
    """

    type: str
    name: str
    records: int
    missing: int
    omitted: int

    @property
    def share(self) -> float:
        """Of records without a value, whatever the reason (0-1)."""
        return (self.missing + self.omitted) / self.records if self.records else 0.0


@dataclass(frozen=True, slots=True)
class Damaged:
    """Rows that are refused, by field and reason; ``share`` of all rows that gave something or are refused."""

    field: str
    reason: str
    rows: int
    share: float


@dataclass(frozen=True, slots=True)
class Unlikely:
    """Something that is seldom right: ``count`` of the ``of`` things that were looked at, and where the first are."""

    check: str
    about: str
    count: int
    of: int
    examples: tuple[Place, ...] = ()

    @property
    def share(self) -> float:
        """Of the things looked at (0-1)."""
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Period:
    """One bar of a histogram; ``gap``: nothing, or next to nothing, where there should be something."""

    name: str
    count: int
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """Times that the records name: by month (or year, where it is many), weekday and hour of the day (UTC)."""

    dated: int = 0
    undated: int = 0
    first: str = ""
    last: str = ""
    periods: tuple[Period, ...] = ()
    weekdays: tuple[Period, ...] = ()
    hours: tuple[Period, ...] = ()


@dataclass(slots=True)
class Tally:
    """Counts one check, keeping the first places."""

    of: int = 0
    count: int = 0
    examples: list[Place] = field(default_factory=list[Place])

    def hit(self, file: str, row: int) -> None:
        """One more, found here."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(Place(file, row))
