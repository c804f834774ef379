"""Three police record systems that know the same people, each in its own layout and with its own faults.

Force A keys whole names and birth dates into fixed columns, force B sends nested documents, and
force C keeps one name column, the year of birth and whatever the officer heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from ingest.demo.files import Files
from ingest.demo.model import Person, Phone, Vehicle, World
from ingest.demo.noise import address_line, misdated, phone_text, postcode_text, spelt, typo, vrm_text

FORCES: Final = {"a": "Northmere Constabulary", "b": "Eastholm Police", "c": "Grimsford and Vale Police"}
_HOME: Final = {"Northmere": "a", "Eastholm": "b", "Grimsford": "c"}
_MARKERS: Final = ("VIOLENT", "WEAPONS", "FIREARMS", "SELF HARM", "DRUGS", "ESCAPER", "ALLEGES")
_A_HEADER: Final = (
    "NOMINAL_REF", "SURNAME", "FORENAME1", "FORENAME2", "DOB", "SEX", "ADDRESS", "POSTCODE", "TEL", "VRM",
    "PNC_STYLE_ID", "MARKER", "MARKER_CONTACT", "CREATED",
)  # fmt: skip
_C_HEADER: Final = ("REF", "NAME", "YOB", "AREA", "LOC", "PC", "CONTACT", "NICKNAME", "CREATED")


@dataclass(frozen=True, slots=True)
class Nominal:
    """One person record on one force's system."""

    force: str
    ref: str
    person: Person


def enrol(world: World) -> list[Nominal]:
    """Decide which forces know whom, and how often each has the same person twice."""
    rng = world.rng("nominals")
    members = {person.uid for network in world.networks for person, _ in network.members}
    nominals: list[Nominal] = []
    for person in world.people:
        if not person.known:
            continue
        elsewhere = 0.6 if person.uid in members else 0.22
        for force in FORCES:
            home = _HOME[person.address.town] == force
            if not home and rng.random() > elsewhere:
                continue
            for _ in range(rng.choices((1, 2, 3), weights=(82, 15, 3))[0]):
                nominals.append(Nominal(force, f"{force.upper()}{len(nominals) + 1:06d}", person))
    return nominals


def write_forces(world: World, files: Files, nominals: list[Nominal]) -> None:
    """Write the person files of the three forces."""
    rng = world.rng("police records")
    of = {force: [nominal for nominal in nominals if nominal.force == force] for force in FORCES}
    for nominal in nominals:
        files.truth.add(f"force_{nominal.force}", nominal.ref, "person", nominal.person.uid)
    damaged_a = [
        ["", "NOBODY", "", "", "", "", "", "", "", "", "", "", "", ""],
        [
            "A999991",
            "THISTLEWICK",
            "WILLIAM",
            "",
            "31/02/1980",
            "M",
            "1 LARK LANE",
            "NM1 1AA",
            "",
            "",
            "",
            "",
            "",
            "x",
            "y",
        ],
    ]
    files.csv("force_a.csv", _A_HEADER, _rows_a(rng, files, of["a"]), damaged_a)
    damaged_b = [
        '{"ref": "B999991", "person": {"family_name": "Quillth',
        '{"person": {"family_name": "NoReference"}}',
    ]
    files.jsonl("force_b.jsonl", _documents_b(rng, files, of["b"], of["b"]), damaged_b)
    files.csv(
        "force_c.csv",
        _C_HEADER,
        _rows_c(rng, files, of["c"]),
        [["", "Nobody, At All", "", "", "", "", "", "", ""]],
    )


def _created(rng: Random) -> date:
    return date(2016, 1, 1) + timedelta(days=rng.randrange(3700))


def _seen_phones(rng: Random, person: Person) -> list[Phone]:
    """Phones the police have: nearly always the ordinary one, hardly ever a burner."""
    return [phone for phone in person.phones if rng.random() < (0.04 if phone.burner else 0.6)]


def _seen_vehicles(rng: Random, person: Person) -> list[Vehicle]:
    return [vehicle for vehicle in person.vehicles if rng.random() < 0.6]


