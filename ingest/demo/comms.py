"""Calls and texts: everybody rings family, friends and a few businesses; groups ring as planned."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Final

from ingest.demo.model import PERIOD_DAYS, PERIOD_START, Call, Person, Phone, World

CALLS: Final = 50_000
# Share of calls that begin in each hour of the day.
_HOURS: Final = list(
    accumulate((1, 1, 1, 1, 1, 2, 4, 8, 12, 13, 12, 13, 14, 12, 11, 12, 14, 16, 17, 15, 12, 9, 5, 2))
)


def place_calls(world: World) -> None:
    """The planned contacts first, then ordinary ones until the number for this scale is reached."""
    rng = world.rng("calls")
    for contact in world.contacts:
        end = contact.end or PERIOD_START + timedelta(days=PERIOD_DAYS)
        for _ in range(contact.calls):
            pair = (contact.a, contact.b) if rng.random() < 0.65 else (contact.b, contact.a)
            world.calls.append(_call(rng, pair, contact.start, (end - contact.start).days))
    _ordinary(world, rng)
    world.calls.sort(key=lambda call: (call.at, call.a.uid, call.b.uid))


def _ordinary(world: World, rng: Random) -> None:
    books = _address_books(world, rng)
    callers = list(books)
    activity = list(accumulate(rng.lognormvariate(0, 1) for _ in callers))
    missing = max(0, world.count(CALLS, 1500) - len(world.calls))
    for caller in rng.choices(callers, cum_weights=activity, k=missing):
        called = books[caller][int(rng.random() ** 2 * len(books[caller]))]
        world.calls.append(_call(rng, (caller, called), PERIOD_START, PERIOD_DAYS))


def _address_books(world: World, rng: Random) -> dict[Phone, list[Phone]]:
    """Whom each private phone rings, most often the first in the list."""
    businesses = [company.phones[0] for company in world.companies if company.phones]
    people = [person for person in world.people if person.phones]
    relatives = _relatives(world)
    books: dict[Phone, list[Phone]] = {}
    for at, person in enumerate(people):
        # Friends live near in the list: circles overlap, so communities are there to be found.
        near = [people[(at + int(rng.gauss(0, 25))) % len(people)] for _ in range(rng.randint(3, 7))]
        circle = [*relatives.get(person.uid, []), *near, rng.choice(people)]
        numbers = [other.phones[0] for other in circle if other.phones]
        numbers.append(rng.choice(businesses))
        for phone in person.phones:
            book = [number for number in numbers if number is not phone]
            if book and not phone.burner:
                books[phone] = book
    return books


def _relatives(world: World) -> dict[str, list[Person]]:
    return {
        person.uid: [other for other in family.members if other is not person]
        for family in world.families
        for person in family.members
    }


def _call(rng: Random, pair: tuple[Phone, Phone], start: datetime, days: int) -> Call:
    hour = rng.choices(range(24), cum_weights=_HOURS)[0]
    at = start + timedelta(days=rng.randrange(max(1, days)), hours=hour, seconds=rng.randrange(3600))
    if rng.random() < 0.45:
        return Call(*pair, at, 0, "sms")
    return Call(*pair, at, int(rng.lognormvariate(4.2, 1.1)), "voice")
