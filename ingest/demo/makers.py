"""How single things come into the invented world, each with an identifier that cannot be real.

- Phones: 07700 9xxxxx. Ofcom sets 07700 900000-900999 aside for drama; a city needs more, so the
  rest of 07700 9 is used as well. Nobody should dial any of them.
- Registration marks begin with Q in the current format, whose area code never does.
- Company numbers begin with 99 (or OE9): the register counts upwards and is tens of millions short of them.
- Sort codes begin with 00, which was never allocated. E-mail ends in ``.example``.

Identifiers come from counters and not from chance, so no two things ever share one.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from ingest.demo.model import Account, Address, Appointment, Company, Person, Phone, Vehicle, World
from ingest.demo.names import forename, surname
from ingest.demo.places import address

_PLATE_LETTERS: Final = "ABCDEFGHJKLMNOPRSTUV"
_CARS: Final = (
    ("VORTA", "PILGRIM"), ("HALDANE", "SPRITE"), ("MERIDON", "ESTATE"), ("KESSEL", "VAN"), ("ORLAY", "GT")
)  # fmt: skip
_COLOURS: Final = ("BLACK", "WHITE", "SILVER", "BLUE", "RED", "GREY", "GREEN")


def birth_date(rng: Random, youngest: int, oldest: int) -> date:
    """A date of birth for somebody of this age on the extract day."""
    return date(2026 - oldest, 1, 1) + timedelta(days=rng.randrange((oldest - youngest) * 365))


def new_person(world: World, rng: Random, home: Address | None = None, **known: str | date) -> Person:
    """Add a person; ``known`` fixes any of sex, forename, middle, surname, born."""
    sex = str(known.get("sex") or rng.choice("MF"))
    middle = forename(rng, sex) if rng.random() < 0.5 else ""
    born = known.get("born")
    person = Person(
        uid=f"P{len(world.people) + 1:05d}",
        sex=sex,
        forename=str(known.get("forename") or forename(rng, sex)),
        middle=str(known.get("middle", middle)),
        surname=str(known.get("surname") or surname(rng)),
        born=born if isinstance(born, date) else birth_date(rng, 18, 78),
        address=home or address(rng),
    )
    if rng.random() < 0.5:
        number = rng.randint(10, 9999)
        person.email = f"{person.forename}.{person.surname}{number}@mail.example".lower().replace(" ", "")
    world.people.append(person)
    return person


def make_known(rng: Random, person: Person, rate_of_national_id: float = 0.6) -> None:
    """Let the police know a person, who may get a national reference with that."""
    person.known = True
    if not person.national_id and rng.random() < rate_of_national_id:
        person.national_id = f"{rng.randint(0, 25):02d}/{int(person.uid[1:]) * 37:07d}Z"


def new_phone(world: World, holder: Person | Company | None, *, burner: bool = False) -> Phone:
    """Add a phone and give it to its holder."""
    number = len(world.phones)
    phone = Phone(f"T{number + 1:05d}", f"77009{(number * 7919 + 12345) % 100_000:05d}", holder, burner)
    world.phones.append(phone)
    if holder is not None:
        holder.phones.append(phone)
    return phone


def new_vehicle(world: World, rng: Random, keeper: Person | Company) -> Vehicle:
    """Add a vehicle and its keeper."""
    number = (len(world.vehicles) * 48_271 + 7) % (20 * 50 * 8000)
    rest, plate = divmod(number, 8000)
    tail = "".join(_PLATE_LETTERS[plate // step % 20] for step in (400, 20, 1))
    vrm = f"Q{_PLATE_LETTERS[rest % 20]}{rest // 20 + 2:02d}{tail}"
    make = " ".join(rng.choice(_CARS))
    vehicle = Vehicle(f"V{len(world.vehicles) + 1:05d}", vrm, make, rng.choice(_COLOURS), keeper)
    world.vehicles.append(vehicle)
    keeper.vehicles.append(vehicle)
    return vehicle


def new_account(world: World, holder: Person | Company | None, purpose: str = "current") -> Account:
    """Add a bank account."""
    number = len(world.accounts)
    account = Account(
        uid=f"A{number + 1:05d}",
        sort_code=f"00-{number % 7 + 11}-{number % 31 + 20}",
        number=f"{10_000_000 + number * 7919:08d}",
        holder=holder,
        purpose=purpose,
    )
    world.accounts.append(account)
    if holder is not None:
        holder.accounts.append(account)
    return account


def new_company(world: World, name: str, sic: str, home: Address, incorporated: date) -> Company:
    """Add a company with the next free number."""
    number = f"99{100_000 + len(world.companies) * 37:06d}"
    company = Company(f"C{len(world.companies) + 1:05d}", number, name, home, sic, incorporated)
    world.companies.append(company)
    return company


def appoint(company: Company, person: Person, role: str, day: date, resigned: date | None = None) -> None:
    """Make the person an officer under the person number that the register holds for them."""
    if not person.person_numbers:
        person.person_numbers.append(f"ZP{int(person.uid[1:]):08d}0001")
    company.officers.append(Appointment(person, person.person_numbers[-1], role, day, resigned))
