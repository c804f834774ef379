"""Corporate services and the shapes that hide owners.

A formation agent's address with hundreds of companies and nominee directors with hundreds of
appointments are lawful and common: they must not make strangers look connected. Here too are one
ownership cycle, one company whose owner is not identified, and one owner overseas.
"""

from __future__ import annotations

from datetime import date
from random import Random

from ingest.demo.businesses import company_name, shares, started, votes
from ingest.demo.makers import appoint, birth_date, new_account, new_company, new_person
from ingest.demo.model import Address, Company, Control, Person, World
from ingest.demo.names import TRADES

HOLDING_SIC = "64209 - Activities of other holding companies n.e.c."
SHELF_SIC = "82990 - Other business support service activities n.e.c."
AGENT_ADDRESS = Address("Suite 4, 1 Lamplighter Court", "Ropewalk", "Northmere", "NM5 1AA")
NOMINEE_COMPANIES = (210, 140)


def build_corporate_services(world: World) -> None:
    """The formation agent, its two nominee directors and the companies that they front."""
    rng = world.rng("corporate services")
    world.nominees = [_nominee(world, rng, number) for number in (0, 1)]
    for nominee, size in zip(world.nominees, NOMINEE_COMPANIES, strict=True):
        fronted = [_shelf_company(world, rng, nominee) for _ in range(world.count(size, 12))]
        world.planted.nominees.append(
            {
                "person": nominee.uid,
                "person_numbers": nominee.person_numbers,
                "companies": [company.number for company in fronted],
            }
        )
    world.planted.ownership_cycle = _cycle(world, rng)
    world.planted.unknown_owner = _unknown_owner(world, rng, world.nominees[1]).number


def record_agent_address(world: World) -> None:
    """Write down, once all companies exist, which of them sit at the formation agent's address."""
    here = [company.number for company in world.companies if company.address is AGENT_ADDRESS]
    world.planted.formation_agent = {
        "address": AGENT_ADDRESS.text(),
        "postcode": AGENT_ADDRESS.postcode,
        "companies": here,
    }


def overseas_company(world: World, name: str, country: str, home: Address) -> Company:
    """An entity on the register of overseas entities, from an invented country."""
    company = new_company(world, name, "", home, date(2022, 11, 1))
    company.number = f"OE9{company.number[3:]}"
    company.category, company.country, company.status = "Overseas Entity", country, "Registered"
    return company


def _nominee(world: World, rng: Random, number: int) -> Person:
    return new_person(world, rng, AGENT_ADDRESS, sex="MF"[number], born=birth_date(rng, 40, 60))


def _shelf_company(world: World, rng: Random, nominee: Person) -> Company:
    trade = rng.choice(TRADES)[0]
    home = AGENT_ADDRESS if rng.random() < 0.85 else rng.choice(world.families).address
    company = new_company(world, company_name(rng, trade), SHELF_SIC, home, started(rng, 2018, 2025))
    # Seven in a hundred appointments fell under a second person number of the same nominee.
    if len(nominee.person_numbers) == 1 and rng.random() < 0.07:
        nominee.person_numbers.append(nominee.person_numbers[0][:-4] + "0002")
    appoint(company, nominee, "nominee-director", company.incorporated)
    client = rng.choice(world.people)
    if rng.random() < 0.5:
        appoint(company, client, "director", company.incorporated)
    if rng.random() < 0.7:
        company.controls.append(Control(client, (shares("75-to-100"),), company.incorporated))
    if rng.random() < 0.3:
        new_account(world, company)
    return company


def _cycle(world: World, rng: Random) -> list[str]:
    names = ("ROUNDEL HOLDINGS LIMITED", "ROUNDEL ASSETS LIMITED", "ROUNDEL VENTURES LIMITED")
    ring = [new_company(world, name, HOLDING_SIC, AGENT_ADDRESS, started(rng, 2016, 2020)) for name in names]
    director = rng.choice(world.people)
    for at, company in enumerate(ring):
        band = ("50-to-75", "75-to-100", "25-to-50")[at]
        owner = ring[at - 1]
        company.controls.append(Control(owner, (shares(band), votes(band)), company.incorporated))
        appoint(company, director, "director", company.incorporated)
    return [company.number for company in ring]


def _unknown_owner(world: World, rng: Random, nominee: Person) -> Company:
    company = new_company(
        world, "GREYFRONT ESTATES LIMITED", HOLDING_SIC, AGENT_ADDRESS, started(rng, 2018, 2021)
    )
    appoint(company, nominee, "nominee-director", company.incorporated)
    company.controls.append(Control(None, ("psc-exists-but-not-identified",), company.incorporated))
    return company
