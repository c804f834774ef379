"""Intelligence reports: who is tied to whom, graded item by item, some of it closely held.

Each line is one graded item. Most are graded 3x5x2; a second file holds old ones graded 5x5x5, where
letters and digits mean other things. Handling conditions, markings and compartments vary, so that what a reader may see
depends on who they are. People are mentions: a name, and perhaps a birth date or a number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final

from ingest.demo.files import Files
from ingest.demo.model import Association, Company, Network, Person, Phone, Vehicle, World
from ingest.demo.noise import misdated, phone_text, spelt, vrm_text

SOURCE: Final = "intel"
CHATTER: Final = 220
_OPERATIONS: Final = {"OCG-1": "OP CINDERFALL", "OCG-2": "OP MILLRACE", "OCG-3": "OP FOOLSCAP"}
_CONDITIONS: Final = ((), ("A3", "S1"), ("A1", "S2"), ("A2", "S2"))
Document = dict[str, object]


def write_intelligence(world: World, files: Files) -> None:
    """Write the reports: the planted associations among the chatter of ordinary ones."""
    rng = world.rng("intelligence")
    items = [*world.associations, *_chatter(world, rng)]
    rng.shuffle(items)
    old = [item for item in items if not item.sensitive and rng.random() < 0.07]
    legacy = {id(item) for item in old}
    new = [item for item in items if id(item) not in legacy]
    secret = {"item_ref": "NM-IR-99998/1", "written_on": "2025-02-01", "marking": "SECRET", "handling": "P",
              "source_grade": "1", "intelligence_grade": "A", "subject": {"ref": "NM-IR-99998/1/S"}}  # fmt: skip
    damaged = ['{"item_ref": "NM-IR-99999/1", "written_on": "2025-01-', json.dumps(secret)]
    files.jsonl("intelligence.jsonl", _reports(world, rng, files, new), damaged)
    files.jsonl("intelligence_legacy.jsonl", _old_reports(world, rng, files, old))


def _chatter(world: World, rng: Random) -> list[Association]:
    known = [person for person in world.people if person.known]
    found: list[Association] = []
    for _ in range(world.count(CHATTER, 10)):
        one, other = rng.sample(known, k=2)
        found.append(Association("associate", one, other, since=date(2024, 6, 1)))
        if one.phones and rng.random() < 0.4:
            found.append(Association("uses_phone", one, one.phones[0], since=date(2024, 6, 1)))
    return found


def _reports(world: World, rng: Random, files: Files, items: list[Association]) -> Iterator[Document]:
    """Lines of one graded item each; one report holds one to three of them."""
    number = 0
    while items:
        number += 1
        taken = [items.pop() for _ in range(min(len(items), rng.choice((1, 1, 2, 3))))]
        ref = f"NM-IR-{number:05d}"
        written = date(2025, 1, 5) + timedelta(days=rng.randrange(440))
        closed = any(item.sensitive for item in taken)
        marking = "OFFICIAL-SENSITIVE" if closed or rng.random() < 0.2 else "OFFICIAL"
        compartment = _compartment(world, rng, taken)
        for at, item in enumerate(taken, start=1):
            body = _item(world, rng, files, f"{ref}/{at}", item)
            conditions = list(rng.choice(_CONDITIONS[1:])) if item.sensitive else []
            yield {
                "item_ref": f"{ref}/{at}",
                "report_ref": ref,
                "written_on": written.isoformat(),
                "marking": marking,
                "compartment": compartment,
                "source_grade": rng.choices("123", weights=(20, 70, 10))[0],
                "intelligence_grade": rng.choices("ABCDE", weights=(10, 25, 35, 26, 4))[0],
                "handling": "C" if item.sensitive else "P",
                "conditions": conditions,
            } | body


def _old_reports(world: World, rng: Random, files: Files, items: list[Association]) -> Iterator[Document]:
    for at, item in enumerate(items, start=1):
        yield {
            "item_ref": f"NM-OLD-{at:05d}",
            "written_on": (date(2013, 5, 1) + timedelta(days=rng.randrange(900))).isoformat(),
            "source_grade": rng.choice("BCE"),
            "intelligence_grade": rng.choice("234"),
            "handling": rng.choices("15", weights=(80, 20))[0],
        } | _item(world, rng, files, f"NM-OLD-{at:05d}", item)


def _compartment(world: World, rng: Random, items: list[Association]) -> str | None:
    """Some sensitive items about a group sit in the compartment of the operation against it."""
    for network in world.networks:
        members = {person.uid for person, _ in network.members}
        if any(item.sensitive and item.subject.uid in members for item in items) and rng.random() < 0.3:
            return _OPERATIONS[network.uid]
    return None


def _item(world: World, rng: Random, files: Files, ref: str, item: Association) -> Document:
    other = item.other
    return {
        "kind": item.kind,
        "subject": _mention(rng, files, f"{ref}/S", item.subject),
        "other_person": _mention(rng, files, f"{ref}/O", other) if isinstance(other, Person) else None,
        "group": _group(world.networks, other) if isinstance(other, str) else None,
        "phone": _phone(rng, files, other) if isinstance(other, Phone) else None,
        "vehicle": _vehicle(rng, files, other) if isinstance(other, Vehicle) else None,
        "company": _company(files, other) if isinstance(other, Company) else None,
        "role": item.role or None,
        "from": item.since.isoformat() if item.since else None,
        "to": item.until.isoformat() if item.until else None,
    }


def _mention(rng: Random, files: Files, ref: str, person: Person) -> Document:
    files.truth.add(SOURCE, ref, "person", person.uid)
    fore, _, sur = spelt(rng, person, 0.05)
    born = misdated(rng, person.born, 0.05) if rng.random() < 0.75 else None
    phone = person.phones[0] if person.phones and rng.random() < 0.4 else None
    if phone is not None:
        files.truth.phone(SOURCE, phone)
    return {
        "ref": ref,
        "name": f"{fore} {sur}",
        "date_of_birth": born.isoformat() if born else None,
        "national_id": person.national_id if person.national_id and rng.random() < 0.55 else None,
        "phone": phone_text(rng, phone.digits) if phone else None,
        "town": person.address.town,
    }


def _group(networks: list[Network], reference: str) -> Document:
    name = next(network.name for network in networks if network.reference == reference)
    return {"reference": reference, "name": name}


def _phone(rng: Random, files: Files, phone: Phone) -> str:
    files.truth.phone(SOURCE, phone)
    return phone_text(rng, phone.digits)


def _vehicle(rng: Random, files: Files, vehicle: Vehicle) -> str:
    files.truth.vehicle(SOURCE, vehicle)
    return vrm_text(rng, vehicle.vrm)


def _company(files: Files, company: Company) -> Document:
    files.truth.add(SOURCE, company.number, "business", company.uid)
    return {"number": company.number, "name": company.name.title()}
