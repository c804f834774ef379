"""The 28 POLE files as one graph batch, read here without the ingest package: the same types that its mapping gives."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from graphcore.access import AccessLabel
from graphcore.model import Value
from graphcore.store.state import Assertion, EntityState, GraphBatch, LinkState

KNOWN_AT = "2024-05-10T00:00:00.000000Z"
SOURCE = "pole"
MARK = 61521  # outbox number put down with the load, so that a test can see that the store holds it
Row = dict[str, str]
NODES: dict[str, tuple[str, str, Callable[[Row], Row]]] = {
    "Person": ("Person", "", lambda r: {"name": f"{r['name']} {r['surname']}", "national_id": r["nhs_no"]}),
    "Officer": (
        "PoliceOfficer", "", lambda r: {"name": f"{r['name']} {r['surname']}", "rank": r["rank"], "collar_number": r["badge_no"]},
    ),
    "Crime": (
        "Event", "crime",
        lambda r: {"category": r["type"], "reference": r["id"], "outcome": r["last_outcome"], "charge": r["charge"]},
    ),
    "PhoneCall": ("Event", "call", lambda r: {"category": r["call_type"]}),
    "Location": ("Location", "address", lambda r: {"address": r["address"], "postcode": r["postcode"]}),
    "PostCode": ("Location", "postcode", lambda r: {"postcode": r["code"]}),
    "Area": ("Location", "area", lambda r: {"name": r["areaCode"]}),
    "Vehicle": ("Vehicle", "road_vehicle", lambda r: {"vrm": r["reg"], "make": r["make"]}),
    "Object": ("Object", "other", lambda r: {"description": r["description"]}),
    "Phone": ("Phone", "", lambda r: {"number": r["phoneNo"]}),
    "Email": ("OnlineIdentity", "email", lambda r: {"email": r["email_address"]}),
}  # fmt: skip
LINKS: dict[str, tuple[str, bool, dict[str, str]]] = {
    "CURRENT_ADDRESS": ("LIVES_AT", False, {}), "FAMILY_REL": ("FAMILY_OF", False, {}),
    "KNOWS": ("ASSOCIATE_OF", False, {"basis": "knows"}), "KNOWS_LW": ("ASSOCIATE_OF", False, {"basis": "lives with"}),
    "KNOWS_SN": ("ASSOCIATE_OF", False, {"basis": "social network"}),
    "KNOWS_PHONE": ("ASSOCIATE_OF", False, {"basis": "telephone"}),
    "HAS_PHONE": ("USES_PHONE", False, {}), "HAS_EMAIL": ("USES_IDENTITY", False, {}),
    "PARTY_TO": ("PARTY_TO", False, {"role": "party"}), "INVOLVED_IN": ("PARTY_TO", False, {"role": "involved"}),
    "CALLER": ("PARTY_TO", True, {"role": "caller"}), "CALLED": ("PARTY_TO", True, {"role": "called"}),
    "OCCURRED_AT": ("OCCURRED_AT", False, {}), "INVESTIGATED_BY": ("INVESTIGATED_BY", False, {}),
    "HAS_POSTCODE": ("LOCATED_IN", False, {}), "LOCATION_IN_AREA": ("LOCATED_IN", False, {}),
    "POSTCODE_IN_AREA": ("LOCATED_IN", False, {}),
}  # fmt: skip


def read_pole(folder: Path) -> GraphBatch:
    """All of it: 61,521 entities and 105,840 links."""
    entities = [state for name in NODES for state in _entities(folder, name)]
    links = [state for name in LINKS for state in _links(folder, name, len(entities))]
    return GraphBatch(applied=MARK, entities=tuple(entities), links=tuple(links), labels={1: AccessLabel()})


def _rows(folder: Path, kind: str, name: str) -> Iterator[Row]:
    with (folder / f"crime-investigation.{kind}.{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _assertion(rid: str, seq: int, values: dict[str, str], kind: str = "", caption: str = "") -> Assertion:
    held: dict[str, tuple[Value, ...]] = {name: (value,) for name, value in values.items() if value}
    return Assertion(
        rid=rid,
        seq=seq,
        origin_id=rid,
        source=SOURCE,
        label=1,
        known_at=KNOWN_AT,
        properties=held,
        kind=kind,
        caption=caption,
    )


def _entities(folder: Path, name: str) -> Iterator[EntityState]:
    entity_type, kind, values = NODES[name]
    for row in _rows(folder, "nodes", name):
        uid, held = f"u{int(row[':ID']):06d}", values(row)
        caption = next((value for value in held.values() if value), "")
        yield EntityState(
            uid, entity_type, (_assertion(f"r{uid}", int(row[":ID"]) + 1, held, kind, caption),)
        )


def _links(folder: Path, name: str, start: int) -> Iterator[LinkState]:
    link_type, turned, values = LINKS[name]
    for at, row in enumerate(_rows(folder, "relationships", name)):
        ends = [f"u{int(row[end]):06d}" for end in (":START_ID", ":END_ID")]
        source, target = reversed(ends) if turned else ends
        lid = f"l{name}{at:06d}"
        yield LinkState(lid, link_type, source, target, (_assertion(f"r{lid}", start + at, dict(values)),))
