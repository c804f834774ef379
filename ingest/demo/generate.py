"""The demo's data: one call builds an invented city and writes what its record systems would export.

The same seed and scale give the same bytes. ``truth.json`` and ``truth.csv`` beside the files say what
is really so, so that tests and the demo itself can ask whether the platform finds it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from ingest.demo.businesses import build_ordinary
from ingest.demo.carwash import build_carwash
from ingest.demo.comms import place_calls
from ingest.demo.corporate import build_corporate_services, record_agent_address
from ingest.demo.events import write_events
from ingest.demo.files import Files
from ingest.demo.fraud import build_fraud
from ingest.demo.groups import build_groups
from ingest.demo.intelligence import write_intelligence
from ingest.demo.model import EXTRACT_DAY, Network, World
from ingest.demo.money import launder, open_accounts, ordinary_payments
from ingest.demo.police import enrol, write_forces
from ingest.demo.population import build_population
from ingest.demo.registry import write_register
from ingest.demo.services import write_services

LEAST_SCALE: Final = 0.02
MOST_SCALE: Final = 3.0  # phone numbers and registration marks run out above this


@dataclass(frozen=True, slots=True)
class DemoManifest:
    """What was written: rows by file, true entities by type, and the faults that were put in.

    ``damaged`` counts rows that a load must quarantine; ``dangling`` lists the references of good rows
    that name something no file defines. Both are keyed by file name.
    """

    folder: Path
    seed: int
    scale: float
    files: dict[str, int]
    entities: dict[str, int]
    damaged: dict[str, int]
    dangling: dict[str, list[str]]


def generate(folder: Path, seed: int = 2026, scale: float = 1.0) -> DemoManifest:
    """Write the demo's source files and its truth into ``folder``.

    Args:
        folder: Made if missing; files of the same names are replaced.
        seed: Same seed, same bytes.
        scale: 1 is a city of about 20,000 entities and 100,000 links; planted groups keep their size.

    Raises:
        ValueError: ``scale`` is outside what the invented number ranges can hold.
    """
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        raise ValueError(f"demo scale {scale} is outside {LEAST_SCALE} to {MOST_SCALE}: choose one within")
    folder.mkdir(parents=True, exist_ok=True)
    world = build_world(seed, scale)
    files = Files(folder)
    nominals = enrol(world)
    write_forces(world, files, nominals)
    write_events(world, files, nominals)
    write_intelligence(world, files)
    write_register(world, files)
    write_services(world, files)
    files.truth.write(folder / "truth.csv")
    manifest = DemoManifest(
        folder, seed, scale, files.rows, files.truth.entities(), files.damaged, files.dangling
    )
    text = json.dumps(_truth(world, files, manifest), indent=1, ensure_ascii=False)
    (folder / "truth.json").write_bytes(text.encode("utf-8") + b"\n")
    return manifest


def build_world(seed: int, scale: float) -> World:
    """The invented city itself, before anybody writes it down."""
    world = World(seed, scale)
    build_population(world)
    build_ordinary(world)
    build_groups(world)
    build_corporate_services(world)
    build_carwash(world)
    counters = open_accounts(world)
    build_fraud(world)
    launder(world, counters)
    ordinary_payments(world)
    place_calls(world)
    record_agent_address(world)
    return world


def _truth(world: World, files: Files, manifest: DemoManifest) -> dict[str, object]:
    records: dict[str, list[str]] = {}
    for source, record_id, _, entity in sorted(files.truth.rows):
        records.setdefault(entity, []).append(f"{source}:{record_id}")
    planted = asdict(world.planted)
    planted["layering_payments"] = {
        stage: [payment.reference for payment in world.payments if payment.stage == stage]
        for stage in ("placement", "layer1", "layer2", "layer3", "integration", "fraud")
    }
    return {
        "seed": manifest.seed,
        "scale": manifest.scale,
        "extract_day": EXTRACT_DAY.isoformat(),
        "files": manifest.files,
        "entities": manifest.entities,
        "damaged": manifest.damaged,
        "dangling": manifest.dangling,
        "groups": [_group(network, records) for network in world.networks],
        "planted": planted,
        "people": _people_named(world, records),
    }


def _group(network: Network, records: dict[str, list[str]]) -> dict[str, object]:
    return {
        "id": network.uid,
        "reference": network.reference,
        "name": network.name,
        "kind": network.kind,
        "members": [
            {
                "person": person.uid,
                "role": role,
                "name": person.full_name,
                "records": records.get(person.uid, []),
            }
            for person, role in network.members
        ],
        "phones": [f"+44{phone.digits}" for phone in network.phones],
        "vehicles": [vehicle.vrm for vehicle in network.vehicles],
        "companies": [company.number for company in network.companies],
        "accounts": [account.key for account in network.accounts],
    }


def _people_named(world: World, records: dict[str, list[str]]) -> dict[str, object]:
    """Name and records of everybody whom the planted facts mention by id."""
    text = json.dumps(asdict(world.planted))
    return {
        person.uid: {"name": person.full_name, "records": records.get(person.uid, [])}
        for person in world.people
        if f'"{person.uid}"' in text
    }
