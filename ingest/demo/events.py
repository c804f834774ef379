"""Crimes, incidents and stops, and who was party to each, as three forces export them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random
from typing import Final

from ingest.demo.files import Files
from ingest.demo.model import PERIOD_DAYS, PERIOD_START, Network, World
from ingest.demo.noise import vrm_text
from ingest.demo.police import FORCES, Nominal

EVENTS: Final = 2_000
_EVENT_HEADER: Final = (
    "event_ref",
    "kind",
    "offence",
    "occurred_at",
    "address",
    "postcode",
    "vrm",
    "outcome",
)
_PARTY_HEADER: Final = ("party_ref", "event_ref", "nominal_ref", "role")
_KINDS: Final = {
    "crime": (
        "BURGLARY DWELLING",
        "THEFT FROM SHOP",
        "COMMON ASSAULT",
        "CRIMINAL DAMAGE",
        "ROBBERY",
        "FRAUD",
    ),
    "incident": (
        "DOMESTIC DISPUTE",
        "NOISE COMPLAINT",
        "SUSPICIOUS VEHICLE",
        "MISSING PERSON",
        "CONCERN FOR SAFETY",
    ),
    "stop": ("STOP AND SEARCH S1 PACE", "STOP AND SEARCH S23 MDA", "VEHICLE STOP S163 RTA"),
}
_GROUP_OFFENCES: Final = {
    "drugs supply": "POSSESSION WITH INTENT TO SUPPLY",
    "organised crime business": "MODERN SLAVERY ENQUIRY",
    "fraud": "FRAUD BY FALSE REPRESENTATION",
}
_OUTCOMES: Final = ("UNDER INVESTIGATION", "NO FURTHER ACTION", "CHARGED", "CAUTION", "")
_ROLES: Final = {
    "crime": ("suspect", "victim", "witness", "offender"),
    "incident": ("caller", "involved", "witness"),
    "stop": ("searched", "driver", "passenger"),
}
Row = list[str]


class _Log:
    """The events and parties of one force while they are made."""

    def __init__(self, force: str, nominals: list[Nominal]) -> None:
        self.force, self.nominals = force, nominals
        self.events: list[Row] = []
        self.parties: list[Row] = []
        self.of_person: dict[str, list[str]] = defaultdict(list)
        for nominal in nominals:
            self.of_person[nominal.person.uid].append(nominal.ref)

    def add(self, rng: Random, kind: str, offence: str, parties: list[tuple[Nominal, str]]) -> Row:
        """Log an event at the home of its first party, and everybody's part in it."""
        at = PERIOD_START + timedelta(days=rng.randrange(PERIOD_DAYS), minutes=rng.randrange(1440))
        ref = f"{self.force.upper()}E{len(self.events) + 1:06d}"
        place = rng.choice(self.nominals).person.address
        event = [ref, kind, offence, _stamp(at), place.text(), place.postcode, "", rng.choice(_OUTCOMES)]
        self.events.append(event)
        for nominal, role in parties:
            self.parties.append([f"{ref}-{len(self.parties) + 1}", ref, nominal.ref, role])
        return event


def write_events(world: World, files: Files, nominals: list[Nominal]) -> None:
    """Write an events file and a parties file for each force."""
    rng = world.rng("events")
    for force in FORCES:
        log = _Log(force, [nominal for nominal in nominals if nominal.force == force])
        if not log.nominals:
            continue
        _ordinary(world, rng, files, log)
        for network in world.networks:
            _together(rng, log, network)
        damaged = [[f"{force.upper()}E99999", "crime", "THEFT", "the other day", "", "", "", ""]]
        files.csv(f"events_{force}.csv", _EVENT_HEADER, log.events, damaged)
        loose = [[f"{force.upper()}E-LOOSE-1", log.events[0][0], f"{force.upper()}999990", "suspect"]]
        files.dangle(f"parties_{force}.csv", [loose[0][0]])
        files.csv(f"parties_{force}.csv", _PARTY_HEADER, log.parties + loose)


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _ordinary(world: World, rng: Random, files: Files, log: _Log) -> None:
    share = {"a": 0.6, "b": 0.25, "c": 0.15}[log.force]
    for _ in range(max(5, int(world.count(EVENTS) * share))):
        kind = rng.choices(("crime", "incident", "stop"), weights=(50, 28, 22))[0]
        who = rng.sample(
            log.nominals, k=min(len(log.nominals), rng.choices((1, 2, 3), weights=(50, 40, 10))[0])
        )
        parties = [(nominal, rng.choice(_ROLES[kind])) for nominal in who]
        event = log.add(rng, kind, rng.choice(_KINDS[kind]), parties)
        vehicles = who[0].person.vehicles
        if kind == "stop" and vehicles:
            event[6] = vrm_text(rng, vehicles[0].vrm)
            files.truth.vehicle(f"force_{log.force}", vehicles[0])


def _together(rng: Random, log: _Log, network: Network) -> None:
    """Members are sometimes arrested together, which is how co-offending shows."""
    here = [nominal for person, _ in network.members for nominal in log.nominals if nominal.person is person]
    for _ in range(len(here) // 3):
        who = rng.sample(here, k=min(len(here), rng.choice((2, 3))))
        log.add(rng, "crime", _GROUP_OFFENCES[network.kind], [(nominal, "suspect") for nominal in who])
