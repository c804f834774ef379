"""The fraud group: shell companies that invoice for nothing, mule accounts, and professional enablers."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from ingest.demo.businesses import shares
from ingest.demo.corporate import AGENT_ADDRESS
from ingest.demo.makers import appoint, new_account, new_company
from ingest.demo.model import Account, Company, Control, Network, Payment, World
from ingest.demo.places import EASTHOLM, address

_CONSULTING_SIC: Final = "70229 - Management consultancy activities other than financial management"
_LEGAL_SIC: Final = "69102 - Solicitors"
_FIRST_DAY: Final = date(2025, 2, 3)


def build_fraud(world: World) -> None:
    """Give the third group its companies and accounts, then move its victims' money."""
    rng = world.rng("fraud")
    fraud = world.networks[2]
    shells = _shells(world, fraud)
    conveyancer = _conveyancer(world, rng, fraud)
    mules = [new_account(world, mule) for mule in fraud.having("mule")]
    collector = new_account(world, fraud.having("mule herder")[0])
    fraud.accounts += [*mules, collector]
    _defraud(world, rng, mules, collector, [shell.accounts[0] for shell in shells])
    for shell in shells:
        _move(world, rng, shell.accounts[0], conveyancer.accounts[0], 6)


def _shells(world: World, fraud: Network) -> list[Company]:
    organiser, accountant = fraud.having("organiser"), fraud.having("accountant")[0]
    shells: list[Company] = []
    for at, name in enumerate(("PAPERCHAIN ADVISORY LIMITED", "FOOLSCAP CONSULTING LIMITED")):
        opened = date(2023, 6, 1) + timedelta(days=at * 60)
        shell = new_company(world, name, _CONSULTING_SIC, AGENT_ADDRESS, opened)
        appoint(shell, organiser[at], "director", opened)
        appoint(shell, accountant, "secretary", opened)
        shell.controls.append(Control(organiser[at], (shares("75-to-100"),), opened))
        fraud.accounts.append(new_account(world, shell, "business"))
        shells.append(shell)
    fraud.companies += shells
    return shells


def _conveyancer(world: World, rng: Random, fraud: Network) -> Company:
    lawyer = fraud.having("conveyancer")[0]
    firm = new_company(
        world, "DEEDBOX CONVEYANCING LIMITED", _LEGAL_SIC, address(rng, EASTHOLM), date(2012, 2, 1)
    )
    appoint(firm, lawyer, "director", firm.incorporated)
    firm.controls.append(Control(lawyer, (shares("75-to-100"),), firm.incorporated))
    new_account(world, firm, "client account")
    fraud.companies.append(firm)
    return firm


def _defraud(
    world: World, rng: Random, mules: list[Account], collector: Account, shells: list[Account]
) -> None:
    """Victims pay mules; mules pass nearly all of it on within days."""
    victims = [account for account in world.accounts if account.holder in world.people[:2000]]
    for victim in rng.sample(victims, k=min(len(victims), world.count(160, 24))):
        mule = rng.choice(mules)
        day = _FIRST_DAY + timedelta(days=rng.randrange(380))
        amount = rng.randrange(80_000, 950_000)
        world.payments.append(Payment(victim, mule, amount, day, "INVOICE PAYMENT", "fraud"))
        onward = rng.choice([collector, *shells])
        passed = day + timedelta(days=rng.randint(0, 3))
        world.payments.append(Payment(mule, onward, amount * 93 // 100, passed, "TRANSFER", "fraud"))


def _move(world: World, rng: Random, source: Account, target: Account, times: int) -> None:
    for at in range(times):
        day = _FIRST_DAY + timedelta(days=60 * (at + 1))
        amount = rng.randrange(1_500_000, 4_000_000)
        world.payments.append(Payment(source, target, amount, day, "COMPLETION FUNDS", "fraud"))
