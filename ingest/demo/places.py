"""Invented towns, districts, streets and postcodes.

The postcode areas NM, EQ and GQ have never been allocated, so no address here can be a real one.
"""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from ingest.demo.model import Address
from ingest.demo.names import words


class Town(NamedTuple):
    """A town, its postcode area and its districts (the outward number is the position plus one)."""

    name: str
    area: str
    districts: tuple[str, ...]


NORTHMERE: Final = Town(
    "Northmere", "NM",
    ("Millgate", "Tallow Quay", "Upper Staithe", "Cinderford Hill", "Ropewalk", "St Oran's", "Marlpit",
     "Gannet Dock", "Fallowfields", "Threeways"),
)  # fmt: skip
EASTHOLM: Final = Town("Eastholm", "EQ", ("Old Harbour", "Sandling", "Priorsgate", "Wharfside", "Kilnbank"))
GRIMSFORD: Final = Town("Grimsford", "GQ", ("Beck End", "Tannery", "High Moor", "Weirside"))
TOWNS: Final = (NORTHMERE, EASTHOLM, GRIMSFORD)

_FIRST = words(
    "Lamplighter Heron Cobbler Tollgate Saltpan Weaver Candlewick Foundry Ferryman Gooseberry Cartwright "
    "Starling Millrace Chandler Plover Orchard Quarryman Sailmaker Drover Thimble Cooper Lark Mason Otter "
    "Pinder Kiln Hawthorn Fletcher Skylark Bellringer"
)
_KINDS = ("Street", "Road", "Lane", "Avenue", "Close", "Court", "Drive", "Terrace", "Gardens")
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def street(rng: Random) -> str:
    """A street name."""
    return f"{rng.choice(_FIRST)} {rng.choice(_KINDS)}"


def postcode(rng: Random, area: str, district: int) -> str:
    """A postcode of the right shape in an area that was never allocated."""
    return f"{area}{district} {rng.randint(1, 9)}{rng.choice(_LETTERS)}{rng.choice(_LETTERS)}"


def address(rng: Random, town: Town | None = None) -> Address:
    """A new address; most are in Northmere unless a town is asked for."""
    where = town or rng.choices(TOWNS, weights=(70, 18, 12))[0]
    position = rng.randrange(len(where.districts))
    line = f"{rng.randint(1, 240)} {street(rng)}"
    if rng.random() < 0.12:
        line = f"Flat {rng.randint(1, 40)}, {line}"
    return Address(line, where.districts[position], where.name, postcode(rng, where.area, position + 1))
