"""Historical persons as a library or an archive lists them: few features, many slips, many records, many namesakes.

Invented: places, family names and people are put together from word parts; nothing is taken from a data set.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.worlds.slips import LETTERS, slip, spoilt, spoilt_date

MEN = ["john", "william", "thomas", "george", "james", "henry", "charles", "robert", "edward", "richard", "joseph", "samuel", "francis", "alexander", "david", "arthur", "frederick", "walter", "alfred", "benjamin", "daniel", "edmund", "hugh", "philip", "peter", "stephen", "patrick", "michael", "andrew", "nicholas", "matthew", "ralph", "gilbert", "simon", "isaac", "lewis", "roger", "humphrey", "anthony", "christopher", "herbert", "ernest", "albert", "harold", "theodore"]  # fmt: skip
WOMEN = ["mary", "elizabeth", "anne", "sarah", "margaret", "jane", "catherine", "frances", "charlotte", "alice", "eleanor", "emma", "harriet", "florence", "dorothy", "susan", "martha", "helen", "caroline", "isabella", "agnes", "edith", "ellen", "emily", "louisa", "matilda", "rachel", "rebecca", "victoria", "winifred"]  # fmt: skip
SHORT = {
    "john": "jack", "william": "bill", "thomas": "tom", "henry": "harry", "charles": "charlie", "robert": "bob", "edward": "ned", "richard": "dick",
    "joseph": "joe", "samuel": "sam", "francis": "frank", "alexander": "alec", "frederick": "fred", "walter": "walt", "alfred": "alf", "benjamin": "ben",
    "daniel": "dan", "michael": "mick", "andrew": "andy", "anthony": "tony", "christopher": "kit", "albert": "bert", "theodore": "ted",
    "elizabeth": "betty", "margaret": "peggy", "catherine": "kate", "frances": "fanny", "eleanor": "nell", "susan": "sue", "dorothy": "dolly",
    "victoria": "vicky", "rebecca": "becky", "martha": "patty",
}  # fmt: skip
_FRONT = ["ash", "black", "brad", "brom", "burn", "carl", "chat", "clif", "col", "crom", "dal", "darn", "den", "dun", "ea", "ell", "fair", "far", "glad", "gran", "green", "hal", "har", "hart", "hat", "haw", "heath", "hol", "hor", "kirk", "lang", "law", "lin", "lock", "long", "mar", "mel", "mid", "mor", "nor", "oak", "old", "pem", "pen", "pres", "rad", "red", "rock", "row", "rush", "sand", "shel", "shir", "sout", "stan", "stock", "strat", "sut", "thorn", "tow", "wain", "wal", "ward", "west", "whit", "wick", "win", "wood", "wor"]  # fmt: skip
_BACK = ["bourne", "bury", "by", "combe", "cote", "cott", "dale", "den", "don", "field", "ford", "gate", "ham", "hurst", "land", "leigh", "ley", "low", "lyn", "man", "mere", "more", "ridge", "sey", "shaw", "stead", "stone", "thorpe", "ton", "ward", "well", "wick", "wold", "worth"]  # fmt: skip
_COMMON = ["smith", "jones", "williams", "brown", "taylor", "davies", "evans", "thomas", "johnson", "roberts", "walker", "wright", "robinson", "thompson", "hughes", "edwards", "green", "hall", "wood", "harris", "martin", "jackson", "clarke", "turner", "hill", "cooper", "ward", "moore", "clark", "baker", "harrison", "king", "morgan", "allen", "james", "scott", "phillips", "watson", "davis", "parker", "bennett", "price", "griffiths", "young", "cook"]  # fmt: skip
_TRADES = ["politician", "painter", "writer", "poet", "clergyman", "botanist", "engineer", "soldier", "actor", "singer", "composer", "architect", "lawyer", "judge", "physician", "surgeon", "historian", "explorer", "cricketer", "footballer", "merchant", "banker", "farmer", "printer", "journalist", "novelist", "sculptor", "mathematician", "astronomer", "missionary", "diplomat", "photographer", "naturalist", "philosopher", "bookseller"]  # fmt: skip
COLUMNS = (
    "record_id",
    "full_name",
    "first_name",
    "surname",
    "dob",
    "birth_place",
    "postcode",
    "gender",
    "occupation",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A town with its postcode district."""

    town: str
    district: str


