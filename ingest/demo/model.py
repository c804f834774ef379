"""The invented world that the demo's files describe: who and what really exists, once each.

Every object here is one true entity. The files show it through the eyes of each record system,
with that system's faults; the truth file says which record means which object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import Final

# The day on which all the invented suppliers made their extracts.
EXTRACT_DAY: Final = date(2026, 3, 31)
PERIOD_START: Final = datetime(2025, 1, 1, tzinfo=UTC)
PERIOD_DAYS: Final = 450


@dataclass(slots=True, eq=False)
class Address:
    """A place: ``line`` is the number (or flat and number) and the street."""

    line: str
    district: str
    town: str
    postcode: str

    def text(self) -> str:
        """The address on one line, without its postcode."""
        return f"{self.line}, {self.district}, {self.town}"


@dataclass(slots=True, eq=False)
class Phone:
    """A mobile number; ``digits`` is the national form without its leading zero."""

    uid: str
    digits: str
    holder: Person | Company | None = None
    burner: bool = False
    first_used: datetime = PERIOD_START
    last_used: datetime | None = None


@dataclass(slots=True, eq=False)
class Vehicle:
    """A vehicle and its registration mark, written without a space."""

    uid: str
    vrm: str
    make: str
    colour: str
    keeper: Person | Company | None = None


@dataclass(slots=True, eq=False)
class Account:
    """A bank account at an invented bank; ``opened`` precedes every payment in the files."""

    uid: str
    sort_code: str
    number: str
    holder: Person | Company | None
    opened: date = date(2022, 6, 1)
    purpose: str = "current"

    @property
    def key(self) -> str:
        """Sort code and number as the bank prints them."""
        return f"{self.sort_code} {self.number}"


@dataclass(slots=True, eq=False)
class Person:
    """One true person; ``national_id`` is empty for people who never had a national reference."""

    uid: str
    sex: str
    forename: str
    middle: str
    surname: str
    born: date
    address: Address
    national_id: str = ""
    nickname: str = ""
    email: str = ""
    known: bool = False
    phones: list[Phone] = field(default_factory=list[Phone])
    vehicles: list[Vehicle] = field(default_factory=list[Vehicle])
    accounts: list[Account] = field(default_factory=list[Account])
    person_numbers: list[str] = field(default_factory=list[str])

    @property
    def full_name(self) -> str:
        """Forename, middle name if any, surname."""
        return " ".join(part for part in (self.forename, self.middle, self.surname) if part)


@dataclass(slots=True, eq=False)
class Appointment:
    """An officer of a company, as the register records it."""

    person: Person
    person_number: str
    role: str
    appointed: date
    resigned: date | None = None


@dataclass(slots=True, eq=False)
class Control:
    """Control of a company by a person, a company, a foreign name, or (None) nobody identified."""

    controller: Person | Company | str | None
    natures: tuple[str, ...]
    notified: date
    ceased: date | None = None


@dataclass(slots=True, eq=False)
class Company:
    """One true company; a phoenix is a new company, however like the old one it looks."""

    uid: str
    number: str
    name: str
    address: Address
    sic: str
    incorporated: date
    status: str = "Active"
    category: str = "Private Limited Company"
    country: str = "United Kingdom"
    previous_names: list[tuple[date, str]] = field(default_factory=list[tuple[date, str]])
    officers: list[Appointment] = field(default_factory=list[Appointment])
    controls: list[Control] = field(default_factory=list[Control])
    accounts: list[Account] = field(default_factory=list[Account])
    phones: list[Phone] = field(default_factory=list[Phone])
    vehicles: list[Vehicle] = field(default_factory=list[Vehicle])


@dataclass(slots=True, eq=False)
class Family:
    """People of one household; everyone in it lives at ``address``."""

    address: Address
    members: list[Person]


@dataclass(slots=True, eq=False)
class Call:
    """One call or text between two numbers (national digits)."""

    a: Phone
    b: Phone
    at: datetime
    duration_s: int
    kind: str


@dataclass(slots=True, eq=False)
class Payment:
    """One transfer; ``stage`` is set for planted laundering (placement, layer1.., integration)."""

    source: Account
    target: Account
    amount_pence: int
    day: date
    description: str
    stage: str = ""
    reference: str = ""


@dataclass(slots=True, eq=False)
class Association:
    """Something an intelligence report asserts of a person and a second party."""

    kind: str
    subject: Person
    other: Person | Company | Phone | Vehicle | str
    role: str = ""
    sensitive: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(slots=True, eq=False)
class TradeLink:
    """A declared dealing between two companies: ``franchise_of`` or ``supplies``."""

    kind: str
    source: Company
    target: Company
    since: date


@dataclass(slots=True, eq=False)
class Job:
    """A worker found at or paid by a company."""

    person: Person
    company: Company
    role: str
    since: date


@dataclass(slots=True, eq=False)
class Contact:
    """A planned pattern of calls: about ``calls`` from a to b (and back) between two instants."""

    a: Phone
    b: Phone
    calls: int
    start: datetime = PERIOD_START
    end: datetime | None = None


@dataclass(slots=True, eq=False)
class Network:
    """A planted organised crime group: its members with their roles, and what it uses."""

    uid: str
    reference: str
    name: str
    kind: str
    members: list[tuple[Person, str]] = field(default_factory=list[tuple[Person, str]])
    phones: list[Phone] = field(default_factory=list[Phone])
    vehicles: list[Vehicle] = field(default_factory=list[Vehicle])
    companies: list[Company] = field(default_factory=list[Company])
    accounts: list[Account] = field(default_factory=list[Account])

    def having(self, role: str) -> list[Person]:
        """The members with this role."""
        return [person for person, theirs in self.members if theirs == role]


Facts = dict[str, object]


@dataclass(slots=True)
class Planted:
    """What the truth file says beside the groups: entity ids, company numbers, account keys."""

    twins: list[list[str]] = field(default_factory=list[list[str]])
    parent_and_child: list[list[str]] = field(default_factory=list[list[str]])
    namesakes: list[list[str]] = field(default_factory=list[list[str]])
    nominees: list[Facts] = field(default_factory=list[Facts])
    bridges: list[Facts] = field(default_factory=list[Facts])
    formation_agent: Facts = field(default_factory=dict[str, object])
    ownership_cycle: list[str] = field(default_factory=list[str])
    unknown_owner: str = ""
    overseas_owner: Facts = field(default_factory=dict[str, object])
    franchise: Facts = field(default_factory=dict[str, object])
    phoenix: Facts = field(default_factory=dict[str, object])
    supply_chain: list[Facts] = field(default_factory=list[Facts])
    workforce: Facts = field(default_factory=dict[str, object])
    layering: Facts = field(default_factory=dict[str, object])
    drugs_line: list[Facts] = field(default_factory=list[Facts])
    shared_vehicles: list[Facts] = field(default_factory=list[Facts])


@dataclass(slots=True)
class World:
    """Everything that exists, in order of making, and the named random streams that made it."""

    seed: int
    scale: float
    people: list[Person] = field(default_factory=list[Person])
    nominees: list[Person] = field(default_factory=list[Person])
    families: list[Family] = field(default_factory=list[Family])
    companies: list[Company] = field(default_factory=list[Company])
    phones: list[Phone] = field(default_factory=list[Phone])
    vehicles: list[Vehicle] = field(default_factory=list[Vehicle])
    accounts: list[Account] = field(default_factory=list[Account])
    calls: list[Call] = field(default_factory=list[Call])
    payments: list[Payment] = field(default_factory=list[Payment])
    associations: list[Association] = field(default_factory=list[Association])
    trade_links: list[TradeLink] = field(default_factory=list[TradeLink])
    jobs: list[Job] = field(default_factory=list[Job])
    contacts: list[Contact] = field(default_factory=list[Contact])
    networks: list[Network] = field(default_factory=list[Network])
    planted: Planted = field(default_factory=Planted)

    def rng(self, area: str) -> Random:
        """A stream of its own for each area, so that a change in one leaves the others alone."""
        return Random(f"{self.seed}:{area}")  # noqa: S311 - a demo, not a secret

    def count(self, at_scale_one: int, least: int = 1) -> int:
        """A number of things, scaled, and never fewer than ``least``."""
        return max(least, round(at_scale_one * self.scale))
