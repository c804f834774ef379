"""The public register as three extracts: companies, officers, persons with significant control.

``companies.csv`` has the 55 columns of the BasicCompanyData product with its quirks: header names with a
leading space, day-first dates, ``&AMP;`` in names. ``psc.jsonl`` has the PSC snapshot's layout.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from ingest.demo.files import Files
from ingest.demo.model import Address, Company, Control, Person, World
from ingest.demo.noise import spelt

COMPANIES_SOURCE: Final = "companies_house"
_PREVIOUS = [
    f"{space}PreviousName_{n}.{part}"
    for n in range(1, 11)
    for space, part in (("", "CONDATE"), (" ", "CompanyName"))
]
COMPANIES_HEADER: Final = (
    "CompanyName", " CompanyNumber", "RegAddress.CareOf", "RegAddress.POBox", "RegAddress.AddressLine1",
    " RegAddress.AddressLine2", "RegAddress.PostTown", "RegAddress.County", "RegAddress.Country", "RegAddress.PostCode",
    "CompanyCategory", "CompanyStatus", "CountryOfOrigin", "DissolutionDate", "IncorporationDate",
    "Accounts.AccountRefDay", "Accounts.AccountRefMonth", "Accounts.NextDueDate", "Accounts.LastMadeUpDate",
    "Accounts.AccountCategory", "Returns.NextDueDate", "Returns.LastMadeUpDate", "Mortgages.NumMortCharges",
    "Mortgages.NumMortOutstanding", "Mortgages.NumMortPartSatisfied", "Mortgages.NumMortSatisfied",
    "SICCode.SicText_1", "SICCode.SicText_2", "SICCode.SicText_3", "SICCode.SicText_4",
    "LimitedPartnerships.NumGenPartners", "LimitedPartnerships.NumLimPartners", "URI", *_PREVIOUS,
    "ConfStmtNextDueDate", " ConfStmtLastMadeUpDate",
)  # fmt: skip
_OFFICERS_HEADER: Final = (
    "appointment_ref", "company_number", "company_name", "person_number", "name", "dob_month", "dob_year", "role",
    "appointed", "resigned", "address", "postcode",
)  # fmt: skip


def write_register(world: World, files: Files) -> None:
    """Write the three extracts."""
    for company in world.companies:
        files.truth.add(COMPANIES_SOURCE, company.number, "business", company.uid)
    damaged = [[*_company_row(world.companies[0]), "99999 - a fifth SIC code shifts the columns"], [""] * 55]
    files.csv("companies.csv", COMPANIES_HEADER, map(_company_row, world.companies), damaged)
    broken = ['{"company_number": "99100000", "data": {"kind": "individual-person-with-si']
    files.jsonl("psc.jsonl", _statements(world, files), broken)
    officers = _officer_rows(world, files)
    loose = [["99999999-1", "99999999", "NO SUCH COMPANY LIMITED", *officers[0][3:]]]
    files.dangle("officers.csv", ["99999999-1"])
    files.csv("officers.csv", _OFFICERS_HEADER, officers + loose)


def _uk(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


def _company_row(company: Company) -> list[str]:
    home = company.address
    country = "VANTORA" if company.category == "Overseas Entity" else "ENGLAND"
    made_up, due = date(2025, 3, 31), date(2026, 12, 31)
    previous = [cell for day, name in company.previous_names for cell in (_uk(day), name)]
    return [
        company.name.replace("&", "&AMP;"), company.number, "", "", home.line.upper(), home.district.upper(),
        home.town.upper(), "", country, home.postcode, company.category, company.status, company.country, "",
        _uk(company.incorporated), "31", "3", _uk(due), _uk(made_up), "MICRO ENTITY", "", "", "0", "0", "0", "0",
        company.sic, "", "", "", "0", "0", f"http://register.example/id/company/{company.number}",
        *previous, *[""] * (20 - len(previous)), _uk(due), _uk(made_up - timedelta(days=20)),
    ]  # fmt: skip


def _officer_rows(world: World, files: Files) -> list[list[str]]:
    """One row an appointment; whatever the register wrote of a person number it repeats on each row."""
    rng = world.rng("officers")
    written: dict[str, str] = {}
    rows: list[list[str]] = []
    for company in world.companies:
        for at, officer in enumerate(company.officers, start=1):
            person, number = officer.person, officer.person_number
            if number not in written:
                fore, middle, sur = spelt(rng, person, 0.03)
                written[number] = f"{sur.upper()}, {' '.join(name for name in (fore, middle) if name)}"
                files.truth.add(COMPANIES_SOURCE, number, "person", person.uid)
            rows.append(
                [
                    f"{company.number}-{at}", company.number, company.name, number, written[number],
                    str(person.born.month), str(person.born.year), officer.role, officer.appointed.isoformat(),
                    officer.resigned.isoformat() if officer.resigned else "", person.address.text(),
                    person.address.postcode,
                ]
            )  # fmt: skip
    return rows


def _statements(world: World, files: Files) -> Iterator[dict[str, object]]:
    rng = world.rng("psc")
    count = 0
    for company in world.companies:
        for at, control in enumerate(company.controls):
            etag = hashlib.sha256(f"{world.seed}:{company.number}:{at}".encode()).hexdigest()[:40]
            body: dict[str, object] = {"etag": etag, "notified_on": control.notified.isoformat()}
            if isinstance(control.controller, Person):
                fore, middle, sur = spelt(rng, control.controller, 0.02)
                body |= _individual(control.controller, fore, middle, sur)
            else:
                body |= _not_a_person(control)
            body["kind"] = _kind(company, control)
            link = f"/company/{company.number}/persons-with-significant-control/{_place(control)}/{etag[:27]}"
            body["links"] = {"self": link}
            if control.controller is not None:
                body["natures_of_control"] = list(control.natures)
            _tell(files, link, control)
            count += 1
            yield {"company_number": company.number, "data": body}
    totals = {"persons_of_significant_control_count": count, "generated_at": "2026-03-31T03:00:00Z"}
    yield {"data": {"kind": "totals#persons-of-significant-control-snapshot", **totals}}


def _tell(files: Files, link: str, control: Control) -> None:
    if isinstance(control.controller, Person):
        files.truth.add(COMPANIES_SOURCE, link, "person", control.controller.uid)
    elif isinstance(control.controller, Company) and control.controller.category == "Overseas Entity":
        # A company of this register is recorded under its own number, a foreign one under the statement.
        files.truth.add(COMPANIES_SOURCE, link, "business", control.controller.uid)


def _kind(company: Company, control: Control) -> str:
    if control.controller is None:
        return "persons-with-significant-control-statement"
    ending = (
        "beneficial-owner" if company.category == "Overseas Entity" else "person-with-significant-control"
    )
    return f"{'individual' if isinstance(control.controller, Person) else 'corporate-entity'}-{ending}"


def _place(control: Control) -> str:
    if control.controller is None:
        return "statements"
    return "individual" if isinstance(control.controller, Person) else "corporate-entity"


def _individual(person: Person, fore: str, middle: str, sur: str) -> dict[str, object]:
    title = "Mr" if person.sex == "M" else "Ms"
    elements = {"title": title, "forename": fore, "middle_name": middle, "surname": sur}
    return {
        "name": " ".join(part for part in elements.values() if part),
        "name_elements": {name: part for name, part in elements.items() if part},
        "date_of_birth": {"month": person.born.month, "year": person.born.year},
        "nationality": "British",
        "country_of_residence": "England",
        "address": _address(person.address),
    }


def _not_a_person(control: Control) -> dict[str, object]:
    owner = control.controller
    if isinstance(owner, Company):
        overseas = owner.category == "Overseas Entity"
        identification = {
            "legal_form": "Sociedad Anonima" if overseas else "Limited Company",
            "legal_authority": "Vantora Companies Code" if overseas else "Companies Act 2006",
            "country_registered": "Vantora" if overseas else "England",
            "place_registered": "Registro Mercantil" if overseas else "Companies House",
            "registration_number": owner.number,
        }
        return {
            "name": owner.name.title(),
            "identification": identification,
            "address": _address(owner.address),
        }
    if isinstance(owner, str):
        law = {"legal_form": "Foundation", "legal_authority": "Vantora", "country_registered": "Vantora"}
        return {"name": owner, "identification": law}
    return {"statement": control.natures[0]}


def _address(home: Address) -> dict[str, str]:
    premises, _, line = home.line.rpartition(", ")
    parts = {
        "premises": premises, "address_line_1": line, "address_line_2": home.district, "locality": home.town,
        "postal_code": home.postcode,
    }  # fmt: skip
    return {name: part for name, part in parts.items() if part}
