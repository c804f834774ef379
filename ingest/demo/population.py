"""Citizens: households, families, and the likenesses that must not be taken for one person.

Twins share a surname, a birth date and an address. A parent and child may share their whole name
and their address. Namesakes share a name and nothing else. None of these is ever one entity.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from ingest.demo.makers import birth_date, make_known, new_person, new_phone, new_vehicle
from ingest.demo.model import Family, Person, World
from ingest.demo.names import FORENAMES, NICKNAMES, forename, surname
from ingest.demo.places import address

HOUSEHOLDS = 2050


def build_population(world: World) -> None:
    """Fill the city with households, then hand out phones, cars, nicknames and police attention."""
    rng = world.rng("population")
    for number in range(world.count(HOUSEHOLDS, 40)):
        # Every fortieth household has twins, every thirtieth a parent and child of one name.
        if number % 40 == 3:
            family = _twins(world, rng)
            world.planted.twins.append([person.uid for person in family.members])
        elif number % 30 == 5:
            family = _namesake_child(world, rng)
            world.planted.parent_and_child.append([person.uid for person in family.members])
        else:
            family = _household(world, rng)
        world.families.append(family)
    world.planted.namesakes = _namesakes(world, rng)
    for person in list(world.people):
        equip(world, rng, person)
    for family in world.families:
        _share_phone(rng, family)


def equip(world: World, rng: Random, person: Person) -> None:
    """Give a person the phones, cars, nickname and police history of an ordinary life."""
    if not person.known and rng.random() < 0.42:
        make_known(rng, person)
    if rng.random() < 0.08:
        person.nickname = rng.choice(NICKNAMES)
    for _ in range(rng.choices((0, 1, 2), weights=(10, 78, 12))[0]):
        new_phone(world, person)
    if rng.random() < 0.5:
        new_vehicle(world, rng, person)


def _household(world: World, rng: Random) -> Family:
    home, name = address(rng), surname(rng)
    first = new_person(world, rng, home, surname=name)
    family = Family(home, [first])
    kind = rng.random()
    if kind > 0.35:
        other = "F" if first.sex == "M" else "M"
        born = first.born + timedelta(days=rng.randint(-1500, 1500))
        keeps_name = rng.random() < 0.3
        partner = surname(rng) if keeps_name else name
        family.members.append(new_person(world, rng, home, sex=other, surname=partner, born=born))
    if kind > 0.65 and first.born.year < 1980:
        for _ in range(rng.choice((1, 1, 2))):
            child = birth_date(rng, 17, min(40, 2026 - first.born.year - 20))
            family.members.append(new_person(world, rng, home, surname=name, born=child))
    return family


def _twins(world: World, rng: Random) -> Family:
    home, name, sex = address(rng), surname(rng), rng.choice("MF")
    born = birth_date(rng, 18, 50)
    first = new_person(world, rng, home, sex=sex, surname=name, born=born)
    # Twins are often given names that begin alike, which is what makes them hard.
    alike = [row.name for row in FORENAMES[sex] if row.name[0] == first.forename[0]]
    others = [other for other in alike if other != first.forename] or [_other_name(rng, first)]
    second = new_person(world, rng, home, sex=sex, surname=name, born=born, forename=rng.choice(others))
    for twin in (first, second):
        make_known(rng, twin)
    return Family(home, [first, second])


def _other_name(rng: Random, person: Person) -> str:
    other = person.forename
    while other == person.forename:
        other = forename(rng, person.sex)
    return other


def _namesake_child(world: World, rng: Random) -> Family:
    home = address(rng)
    parent = new_person(world, rng, home, born=birth_date(rng, 44, 70))
    born = parent.born + timedelta(days=rng.randint(19 * 365, 25 * 365))
    child = new_person(
        world, rng, home, sex=parent.sex, forename=parent.forename, middle=parent.middle,
        surname=parent.surname, born=born,
    )  # fmt: skip
    for person in (parent, child):
        make_known(rng, person)
    return Family(home, [parent, child])


def _namesakes(world: World, rng: Random) -> list[list[str]]:
    pairs: list[list[str]] = []
    for person in rng.sample(world.people, k=world.count(40, 2)):
        double = new_person(world, rng, sex=person.sex, forename=person.forename, surname=person.surname)
        for one in (person, double):
            make_known(rng, one)
        pairs.append([person.uid, double.uid])
    return pairs


def _share_phone(rng: Random, family: Family) -> None:
    if len(family.members) < 2 or rng.random() > 0.08:
        return
    first, second = family.members[:2]
    if first.phones and first.phones[0] not in second.phones:
        second.phones.append(first.phones[0])
