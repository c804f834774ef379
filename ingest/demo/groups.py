"""The three planted groups and the people who join them.

One supplies drugs with shared phones and cars, one is an organised crime business of car washes,
one defrauds. An accountant serves two of them, and two brokers stand between pairs: whoever is
measured as a bridge can be compared with these.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from ingest.demo.makers import birth_date, make_known, new_person, new_phone, new_vehicle
from ingest.demo.model import PERIOD_START, Association, Contact, Network, Person, World

Roles = tuple[tuple[str, int], ...]

_DRUGS: Final[Roles] = (
    ("head", 1), ("lieutenant", 2), ("wholesaler", 1), ("courier", 2), ("storeman", 1), ("dealer", 6), ("runner", 5)
)  # fmt: skip
_BUSINESS: Final[Roles] = (
    ("head", 1), ("finance manager", 1), ("operations director", 1), ("franchise manager", 2),
    ("operator", 10), ("labour supplier", 1), ("chemicals supplier", 1), ("property manager", 1),
)  # fmt: skip
_FRAUD: Final[Roles] = (
    ("head", 1), ("organiser", 2), ("caller", 4), ("mule herder", 1), ("mule", 8), ("conveyancer", 1)
)  # fmt: skip
_LINE_DAYS: Final = 150


def build_groups(world: World) -> None:
    """Make the groups, the people they share, and what they use to talk and to travel."""
    rng = world.rng("groups")
    drugs = Network("OCG-1", "NM/OCG/0117", "Tallow Quay Group", "drugs supply")
    ocb = Network("OCG-2", "NM/OCG/0231", "Sudsworth Group", "organised crime business")
    fraud = Network("OCG-3", "EQ/OCG/0042", "Paperchase Group", "fraud")
    world.networks += [drugs, ocb, fraud]
    for network, roles in ((drugs, _DRUGS), (ocb, _BUSINESS), (fraud, _FRAUD)):
        network.members += [(_member(world, rng), role) for role, size in roles for _ in range(size)]
    _bridge(world, rng, "accountant", (ocb, fraud))
    _bridge(world, rng, "cash broker", (drugs, ocb))
    _bridge(world, rng, "document broker", (drugs, fraud))
    for network in world.networks:
        _associate(world, rng, network)
        _talk(world, rng, network)
    _share_vehicles(world, rng, drugs)
    _drugs_line(world, rng, drugs)


def _member(world: World, rng: Random) -> Person:
    person = new_person(world, rng, born=birth_date(rng, 19, 58))
    make_known(rng, person, rate_of_national_id=0.8)
    new_phone(world, person)
    if rng.random() < 0.6:
        new_vehicle(world, rng, person)
    return person


def _bridge(world: World, rng: Random, role: str, between: tuple[Network, Network]) -> None:
    person = _member(world, rng)
    for network in between:
        network.members.append((person, role))
    uids = [network.uid for network in between]
    world.planted.bridges.append({"person": person.uid, "role": role, "between": uids})


def _associate(world: World, rng: Random, network: Network) -> None:
    """Intelligence knows most members, and some of who is close to whom."""
    since = date(2024, 1, 1)
    for person, role in network.members:
        if role == "head" or rng.random() < 0.85:
            known = Association("member_of", person, network.reference, role, role == "head", since)
            world.associations.append(known)
    for one, other in _pairs(rng, network):
        world.associations.append(Association("associate", one, other, since=since))


def _pairs(rng: Random, network: Network) -> list[tuple[Person, Person]]:
    """A chain of command: each member is tied to somebody of the layer above, and a few sideways."""
    people = [person for person, _ in network.members]
    pairs: list[tuple[Person, Person]] = []
    for at, person in enumerate(people[1:], start=1):
        pairs.append((people[rng.randrange(min(at, max(1, at // 3 + 1)))], person))
    for _ in range(len(people) // 3):
        one, other = rng.sample(people, k=2)
        pairs.append((one, other))
    return pairs


def _talk(world: World, rng: Random, network: Network) -> None:
    """Members use a burner each for the group, and their own phone by mistake now and then."""
    burners: dict[str, int] = {}
    for person, role in network.members:
        if role in {"mule", "operator", "conveyancer"} or person.uid in burners:
            continue
        phone = new_phone(world, person, burner=True)
        burners[person.uid] = len(world.phones) - 1
        network.phones.append(phone)
        since = PERIOD_START.date() + timedelta(days=rng.randint(0, 90))
        world.associations.append(Association("uses_phone", person, phone, sensitive=True, since=since))
    for one, other in _pairs(rng, network):
        secret = one.uid in burners and other.uid in burners and rng.random() < 0.9
        a = world.phones[burners[one.uid]] if secret else one.phones[0]
        b = world.phones[burners[other.uid]] if secret else other.phones[0]
        world.contacts.append(Contact(a, b, rng.randint(8, 60)))


def _share_vehicles(world: World, rng: Random, drugs: Network) -> None:
    """Two cars kept in a stranger's name and driven by several members."""
    drivers = drugs.having("courier") + drugs.having("runner") + drugs.having("dealer")
    for _ in range(2):
        keeper = rng.choice(world.families).members[0]
        vehicle = new_vehicle(world, rng, keeper)
        users = rng.sample(drivers, k=4)
        drugs.vehicles.append(vehicle)
        for user in users:
            world.associations.append(Association("uses_vehicle", user, vehicle, since=date(2025, 2, 1)))
        world.planted.shared_vehicles.append(
            {"vrm": vehicle.vrm, "keeper": keeper.uid, "users": [user.uid for user in users]}
        )


def _drugs_line(world: World, rng: Random, drugs: Network) -> None:
    """One dealing line that changes its number three times, held by dealers in turn, same customers."""
    customers = [
        person.phones[0] for person in rng.sample(world.people, k=world.count(60, 12)) if person.phones
    ]
    dealers = drugs.having("dealer")
    for term in range(3):
        holders = dealers[term * 2 : term * 2 + 2]
        line = new_phone(world, holders[0], burner=True)
        start = PERIOD_START + timedelta(days=term * _LINE_DAYS)
        line.first_used, line.last_used = start, start + timedelta(days=_LINE_DAYS)
        holders[1].phones.append(line)
        drugs.phones.append(line)
        for holder in holders:
            since, until = start.date(), line.last_used.date()
            known = Association("uses_phone", holder, line, sensitive=True, since=since, until=until)
            world.associations.append(known)
        for customer in customers:
            if rng.random() < 0.8:
                world.contacts.append(Contact(customer, line, rng.randint(2, 9), start, line.last_used))
        facts: dict[str, object] = {"digits": line.digits, "holders": [holder.uid for holder in holders]}
        world.planted.drugs_line.append(
            facts | {"from": str(start.date()), "until": str(line.last_used.date())}
        )
