"""A PSC snapshot of any size: all kinds, the same for the same seed, and of invented people alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import orjson

_FORENAMES = [
    "Ada",
    "Bran",
    "Cyra",
    "Dell",
    "Edda",
    "Finn",
    "Greta",
    "Hale",
    "Isla",
    "Jory",
    "Kit",
    "Lorna",
    "Milo",
    "Nessa",
    "Orrin",
    "Petra",
    "Quin",
    "Rhea",
    "Soren",
    "Tamsin",
]
_STARTS = [
    "Bram",
    "Quill",
    "Thistle",
    "Ember",
    "Wyver",
    "Corb",
    "Dapple",
    "Fennel",
    "Grims",
    "Jasper",
    "Kettle",
    "Lantern",
    "Nettle",
    "Russet",
    "Tansy",
]
_ENDS = [
    "thorpe",
    "garth",
    "wick",
    "combe",
    "stead",
    "mere",
    "ley",
    "holt",
    "shaw",
    "brook",
    "fold",
    "dale",
    "hurst",
    "worth",
    "den",
]
_STREETS = [
    "Lark Lane",
    "Mill Row",
    "Orchard Way",
    "Station Approach",
    "Tanner Street",
    "Weir Close",
    "Kiln Road",
]
_TOWNS = ["Northmere", "Eastwick", "Hollowford", "Brackenby", "Saltings", "Underhill"]
_AREAS = ["NM", "EW", "HF", "BB", "SL", "UH"]
_BANDS = ("25-to-50-percent", "50-to-75-percent", "75-to-100-percent")
_KINDS = (
    ("individual-person-with-significant-control", 86),
    ("corporate-entity-person-with-significant-control", 7),
    ("legal-person-person-with-significant-control", 1),
    ("individual-beneficial-owner", 1),
    ("corporate-entity-beneficial-owner", 1),
    ("super-secure-person-with-significant-control", 0.1),
    ("persons-with-significant-control-statement", 3.8),
    ("exemptions", 0.1),
)


def write_snapshot(path: Path, lines: int, seed: int = 1) -> Path:
    """``lines`` lines of a PSC snapshot; the first ``n`` are the same whatever ``lines`` says."""
    with path.open("wb") as out:
        pending: list[bytes] = []
        for item in _lines(lines, random.Random(seed)):
            pending.append(orjson.dumps(item))
            if len(pending) == 10_000:
                out.write(b"\n".join(pending) + b"\n")
                pending.clear()
        if pending:
            out.write(b"\n".join(pending) + b"\n")
    return path


def _lines(lines: int, choose: random.Random) -> Iterator[dict[str, object]]:
    kinds, weights = [kind for kind, _ in _KINDS], [weight for _, weight in _KINDS]
    drawn = choose.choices
    for at in range(lines):
        if at % 10_000 == 0:
            batch = drawn(kinds, weights, k=10_000)
        kind = batch[at % 10_000]
        number = f"{at * 5 // 6 + 1:08d}"  # every fifth company has two owners
        overseas = kind.endswith("beneficial-owner")
        company = f"OE{at:06d}"[:8] if overseas else number
        yield {"company_number": company, "data": _data(kind, company, at, choose)}


def _data(kind: str, company: str, at: int, choose: random.Random) -> dict[str, object]:
    data: dict[str, object] = {"etag": f"{choose.getrandbits(160):040x}", "kind": kind}
    data["links"] = {
        "self": f"/company/{company}/persons-with-significant-control/{kind}/{choose.getrandbits(120):030x}"
    }
    if kind == "exemptions":
        return {**data, "exemptions": {"psc_exempt_as_shares_admitted_on_market": {"exemption_type": "x"}}}
    data["notified_on"] = (
        f"{choose.randrange(2016, 2026)}-{choose.randrange(1, 13):02d}-{choose.randrange(1, 29):02d}"
    )
    if choose.random() < 0.2:
        data["ceased_on"] = f"2026-{choose.randrange(1, 10):02d}-{choose.randrange(1, 29):02d}"
    if kind.startswith("super-secure"):
        return {**data, "description": "super-secure-persons-with-significant-control", "ceased": False}
    if kind.endswith("statement"):
        return {**data, "statement": "no-individual-or-entity-with-signficant-control"}
    data["natures_of_control"] = _natures(choose)
    data["address"] = _address(choose)
    if kind.startswith("individual"):
        return data | _person(choose)
    surname = choose.choice(_STARTS) + choose.choice(_ENDS)
    data["name"] = f"{surname.upper()} {choose.choice(_ENDS).upper()} {at} LIMITED"
    data["identification"] = {
        "legal_form": "Limited Company", "legal_authority": "Companies Act 2006", "country_registered": "England",
        "place_registered": "Companies House", "registration_number": f"{choose.randrange(1, 90_000_000):08d}",
    }  # fmt: skip
    return data


def _person(choose: random.Random) -> dict[str, object]:
    title = choose.choice(("Mr", "Ms", "Mrs", "Dr"))
    forename, middle = choose.choice(_FORENAMES), choose.choice(_FORENAMES)
    surname = choose.choice(_STARTS) + choose.choice(_ENDS)
    return {
        "name": f"{title} {forename} {middle} {surname}",
        "name_elements": {"title": title, "forename": forename, "middle_name": middle, "surname": surname},
        "date_of_birth": {"month": choose.randrange(1, 13), "year": choose.randrange(1930, 2008)},
        "nationality": choose.choice(("British", "Irish", "Vantoran")),
        "country_of_residence": choose.choice(("England", "Scotland", "Wales")),
    }


def _natures(choose: random.Random) -> list[str]:
    band = choose.choice(_BANDS)
    found = [f"ownership-of-shares-{band}"]
    if choose.random() < 0.6:
        found.append(f"voting-rights-{band}")
    if choose.random() < 0.4:
        found.append("right-to-appoint-and-remove-directors")
    return found


def _address(choose: random.Random) -> dict[str, object]:
    town = choose.randrange(len(_TOWNS))
    return {
        "premises": str(choose.randrange(1, 300)),
        "address_line_1": choose.choice(_STREETS),
        "locality": _TOWNS[town],
        "country": "United Kingdom",
        "postal_code": f"{_AREAS[town]}{choose.randrange(1, 20)} {choose.randrange(1, 10)}{choose.choice('ABDEFGHJLN')}{choose.choice('PQRSTUWXYZ')}",
    }