@dataclass(slots=True)
class Figure:
    """One person of the past."""

    given: str
    middle: str
    family: str
    woman: bool
    born: tuple[int, int, int]
    day_known: bool
    place: Place
    postcodes: list[str]
    trades: list[str]
    peerage: str = ""


def historical(
    seed: int, records: int = 50_000, noise: float = 1.0
) -> tuple[list[dict[str, str]], list[str]]:
    """Rows with :data:`COLUMNS` and, in the same order, the person whom each is about.

    Args:
        seed: Of all draws.
        records: How many rows, about a tenth as many persons, up to 40 rows each.
        noise: 1 as an archive is; 0 clean; more is worse.
    """
    rng = Random(f"historical {seed}")
    world = _World(rng, max(30, records // 10))
    rows: list[tuple[dict[str, str], str]] = []
    for number, figure in enumerate(world.figures(max(3, records // 9))):
        many = min(40, 1 + int(rng.expovariate(1 / 8.7)))
        rows += [(_row(rng, figure, world, noise), f"H{number:05d}") for _ in range(many)]
        if len(rows) >= records:
            break
    rows = rows[:records]
    rng.shuffle(rows)
    for at, (row, _) in enumerate(rows):
        row["record_id"] = f"h{at:06d}"
    return [row for row, _ in rows], [entity for _, entity in rows]


def write_historical(folder: Path, seed: int, records: int, noise: float) -> tuple[Path, Path]:
    """The set as ``historical.csv``, and its truth, in a folder."""
    rows, entities = historical(seed, records, noise)
    data, truth = folder / "historical.csv", folder / "truth.csv"
    with data.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    with truth.open("w", encoding="utf-8", newline="") as handle:
        lines = csv.writer(handle)
        lines.writerow(("source", "record_id", "entity_type", "entity_id"))
        lines.writerows(
            ("historical", row["record_id"], "person", e) for row, e in zip(rows, entities, strict=True)
        )
    return data, truth


class _World:
    """Places, families, and the people in them."""

    def __init__(self, rng: Random, size: int) -> None:
        self._rng = rng
        self.places = [self._place() for _ in range(150)]
        made = sorted({front + back for front in _FRONT for back in _BACK})
        rng.shuffle(made)
        self._families = [*_COMMON, *made[: max(60, size // 3)]]

    def _place(self) -> Place:
        rng = self._rng
        area = "".join(rng.choice(LETTERS) for _ in range(rng.choice((1, 2, 2))))
        return Place(rng.choice(_FRONT) + rng.choice(_BACK), f"{area}{rng.randrange(1, 40)}")

    def figures(self, count: int) -> list[Figure]:
        """People, one in ten a namesake of another, one in twelve with a child of the same name at the same place."""
        rng, found = self._rng, list[Figure]()
        while len(found) < count:
            figure = self._figure()
            found.append(figure)
            if rng.random() < 0.08:
                found.append(self._child(figure))
            if rng.random() < 0.10:
                namesake = self._figure()
                namesake.given, namesake.family, namesake.woman = figure.given, figure.family, figure.woman
                found.append(namesake)
        return found

    def _figure(self) -> Figure:
        rng = self._rng
        woman = rng.random() < 0.22
        names = WOMEN if woman else MEN
        place = rng.choice(self.places)
        family = self._families[min(int(rng.paretovariate(0.55)) - 1, 10**9) % len(self._families)]
        figure = Figure(
            given=names[min(int(rng.expovariate(0.1)), len(names) - 1)],
            middle=rng.choice(names) if rng.random() < 0.35 else "",
            family=family,
            woman=woman,
            born=(rng.randrange(1560, 1910), rng.randrange(1, 13), rng.randrange(1, 29)),
            day_known=rng.random() < 0.7,
            place=place,
            postcodes=[self.postcode(place) for _ in range(rng.choice((1, 2, 3, 4)))],
            trades=rng.sample(_TRADES, rng.choice((1, 1, 1, 2, 3))),
        )
        if rng.random() < 0.08:
            figure.peerage = f"{rng.choice(('1st', '2nd', '3rd', '4th', '7th'))} {rng.choice(('baronet', 'baron', 'earl of', 'viscount'))}"
        return figure

    def _child(self, parent: Figure) -> Figure:
        rng = self._rng
        child = self._figure()
        child.given, child.family, child.woman = parent.given, parent.family, parent.woman
        child.place, child.postcodes = parent.place, [self.postcode(parent.place)]
        child.born = (parent.born[0] + rng.randrange(20, 40), *child.born[1:])
        if rng.random() < 0.5:
            child.trades = list(parent.trades)
        return child

    def postcode(self, place: Place) -> str:
        """A unit within the district of a place."""
        rng = self._rng
        return f"{place.district} {rng.randrange(1, 10)}{rng.choice(LETTERS)}{rng.choice(LETTERS)}"


def _row(rng: Random, figure: Figure, world: _World, noise: float) -> dict[str, str]:
    """One record of a person as somebody wrote it down."""
    given, family = _names(rng, figure, noise)
    middle = figure.middle if rng.random() < 0.6 else figure.middle[:1] if rng.random() < 0.3 else ""
    whole = " ".join(part for part in (given, middle, family) if part)
    if figure.peerage and rng.random() < 0.6:
        title = figure.peerage + (f" {figure.place.town}" if figure.peerage.endswith("of") else "")
        whole = f"{whole}, {title}" if rng.random() < 0.7 else f"sir {whole}"
    return {
        "full_name": whole,
        "first_name": "" if rng.random() < 0.03 * noise else given,
        "surname": "" if rng.random() < 0.03 * noise else family,
        "dob": _date(rng, figure, noise),
        "birth_place": _birth_place(rng, figure, world, noise),
        "postcode": _postcode(rng, figure, world, noise),
        "gender": _gender(rng, figure, noise),
        "occupation": ""
        if rng.random() < 0.2 * noise
        else spoilt(rng, rng.choice((figure.trades[0], *figure.trades)), 0.03 * noise),
    }


def _names(rng: Random, figure: Figure, noise: float) -> tuple[str, str]:
    given, family = figure.given, figure.family
    if rng.random() < 0.12 * noise:
        given = SHORT.get(given, given)
    if rng.random() < 0.04 * noise:
        given = given[:1]
    if figure.middle and rng.random() < 0.04 * noise:
        given = figure.middle
    given, family = spoilt(rng, given, 0.12 * noise), spoilt(rng, family, 0.14 * noise)
    if figure.woman and rng.random() < 0.03 * noise:
        family = rng.choice(_COMMON)
    return (family, given) if rng.random() < 0.02 * noise else (given, family)


def _date(rng: Random, figure: Figure, noise: float) -> str:
    if rng.random() < 0.18 * noise:
        return ""
    year, month, day = spoilt_date(rng, figure.born, 0.14 * noise)
    if not figure.day_known or rng.random() < 0.05 * noise:
        return f"{year}-01-01"
    return f"{year}-{month:02d}-{day:02d}"


def _birth_place(rng: Random, figure: Figure, world: _World, noise: float) -> str:
    if rng.random() < 0.2 * noise:
        return ""
    place = rng.choice(world.places) if rng.random() < 0.05 * noise else figure.place
    return spoilt(rng, place.town, 0.08 * noise)


def _postcode(rng: Random, figure: Figure, world: _World, noise: float) -> str:
    if rng.random() < 0.18 * noise:
        return ""
    place = rng.choice(world.places) if rng.random() < 0.05 * noise else figure.place
    code = world.postcode(place) if rng.random() < 0.2 * noise else rng.choice(figure.postcodes)
    return slip(rng, code) if rng.random() < 0.05 * noise else code


def _gender(rng: Random, figure: Figure, noise: float) -> str:
    if rng.random() < 0.2 * noise:
        return ""
    return "female" if figure.woman != (rng.random() < 0.01 * noise) else "male"
