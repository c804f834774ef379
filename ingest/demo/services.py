"""What keepers' registers, telephone suppliers, banks and inspectors send: one layout each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final

from ingest.demo.files import Files
from ingest.demo.model import Account, Company, Person, World
from ingest.demo.noise import address_line, phone_text, postcode_text, spelt, typo, vrm_text

_KEEPERS_HEADER: Final = (
    "keeper_ref", "vrm", "make", "colour", "keeper_name", "company_name", "company_number", "address", "postcode",
    "from_date",
)  # fmt: skip
_SUBSCRIBERS_HEADER: Final = (
    "subscriber_ref", "msisdn", "subscriber_name", "dob", "company_name", "company_number", "address", "postcode",
    "network", "connected",
)  # fmt: skip
_CALLS_HEADER: Final = ("call_ref", "a_number", "b_number", "started_at", "duration_s", "type", "cell")
_ACCOUNTS_HEADER: Final = (
    "customer_ref", "sort_code", "account_number", "bank", "customer_name", "dob", "company_name", "company_number",
    "email", "mobile", "address", "postcode", "opened",
)  # fmt: skip
_PAYMENTS_HEADER: Final = ("reference", "from_account", "to_account", "amount", "date", "description")
_TRADE_HEADER: Final = ("declaration_ref", "kind", "company_number", "other_company_number", "since")
_JOBS_HEADER: Final = ("return_ref", "worker_name", "dob", "phone", "company_number", "role", "since")
_BANKS: Final = ("Northmere Mutual", "Bank of Eastholm", "Vale Building Society")


def write_services(world: World, files: Files) -> None:
    """Write the files of everybody who is neither police nor register."""
    _keepers(world, files)
    _subscribers(world, files)
    _calls(world, files)
    _accounts(world, files)
    _payments(world, files)
    trade = [
        [f"TD{at:05d}", link.kind, link.source.number, link.target.number, link.since]
        for at, link in enumerate(world.trade_links, start=1)
    ]
    files.csv("trade_links.csv", _TRADE_HEADER, trade)
    files.csv("workforce.csv", _JOBS_HEADER, _jobs(world, files))


def _company_cells(rng: Random, files: Files, source: str, ref: str, company: Company) -> tuple[str, str]:
    """Company name and, two times in three, its number."""
    files.truth.add(source, ref, "business", company.uid)
    return company.name.title(), company.number if rng.random() < 0.67 else ""


def _keepers(world: World, files: Files) -> None:
    rng = world.rng("keepers")
    rows: list[list[object]] = []
    for at, vehicle in enumerate(world.vehicles, start=1):
        keeper, ref = vehicle.keeper, f"K{at:06d}"
        if keeper is None:
            continue
        name, company = "", ("", "")
        if isinstance(keeper, Person):
            fore, _, sur = spelt(rng, keeper, 0.03)
            name = f"{'MR' if keeper.sex == 'M' else 'MS'} {fore if rng.random() < 0.7 else fore[0]} {sur}".upper()
            files.truth.add("keepers", ref, "person", keeper.uid)
        else:
            company = _company_cells(rng, files, "keepers", ref, keeper)
        files.truth.vehicle("keepers", vehicle)
        line = f"{address_line(rng, keeper.address)}, {keeper.address.town}".upper()
        since = date(2019, 1, 1) + timedelta(days=rng.randrange(2500))
        rows.append([ref, vrm_text(rng, vehicle.vrm), vehicle.make, vehicle.colour, name, *company, line,
                     postcode_text(rng, keeper.address.postcode), since])  # fmt: skip
    files.csv(
        "vehicle_keepers.csv",
        _KEEPERS_HEADER,
        rows,
        [["K999999", "", "", "", "MR NO PLATE", "", "", "", "", ""]],
    )


def _subscribers(world: World, files: Files) -> None:
    rng = world.rng("subscribers")
    rows: list[list[object]] = []
    for at, phone in enumerate(world.phones, start=1):
        holder, ref = phone.holder, f"S{at:06d}"
        if holder is None or phone.burner or rng.random() > 0.5:
            continue
        name, born, company = "", "", ("", "")
        if isinstance(holder, Person):
            fore, _, sur = spelt(rng, holder, 0.04)
            name, born = f"{fore} {sur}", holder.born.isoformat() if rng.random() < 0.6 else ""
            files.truth.add("subscribers", ref, "person", holder.uid)
        else:
            company = _company_cells(rng, files, "subscribers", ref, holder)
        files.truth.phone("subscribers", phone)
        rows.append([ref, f"44{phone.digits}", name, born, *company, address_line(rng, holder.address),
                     postcode_text(rng, holder.address.postcode), rng.choice(("Lumo", "Parlay", "Harken")),
                     date(2021, 1, 1) + timedelta(days=rng.randrange(1400))])  # fmt: skip
    damaged = [["S999999", "4.477E+11", "Number Lost To A Spreadsheet", "", "", "", "", "", "Lumo", ""]]
    files.csv("subscribers.csv", _SUBSCRIBERS_HEADER, rows, damaged)


def _calls(world: World, files: Files) -> None:
    rng = world.rng("call records")
    for phone in {phone.uid: phone for call in world.calls for phone in (call.a, call.b)}.values():
        files.truth.phone("calls", phone)

    def rows() -> Iterator[list[object]]:
        for at, call in enumerate(world.calls, start=1):
            started = call.at.strftime("%Y-%m-%dT%H:%M:%SZ")
            cell = f"NM-{rng.randrange(60):03d}"
            yield [
                f"CD{at:07d}",
                f"44{call.a.digits}",
                f"44{call.b.digits}",
                started,
                call.duration_s,
                call.kind,
                cell,
            ]

    damaged = [
        ["CD9999991", "447700900001", "447700900002", "yesterday evening", "10", "voice", ""],
        ["CD9999992", "", "447700900002", "2025-03-01T10:00:00Z", "10", "voice", ""],
        ["CD9999993", "447700900001", "447700900002", "2025-03-01T10:00:00Z", "a while", "voice", ""],
    ]
    files.csv("calls.csv", _CALLS_HEADER, rows(), damaged)


def _accounts(world: World, files: Files) -> None:
    rng = world.rng("bank customers")
    customers: dict[str, list[str]] = {}
    rows: list[list[object]] = []
    for account in world.accounts:
        holder = account.holder
        uid = holder.uid if holder else account.uid
        if uid not in customers:
            customers[uid] = _customer(rng, files, f"B{len(customers) + 1:06d}", account)
        ref, name, born, company, number, email, mobile, line, code = customers[uid]
        files.truth.account("bank", account)
        bank = _BANKS[int(account.sort_code[3:5]) % len(_BANKS)]
        rows.append([ref, account.sort_code, account.number, bank, name, born, company, number, email, mobile, line,
                     code, account.opened])  # fmt: skip
    files.csv(
        "accounts.csv", _ACCOUNTS_HEADER, rows, [["B999999", "00-11-20", "", "", "No Account", *[""] * 8]]
    )


def _customer(rng: Random, files: Files, ref: str, account: Account) -> list[str]:
    """What the bank holds of one customer, the same on the row of each of their accounts."""
    holder = account.holder
    if holder is None:
        return [ref, "Cash Counter", "", "", "", "", "", "", ""]
    mobile = phone_text(rng, holder.phones[0].digits) if holder.phones and rng.random() < 0.6 else ""
    if mobile:
        files.truth.phone("bank", holder.phones[0])
    place = [address_line(rng, holder.address), holder.address.postcode]
    if isinstance(holder, Company):
        return [ref, "", "", *_company_cells(rng, files, "bank", ref, holder), "", mobile, *place]
    files.truth.add("bank", ref, "person", holder.uid)
    fore, middle, sur = spelt(rng, holder, 0.02)
    name = f"{fore} {middle} {sur}" if middle and rng.random() < 0.5 else f"{fore} {sur}"
    return [ref, name, holder.born.isoformat(), "", "", holder.email, mobile, *place]


def _payments(world: World, files: Files) -> None:
    world.payments.sort(
        key=lambda payment: (payment.day, payment.source.uid, payment.target.uid, payment.amount_pence)
    )
    rows: list[list[str]] = []
    for at, payment in enumerate(world.payments, start=1):
        payment.reference = f"TX{at:07d}"
        amount = f"{payment.amount_pence // 100}.{payment.amount_pence % 100:02d}"
        rows.append([payment.reference, payment.source.key, payment.target.key, amount, payment.day.isoformat(),
                     payment.description])  # fmt: skip
    known = world.accounts[0].key
    loose = [
        [f"TX999999{n}", known, f"00-99-99 9999999{n}", "10.00", "2025-05-01", "TO ANOTHER BANK"]
        for n in range(3)
    ]
    files.dangle("transactions.csv", [row[0] for row in loose])
    damaged = [
        ["TX9999981", known, known, "12,3.4x", "2025-05-01", "AMOUNT DAMAGED"],
        ["TX9999982", known, known, "5.00", "31/31/2025", "DATE DAMAGED"],
    ]
    files.csv("transactions.csv", _PAYMENTS_HEADER, rows + loose, damaged)


def _jobs(world: World, files: Files) -> Iterator[list[object]]:
    rng = world.rng("workforce")
    for at, job in enumerate(world.jobs, start=1):
        ref, person = f"W{at:05d}", job.person
        files.truth.add("workforce", ref, "person", person.uid)
        fore, _, sur = spelt(rng, person, 0.06)
        phone = person.phones[0] if person.phones and rng.random() < 0.5 else None
        if phone is not None:
            files.truth.phone("workforce", phone)
        born = person.born.isoformat() if rng.random() < 0.7 else ""
        written = typo(rng, sur) if rng.random() < 0.03 else sur
        yield [ref, f"{fore} {written}", born, phone_text(rng, phone.digits) if phone else "", job.company.number,
               job.role, job.since]  # fmt: skip
