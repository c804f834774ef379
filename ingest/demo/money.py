"""Accounts and payments: the ordinary life of a city, and one laundering scheme inside it.

Cash goes in at the car washes (placement), through three layers of accounts, and comes to rest in
a property company (integration). Every planted payment carries its stage, and the truth file lists
the accounts of each.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Final

from ingest.demo.corporate import AGENT_ADDRESS
from ingest.demo.makers import new_account
from ingest.demo.model import Account, Company, Payment, World

PAYMENTS: Final = 26_000
_FIRST_DAY: Final = date(2025, 1, 1)
_DAYS: Final = 450
_SHOPPING: Final = ("CARD PURCHASE", "SHOP", "ONLINE ORDER", "FUEL", "LUNCH")


def open_accounts(world: World) -> list[Account]:
    """Give most adults an account, and each of three banks its cash counter (returned)."""
    rng = world.rng("accounts")
    for person in world.people:
        if person.born.year < 2009 and rng.random() < 0.5:
            new_account(world, person)
    return [new_account(world, None, "cash counter") for _ in range(3)]


def ordinary_payments(world: World) -> None:
    """Wages, rent, shopping, trade and family, up to the number that the scale asks for."""
    rng = world.rng("payments")
    private = [account for account in world.accounts if account.holder in _people_with_accounts(world)]
    trading = [company.accounts[0] for company in world.companies if company.accounts and company.sic]
    _wages(world, rng, trading)
    while len(world.payments) < world.count(PAYMENTS, 500):
        day = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS))
        draw = rng.random()
        if draw < 0.72:
            kind, amount = rng.choice(_SHOPPING), rng.randrange(300, 18_000)
            pair = (rng.choice(private), rng.choice(trading))
        elif draw < 0.86:
            kind, amount = "INVOICE", rng.randrange(15_000, 900_000)
            pair = (rng.choice(trading), rng.choice(trading))
        else:
            kind, amount = rng.choice(("RENT", "GIFT", "LOAN", "SHARE OF BILL")), rng.randrange(1_000, 90_000)
            pair = (rng.choice(private), rng.choice(private))
        if pair[0] is not pair[1]:
            world.payments.append(Payment(*pair, amount, day, kind))


def _people_with_accounts(world: World) -> set[object]:
    return {person for person in world.people if person.accounts}


def _wages(world: World, rng: Random, trading: list[Account]) -> None:
    staff = [(job.company.accounts[0], job.person.accounts[0]) for job in world.jobs
             if job.company.accounts and job.person.accounts]  # fmt: skip
    adults = [person for person in world.people if person.accounts]
    staff += [
        (rng.choice(trading), person.accounts[0])
        for person in adults[:: max(1, len(adults) // world.count(300))]
    ]
    for employer, worker in staff:
        wage = rng.randrange(90_000, 320_000)
        for month in range(1, 13):
            day = date(2025, month, rng.choice((25, 26, 27, 28)))
            world.payments.append(Payment(employer, worker, wage, day, "WAGES"))


def launder(world: World, counters: list[Account]) -> None:
    """Place cash at the washes, pass it through three layers, bring it to rest in property."""
    rng = world.rng("laundering")
    stages = _stages(world)
    washes = stages["placement"]
    for wash in washes:
        for _ in range(world.count(60, 12)):
            day = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS - 40))
            # Just under the sum at which the counter would ask questions.
            amount = rng.randrange(610_000, 899_000)
            counter = rng.choice(counters)
            world.payments.append(Payment(counter, wash, amount, day, "CASH DEPOSIT", "placement"))
    for lower, upper in pairwise(stages):
        _pass_on(world, rng, stages[lower], stages[upper], upper)
    world.planted.layering = {
        name: [account.key for account in accounts] for name, accounts in stages.items()
    }


def _stages(world: World) -> dict[str, list[Account]]:
    ocb = world.networks[1]

    def named(*parts: str) -> list[Account]:
        found = [company for company in ocb.companies if any(part in company.name for part in parts)]
        return [company.accounts[0] for company in found if company.accounts]

    shelf = [company for company in world.companies if company.address is AGENT_ADDRESS]
    fronts = [company for company in shelf if company not in ocb.companies and _fronted(world, company)][:4]
    second = [front.accounts[0] if front.accounts else new_account(world, front) for front in fronts]
    manager = ocb.having("finance manager")[0]
    third = [*named("TIDEWATER", "LACQUER"), new_account(world, manager)]
    overseas = next(company for company in ocb.companies if company.category == "Overseas Entity")
    third.append(new_account(world, overseas, "business"))
    stages = {
        "placement": named("SUDSWORTH CAR WASH", "SUDSWORTH SHINE"),
        "layer1": named("SUDSWORTH NORTH", "HELPING HANDS", "BRISKALINE"),
        "layer2": second,
        "layer3": third,
        "integration": named("GANNET ROW"),
    }
    ocb.accounts += [
        account for accounts in stages.values() for account in accounts if account not in ocb.accounts
    ]
    return stages


def _fronted(world: World, company: Company) -> bool:
    return any(officer.person is world.nominees[0] for officer in company.officers)


def _pass_on(world: World, rng: Random, lower: list[Account], upper: list[Account], stage: str) -> None:
    """Each account below sends its money up in fewer, larger sums, with a reason that sounds like trade."""
    reasons = (
        "FRANCHISE FEE",
        "CHEMICALS",
        "STAFF HIRE",
        "CONSULTANCY",
        "LOAN REPAYMENT",
        "MANAGEMENT CHARGE",
    )
    for source in lower:
        for at in range(world.count(14, 4)):
            day = _FIRST_DAY + timedelta(days=20 + at * 28 + rng.randrange(12))
            amount = rng.randrange(900_000, 3_600_000)
            world.payments.append(Payment(source, rng.choice(upper), amount, day, rng.choice(reasons), stage))
