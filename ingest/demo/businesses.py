"""Ordinary companies: small owners, some groups, normal officers, phones, vans and accounts."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ingest.demo.makers import appoint, new_account, new_company, new_phone, new_vehicle
from ingest.demo.model import Address, Company, Control, Job, Person, TradeLink, World
from ingest.demo.names import BUSINESS_HEADS, BUSINESS_TAILS, TRADES
from ingest.demo.places import address

ORDINARY_COMPANIES = 860
BANDS = ("25-to-50", "50-to-75", "75-to-100")


def shares(band: str) -> str:
    """The register's word for holding this band of the shares."""
    return f"ownership-of-shares-{band}-percent"


def votes(band: str) -> str:
    """The register's word for holding this band of the votes."""
    return f"voting-rights-{band}-percent"


def company_name(rng: Random, trade: str) -> str:
    """An invented company name; two companies may well sound alike."""
    head, tail = rng.choice(BUSINESS_HEADS), rng.choice(BUSINESS_TAILS)
    ending = "LTD" if rng.random() < 0.4 else "LIMITED"
    middle = f"{head} {trade}" if rng.random() < 0.5 else f"{head} {trade} {tail}"
    return f"{middle} {ending}".upper()


def started(rng: Random, earliest: int = 2005, latest: int = 2024) -> date:
    """A day on which a company was incorporated."""
    return date(earliest, 1, 1) + timedelta(days=rng.randrange((latest - earliest) * 365))


def build_ordinary(world: World) -> None:
    """Companies that trade honestly, with staff, suppliers and a bank account each."""
    rng = world.rng("ordinary companies")
    adults = [person for person in world.people if person.born.year < 2006]
    for _ in range(world.count(ORDINARY_COMPANIES, 30)):
        company = ordinary_company(world, rng)
        owners = rng.sample(adults, k=rng.choices((1, 2, 3), weights=(60, 30, 10))[0])
        for owner in owners:
            _add_officer(rng, company, owner)
        _own(rng, company, owners)
        _staff(world, rng, company, adults)
    _groups(world, rng)
    _suppliers(world, rng)


def ordinary_company(world: World, rng: Random, home: Address | None = None) -> Company:
    """A company with a trade, a phone, an account and perhaps a van, and nobody behind it yet."""
    trade, sic = rng.choice(TRADES)
    company = new_company(world, company_name(rng, trade), sic, home or address(rng), started(rng))
    new_account(world, company)
    if rng.random() < 0.7:
        new_phone(world, company)
    if rng.random() < 0.3:
        new_vehicle(world, rng, company)
    return company


def _add_officer(rng: Random, company: Company, owner: Person) -> None:
    # The register sometimes gives one person a second number: two records, one person.
    if owner.person_numbers and rng.random() < 0.25:
        owner.person_numbers.append(f"ZP{int(owner.uid[1:]):08d}{len(owner.person_numbers) + 1:04d}")
    day = company.incorporated + timedelta(days=rng.choice((0, 0, 200)))
    resigned = day + timedelta(days=rng.randint(400, 900)) if rng.random() < 0.08 else None
    appoint(company, owner, rng.choice(("director", "director", "director", "secretary")), day, resigned)


def _own(rng: Random, company: Company, owners: list[Person]) -> None:
    bands = {1: ("75-to-100",), 2: ("50-to-75", "25-to-50"), 3: ("25-to-50",) * 3}[len(owners)]
    for owner, band in zip(owners, bands, strict=True):
        if rng.random() < 0.85:
            company.controls.append(Control(owner, (shares(band), votes(band)), company.incorporated))


def _staff(world: World, rng: Random, company: Company, adults: list[Person]) -> None:
    if rng.random() < 0.25:
        for worker in rng.sample(adults, k=rng.randint(1, 3)):
            world.jobs.append(Job(worker, company, "employee", company.incorporated + timedelta(days=90)))


def _groups(world: World, rng: Random) -> None:
    """Some companies belong to a parent, and a few parents to a grandparent."""
    ordinary = list(world.companies)
    for parent in ordinary[:: max(4, len(ordinary) // 40)]:
        at = ordinary.index(parent)
        for child in rng.sample(ordinary[at + 1 :], k=min(2, len(ordinary) - at - 1)):
            if any(isinstance(control.controller, Company) for control in child.controls):
                continue
            child.controls = [Control(parent, (shares("75-to-100"),), child.incorporated)]


def _suppliers(world: World, rng: Random) -> None:
    ordinary = list(world.companies)
    for _ in range(world.count(200, 5)):
        seller, buyer = rng.sample(ordinary, k=2)
        world.trade_links.append(TradeLink("supplies", seller, buyer, date(2024, 3, 1)))
