"""The organised crime business: a car-wash franchise with layered ownership, a phoenix and a supply chain.

Public records alone do not name its head. He is reached through the overseas owner (intelligence),
the shared address of the property company, and the money.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from ingest.demo.businesses import shares, votes
from ingest.demo.corporate import AGENT_ADDRESS, HOLDING_SIC, overseas_company
from ingest.demo.makers import appoint, new_account, new_company, new_person, new_phone
from ingest.demo.model import Address, Association, Company, Control, Job, Network, Person, TradeLink, World
from ingest.demo.places import NORTHMERE, address

WASH_SIC: Final = "45200 - Maintenance and repair of motor vehicles"
_CHEMICALS_SIC: Final = "46750 - Wholesale of chemical products"
_PROPERTY_SIC: Final = "68209 - Other letting and operating of own or leased real estate"
_LABOUR_SIC: Final = "78200 - Temporary employment agency activities"
_ACCOUNTING_SIC: Final = "69201 - Accounting and auditing activities"
_OPENED: Final = date(2021, 5, 4)


def build_carwash(world: World) -> None:
    """Build the business around the members of the second group."""
    rng = world.rng("car wash")
    ocb = world.networks[1]
    franchisor = _ownership(world, ocb)
    washes = _franchisees(world, rng, ocb, franchisor)
    suppliers = _suppliers(world, rng, ocb, washes)
    _phoenix(world, rng, ocb)
    _workforce(world, rng, washes, suppliers["labour"])
    _property(world, rng, ocb)
    _accountancy(world, rng, ocb)
    ocb.phones += [phone for company in ocb.companies for phone in company.phones]


def _company(world: World, ocb: Network, name: str, sic: str, home: Address) -> Company:
    company = new_company(world, name, sic, home, _OPENED + timedelta(days=len(ocb.companies) * 40))
    ocb.companies.append(company)
    ocb.accounts.append(new_account(world, company, "business"))
    return company


def _control(company: Company, owner: Company | Person | str, band: str) -> None:
    company.controls.append(Control(owner, (shares(band), votes(band)), company.incorporated))


def _ownership(world: World, ocb: Network) -> Company:
    """Franchisor <- holding <- nominee company and an overseas entity <- the head."""
    head, nominee = ocb.having("head")[0], world.nominees[0]
    abroad = Address("Casilla 114, Edificio Vela", "Puerto Vance", "Vantora", "")
    overseas = overseas_company(world, "CORVANE OVERSEAS S.A.", "VANTORA", abroad)
    nominees = _company(world, ocb, "TIDEWATER NOMINEES LIMITED", HOLDING_SIC, AGENT_ADDRESS)
    holding = _company(world, ocb, "LACQUER HOLDINGS LIMITED", HOLDING_SIC, AGENT_ADDRESS)
    operations = ocb.having("operations director")[0]
    name = "SUDSWORTH HAND CAR WASH FRANCHISING LIMITED"
    franchisor = _company(world, ocb, name, WASH_SIC, operations.address)
    ocb.companies.append(overseas)
    _control(franchisor, holding, "75-to-100")
    _control(holding, nominees, "25-to-50")
    _control(holding, overseas, "50-to-75")
    _control(nominees, nominee, "75-to-100")
    # The register of overseas entities names a fixer; the head shows in intelligence only.
    _control(overseas, "Vela Fiduciaria Vantora", "75-to-100")
    for company in (nominees, holding):
        appoint(company, nominee, "nominee-director", company.incorporated)
    appoint(franchisor, operations, "director", franchisor.incorporated)
    for controlled in (overseas, franchisor):
        asserted = Association("controls", head, controlled, sensitive=True, since=date(2023, 1, 1))
        world.associations.append(asserted)
    world.planted.overseas_owner = {"owner": overseas.number, "country": "VANTORA", "owns": holding.number}
    world.planted.franchise = {
        "brand": "Sudsworth",
        "franchisor": franchisor.number,
        "owners_up": [holding.number, nominees.number, overseas.number],
        "beneficial_controller": head.uid,
    }
    return franchisor


def _franchisees(world: World, rng: Random, ocb: Network, franchisor: Company) -> list[Company]:
    north = _company(world, ocb, "SUDSWORTH NORTH LIMITED", WASH_SIC, AGENT_ADDRESS)
    _control(north, franchisor, "75-to-100")
    appoint(north, ocb.having("franchise manager")[0], "director", north.incorporated)
    washes: list[Company] = []
    for at, operator in enumerate(ocb.having("operator")):
        home = address(rng, NORTHMERE)
        name = (
            f"SUDSWORTH CAR WASH ({home.district.upper()}) LIMITED"
            if at % 3
            else f"SUDSWORTH SHINE {at + 1} LTD"
        )
        wash = _company(world, ocb, name, WASH_SIC, home)
        # Some belong to the franchisor, some to its regional company, some to the operator in name.
        owner = (franchisor, north, operator)[at % 3]
        _control(wash, owner, "75-to-100" if at % 2 else "50-to-75")
        appoint(wash, operator, "director", wash.incorporated)
        new_phone(world, wash)
        world.trade_links.append(TradeLink("franchise_of", wash, franchisor, wash.incorporated))
        washes.append(wash)
    world.planted.franchise["regional"] = north.number
    world.planted.franchise["franchisees"] = [wash.number for wash in washes]
    return washes


def _suppliers(world: World, rng: Random, ocb: Network, washes: list[Company]) -> dict[str, Company]:
    chemicals = _company(world, ocb, "BRISKALINE CHEMICALS LIMITED", _CHEMICALS_SIC, address(rng, NORTHMERE))
    labour = _company(world, ocb, "HELPING HANDS STAFFING LIMITED", _LABOUR_SIC, address(rng, NORTHMERE))
    for company, role in ((chemicals, "chemicals supplier"), (labour, "labour supplier")):
        boss = ocb.having(role)[0]
        appoint(company, boss, "director", company.incorporated)
        _control(company, boss, "75-to-100")
        for wash in washes:
            world.trade_links.append(TradeLink("supplies", company, wash, wash.incorporated))
        served = [wash.number for wash in washes]
        world.planted.supply_chain.append(
            {"goods": role.split()[0], "supplier": company.number, "to": served}
        )
    return {"chemicals": chemicals, "labour": labour}


def _phoenix(world: World, rng: Random, ocb: Network) -> None:
    """Three companies one after another: same directors, same place, new number, debts left behind."""
    home = address(rng, NORTHMERE)
    directors = [*ocb.having("franchise manager"), ocb.having("operations director")[0]]
    names = (
        "BRIGHTWHEEL VALETING LIMITED", "BRIGHTWHEEL VALETING (NORTHMERE) LIMITED", "BRIGHT WHEEL VALET SERVICES LTD"
    )  # fmt: skip
    chain: list[Company] = []
    for at, name in enumerate(names):
        company = _company(world, ocb, name, WASH_SIC, home)
        company.incorporated = date(2019 + at * 2, 3, 1)
        ended = date(2021 + at * 2, 2, 20) if at < 2 else None
        company.status = "Liquidation" if ended else "Active"
        for director in directors:
            appoint(company, director, "director", company.incorporated, ended)
        _control(company, directors[0], "75-to-100")
        chain.append(company)
    world.planted.phoenix = {
        "companies": [company.number for company in chain],
        "directors": [director.uid for director in directors],
    }


def _workforce(world: World, rng: Random, washes: list[Company], labour: Company) -> None:
    """Workers found at the washes, housed together by the labour supplier."""
    house = address(rng, NORTHMERE)
    workers: list[str] = []
    for at in range(world.count(36, 12)):
        worker = new_person(world, rng, house if at % 2 else address(rng, NORTHMERE))
        new_phone(world, worker)
        day = date(2024, 1, 10) + timedelta(days=at * 9)
        world.jobs.append(Job(worker, washes[at % len(washes)], "washer", day))
        world.jobs.append(Job(worker, labour, "agency worker", day))
        workers.append(worker.uid)
    world.planted.workforce = {"through": labour.number, "house": house.postcode, "workers": workers}


def _property(world: World, rng: Random, ocb: Network) -> None:
    """Where the money comes to rest: a property company at the head's own address."""
    head, manager = ocb.having("head")[0], ocb.having("property manager")[0]
    company = _company(world, ocb, "GANNET ROW PROPERTIES LIMITED", _PROPERTY_SIC, head.address)
    appoint(company, manager, "director", company.incorporated)
    _control(company, manager, "75-to-100")
    new_phone(world, company)
    for _ in range(3):
        tenant = _company(world, ocb, f"{rng.choice(('QUAYLIGHT', 'SLIPWAY', 'ANCHORAGE'))} LETS {len(ocb.companies)} LTD",
                          _PROPERTY_SIC, AGENT_ADDRESS)  # fmt: skip
        _control(tenant, company, "75-to-100")
        appoint(tenant, manager, "director", tenant.incorporated)


def _accountancy(world: World, rng: Random, ocb: Network) -> None:
    """The accountant's firm keeps the books of this group and is secretary for the next one."""
    accountant = ocb.having("accountant")[0]
    firm = new_company(
        world, "TALLYSTICK ACCOUNTANTS LIMITED", _ACCOUNTING_SIC, address(rng, NORTHMERE), date(2015, 4, 1)
    )
    new_account(world, firm)
    appoint(firm, accountant, "director", firm.incorporated)
    _control(firm, accountant, "75-to-100")
    for company in ocb.companies[2::4]:
        appoint(company, accountant, "secretary", company.incorporated)
