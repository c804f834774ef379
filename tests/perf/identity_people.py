"""Invented person records of any number, seeded: duplicates with slips, gaps and moves, names as unevenly spread as in life.

Given and family names, streets and towns are the demo's, and beside them as many made-up ones as a country has. A third of
all people live with others of their family, so that an address or a phone alone tells nobody apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graphcore.arrow import Table, pa
from graphcore.evidence.ledger.values import OriginRecords
from ingest.demo.names import FORENAMES, SURNAMES
from ingest.demo.places import TOWNS

Texts = NDArray[np.object_]
Numbers = NDArray[np.int64]
CHUNK: Final = 50_000
FIELDS: Final = (
    "given_name", "middle_name", "family_name", "birth_date", "gender", "address", "postcode", "phone", "email", "occupation",
)  # fmt: skip
_RECORDS_OF_ONE: Final = (0.62, 0.24, 0.09, 0.05)  # shares of people with 1, 2, 3, 4 records
_SHORT: Final = {"Street": "St", "Road": "Rd", "Lane": "Ln", "Avenue": "Ave", "Close": "Cl", "Court": "Ct"}
_STREETS: Final = [
    f"{head}{tail} {kind}"
    for head, tail, kind in product(
        ("Heron", "Cobbler", "Toll", "Salt", "Weaver", "Candle", "Ferry", "Orchard", "Quarry", "Sail", "Thimble", "Lark", "Kiln",
         "Otter", "Mill", "Starling", "Chandler", "Plover", "Drover", "Mason", "Fletcher", "Cooper", "Tanner", "Rope", "Staithe",
         "Marl", "Gannet", "Fallow", "Wharf", "Bell", "Lamp", "Gorse", "Bracken", "Hazel", "Sorrel", "Teasel", "Vetch", "Larch"),
        ("", "gate", "field", "wick", "holme", "mere", "croft", "bank", "ford", "side"),
        ("Street", "Road", "Lane", "Avenue", "Close", "Court", "Drive", "Terrace", "Gardens"),
    )
]  # fmt: skip
_JOBS: Final = [
    f"{grade} {trade}".strip()
    for grade, trade in product(("", "senior", "trainee", "self-employed"), (
        "joiner", "driver", "nurse", "teacher", "welder", "cook", "clerk", "cleaner", "fitter", "plumber", "roofer", "barber",
        "mechanic", "porter", "guard", "farmer", "baker", "tailor", "printer", "glazier",
    ))
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class People:
    """``table``: record_id and the fields of :data:`FIELDS` ("" for nothing), in order of record_id; ``entity``: who each is."""

    table: Table
    entity: Numbers

    def records(self) -> Iterator[OriginRecords]:
        """The records as the ledger would give them, a part of them in memory at a time."""
        at = 0
        for batch in self.table.to_batches(max_chunksize=CHUNK):
            rows: dict[str, list[str]] = batch.to_pydict()
            columns = [(name, rows[name]) for name in FIELDS]
            for number, key in enumerate(rows["record_id"]):
                said: dict[str, Any] = {name: (values[number],) for name, values in columns if values[number]}
                yield OriginRecords(key, key, "invented", key, at, said)
                at += 1


def people(n: int, seed: int = 0) -> People:
    """``n`` records; the same ``n`` and ``seed`` give the same ones. About 12 s and 1 GB for a million."""
    rng = np.random.default_rng(seed)
    sizes = rng.choice(4, size=n, p=_RECORDS_OF_ONE) + 1
    of = np.repeat(np.arange(n), sizes)[:n]
    who = _Entities(rng, int(of.max()) + 1)
    columns = _said(rng, who, of)
    order = rng.permutation(n)
    table = {"record_id": pa.array([f"r{number:08d}" for number in range(n)])}
    return People(pa.table(table | {name: pa.array(columns[name][order]) for name in FIELDS}), of[order])


def _zipf(rng: np.random.Generator, words: Texts, size: int, exponent: float = 0.95) -> Texts:
    weights = 1.0 / (np.arange(len(words)) + 8.0) ** exponent
    return words[rng.choice(len(words), size=size, p=weights / weights.sum())]


def _objects(texts: list[str]) -> Texts:
    out = np.empty(len(texts), dtype=object)
    out[:] = texts
    return out


def _made_up(rng: np.random.Generator, number: int, least: int) -> list[str]:
    """Names put together from syllables."""
    syllables = [
        a + b
        for a, b in product(
            [
                "b",
                "br",
                "c",
                "d",
                "dr",
                "f",
                "g",
                "h",
                "k",
                "l",
                "m",
                "n",
                "p",
                "r",
                "s",
                "st",
                "t",
                "v",
                "w",
                "z",
            ],
            ["a", "e", "i", "o", "u", "ai", "ee"],
        )
    ]
    ends = [
        "n",
        "r",
        "ck",
        "ll",
        "rd",
        "th",
        "s",
        "m",
        "ton",
        "well",
        "ley",
        "son",
        "by",
        "wick",
        "man",
        "ski",
        "ez",
        "ova",
    ]
    parts = rng.integers(len(syllables), size=(number, 3))
    longer, end = rng.random(number) < 0.6, rng.integers(len(ends), size=number)
    return [
        "".join(syllables[at] for at in row[: least + more]).capitalize() + ends[last]
        for row, more, last in zip(parts.tolist(), longer.tolist(), end.tolist(), strict=True)
    ]


class _Entities:
    """What is true of each person."""

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        surnames = _objects([*dict.fromkeys([*SURNAMES, *_made_up(rng, 60_000, 1)])])
        self.female = rng.random(n) < 0.5
        names = {
            sex: _objects([*dict.fromkeys([row.name for row in FORENAMES[sex]] + _made_up(rng, 3_000, 1))])
            for sex in "MF"
        }
        first, second = (
            np.where(self.female, _zipf(rng, names["F"], n, 1.1), _zipf(rng, names["M"], n, 1.1))
            for _ in range(2)
        )
        self.given, self.middle = first, np.where(rng.random(n) < 0.5, second, "")
        home = np.cumsum(rng.random(n) < 0.6) - 1  # who live together stand together
        homes = int(home[-1]) + 1
        related = rng.random(n) < 0.75
        self.family = np.where(related, _zipf(rng, surnames, homes)[home], _zipf(rng, surnames, n))
        self.birth = rng.integers(-12_000, 14_500, size=n)  # days since 1970
        self.address, self.postcode = (column[home] for column in addresses(rng, homes))
        self.phone = numbers_of(rng, n)
        self.landline = numbers_of(rng, homes)[home]
        self.job = _objects(_JOBS)[rng.integers(len(_JOBS), size=n)]
        self.mailbox = rng.integers(1, 999, size=n)


def addresses(rng: np.random.Generator, n: int) -> tuple[Texts, Texts]:
    """Addresses and their postcodes, about sixteen houses to a postcode."""
    codes = max(1, n // 16)
    streets, towns = rng.integers(len(_STREETS), size=codes), rng.integers(len(TOWNS), size=codes)
    district, unit = rng.integers(1, 30, size=codes), rng.integers(9 * 400, size=codes)
    letters = [a + b for a, b in product("ABDEFGHJLNPQRSTUWXYZ", repeat=2)]
    lines = [f"{_STREETS[street]}, {TOWNS[town].name}" for street, town in zip(streets, towns, strict=True)]
    texts = [
        f"{TOWNS[town].area}{where} {1 + rest // 400}{letters[rest % 400]}"
        for town, where, rest in zip(towns, district.tolist(), unit.tolist(), strict=True)
    ]
    of, house = rng.integers(codes, size=n), rng.integers(1, 240, size=n)
    flat = np.where(rng.random(n) < 0.12, rng.integers(1, 40, size=n), 0)
    full = [
        (f"Flat {door}, " if door else "") + f"{number} {lines[at]}"
        for door, number, at in zip(flat.tolist(), house.tolist(), of.tolist(), strict=True)
    ]
    return _objects(full), _objects(texts)[of]


def numbers_of(rng: np.random.Generator, n: int) -> Texts:
    """Phone numbers of an area that there is not, so many that strangers hardly share one."""
    return _objects([f"+4400{number:09d}" for number in rng.integers(10**9, size=n).tolist()])


def _said(rng: np.random.Generator, who: _Entities, of: Numbers) -> dict[str, Texts]:
    """What each record says of its person."""
    n = len(of)

    def some(share: float) -> NDArray[np.bool_]:
        return rng.random(n) < share

    given, family = _typed(rng, who.given[of], some(0.06)), _typed(rng, who.family[of], some(0.06))
    given = _short_forms(rng, given, some(0.08))
    given = np.where(some(0.03), _objects([text[:1] for text in given]), given)
    turned = some(0.01)
    moved = some(0.10)
    elsewhere = rng.integers(len(who.given), size=n)
    home = np.where(moved, elsewhere, of)
    phone = np.where(some(0.25), who.landline[of], who.phone[of])
    email = _mails(who, of)
    columns = {
        "given_name": np.where(turned, family, given),
        "middle_name": np.where(some(0.6), "", who.middle[of]),
        "family_name": np.where(turned, given, family),
        "birth_date": _dates(rng, who.birth[of]),
        "gender": np.where(some(0.3), "", np.where(who.female[of], "F", "M")),
        "address": _written(who.address[home], some(0.3)),
        "postcode": np.where(some(0.15), "", who.postcode[home]),
        "phone": np.where(some(0.45), "", np.where(some(0.1), who.phone[elsewhere], phone)),
        "email": np.where(some(0.65), "", email),
        "occupation": np.where(some(0.6), "", who.job[of]),
    }
    columns["address"] = np.where(some(0.12), "", columns["address"])
    return {name: column.astype(object) for name, column in columns.items()}


def _typed(rng: np.random.Generator, texts: Texts, chosen: NDArray[np.bool_]) -> Texts:
    """One slip of the fingers in the chosen ones: a letter left out, doubled, swapped or another."""
    out = texts.copy()
    rows = np.flatnonzero(chosen)
    for row, slip, share, letter in zip(
        rows.tolist(), rng.integers(4, size=len(rows)).tolist(), rng.random(len(rows)).tolist(),
        rng.integers(26, size=len(rows)).tolist(), strict=True,
    ):  # fmt: skip
        text = out[row]
        at = 1 + int(share * (len(text) - 2)) if len(text) > 2 else 0
        after = {
            0: text[:at] + text[at + 1 :],
            1: text[:at] + text[at : at + 1] + text[at:],
            2: text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
            3: text[:at] + chr(97 + letter) + text[at + 1 :],
        }
        out[row] = after[slip]
    return out


def _short_forms(rng: np.random.Generator, given: Texts, chosen: NDArray[np.bool_]) -> Texts:
    variants = {row.name: row.variants for rows in FORENAMES.values() for row in rows if row.variants}
    out = given.copy()
    for row, share in zip(
        np.flatnonzero(chosen).tolist(), rng.random(int(chosen.sum())).tolist(), strict=True
    ):
        forms = variants.get(out[row])
        if forms:
            out[row] = forms[int(share * len(forms))]
    return out


def _mails(who: _Entities, of: Numbers) -> Texts:
    hosts = ("mail.example", "post.example.org", "box.example.net")
    every = [
        f"{given}.{family}{box}@{hosts[box % 3]}".lower()
        for given, family, box in zip(who.given, who.family, who.mailbox.tolist(), strict=True)
    ]
    return _objects(every)[of]


def _dates(rng: np.random.Generator, days: Numbers) -> Texts:
    """Partial dates: whole ones, some with day and month swapped or a digit wrong, months, years, nothing."""
    kind = rng.random(len(days))
    days = np.where(
        (kind > 0.03) & (kind < 0.06), days + rng.choice([-3650, -30, -1, 1, 10, 365], size=len(days)), days
    )
    texts = np.datetime_as_string(
        np.datetime64("1970-01-01") + days.astype("timedelta64[D]"), unit="D"
    ).astype(object)
    swapped = _objects([f"{text[:5]}{text[8:]}-{text[5:7]}" if text[8:] <= "12" else text for text in texts])
    months, years = (_objects([text[:end] for text in texts]) for end in (7, 4))
    texts = np.where(kind < 0.03, swapped, texts)
    texts = np.where(kind > 0.80, "", texts)
    texts = np.where(kind > 0.90, months, texts)
    return np.where(kind > 0.94, years, texts)


def _written(texts: Texts, chosen: NDArray[np.bool_]) -> Texts:
    """Addresses as some clerks write them: without the town and shortened."""
    out = texts.copy()
    for row in np.flatnonzero(chosen).tolist():
        line = out[row].rpartition(",")[0]
        start, _, kind = line.rpartition(" ")
        out[row] = f"{start} {_SHORT.get(kind, kind)}".upper()
    return out