def _rows_a(rng: Random, files: Files, nominals: list[Nominal]) -> Iterator[list[str]]:
    for nominal in nominals:
        person = nominal.person
        fore, middle, sur = spelt(rng, person, 0.06)
        born = misdated(rng, person.born, 0.05)
        phones, vehicles = _seen_phones(rng, person)[:1], _seen_vehicles(rng, person)[:1]
        for phone in phones:
            files.truth.phone("force_a", phone)
        for vehicle in vehicles:
            files.truth.vehicle("force_a", vehicle)
        marked = rng.random() < 0.15
        yield [
            nominal.ref,
            sur.upper(),
            fore.upper(),
            middle.upper(),
            born.strftime("%d/%m/%Y") if born else "",
            person.sex if rng.random() < 0.96 else "U",
            f"{address_line(rng, person.address)} {person.address.town}".upper(),
            postcode_text(rng, person.address.postcode),
            phone_text(rng, phones[0].digits) if phones else "",
            vrm_text(rng, vehicles[0].vrm) if vehicles else "",
            person.national_id if rng.random() < 0.7 else "",
            rng.choice(_MARKERS) if marked else "",
            f"Intelligence desk ext {rng.randint(4100, 4199)}" if marked else "",
            _created(rng).strftime("%d/%m/%Y"),
        ]


def _documents_b(
    rng: Random, files: Files, nominals: list[Nominal], everyone: list[Nominal]
) -> Iterator[dict[str, object]]:
    for nominal in nominals:
        person = nominal.person
        fore, middle, sur = spelt(rng, person, 0.05)
        born = misdated(rng, person.born, 0.04)
        phones, vehicles = _seen_phones(rng, person), _seen_vehicles(rng, person)
        for phone in phones:
            files.truth.phone("force_b", phone)
        for vehicle in vehicles:
            files.truth.vehicle("force_b", vehicle)
        home = person.address
        yield {
            "ref": nominal.ref,
            "person": {
                "family_name": sur,
                "given_names": [name for name in (fore, middle) if name],
                "date_of_birth": born.isoformat() if born else None,
                "gender": {"M": "Male", "F": "Female"}[person.sex],
                "aliases": [person.nickname] if person.nickname and rng.random() < 0.5 else [],
                "national_id": person.national_id if person.national_id and rng.random() < 0.7 else None,
                "email": person.email if person.email and rng.random() < 0.4 else None,
            },
            "address": {
                "line": address_line(rng, home),
                "town": home.town,
                "postcode": postcode_text(rng, home.postcode),
            },
            "phones": [phone_text(rng, phone.digits) for phone in phones],
            "vehicles": [vrm_text(rng, vehicle.vrm) for vehicle in vehicles],
            "family": _relatives(person, everyone),
            "recorded_on": _created(rng).isoformat(),
        }


def _relatives(person: Person, everyone: list[Nominal]) -> list[dict[str, str]]:
    """Others of the same force at the very same home and with the same surname."""
    kin = [
        other for other in everyone if other.person.address is person.address and other.person is not person
    ]
    return [
        {"ref": other.ref, "relation": "family"} for other in kin if other.person.surname == person.surname
    ]


def _rows_c(rng: Random, files: Files, nominals: list[Nominal]) -> Iterator[list[str]]:
    for nominal in nominals:
        person = nominal.person
        fore, _, sur = spelt(rng, person, 0.1)
        phones = _seen_phones(rng, person)[:1]
        for phone in phones:
            files.truth.phone("force_c", phone)
        line = address_line(rng, person.address)
        yield [
            nominal.ref,
            f"{sur}, {fore}" if rng.random() < 0.93 else f"{fore} {sur}",
            str(person.born.year) if rng.random() < 0.8 else "",
            person.address.district,
            typo(rng, line) if rng.random() < 0.1 else line,
            postcode_text(rng, person.address.postcode) if rng.random() < 0.7 else "",
            phone_text(rng, phones[0].digits) if phones else "",
            person.nickname if rng.random() < 0.7 else "",
            _created(rng).isoformat(),
        ]
